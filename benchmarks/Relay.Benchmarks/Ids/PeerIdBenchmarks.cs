using BenchmarkDotNet.Attributes;
using Relay.Multiformats;

namespace Relay.Benchmarks.Ids;

/// <summary>What does a peer id cost to make, from text, from the wire and from a key, and to compare?</summary>
/// <remarks>
/// One row for each way an id comes to the relay: a members file is text, a CONNECT names its peer in bytes, a handshake proves a key. The id is made once per
/// request and then looked up several times, so comparing and hashing must allocate nothing.
/// </remarks>
public class PeerIdBenchmarks
{
    private readonly PublicKey _key = IdentityKey.FromSeed(new byte[32]).PublicKey;
    private PeerId _peer = null!;
    private PeerId _equal = null!;
    private byte[] _bytes = [];
    private string _text = "";

    [GlobalSetup]
    public void SetUp()
    {
        _peer = _key.ToPeerId();
        _bytes = _peer.ToByteArray();
        _text = _peer.ToString();
        _equal = SeededPeers.Copy(_peer);
    }

    [Benchmark]
    public PeerId ParseText() => PeerId.Parse(_text);

    [Benchmark]
    public PeerId ReadBytes() => PeerId.FromBytes(_bytes);

    [Benchmark]
    public PeerId MakeFromKey() => _key.ToPeerId();

    [Benchmark]
    public string FormatText() => _peer.ToString();

    [Benchmark]
    public bool CompareAndHash() => _peer.Equals(_equal) && _peer.GetHashCode() == _equal.GetHashCode();
}
