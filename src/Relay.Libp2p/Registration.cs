namespace Relay.Libp2p;

/// <summary>Something that stands until it is disposed, once.</summary>
internal sealed class Registration(Action end) : IDisposable
{
    private Action? _end = end;

    public void Dispose() => Interlocked.Exchange(ref _end, null)?.Invoke();
}
