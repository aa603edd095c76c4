using BenchmarkDotNet.Attributes;
using Relay.Libp2p;
using Relay.Libp2p.Noise;
using Relay.Multiformats;

namespace Relay.Benchmarks.Connections;

/// <summary>What does a new connection cost before anything is asked on it?</summary>
/// <remarks>
/// Both sides of a Noise XX handshake over pipes in memory; a relay pays one of them, about half. The time is that of three key agreements, a key pair and a
/// signature to verify on each side, so it says how fast X25519 and Ed25519 are.
/// </remarks>
public class NoiseHandshakeBenchmarks
{
    private readonly BufferPool _pool = new();
    private readonly NoiseIdentity _initiator = new(IdentityKey.FromSeed(new byte[32]), ["/yamux/1.0.0"]);
    private readonly NoiseIdentity _responder = new(IdentityKey.Generate(), ["/yamux/1.0.0"]);

    [Benchmark]
    public async Task<PeerId> BothSides()
    {
        (PipeDuplex near, PipeDuplex far) = PipeDuplex.MakePair();
        Task<NoiseSession> responding = NoiseHandshake.RespondAsync(far, _responder, null, _pool, CancellationToken.None);
        NoiseSession initiated = await NoiseHandshake.InitiateAsync(near, _initiator, null, _pool, CancellationToken.None);
        await using NoiseChannel channel = initiated.Channel;
        await using NoiseChannel other = (await responding).Channel;
        return initiated.RemotePeer;
    }
}
