using System.Collections.Immutable;
using Relay.Circuit;
using Relay.Multiformats;

namespace Relay.AutoRelay;

/// <summary>
/// One relay in the <see cref="RelayTable"/>, a state machine without a clock of its own: every change is told the time, counted from when the table was
/// made. Guarded by the table's lock.
/// </summary>
internal sealed class RelayEntry(PeerId relay, RelayOrigin origin)
{
    /// <summary>Addresses of one relay that are kept of those found, or given by the application.</summary>
    public const int MaxFound = 8;

    private ImmutableArray<Multiaddress> _named = []; // by the configuration, which bounds them
    private ImmutableArray<Multiaddress> _found = []; // by the last search that has found it, or given by the application
    private RelayState? _state;
    private TimeSpan? _forgottenAt; // when some relays forget what they have renewed; null: it was not renewed
    private TimeSpan _heldSince;    // when the reservation was first granted
    private int _shortLived;        // reservations in a row that were lost soon after
    private bool _isGrantLate;      // it has withdrawn since it was asked: what it grants is not to be counted on

    public PeerId Relay => relay;

    public RelayOrigin Origin { get; set; } = origin;

    /// <summary>Where to dial it, each with its id.</summary>
    public IReadOnlyList<Multiaddress> Addresses => [.. _named, .. _found];

    /// <summary>Requests under way; the application's own can run beside the table's.</summary>
    public int Asking { get; private set; }

    public Reservation? Reservation { get; private set; }

    /// <summary>The address of the connection that its last reservation was made on.</summary>
    public Multiaddress? DialedAt { get; private set; }

    /// <summary>
    /// Whether the connection that the reservation was made on has ended while another one is left. It lasts all the same, as the specification has it, except
    /// on rust-libp2p's relay; so it is made again on that one, and not to be counted on when that is refused.
    /// </summary>
    public bool IsAdrift { get; private set; }

    /// <summary>When the reservation ends.</summary>
    public TimeSpan Until { get; private set; }

    /// <summary>When the next request may be sent: the renewal of a reservation, or the next try.</summary>
    public TimeSpan NextRequest { get; private set; }

    /// <summary>Whether it has refused to renew the reservation that still runs, or said that it would.</summary>
    public bool IsLeaving { get; private set; }

    /// <summary>Whether it does not serve HOP any more: whoever would dial this node through it could not ask it to. Circuits that are open go on.</summary>
    public bool HasWithdrawn { get; private set; }

    /// <summary>Whether others can dial this node through it.</summary>
    public bool IsDialable => Reservation is not null && !HasWithdrawn;

    public int Failures { get; private set; }

    public RelayFailure? LastFailure { get; private set; }

    /// <summary>The search that has found it last.</summary>
    public int FoundInSearch { get; private set; }

    /// <summary>How many that search had found before it: the source gives the best first. 0 for those nobody has found.</summary>
    public int Rank { get; set; }

    /// <summary>Since when it is in its state.</summary>
    public DateTimeOffset Since { get; set; }

    /// <summary>
    /// Whether its reservation was lost with the connection and it has not been asked since. It keeps its place: the addresses that others know of this node lead
    /// through it, and it is most likely there again at once.
    /// </summary>
    public bool IsReturning => this is { Reservation: null, Asking: 0, Failures: 0, LastFailure.Reason: RelayReason.ConnectionLost };

    /// <summary>Where to dial it, what worked last first.</summary>
    public IReadOnlyList<Multiaddress> Route => DialedAt is { } worked ? [worked, .. Addresses.Where(address => address != worked)] : Addresses;

    /// <summary>Whether the reservation is one to count on.</summary>
    public bool IsKept => Reservation is not null && !IsLeaving;

    /// <summary>
    /// Whether the table renews the reservation. The application's own, when it asks; but where the connection it was made on is gone, it is made again.
    /// </summary>
    public bool IsRenewed => Origin != RelayOrigin.Application || IsAdrift;

    public RelayState StateAt(TimeSpan now) =>
        Reservation is not null ? (IsLeaving ? RelayState.Leaving : RelayState.Reserved)
        : Asking > 0 ? RelayState.Reserving
        : LastFailure is not null && NextRequest > now ? RelayState.Waiting
        : RelayState.Candidate;

    public void AddAddress(Multiaddress address, RelayOrigin by)
    {
        if (_named.Contains(address) || _found.Contains(address))
            return;
        if (by == RelayOrigin.Static)
            _named = _named.Add(address);
        else if (_found.Length < MaxFound)
            _found = _found.Add(address);
    }

    /// <summary>A search has found it: what earlier ones have found, it takes the place of.</summary>
    public void FindAnew(int search) => (FoundInSearch, _found) = (search, []);

    /// <summary>Remembers when it came into its state.</summary>
    public void NoteState(RelayState state, DateTimeOffset now)
    {
        if (_state != state)
            (_state, Since) = (state, now);
    }

    /// <summary>A request begins.</summary>
    public void BeginAsking()
    {
        if (++Asking == 1)
            _isGrantLate = false;
    }

    /// <summary>A request has ended, however.</summary>
    public void EndAsking() => Asking = Math.Max(0, Asking - 1);

    /// <summary>A reservation was granted, or renewed.</summary>
    /// <returns>Whether it is a renewal.</returns>
    public bool Grant(Reservation reservation, Multiaddress dialedAt, TimeSpan now, TimeSpan until, TimeSpan renewAt)
    {
        bool isRenewal = Reservation is not null;

        // js-libp2p's relay forgets a reservation when the time of its first renewal is over, whatever later ones have announced. It is asked again right then:
        // to others that is one renewal more.
        if (!isRenewal || now >= _forgottenAt)
            _forgottenAt = null;
        else
            _forgottenAt ??= until + RelayTiming.Forgetting;
        TimeSpan next = _forgottenAt < renewAt ? _forgottenAt.Value : renewAt;

        // On the connection that it was made on before, the address is still that one: the relay's name, where only its number shows now.
        if (DialedAt is null || reservation.Connection is null || reservation.Connection != Reservation?.Connection)
            DialedAt = dialedAt;

        if (!isRenewal)
            _heldSince = now;
        (Reservation, Until, IsAdrift, Failures) = (reservation, until, false, 0);
        IsLeaving = HasWithdrawn = _isGrantLate;
        if (!IsLeaving)
            (NextRequest, LastFailure) = (next, null);
        return isRenewal;
    }

    /// <summary>A request has failed. A reservation there is stays; when it was refused a renewal, it will not be there for long.</summary>
    public void Fail(RelayFailure failure, TimeSpan nextRequest)
    {
        IsLeaving = Reservation is not null && (IsLeaving || failure.IsFinal);
        HasWithdrawn |= failure.Reason == RelayReason.NotARelay;
        (LastFailure, NextRequest) = (failure, nextRequest);
    }

    public int CountFailure() => ++Failures;

    /// <summary>
    /// The connection is lost, and the reservation with it. One that was not held for long counts as a failure, and so does the next such: a relay that grants and
    /// drops is no relay to come back to at once.
    /// </summary>
    /// <returns>How many in a row; 0 after one that was held for long.</returns>
    public int CountLoss(TimeSpan now)
    {
        _shortLived = now - _heldSince < RelayTiming.Lasting ? _shortLived + 1 : 0;
        return Failures = _shortLived;
    }

    /// <summary>The connection that the reservation was made on has ended, and another one is left.</summary>
    public void Drift(TimeSpan now)
    {
        IsAdrift = true;
        if (!IsLeaving)
            NextRequest = now;
    }

    /// <summary>
    /// It has told that it serves nobody any more. What is being asked for may still be granted, and is worth nothing.
    /// </summary>
    public void Withdraw(TimeSpan nextRequest)
    {
        (LastFailure, NextRequest, HasWithdrawn) = (RelayFailure.HopWithdrawn, nextRequest, true);
        IsLeaving = Reservation is not null;
        _isGrantLate = Asking > 0;
    }

    /// <summary>
    /// It has told that it serves again, or at last. A reservation that still runs is worth something again, but stays given up, in case another one has taken its
    /// place.
    /// </summary>
    public void Offer(TimeSpan nextRequest)
    {
        (NextRequest, HasWithdrawn, _isGrantLate) = (nextRequest, false, false);
        if (Reservation is not null || Asking > 0)
            LastFailure = null;
    }

    /// <summary>The reservation is over.</summary>
    public void End(RelayFailure why, TimeSpan nextRequest)
    {
        // Whoever has refused keeps the wait that came of it.
        if (!IsLeaving || LastFailure is null || LastFailure == RelayFailure.HopWithdrawn)
            (LastFailure, NextRequest) = (why, nextRequest);
        (Reservation, IsLeaving, IsAdrift, HasWithdrawn) = (null, false, false, false);
    }

    /// <summary>Whatever happened is over: the node was stopped.</summary>
    public void Reset()
    {
        (Reservation, IsLeaving, IsAdrift, HasWithdrawn) = (null, false, false, false);
        (Asking, Failures, LastFailure, NextRequest, _shortLived, _isGrantLate) = (0, 0, null, TimeSpan.Zero, 0, false);
    }
}
