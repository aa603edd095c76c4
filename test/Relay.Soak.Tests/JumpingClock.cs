namespace Relay.Soak.Tests;

/// <summary>The system's clock, of which the wall-clock side jumps, as NTP and operators make it. Thread-safe.</summary>
internal sealed class JumpingClock : TimeProvider
{
    private long _offset; // ticks

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + TimeSpan.FromTicks(Volatile.Read(ref _offset));

    public void Jump(TimeSpan to) => Volatile.Write(ref _offset, to.Ticks);
}
