namespace Relay;

/// <summary>Ends something when it is disposed, once.</summary>
internal sealed class Subscription(Action? end) : IDisposable
{
    private Action? _end = end;

    public static Subscription None { get; } = new(null);

    public void Dispose() => Interlocked.Exchange(ref _end, null)?.Invoke();
}
