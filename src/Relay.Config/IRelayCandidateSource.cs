using Relay.Multiformats;

namespace Relay;

/// <summary>
/// Where a node finds relays it may reserve on, beside its static ones: a DHT, a rendezvous point, a list of the application's own. Given to
/// <see cref="NodeBuilder.WithRelayCandidates"/>; the node does not dispose it.
/// </summary>
public interface IRelayCandidateSource
{
    /// <summary>
    /// Finds relays. Called when the node holds fewer reservations than it wants and knows of nobody else to ask, one call at a time, never more often than
    /// <see cref="AutoRelayConfig.DiscoveryInterval"/>.
    /// </summary>
    /// <param name="cancellationToken">
    /// Fires when the node holds as many reservations as it wants, when the search has taken a minute, or when the node stops. The enumerator is disposed then, as soon as it has come back.
    /// </param>
    /// <returns>
    /// Addresses that end in <c>/p2p/ID</c>, as they are found, the best first; several of one relay are one candidate. Others, those through a relay and
    /// this node's own are passed over. At most 128 are taken. What earlier calls have given and one that came to its end has not is forgotten, unless it is held.
    /// An exception ends the search, is logged, and takes nothing away.
    /// </returns>
    IAsyncEnumerable<Multiaddress> FindRelaysAsync(CancellationToken cancellationToken);
}
