using Relay.Multiformats;

namespace Relay.AutoRelay;

// What the candidate source finds, and when it is asked.
internal sealed partial class RelayTable
{
    public const int MaxFound = 128;              // relays of one search
    public const int MaxKept = 2 * MaxFound;      // of those found: a search that fails takes nothing away
    private const int CandidatesPerWanted = 4;    // that end the boot delay

    private TimeSpan _nextSearch;
    private int _search;                          // counts them
    private int _found;                           // relays in the one that runs
    private bool _isSearching;

    /// <summary>The candidate source has found an address. One that nothing here can dial is passed over; the others take the place of what earlier searches have found.</summary>
    /// <returns>Whether there is room for more.</returns>
    public bool Found(Multiaddress address)
    {
        lock (_gate)
        {
            if (!_isSearching)
                return false;
            if (_canDial(address) && AddNeedsLock(address, RelayOrigin.Source) is { } entry)
                AddFoundNeedsLock(entry, address);
            return _found < MaxFound;
        }
    }

    /// <summary>The search has ended. What earlier ones have found is forgotten when this one came to its end and found any; one that failed changes nothing.</summary>
    public void EndSearch(bool isComplete)
    {
        lock (_gate)
        {
            _isSearching = false;
            if (!isComplete || _found == 0)
                return;
            foreach (RelayEntry old in _relays.Values.Where(IsForgettableNeedsLock).ToArray())
                _relays.Remove(old.Relay);
        }
    }

    private void AddFoundNeedsLock(RelayEntry entry, Multiaddress address)
    {
        bool isFirst = entry.FoundInSearch != _search;
        if (isFirst)
            entry.FindAnew(_search);
        entry.AddAddress(address, RelayOrigin.Source);
        if (!isFirst || entry.Origin != RelayOrigin.Source)
            return;
        entry.Rank = _found++;
        MakeRoomNeedsLock();
    }

    private bool BeginSearchNeedsLock(TimeSpan now, AutoRelayOption option)
    {
        if (!_hasSource || _isSearching || now < _nextSearch)
            return false;
        (_isSearching, _search, _found, _nextSearch) = (true, _search + 1, 0, now + option.DiscoveryInterval);
        return true;
    }

    // A relay that was found waits for better ones until the boot delay is over, enough were found, or the search has ended.
    private bool MayBeAskedNeedsLock(RelayEntry entry, TimeSpan now) =>
        entry.Origin == RelayOrigin.Static
        || now >= _begun + _option!.BootDelay
        || !_isSearching
        || _relays.Values.Count(static other => other.Origin == RelayOrigin.Source) >= CandidatesPerWanted * _option.WantedRelays;

    private void MakeRoomNeedsLock()
    {
        if (_relays.Values.Count(static entry => entry.Origin == RelayOrigin.Source) > MaxKept
            && _relays.Values.Where(IsForgettableNeedsLock).MinBy(static entry => entry.FoundInSearch) is { } oldest)
        {
            _relays.Remove(oldest.Relay);
        }
    }

    private bool IsForgettableNeedsLock(RelayEntry entry) =>
        entry is { Origin: RelayOrigin.Source, Reservation: null, Asking: 0 } && entry.FoundInSearch != _search;
}
