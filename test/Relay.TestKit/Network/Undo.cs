namespace Relay.TestKit.Network;

/// <summary>Undoes a registration, once.</summary>
internal sealed class Undo(Action action) : IDisposable
{
    private Action? _action = action;

    public void Dispose() => Interlocked.Exchange(ref _action, null)?.Invoke();
}
