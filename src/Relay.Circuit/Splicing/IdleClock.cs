namespace Relay.Circuit.Splicing;

/// <summary>When a circuit last carried a byte in either direction, or had one to carry, as far as its pumps can tell. Thread-safe.</summary>
internal sealed class IdleClock(TimeProvider time)
{
    private long _touched = time.GetTimestamp();

    public long Touched => Volatile.Read(ref _touched);

    public void Touch() => Volatile.Write(ref _touched, time.GetTimestamp());
}
