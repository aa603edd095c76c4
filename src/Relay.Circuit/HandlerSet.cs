namespace Relay.Circuit;

/// <summary>The handlers that are running: counted, and awaited when the service that owns them stops. Thread-safe.</summary>
internal sealed class HandlerSet
{
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _running;
    private bool _closed;

    public int Count
    {
        get
        {
            lock (_gate)
                return _running;
        }
    }

    /// <summary>Counts a handler in; false when the set takes no more.</summary>
    public bool TryEnter()
    {
        lock (_gate)
        {
            if (_closed)
                return false;
            _running++;
            return true;
        }
    }

    /// <summary>Counts a handler out.</summary>
    public void Exit()
    {
        lock (_gate)
        {
            if (--_running > 0 || !_closed)
                return;
        }

        _drained.TrySetResult();
    }

    /// <summary>Takes no more handlers; the task ends when the last one has. May be called again.</summary>
    public Task CloseAsync()
    {
        lock (_gate)
        {
            _closed = true;
            if (_running > 0)
                return _drained.Task;
        }

        return Task.CompletedTask;
    }
}
