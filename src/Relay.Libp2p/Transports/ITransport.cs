using Relay.Multiformats;

namespace Relay.Libp2p.Transports;

/// <summary>A way to reach other nodes: dials and listens on addresses of one kind. Thread-safe.</summary>
public interface ITransport
{
    /// <summary>Whether it knows how to dial <paramref name="address"/>.</summary>
    bool CanDial(Multiaddress address);

    /// <summary>Whether it knows how to listen on <paramref name="address"/>.</summary>
    bool CanListen(Multiaddress address);

    /// <summary>Connects to <paramref name="address"/>.</summary>
    /// <exception cref="DialException">Nobody answered there.</exception>
    Task<RawConnection> DialAsync(Multiaddress address, CancellationToken cancellationToken);

    /// <summary>Starts to listen on <paramref name="address"/>; of a name with several addresses, on the first.</summary>
    /// <exception cref="ListenException">The address cannot be listened on.</exception>
    Task<ITransportListener> ListenAsync(Multiaddress address, CancellationToken cancellationToken);
}
