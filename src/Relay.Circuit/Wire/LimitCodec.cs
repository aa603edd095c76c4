namespace Relay.Circuit.Wire;

/// <summary>Limits between <see cref="CircuitLimit"/> and the wire, where seconds are whole and zero says "none".</summary>
internal static class LimitCodec
{
    /// <summary>
    /// The message to announce, or null when nothing is limited: a present but empty one makes go mark the connection limited. A part of a second
    /// rounds up, as rounding down would announce "none" for anything under one second.
    /// </summary>
    public static Limit? ToWire(TimeSpan? duration, long? data)
    {
        if (duration is null && data is null)
            return null;

        var limit = new Limit();
        if (duration is { } time)
        {
            long seconds = time.Ticks / TimeSpan.TicksPerSecond + (time.Ticks % TimeSpan.TicksPerSecond > 0 ? 1 : 0);
            limit.Duration = (uint)Math.Min(seconds, uint.MaxValue);
        }

        if (data is { } bytes)
            limit.Data = (ulong)bytes;

        return limit;
    }

    /// <summary>What a relay announced, or null when that limits nothing.</summary>
    public static CircuitLimit? FromWire(Limit? limit)
    {
        if (limit is null || (limit.Duration == 0 && limit.Data == 0))
            return null;

        return new CircuitLimit(
            limit.Duration == 0 ? null : TimeSpan.FromSeconds(limit.Duration),
            limit.Data == 0 ? null : (long)Math.Min(limit.Data, long.MaxValue));
    }
}
