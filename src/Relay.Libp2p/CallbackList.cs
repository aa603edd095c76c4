using System.Collections.Immutable;

namespace Relay.Libp2p;

/// <summary>Those who are told when something happens; each is quick and does not throw. Thread-safe.</summary>
internal sealed class CallbackList<T>
{
    private ImmutableArray<Action<T>> _callbacks = [];

    /// <returns>The subscription; dispose it to end it.</returns>
    public IDisposable Add(Action<T> callback)
    {
        ArgumentNullException.ThrowIfNull(callback);
        ImmutableInterlocked.Update(ref _callbacks, static (list, added) => list.Add(added), callback);
        return new Registration(() => ImmutableInterlocked.Update(ref _callbacks, static (list, removed) => list.Remove(removed), callback));
    }

    public void Tell(T what)
    {
        foreach (Action<T> callback in _callbacks)
            callback(what);
    }
}
