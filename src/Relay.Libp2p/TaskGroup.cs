namespace Relay.Libp2p;

/// <summary>The background tasks of a node: started here, so that stopping can wait for every one of them. Thread-safe.</summary>
internal sealed class TaskGroup(Action<Exception> onUnexpected)
{
    private readonly Lock _lock = new();
    private int _running;
    private TaskCompletionSource? _idle;

    public int Running => Volatile.Read(ref _running);

    /// <summary>Starts <paramref name="work"/> on the calling thread; it goes on by itself from its first wait.</summary>
    public void Run(Func<Task> work)
    {
        lock (_lock)
            _running++;
        _ = RunAsync(work);
    }

    /// <summary>Counts a caller's own work, result and failure the caller's, among the tasks while it runs.</summary>
    public async Task<T> IncludeAsync<T>(Func<Task<T>> work)
    {
        lock (_lock)
            _running++;
        try
        {
            return await work().ConfigureAwait(false);
        }
        finally
        {
            End();
        }
    }

    /// <summary>Ends when nothing runs.</summary>
    public Task WhenIdle()
    {
        lock (_lock)
        {
            if (_running == 0)
                return Task.CompletedTask;
            _idle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _idle.Task;
        }
    }

    private async Task RunAsync(Func<Task> work)
    {
        try
        {
            await work().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            onUnexpected(e);
        }

        End();
    }

    private void End()
    {
        TaskCompletionSource? idle = null;
        lock (_lock)
        {
            if (--_running == 0)
                (idle, _idle) = (_idle, null);
        }

        idle?.SetResult();
    }
}
