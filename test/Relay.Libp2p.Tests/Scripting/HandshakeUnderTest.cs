using Relay.Libp2p.Noise;
using Relay.Multiformats;

namespace Relay.Libp2p.Tests.Scripting;

/// <summary>The node's side of a Noise handshake, over memory, with the test at the other end of <see cref="Far"/>.</summary>
internal sealed class HandshakeUnderTest : IAsyncDisposable
{
    private readonly MemoryDuplex _near;
    private readonly CancellationTokenSource _over = new();

    public HandshakeUnderTest(bool isInitiator, PeerId? expectedPeer = null, params string[] muxers)
    {
        (_near, Far) = MemoryDuplex.CreatePair();
        var noise = new NoiseIdentity(Identity, muxers.Length == 0 ? ["/yamux/1.0.0"] : muxers);
        StaticKey = noise.Key.PublicKey;
        Session = isInitiator
            ? NoiseHandshake.InitiateAsync(_near, noise, expectedPeer, Pool, _over.Token)
            : NoiseHandshake.RespondAsync(_near, noise, expectedPeer, Pool, _over.Token);
    }

    public IdentityKey Identity { get; } = IdentityKey.Generate();

    public byte[] StaticKey { get; }

    public BufferPool Pool { get; } = new();

    public MemoryDuplex Far { get; }

    public Task<NoiseSession> Session { get; }

    /// <summary>What the handshake fails with, which must be a <see cref="HandshakeException"/>.</summary>
    public HandshakeException Failure() => Assert.ThrowsAsync<HandshakeException>(() => Session.InTime())!;

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        if (Session.IsCompletedSuccessfully)
        {
            NoiseSession session = await Session;
            session.Channel.ReleaseReceiveBuffer();
            await session.Channel.DisposeAsync();
        }

        await Far.DisposeAsync();
        await _near.DisposeAsync();
        _over.Dispose();
        Assert.That(Pool.Rented, Is.Zero, "rented buffers");
    }
}
