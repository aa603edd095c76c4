namespace Relay.Libp2p;

/// <summary>
/// The background tasks of a node: started here, so that stopping can wait for every one of them; but not for one that itself waits for the stop, nor for
/// one that was given up. Thread-safe.
/// </summary>
internal sealed class TaskGroup(Action<Exception> onUnexpected)
{
    private readonly Lock _lock = new();
    private readonly HashSet<Entry> _running = [];
    private readonly AsyncLocal<Entry?> _current = new(); // of the task that runs: what it calls finds it there
    private TaskCompletionSource? _idle;

    /// <summary>How many run, but for those that nobody waits for any more.</summary>
    public int Running
    {
        get
        {
            lock (_lock)
                return _running.Count;
        }
    }

    /// <summary>Starts <paramref name="work"/> on the calling thread; it goes on by itself from its first wait.</summary>
    /// <param name="work">What to do.</param>
    /// <param name="what">What to call it should it not end; null takes no part in that.</param>
    public void Run(Func<Task> work, Func<string>? what = null) => _ = RunAsync(work, Enter(what));

    /// <summary>Counts a caller's own work, result and failure the caller's, among the tasks while it runs.</summary>
    public async Task<T> IncludeAsync<T>(Func<Task<T>> work)
    {
        Entry entry = Enter(null);
        try
        {
            return await work().ConfigureAwait(false);
        }
        finally
        {
            Leave(entry);
        }
    }

    /// <summary>Called from within a task, it is not waited for any more: it waits itself for what the caller is about to do.</summary>
    public void LeaveCurrent()
    {
        if (_current.Value is { } entry)
            Leave(entry);
    }

    /// <summary>Ends when nothing runs.</summary>
    public Task WhenIdle()
    {
        lock (_lock)
        {
            if (_running.Count == 0)
                return Task.CompletedTask;
            _idle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _idle.Task;
        }
    }

    /// <summary>Waits no more for what runs now.</summary>
    /// <returns>How much it was, and what it is called.</returns>
    public (int Count, string What) GiveUp()
    {
        Entry[] given;
        lock (_lock)
            given = [.. _running];
        foreach (Entry entry in given)
            Leave(entry);
        return (given.Length, string.Join(", ", given.Select(static entry => entry.What?.Invoke() ?? "").Where(static what => what.Length > 0).Distinct().Order()));
    }

    private async Task RunAsync(Func<Task> work, Entry entry)
    {
        _current.Value = entry;
        try
        {
            await work().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            onUnexpected(e);
        }

        Leave(entry);
    }

    private Entry Enter(Func<string>? what)
    {
        var entry = new Entry(what);
        lock (_lock)
            _running.Add(entry);
        return entry;
    }

    private void Leave(Entry entry)
    {
        TaskCompletionSource? idle = null;
        lock (_lock)
        {
            if (_running.Remove(entry) && _running.Count == 0)
                (idle, _idle) = (_idle, null);
        }

        idle?.SetResult();
    }

    private sealed class Entry(Func<string>? what)
    {
        public Func<string>? What => what;
    }
}
