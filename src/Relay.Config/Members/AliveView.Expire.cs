using Relay.Multiformats;

namespace Relay.Members;

internal sealed partial class AliveView
{
    private readonly Queue<(TimeSpan At, int Count)> _departures = []; // of the last grace period
    private TimeSpan? _heldSince; // when members were first held back; null: none are
    private int _heldBack;

    // More silence at once than MaxShrinkPercent is more likely a source that has lost its network than a network that has died: these
    // members stay, until the silence has lasted for another MaxAge.
    private int Expire()
    {
        while (_departures.TryPeek(out (TimeSpan At, int Count) oldest) && _observed - oldest.At > rules.Grace)
            _departures.Dequeue();

        List<PeerId> overdue = [.. _members.Where(member => _observed - member.Value.Since > rules.MaxAge + rules.Grace).Select(static member => member.Key)];
        int gone = _departures.Sum(static departure => departure.Count);
        bool isTooMany = 100L * (overdue.Count + gone) > (long)rules.MaxShrinkPercent * (_members.Count + gone);
        if (overdue.Count > 0 && isTooMany)
        {
            _heldSince ??= _observed;
            if (_observed - _heldSince <= rules.MaxAge)
            {
                _heldBack = overdue.Count;
                return 0;
            }
        }

        bool wasConfirmed = isTooMany; // by lasting: what is left of the network is the new measure
        _heldSince = null;
        _heldBack = 0;
        overdue.ForEach(peer => _members.Remove(peer));
        if (wasConfirmed)
            _departures.Clear();
        else if (overdue.Count > 0)
            _departures.Enqueue((_observed, overdue.Count));
        return overdue.Count;
    }
}
