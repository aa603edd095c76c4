using Relay.Multiformats;

namespace Relay.Circuit;

public sealed partial class CircuitRelay
{
    /// <summary>
    /// What a RESERVE of <paramref name="peer"/> would be answered now, and why. Asks the access-control filter and goes through the very rules that a request
    /// goes through; grants nothing, counts nothing, uses up no rate.
    /// </summary>
    /// <param name="peer">Who would ask. Whether it is connected is not looked at.</param>
    /// <param name="address">The address of the connection it would ask over; one with <c>/p2p-circuit</c> is a relayed connection.</param>
    public Decision Explain(PeerId peer, Multiaddress address)
    {
        ArgumentNullException.ThrowIfNull(peer);
        ArgumentNullException.ThrowIfNull(address);
        return Settle(
            new ReserveRequest(peer, address, address.IsCircuit) { Memory = Load() },
            static (admission, request) => admission.Explain(request),
            static (relay, request) => request with { Verdict = relay.AskReserve(request.Peer, request.Address) });
    }

    /// <summary>
    /// What a CONNECT of <paramref name="source"/> to <paramref name="destination"/> would be answered now, and why; as
    /// <see cref="Explain(PeerId, Multiaddress)"/>. OK says that the destination would be asked, not what it would say.
    /// </summary>
    /// <param name="source">Who would ask.</param>
    /// <param name="address">The address of the connection it would ask over; one with <c>/p2p-circuit</c> is a relayed connection.</param>
    /// <param name="destination">Whom it wants to reach.</param>
    public Decision Explain(PeerId source, Multiaddress address, PeerId destination)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(address);
        ArgumentNullException.ThrowIfNull(destination);
        return Settle(
            MakeConnectRequest(source, address, destination, address.IsCircuit),
            static (admission, request) => admission.Explain(request),
            static (relay, request) => request with { Verdict = relay.AskConnect(request.Source, request.SourceAddress, request.Destination!) });
    }

    /// <summary>Asks access control as often as it takes for a decision, up to a bound.</summary>
    private Decision Settle<TRequest>(TRequest request, Func<Admission, TRequest, Decision?> decide, Func<CircuitRelay, TRequest, TRequest> ask)
    {
        for (int asked = 0; ; asked++)
        {
            if (decide(_admission, request) is { } decision)
                return decision;
            if (asked == MaxVerdicts)
                return Decision.Refused(Status.PermissionDenied, ReasonCode.PolicyUnsettled);

            request = ask(this, request);
        }
    }
}
