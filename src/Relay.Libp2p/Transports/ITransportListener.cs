using Relay.Multiformats;

namespace Relay.Libp2p.Transports;

/// <summary>A place where connections arrive. Made by <see cref="ITransport.ListenAsync"/>; the node disposes it, which ends a pending accept.</summary>
public interface ITransportListener : IAsyncDisposable
{
    /// <summary>The addresses it is reached at, with the real port, wildcards resolved as they are now; without a peer id.</summary>
    IReadOnlyList<Multiaddress> Addresses { get; }

    /// <summary>The next connection; null when the listener was disposed.</summary>
    ValueTask<RawConnection?> AcceptAsync(CancellationToken cancellationToken);
}
