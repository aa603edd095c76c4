using Relay.Libp2p.Multistream;
using Relay.Libp2p.Noise;
using Relay.Libp2p.Transports;
using Relay.Libp2p.Yamux;
using Relay.Multiformats;

namespace Relay.Libp2p;

/// <summary>
/// Makes a raw duplex stream a secured, multiplexed connection: multistream-select to Noise, the Noise handshake, Yamux. Every step has a deadline of
/// its own. Thread-safe.
/// </summary>
internal sealed class Upgrader(NoiseIdentity identity, Libp2pOptions options, BufferPool pool, MemoryBudget windows, TimeProvider time)
{
    public const string NoiseId = "/noise";
    private static readonly string[] Security = [NoiseId];
    private static readonly string[] Muxers = [YamuxProtocol.Id];

    private readonly MemoryBudget _unread = new(options.MaxUnreadBytes);
    private readonly YamuxOptions _yamux = new()
    {
        MaxStreams = options.MaxStreamsPerConnection,
        MaxWindow = (uint)options.MaxStreamWindow,
        KeepAliveInterval = options.KeepAliveInterval,
        KeepAliveTimeout = options.KeepAliveTimeout,
    };

    /// <summary>What the streams of all connections hold that nobody has read.</summary>
    public long UnreadBytes => _unread.Reserved;

    /// <summary>How many of them there may be.</summary>
    public long MaxUnreadBytes
    {
        get => _unread.Limit;
        set => _unread.Limit = value;
    }

    /// <summary>Upgrades <paramref name="raw"/>, whose stream it owns from here on. The session is not started yet.</summary>
    /// <exception cref="HandshakeException">The remote broke a protocol, or speaks none that is known here.</exception>
    /// <exception cref="TimeoutException">A step took too long.</exception>
    /// <exception cref="IOException">The connection failed.</exception>
    public async Task<Connection> UpgradeAsync(
        RawConnection raw, bool isInitiator, PeerId? expectedPeer, CancellationToken cancellationToken)
    {
        NoiseSession? noise = null;
        try
        {
            await StepAsync("the security negotiation", token => AgreeAsync(raw.Stream, isInitiator, Security, token), cancellationToken)
                .ConfigureAwait(false);
            noise = await StepAsync("the Noise handshake", token => HandshakeAsync(raw.Stream, isInitiator, expectedPeer, token), cancellationToken)
                .ConfigureAwait(false);
            if (noise.RemotePeer == identity.PeerId)
                throw new HandshakeException($"{raw.RemoteAddress} is this node itself.") { IsSelf = true };
            if (noise.Muxer is null)
            {
                var stream = new NoiseChannelStream(noise.Channel);
                await StepAsync("the muxer negotiation", token => AgreeAsync(stream, isInitiator, Muxers, token), cancellationToken)
                    .ConfigureAwait(false);
            }

            var session = new YamuxSession(noise.Channel, isInitiator, _yamux, pool, windows, _unread, time);
            return new Connection(session, raw, noise, isInitiator, time.GetUtcNow());
        }
        catch
        {
            noise?.Channel.ReleaseReceiveBuffer();
            if (noise is not null)
                await noise.Channel.DisposeAsync().ConfigureAwait(false);
            else
                await raw.Stream.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private Task<NoiseSession> HandshakeAsync(Stream stream, bool isInitiator, PeerId? expectedPeer, CancellationToken cancellationToken) =>
        isInitiator
            ? NoiseHandshake.InitiateAsync(stream, identity, expectedPeer, pool, cancellationToken)
            : NoiseHandshake.RespondAsync(stream, identity, expectedPeer, pool, cancellationToken);

    private static async Task<string> AgreeAsync(Stream stream, bool isInitiator, string[] protocols, CancellationToken cancellationToken)
    {
        string? agreed = isInitiator
            ? await MultistreamSelect.ProposeAsync(stream, protocols, cancellationToken).ConfigureAwait(false)
            : await MultistreamSelect.AnswerAsync(stream, protocols.Contains, () => protocols, cancellationToken).ConfigureAwait(false);
        return agreed ?? throw new HandshakeException($"The remote does not speak {string.Join(" or ", protocols)}.");
    }

    private async Task<T> StepAsync<T>(string name, Func<CancellationToken, Task<T>> step, CancellationToken cancellationToken)
    {
        using var deadline = Deadline.Start(time, options.HandshakeTimeout, cancellationToken);
        try
        {
            return await step(deadline.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (deadline.HasExpired && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"The remote took longer than {options.HandshakeTimeout.TotalSeconds:0.#} s for {name}.");
        }
    }
}
