namespace Relay.Circuit;

/// <summary>
/// Reservations in the order in which they expire: a linked list through the entries themselves. While all have the same lifetime, each new deadline is
/// the latest, so that adding, moving and removing are constant work whatever the number of reservations. Not thread-safe.
/// </summary>
internal sealed class ExpiryQueue
{
    private ReservationEntry? _last;

    /// <summary>The one that expires next, or null.</summary>
    public ReservationEntry? First { get; private set; }

    /// <summary>Adds an entry at the place its deadline gives it, looked for from the end.</summary>
    public void Add(ReservationEntry entry)
    {
        ReservationEntry? earlier = _last;
        while (earlier is not null && earlier.Deadline > entry.Deadline)
            earlier = earlier.Earlier;

        entry.Earlier = earlier;
        entry.Later = earlier is null ? First : earlier.Later;
        Link(entry.Earlier, entry);
        Link(entry, entry.Later);
    }

    public void Remove(ReservationEntry entry)
    {
        if (entry.Earlier is null)
            First = entry.Later;
        else
            entry.Earlier.Later = entry.Later;

        if (entry.Later is null)
            _last = entry.Earlier;
        else
            entry.Later.Earlier = entry.Earlier;

        entry.Earlier = entry.Later = null;
    }

    public void Clear() => First = _last = null;

    private void Link(ReservationEntry? earlier, ReservationEntry? later)
    {
        if (earlier is null)
            First = later;
        else
            earlier.Later = later;

        if (later is null)
            _last = earlier;
        else
            later.Earlier = earlier;
    }
}
