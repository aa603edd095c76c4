namespace Relay.AutoRelay;

// What is to be done, and when.
internal sealed partial class RelayTable
{
    /// <summary>Ends what has run out, and says what is to be done now; what it gives out counts as begun.</summary>
    public RelayWork Next()
    {
        lock (_gate)
        {
            TimeSpan now = Now;
            foreach (RelayEntry over in _relays.Values.Where(entry => entry.Reservation is not null && entry.Until <= now).ToArray())
                EndNeedsLock(over, RelayFailure.Expired, now);

            // 1. Reservations that count are renewed when it is time.
            List<RelayEntry> ask = [.. _relays.Values.Where(entry => entry is { IsKept: true, IsRenewed: true, Asking: 0 } && entry.NextRequest <= now)];

            // 2. What is missing is asked of others.
            int missing = AddMissingNeedsLock(ask, now);

            // 3. When nobody is left to ask, the source is.
            bool search = missing > 0 && BeginSearchNeedsLock(now, _option!);
            foreach (RelayEntry entry in ask)
                AskNeedsLock(entry);
            return new RelayWork(
                [.. ask.Select(static entry => (entry.Relay, entry.Route))], HasAllNeedsLock(), search, FirstNeedsLock(now, isShort: missing > 0));
        }
    }

    // Of those whose turn it is: who was lost a moment ago, static relays, who has failed least, whom the source has named first; chance decides between equals.
    private int AddMissingNeedsLock(List<RelayEntry> ask, TimeSpan now)
    {
        if (_option is not { } option)
            return 0;
        RelayEntry[] own = [.. _relays.Values.Where(static entry => entry.Origin != RelayOrigin.Application)];
        int missing = option.WantedRelays - own.Count(entry => entry.IsKept || entry.Asking > 0 || (entry.IsReturning && entry.NextRequest > now));
        RelayEntry[] free = [.. own.Where(entry => entry is { IsKept: false, Asking: 0 } && entry.NextRequest <= now && MayBeAskedNeedsLock(entry, now))];
        ask.AddRange(free
            .OrderByDescending(static entry => entry.IsReturning)
            .ThenBy(static entry => entry.Origin)
            .ThenBy(static entry => entry.Failures)
            .ThenBy(static entry => entry.Rank)
            .ThenBy(_ => _timing.Shuffle())
            .Take(Math.Max(0, missing)));
        return missing - free.Length;
    }

    // Whoever is being asked may still refuse.
    private bool HasAllNeedsLock() =>
        _option is not { } option || _relays.Values.Count(static entry => entry is { IsKept: true, Origin: not RelayOrigin.Application }) >= option.WantedRelays;

    private TimeSpan? FirstNeedsLock(TimeSpan now, bool isShort)
    {
        IEnumerable<TimeSpan> times = _relays.Values.SelectMany<RelayEntry, TimeSpan>(entry => entry switch
        {
            { IsKept: true, IsRenewed: true, Asking: 0 } => [entry.Until, entry.NextRequest],
            { Reservation: not null } => isShort && entry is { IsRenewed: true, Asking: 0 } ? [entry.Until, entry.NextRequest] : [entry.Until],
            { Asking: 0 } when isShort || entry.IsReturning => [entry.NextRequest],
            _ => [],
        });
        if (isShort && _option is { } option)
            times = times.Concat(_isSearching ? [_begun + option.BootDelay] : _hasSource ? [_nextSearch] : []);
        return times.Where(time => time > now).Select(time => (TimeSpan?)(time - now)).Min();
    }
}
