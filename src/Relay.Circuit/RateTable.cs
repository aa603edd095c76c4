using System.Threading.RateLimiting;

namespace Relay.Circuit;

/// <summary>
/// Who has done something how often of late. A key that does nothing for a period takes no room, and the whole never more than <see cref="MaxRemembered"/>
/// entries. Constant work per call, but that each thing done is forgotten by a later call, once. Not thread-safe.
/// </summary>
/// <remarks>
/// The limiters of System.Threading.RateLimiting that count by time read a clock of their own. So this uses the one that has none: each key has as many permits
/// as the rate allows, and a permit that was taken is given back a period later, by the clock of whoever calls.
/// </remarks>
internal sealed class RateTable<TKey>(Rate rate, long timestampFrequency)
    where TKey : notnull
{
    /// <summary>How many things done are remembered, over all keys; when there are more, the oldest is forgotten early: the bound costs exactness, not service.</summary>
    public const int MaxRemembered = 100_000;

    private readonly long _period = Admission.ToTimestampTicks(rate.Period, timestampFrequency);
    private readonly Dictionary<TKey, ConcurrencyLimiter> _limiters = [];
    private readonly Queue<(long Until, TKey Key, RateLimitLease Lease)> _taken = new(); // in the order of their ends, as all last a period

    public Rate Rate => rate;

    /// <summary>Keys that have done something within the last period.</summary>
    public int Keys => _limiters.Count;

    /// <summary>How often something was looked at or changed: what the work of a decision is measured by.</summary>
    public long Visits { get; private set; }

    /// <summary>Whether the key may not do it again yet. Takes nothing.</summary>
    public bool IsExhausted(TKey key, long now)
    {
        ForgetUntil(now);
        Visits++;
        return _limiters.TryGetValue(key, out ConcurrencyLimiter? limiter) && !limiter.AttemptAcquire(0).IsAcquired;
    }

    /// <summary>The key, which is not exhausted, does it now.</summary>
    public void Take(TKey key, long now)
    {
        ForgetUntil(now);
        if (_taken.Count == MaxRemembered)
            ForgetOldest();

        Visits++;
        if (!_limiters.TryGetValue(key, out ConcurrencyLimiter? limiter))
        {
            limiter = new ConcurrencyLimiter(new ConcurrencyLimiterOptions { PermitLimit = rate.Count });
            _limiters.Add(key, limiter);
        }

        _taken.Enqueue((now + _period, key, limiter.AttemptAcquire()));
    }

    private void ForgetUntil(long now)
    {
        while (_taken.TryPeek(out (long Until, TKey, RateLimitLease) oldest) && oldest.Until <= now)
            ForgetOldest();
    }

    private void ForgetOldest()
    {
        Visits++;
        (_, TKey key, RateLimitLease lease) = _taken.Dequeue();
        lease.Dispose();
        ConcurrencyLimiter limiter = _limiters[key];
        if (limiter.GetStatistics()!.CurrentAvailablePermits < rate.Count)
            return;
        _limiters.Remove(key);
        limiter.Dispose();
    }
}
