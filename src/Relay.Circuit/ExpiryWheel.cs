using System.Numerics;

namespace Relay.Circuit;

/// <summary>
/// Reservations by when they expire, whatever their lifetimes: a hierarchical timing wheel whose smallest slot is one tick of the clock, so that it is exact.
/// Adding and removing touch one entry. As time goes on, an entry moves to a finer level at most once per level, so that the work per reservation is constant
/// however many there are. Not thread-safe; time never goes back.
/// </summary>
/// <remarks>
/// An entry lies on the level of the highest digit (of 6 bits) in which its deadline differs from now, in the slot of that digit. So when now moves, all that
/// lies on a level below the highest digit that changed has expired, and on that level what lies in the slots that were passed.
/// </remarks>
internal sealed class ExpiryWheel
{
    private const int Bits = 6;
    private const int Slots = 1 << Bits;
    private const int Levels = (64 + Bits - 1) / Bits;

    private readonly ReservationEntry?[] _slots = new ReservationEntry?[Levels * Slots];
    private readonly ulong[] _occupied = new ulong[Levels]; // a bit per slot
    private long _now;

    /// <summary>Starts at <paramref name="now"/>.</summary>
    public ExpiryWheel(long now) => _now = now;

    /// <summary>How often an entry was looked at or moved: what the work of a decision is measured by.</summary>
    public long Visits { get; private set; }

    public void Add(ReservationEntry entry)
    {
        Visits++;
        // What is overdue already lies in the slot of now, which the next turn looks at.
        long deadline = Math.Max(entry.Deadline, _now);
        int level = LevelOf(deadline);
        int slot = (level * Slots) + Digit(deadline, level);
        entry.Slot = slot;
        entry.Earlier = null;
        entry.Later = _slots[slot];
        if (entry.Later is not null)
            entry.Later.Earlier = entry;
        _slots[slot] = entry;
        _occupied[level] |= 1UL << (slot % Slots);
    }

    public void Remove(ReservationEntry entry)
    {
        Visits++;
        if (entry.Later is not null)
            entry.Later.Earlier = entry.Earlier;
        if (entry.Earlier is not null)
            entry.Earlier.Later = entry.Later;
        else
            _slots[entry.Slot] = entry.Later;

        if (_slots[entry.Slot] is null)
            _occupied[entry.Slot / Slots] &= ~(1UL << (entry.Slot % Slots));
        entry.Earlier = entry.Later = null;
    }

    /// <summary>Turns to <paramref name="now"/>; what has expired is removed, and handed out.</summary>
    public void Advance(long now, Action<ReservationEntry> onExpired)
    {
        if (now < _now)
            return;

        int top = LevelOf(now);
        ulong passed = (1UL << Digit(now, top)) - 1;
        ulong reached = 1UL << Digit(now, top);
        _now = now;
        for (int level = 0; level < top; level++)
            Take(level, ulong.MaxValue, onExpired);
        Take(top, passed, onExpired);
        Take(top, reached, onExpired);
    }

    public void Clear()
    {
        Array.Clear(_slots);
        Array.Clear(_occupied);
    }

    /// <summary>Empties slots: what is due is handed out, what is not lies deeper now.</summary>
    private void Take(int level, ulong which, Action<ReservationEntry> onExpired)
    {
        for (ulong left = _occupied[level] & which; left != 0; left &= left - 1)
        {
            int slot = (level * Slots) + BitOperations.TrailingZeroCount(left);
            ReservationEntry? entry = _slots[slot];
            while (entry is not null)
            {
                ReservationEntry? next = entry.Later;
                Remove(entry);
                if (entry.Deadline <= _now)
                    onExpired(entry);
                else
                    Add(entry);
                entry = next;
            }
        }
    }

    private int LevelOf(long deadline)
    {
        ulong difference = (ulong)(deadline ^ _now);
        return difference == 0 ? 0 : BitOperations.Log2(difference) / Bits;
    }

    private static int Digit(long time, int level) => (int)((ulong)time >> (level * Bits)) & (Slots - 1);
}
