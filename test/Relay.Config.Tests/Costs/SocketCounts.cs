namespace Relay.Tests.Costs;

/// <summary>What went through a relay's sockets. Thread-safe.</summary>
internal sealed class SocketCounts
{
    private long _reads;
    private long _writes;
    private long _bytesWritten;

    public long Reads => Interlocked.Read(ref _reads);

    public long Writes => Interlocked.Read(ref _writes);

    public long BytesWritten => Interlocked.Read(ref _bytesWritten);

    public void CountRead() => Interlocked.Increment(ref _reads);

    public void CountWrite(int bytes)
    {
        Interlocked.Increment(ref _writes);
        Interlocked.Add(ref _bytesWritten, bytes);
    }
}
