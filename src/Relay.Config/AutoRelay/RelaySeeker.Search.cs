using Relay.Multiformats;

namespace Relay.AutoRelay;

// The candidate source: somebody else's code, which may fail, stall and ignore its cancellation.
internal sealed partial class RelaySeeker
{
    /// <summary>How long a search may take.</summary>
    public static readonly TimeSpan SearchTimeout = TimeSpan.FromMinutes(1);

    private Task _pull = Task.CompletedTask; // unfinished when the source ignored its cancellation

    private async Task<bool> SearchAsync(SeekerRun run, CancellationToken enough)
    {
        using var deadline = new CancellationTokenSource(SearchTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, enough);
        bool isComplete = false;
        try
        {
            if (!_pull.IsCompleted)
                throw new InvalidOperationException("it has not come back from an earlier search");
            await PullAsync(run, either.Token).ConfigureAwait(false);
            isComplete = true;
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            // Found enough, took too long, or the node stops.
        }
        catch (Exception e) // whatever somebody's source throws
        {
            Guard(() => LogSourceFails(e.Message, e));
        }

        Table.EndSearch(isComplete);
        run.Signal();
        return isComplete;
    }

    /// <summary>Takes what the source finds, and stops waiting for it when the token fires. Its own token is cancelled then.</summary>
    private async Task PullAsync(SeekerRun run, CancellationToken cancellationToken)
    {
        // Not linked to the node's: what the source has registered on it would run, block and throw where the node is stopped, or where a timer fires.
        var over = new CancellationTokenSource();
        Task pull = Task.Run(() => PullAllAsync(run, over.Token), CancellationToken.None);
        _pull = pull.ContinueWith(
            static pull => _ = pull.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        try
        {
            await pull.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            if (!pull.IsCompleted)
                _ = CancelAsync(over);
        }
    }

    // On a thread of its own: a source that blocks must not block the node. What it finds too late is not taken.
    private async Task PullAllAsync(SeekerRun run, CancellationToken over)
    {
        int found = 0;
        await foreach (Multiaddress relay in _source!.FindRelaysAsync(over).WithCancellation(over).ConfigureAwait(false))
        {
            if (over.IsCancellationRequested)
                break;
            found++;
            bool hasRoom = Table.Found(relay);
            run.Signal();
            if (!hasRoom)
                break;
        }

        Guard(() => LogSearched(found));
    }

    private async Task CancelAsync(CancellationTokenSource source)
    {
        try
        {
            await source.CancelAsync().ConfigureAwait(false);
        }
        catch (AggregateException e)
        {
            Guard(() => LogSourceFails(e.Message, e));
        }
    }
}
