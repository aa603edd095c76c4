using Relay.Multiformats;

namespace Relay.Circuit;

// What changes while the relay runs: its options, the answers of access control, and the word of an operator.
public sealed partial class CircuitRelay
{
    /// <summary>
    /// Takes other options from now on, all of them at once: no request ever sees a part of the old and a part of the new. Nothing that was granted is dropped.
    /// </summary>
    /// <remarks>
    /// Reservations keep the expiry they were told, and take the new lifetime when they are renewed. Circuits keep the limits and buffers they were opened
    /// with. Who is over a new cap stays and renews; newcomers wait until there is room. Rates that have changed start counting anew, the bandwidth in total
    /// for the circuits that are open, too. Deadlines count from the next step that has one. What <see cref="CircuitRelayOptions.OnMembershipLoss"/> and
    /// <see cref="CircuitRelayOptions.MembershipLossDrain"/> now say is done at once to whom access control no longer admits: circuits that are to end already
    /// end when they have been lost for the new time. Of several calls at once one comes after the other. The relay of a node is changed by the node's own
    /// <c>ApplyAsync</c> instead: memory that the node grants to streams goes with these limits, and this does not change it.
    /// </remarks>
    /// <exception cref="CircuitRelayOptionsException">Options are outside their ranges; it lists every one, and the options there were stay in force.</exception>
    public void Apply(CircuitRelayOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.ThrowIfInvalid();
        bool isOtherPolicy;
        lock (_applying)
        {
            isOtherPolicy = _admission.Apply(options);
            _splicing.Rate.Change(options.MaxTotalBandwidth);
        }

        LogApplied(options);
        if (isOtherPolicy)
            Reevaluate();
    }

    /// <summary>
    /// Says that the access-control filter's answers have changed; call it after they have. Verdicts made before count for nothing: requests under way ask
    /// again. Then the filter is asked again about everybody who holds a reservation, on the calling thread and under no lock, and what
    /// <see cref="CircuitRelayOptions.OnMembershipLoss"/> says is done to whom it no longer admits before this returns. A filter that throws expels nobody.
    /// </summary>
    public void PolicyChanged()
    {
        _admission.PolicyChanged();
        Reevaluate();
    }

    /// <summary>
    /// Ends a peer's reservation now, and its circuits if that is asked for. The protocol has no word to tell the peer: its connection is closed when nothing else
    /// is open on it, and otherwise it learns of it when it renews. It may reserve again at once unless access control says no: expel it there first.
    /// </summary>
    /// <param name="peer">The peer.</param>
    /// <param name="reason">Why, in a few words for the log and for <see cref="RelayEvent.ReservationEnded.Detail"/>.</param>
    /// <param name="endCircuitsAfter">
    /// When its circuits, those it has opened and those that lead to it, are reset: zero for now, at most 1 day. Null leaves them alone.
    /// </param>
    /// <returns>What there was.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="endCircuitsAfter"/> is negative or more than 1 day.</exception>
    public Eviction Evict(PeerId peer, string reason, TimeSpan? endCircuitsAfter = null)
    {
        ArgumentNullException.ThrowIfNull(peer);
        ArgumentNullException.ThrowIfNull(reason);
        if (endCircuitsAfter is { } wait)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(wait, TimeSpan.Zero, nameof(endCircuitsAfter));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(wait, TimeSpan.FromDays(1), nameof(endCircuitsAfter));
        }

        bool hadReservation = _admission.Evict(peer, reason);
        if (hadReservation)
        {
            _journal.Evicted(ReasonCode.Evicted);
            TellReservations();
            _host.CloseIdle(peer);
        }

        int circuits = 0;
        if (endCircuitsAfter is { } delay)
        {
            foreach (CircuitSlot slot in _admission.Circuits())
            {
                if (!slot.Involves(peer))
                    continue;
                slot.Evict(delay);
                circuits++;
            }
        }

        LogEvicted(peer, ReasonCode.Evicted, reason, hadReservation, circuits);
        return new Eviction(hadReservation, circuits);
    }

    /// <summary>
    /// Judges everybody under the policy of the moment. Several may do so at once: a judgement is acted upon only while the policy it was made under is in force,
    /// and made again when it is not, so that an older one never undoes a newer one, and all are judged under this caller's policy, or a later one, when it returns.
    /// </summary>
    private void Reevaluate()
    {
        int evicted = 0;
        foreach (ReservationHolder holder in _admission.Holders())
        {
            if (EvictIfExpelled(holder))
                evicted++;
        }

        int ending = 0;
        foreach (CircuitSlot slot in _admission.Circuits())
        {
            if (EndIfExpelled(slot))
                ending++;
        }

        if (evicted > 0 || ending > 0)
            LogReevaluated(evicted, ending, Options.MembershipLossDrain);
    }

    private bool EvictIfExpelled(ReservationHolder holder)
    {
        for (int asked = 0; asked < MaxVerdicts; asked++)
        {
            (long version, CircuitRelayOptions options) = _admission.Policy;
            if (options.OnMembershipLoss == MembershipLoss.Keep)
                return false;
            PolicyVerdict verdict = AskReserve(holder.Peer, holder.Address);
            if (IsNoRefusal(verdict))
                return false;
            if (_admission.Evict(holder, version, verdict.Verdict.Reason))
            {
                _journal.Evicted(ReasonCode.MembershipLost);
                TellReservations();
                _host.CloseIdle(holder.Peer);
                LogEvicted(holder.Peer, ReasonCode.MembershipLost, verdict.Verdict.Reason, hadReservation: true, circuits: 0);
                return true;
            }

            if (version == _admission.PolicyVersion)
                return false; // it has ended, or was renewed, which this policy has allowed
        }

        return false;
    }

    private bool EndIfExpelled(CircuitSlot slot)
    {
        for (int asked = 0; asked < MaxVerdicts; asked++)
        {
            (long version, CircuitRelayOptions options) = _admission.Policy;
            bool isExpelled = options.OnMembershipLoss == MembershipLoss.Drain && !IsStillAdmitted(slot);
            if (version != _admission.PolicyVersion)
                continue;
            if (isExpelled)
                return slot.Expel(options.MembershipLossDrain, version);
            slot.Readmit(version);
            return false;
        }

        return false;
    }

    /// <summary>Whether the circuit would be admitted today: its source may connect, and its destination may hold a reservation.</summary>
    private bool IsStillAdmitted(CircuitSlot slot)
        => IsNoRefusal(AskConnect(slot.Source, slot.SourceAddress, slot.Destination)) && IsNoRefusal(AskReserve(slot.Destination, slot.DestinationAddress));

    private static bool IsNoRefusal(PolicyVerdict verdict) => verdict.Verdict.IsAllowed || verdict.Refusal == ReasonCode.AclFailed;

    private PolicyVerdict AskReserve(PeerId peer, Multiaddress address)
        => AskAcl(peer, (peer, address), static (acl, s) => acl.AllowReserve(s.peer, s.address));

    private PolicyVerdict AskConnect(PeerId source, Multiaddress address, PeerId destination)
        => AskAcl(source, (source, address, destination), static (acl, s) => acl.AllowConnect(s.source, s.address, s.destination));

    private PolicyVerdict AskAcl<TState>(PeerId peer, TState state, Func<IRelayAclFilter, TState, AclVerdict> ask)
    {
        // The version before the question: a policy that changes while the filter thinks makes the verdict stale.
        long version = _admission.PolicyVersion;
        try
        {
            return new PolicyVerdict(ask(_acl, state), version);
        }
        catch (Exception e)
        {
            LogAclFailed(e, peer);
            return new PolicyVerdict(AclVerdict.Deny(), version, ReasonCode.AclFailed);
        }
    }
}
