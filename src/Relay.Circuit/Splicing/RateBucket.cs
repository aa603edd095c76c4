namespace Relay.Circuit.Splicing;

/// <summary>
/// A rate in bytes per second, kept exactly: over any stretch of time no more passes than the rate allows for it plus <see cref="Burst"/>. Keeps the time at
/// which everything that has passed would have passed at an even pace; how far that lies ahead of now is how much of the burst is used up. Not thread-safe.
/// </summary>
internal sealed class RateBucket
{
    /// <summary>
    /// How much may pass at once, as a part of a second: short enough that nobody notices a pause, long enough for timers that count in milliseconds.
    /// </summary>
    private const int BurstsPerSecond = 4;

    private readonly long _rate;
    private readonly long _frequency;
    private readonly long _burstTicks;
    private long _even; // when what has passed would have passed at an even pace

    /// <param name="bytesPerSecond">The rate, at least <see cref="BurstsPerSecond"/>.</param>
    /// <param name="time">The clock.</param>
    public RateBucket(long bytesPerSecond, TimeProvider time)
    {
        _rate = bytesPerSecond;
        _frequency = time.TimestampFrequency;
        _even = time.GetTimestamp();
        Burst = bytesPerSecond / BurstsPerSecond;
        _burstTicks = ToTicks(Burst);
    }

    /// <summary>Bytes that may pass at once after a rest.</summary>
    public long Burst { get; }

    /// <summary>Bytes that may pass now.</summary>
    public long Available(long now)
    {
        long ahead = Math.Max(0, _even - now);
        return ahead >= _burstTicks ? 0 : (long)((Int128)(_burstTicks - ahead) * _rate / _frequency);
    }

    /// <summary>Counts <paramref name="bytes"/> that pass now.</summary>
    public void Take(long bytes, long now) => _even = Math.Max(_even, now) + ToTicks(bytes);

    /// <summary>Uncounts <paramref name="bytes"/> that were taken and did not pass.</summary>
    public void GiveBack(long bytes) => _even -= (long)((Int128)bytes * _frequency / _rate);

    /// <summary>How long until <paramref name="bytes"/>, at most <see cref="Burst"/>, may pass.</summary>
    public TimeSpan Wait(long bytes, long now)
    {
        long ticks = _even + ToTicks(bytes) - _burstTicks - now;
        return ticks <= 0 ? TimeSpan.Zero : new TimeSpan((long)(((Int128)ticks * TimeSpan.TicksPerSecond + _frequency - 1) / _frequency));
    }

    /// <summary>Rounded up, so that the rate is never exceeded.</summary>
    private long ToTicks(long bytes) => (long)(((Int128)bytes * _frequency + _rate - 1) / _rate);
}
