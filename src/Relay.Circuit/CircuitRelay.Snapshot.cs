using Relay.Multiformats;

namespace Relay.Circuit;

// What can be seen of it from outside while it runs.
public sealed partial class CircuitRelay
{
    private readonly Lock _telling = new(); // what becomes of reservations is told by one at a time, so that it is told in its order
    private readonly List<ReservationChange> _told = []; // guarded by it, and empty without it

    /// <summary>The most events that a subscriber's queue can hold.</summary>
    private const int LargestQueue = 1 << 20;

    /// <summary>The bytes that circuits have carried so far, the open ones included.</summary>
    internal (long ToDestination, long ToSource) CarriedBytes => _circuits.Bytes;

    /// <summary>The bandwidth in total that is in force.</summary>
    internal long? TotalBandwidth => _splicing.Rate.BytesPerSecond;

    /// <summary>The live table: what it holds now, row by row.</summary>
    public RelaySnapshot TakeSnapshot()
    {
        IReadOnlyList<ReservationInfo> reservations = _admission.Reservations();
        TellReservations();
        return new RelaySnapshot(_time.GetUtcNow(), reservations, _circuits.TakeRows(_time));
    }

    /// <summary>Whether <paramref name="peer"/> holds a reservation now. Constant work: a host asks it before it closes a connection that nobody seems to use.</summary>
    public bool HasReservation(PeerId peer)
    {
        ArgumentNullException.ThrowIfNull(peer);
        bool has = _admission.HasReservation(peer);
        TellReservations();
        return has;
    }

    /// <summary>
    /// What happens from now on. The caller disposes the subscription; a subscriber that is slow loses events, is told how many, and slows nobody.
    /// </summary>
    /// <param name="capacity">
    /// How many events may wait for the subscriber; 1 to 1 048 576. Default 1024: a second of a busy relay, in a few hundred KB.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="capacity"/> is outside its range.</exception>
    /// <remarks>
    /// A reservation that expires is told with the next thing that happens at the relay, or the next <see cref="TakeSnapshot"/>. A node that is started again
    /// has another relay: subscribe to that one. A subscription to a relay that has stopped has ended.
    /// </remarks>
    public RelaySubscription Subscribe(int capacity = 1024)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacity, LargestQueue);
        return _journal.Subscribe(capacity);
    }

    /// <summary>
    /// Tells the subscribers what has become of reservations. Follows every call that can change one; whoever comes first tells for all, and no other thread
    /// overtakes it. Under this lock nothing is done but to put into the subscribers' queues.
    /// </summary>
    private void TellReservations()
    {
        lock (_telling)
        {
            _admission.TakeChanges(_told);
            foreach (ReservationChange change in _told)
                _journal.Reservation(change);
            _told.Clear();
        }
    }
}
