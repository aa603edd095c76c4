using Relay.Multiformats;

namespace Relay.AutoRelay;

// The candidate source: somebody else's code, which may fail, stall and ignore its cancellation.
internal sealed partial class RelaySeeker
{
    /// <summary>How long a search may take.</summary>
    public static readonly TimeSpan SearchTimeout = TimeSpan.FromMinutes(1);

    private Task _pull = Task.CompletedTask; // unfinished when the source ignored its cancellation

    private async Task SearchAsync(SeekerRun run, CancellationToken enough)
    {
        int found = 0;
        using var deadline = new CancellationTokenSource(SearchTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, enough);
        CancellationToken cancellationToken = either.Token;
        try
        {
            if (!_pull.IsCompleted)
                throw new InvalidOperationException("it has not come back from an earlier search");

            IAsyncEnumerator<Multiaddress> relays = await CallAsync(
                () => Task.FromResult(_source!.FindRelaysAsync(cancellationToken).GetAsyncEnumerator(cancellationToken)), cancellationToken).ConfigureAwait(false);
            while (await CallAsync(() => relays.MoveNextAsync().AsTask(), cancellationToken).ConfigureAwait(false))
            {
                found++;
                bool hasRoom = Table.Found(relays.Current);
                run.Signal();
                if (!hasRoom)
                    break;
            }

            await relays.DisposeAsync().AsTask().WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Found enough, took too long, or the node stops.
        }
        catch (Exception e) // whatever somebody's source throws
        {
            LogSourceFails(e.Message, e);
        }

        LogSearched(found);
        Table.EndSearch();
        run.Signal();
    }

    // On a thread of its own: a source that blocks must not block the node.
    private Task<T> CallAsync<T>(Func<Task<T>> call, CancellationToken cancellationToken)
    {
        Task<T> result = Task.Run(call, CancellationToken.None);
        _pull = result.ContinueWith(
            static result => _ = result.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return result.WaitAsync(cancellationToken);
    }
}
