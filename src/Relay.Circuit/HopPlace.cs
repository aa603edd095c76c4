namespace Relay.Circuit;

/// <summary>
/// A HOP request under way, counted at its connection. Disposing it, from any thread and any number of times, gives the count back exactly once.
/// </summary>
internal sealed class HopPlace(Admission admission, object connection) : IDisposable
{
    private Admission? _admission = admission; // null once the count is given back

    public object Connection => connection;

    public void Dispose() => Interlocked.Exchange(ref _admission, null)?.Release(this);
}
