using BenchmarkDotNet.Attributes;
using Relay.Libp2p;
using Relay.Libp2p.Noise;

namespace Relay.Benchmarks.Connections;

/// <summary>What does it cost to seal a Noise message and to open it, both of which happen to every relayed byte, and what is the least it can cost?</summary>
/// <remarks>
/// A ping, a typical small message, a Yamux frame of a shared connection, and the longest message there is. The floor of the relay's CPU per byte is one seal
/// and one open of the longest; short ones show the fixed cost per message.
/// </remarks>
public class NoiseCipherBenchmarks
{
    private CipherState _sealing = null!;
    private CipherState _replica = null!; // seals what is opened, so its cost is in that row too
    private CipherState _opening = null!;
    private byte[] _message = [];
    private byte[] _plaintext = [];
    private NoiseBatch _batch = null!;

    [Params(32, 1024, 16 * 1024, NoiseChannel.MaxPlaintext)]
    public int Length { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        byte[] key = new byte[32];
        _sealing = new CipherState(key);
        _replica = new CipherState(key);
        _opening = new CipherState(key);
        _message = new byte[Length + CipherState.TagLength];
        _plaintext = new byte[Length];
        _batch = new NoiseBatch(new CipherState(key), new BufferPool());
    }

    [Benchmark(Baseline = true)]
    public void Seal() => _sealing.EncryptWithAd([], _message);

    [Benchmark]
    public void SealAndOpen()
    {
        _replica.EncryptWithAd([], _message);
        _opening.DecryptWithAd([], _message);
    }

    /// <summary>With the copy into the buffer that goes to the socket.</summary>
    [Benchmark]
    public int FillAndSealBatch()
    {
        _batch.Write(_plaintext);
        int length = _batch.Seal().Length;
        _batch.Clear();
        return length;
    }
}
