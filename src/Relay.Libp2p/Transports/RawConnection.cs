using Relay.Multiformats;

namespace Relay.Libp2p.Transports;

/// <summary>A duplex byte stream to somebody not known yet, to be secured and multiplexed. Whoever takes it disposes <paramref name="Stream"/>.</summary>
/// <param name="Stream">The bytes; disposing it ends pending reads and writes.</param>
/// <param name="LocalAddress">Where it arrived or started.</param>
/// <param name="RemoteAddress">Where the other end is, as the transport sees it.</param>
/// <param name="IsRelayed">Whether it goes through a relay.</param>
/// <param name="Meter">The bounds the relay has set on it, and what is used of them; null: none.</param>
public sealed record RawConnection(
    Stream Stream, Multiaddress LocalAddress, Multiaddress RemoteAddress, bool IsRelayed = false, LimitMeter? Meter = null);
