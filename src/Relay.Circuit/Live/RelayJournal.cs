using System.Collections.Immutable;
using Relay.Multiformats;

namespace Relay.Circuit.Live;

/// <summary>
/// Tells what happens at the relay, once each, to the instruments and to the subscribers: the one place where a decision becomes a metric and an event. Makes
/// no event while nobody has subscribed. Thread-safe.
/// </summary>
internal sealed class RelayJournal(RelayInstruments instruments, TimeProvider time)
{
    private readonly Lock _gate = new();
    private ImmutableArray<RelaySubscription> _subscribers = []; // changed under the lock, read without
    private bool _isComplete;

    /// <summary>Whether somebody listens to the events.</summary>
    public bool HasSubscribers => !_subscribers.IsEmpty;

    public RelaySubscription Subscribe(int capacity)
    {
        var subscription = new RelaySubscription(capacity, time, Unsubscribe);
        bool isLate;
        lock (_gate)
        {
            isLate = _isComplete;
            if (!isLate)
                _subscribers = _subscribers.Add(subscription);
        }

        if (isLate)
            subscription.Complete();
        return subscription;
    }

    public void Decided(RelayOperation operation, PeerId peer, PeerId? destination, Decision decision)
    {
        instruments.Decided(operation, decision);
        if (HasSubscribers)
            Tell(new RelayEvent.Decided(operation, peer, destination, decision) { At = time.GetUtcNow() });
    }

    /// <summary>A RESERVE was granted; to the subscribers that is a <see cref="Reservation"/>.</summary>
    public void Reserved(Decision decision) => instruments.Decided(RelayOperation.Reserve, decision);

    /// <summary>A reservation was evicted; to the subscribers that is a <see cref="Reservation"/>, too.</summary>
    public void Evicted(ReasonCode reason) => instruments.Evicted(reason);

    /// <summary>Tells what has become of a reservation to the subscribers only: the caller holds a lock, and instruments call back.</summary>
    public void Reservation(in ReservationChange change)
    {
        if (!HasSubscribers)
            return;
        DateTimeOffset at = time.GetUtcNow();
        Tell(change.Granted is { } granted
            ? new RelayEvent.Decided(RelayOperation.Reserve, change.Peer, null, granted) { At = at }
            : new RelayEvent.ReservationEnded(change.Peer, change.End, change.Detail) { At = at });
    }

    public void CircuitOpened(LiveCircuit circuit)
    {
        if (HasSubscribers)
            Tell(new RelayEvent.CircuitOpened(new CircuitInfo(circuit, TimeSpan.Zero)) { At = circuit.OpenedAt });
    }

    public void CircuitClosed(LiveCircuit circuit, CircuitEnd cause, ReasonCode reason)
    {
        TimeSpan age = time.GetElapsedTime(circuit.Opened);
        instruments.CircuitClosed(circuit, age, cause);
        if (HasSubscribers)
            Tell(new RelayEvent.CircuitClosed(new CircuitInfo(circuit, age), cause, reason) { At = time.GetUtcNow() });
    }

    /// <summary>Nothing more happens: every subscription ends, those that are still to come too.</summary>
    public void Complete()
    {
        lock (_gate)
            _isComplete = true;
        foreach (RelaySubscription subscriber in _subscribers)
            subscriber.Complete();
    }

    private void Tell(RelayEvent happened)
    {
        foreach (RelaySubscription subscriber in _subscribers)
            subscriber.Tell(happened);
    }

    private void Unsubscribe(RelaySubscription subscription)
    {
        lock (_gate)
            _subscribers = _subscribers.Remove(subscription);
    }
}
