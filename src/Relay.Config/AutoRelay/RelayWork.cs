using Relay.Multiformats;

namespace Relay.AutoRelay;

/// <summary>What is to be done now.</summary>
/// <param name="Ask">Relays to be asked, at these addresses; each counts as being asked from now on.</param>
/// <param name="HasAll">Whether as many reservations are held as are wanted: a search can end.</param>
/// <param name="Search">Whether the candidate source is to be asked, which counts as begun.</param>
/// <param name="Wake">When to look again, if nothing happens before; null: not until something happens.</param>
internal sealed record RelayWork(IReadOnlyList<(PeerId Relay, IReadOnlyList<Multiaddress> Addresses)> Ask, bool HasAll, bool Search, TimeSpan? Wake);
