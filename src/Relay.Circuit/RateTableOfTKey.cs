using System.Threading.RateLimiting;

namespace Relay.Circuit;

/// <summary>
/// Who has done something how often of late. A key that does nothing for a period takes no room, and the whole never more than <see cref="RateTable.MaxRemembered"/>
/// entries. Constant work per call, but that each entry is forgotten by a later call, once. Not thread-safe.
/// </summary>
/// <remarks>
/// <para>
/// The limiters of System.Threading.RateLimiting that count by time read a clock of their own. So this uses the one that has none: each key has as many permits
/// as the rate allows, and a permit that was taken is given back a period later, by the clock of whoever calls.
/// </para>
/// <para>
/// A key has at most <see cref="RateTable.Grains"/> entries in a period. While the rate allows no more than that, each thing done is one, and what it says is exact. Above
/// that, what a key does within a part of the period is one entry, given back when the last of it may be: the rate is never exceeded, and a permit comes back later
/// than it might by that part at most.
/// </para>
/// </remarks>
internal sealed class RateTable<TKey>(Rate rate, long timestampFrequency)
    where TKey : notnull
{
    private readonly long _period = Admission.ToTimestampTicks(rate.Period, timestampFrequency);
    private readonly long _grain = rate.Count <= RateTable.Grains ? 0 : Admission.ToTimestampTicks(rate.Period / RateTable.Grains, timestampFrequency);
    private readonly Dictionary<TKey, Doer> _doers = [];
    private readonly Queue<Entry> _taken = new(); // in the order of their ends, as all last as long

    public Rate Rate => rate;

    /// <summary>Keys that have done something within the last period.</summary>
    public int Keys => _doers.Count;

    /// <summary>Entries that are remembered.</summary>
    public int Remembered => _taken.Count;

    /// <summary>How often something was looked at or changed: what the work of a decision is measured by.</summary>
    public long Visits { get; private set; }

    /// <summary>Whether the key may not do it again yet. Takes nothing.</summary>
    public bool IsExhausted(TKey key, long now)
    {
        ForgetUntil(now);
        Visits++;
        return _doers.TryGetValue(key, out Doer? doer) && !doer.Limiter.AttemptAcquire(0).IsAcquired;
    }

    /// <summary>The key, which is not exhausted, does it now.</summary>
    public void Take(TKey key, long now)
    {
        ForgetUntil(now);
        if (_taken.Count == RateTable.MaxRemembered)
            ForgetOldest();
        Visits++;
        if (!_doers.TryGetValue(key, out Doer? doer))
        {
            doer = new Doer(rate.Count);
            _doers.Add(key, doer);
        }

        if (doer.Last is { } last && now < last.Until - _period)
        {
            last.TakeOneMore(doer.Limiter);
            return;
        }

        doer.Last = new Entry(key, now + _grain + _period);
        doer.Last.TakeOneMore(doer.Limiter);
        _taken.Enqueue(doer.Last);
    }

    private void ForgetUntil(long now)
    {
        while (_taken.TryPeek(out Entry? oldest) && oldest.Until <= now)
            ForgetOldest();
    }

    private void ForgetOldest()
    {
        Visits++;
        Entry oldest = _taken.Dequeue();
        oldest.GiveBack();
        Doer doer = _doers[oldest.Key];
        if (doer.Last != oldest)
            return;
        _doers.Remove(oldest.Key);
        doer.Limiter.Dispose();
    }

    /// <summary>A key that has done something of late.</summary>
    private sealed class Doer(int permits)
    {
        public ConcurrencyLimiter Limiter { get; } = new(new ConcurrencyLimiterOptions { PermitLimit = permits });

        /// <summary>The newest of its entries.</summary>
        public Entry? Last { get; set; }
    }

    /// <summary>What a key has done at one time, or in one part of the period.</summary>
    private sealed class Entry(TKey key, long until)
    {
        private int _count;
        private RateLimitLease? _permits;

        public TKey Key => key;

        /// <summary>When it is forgotten.</summary>
        public long Until => until;

        public void TakeOneMore(ConcurrencyLimiter limiter)
        {
            _permits?.Dispose();
            _permits = limiter.AttemptAcquire(++_count);
        }

        public void GiveBack() => _permits?.Dispose();
    }
}
