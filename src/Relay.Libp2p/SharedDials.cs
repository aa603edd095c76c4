using Relay.Multiformats;

namespace Relay.Libp2p;

/// <summary>
/// The dials under way, of peers whose id is known. Whoever dials an address that is being dialed waits for that attempt, with a patience of his own; an
/// attempt that nobody waits for any more is given up, and a connection that comes of it all the same is closed. Thread-safe.
/// </summary>
/// <param name="tasks">Where attempts run.</param>
/// <param name="dial">Connects; the attempt has the connection on loan.</param>
/// <param name="giveBack">Takes that loan back.</param>
internal sealed class SharedDials(TaskGroup tasks, Func<Multiaddress, CancellationToken, Task<Connection>> dial, Func<Connection, Task> giveBack)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Multiaddress, Attempt> _attempts = [];

    /// <summary>Connects to <paramref name="address"/>.</summary>
    /// <param name="address">The address; it ends in the peer's id.</param>
    /// <param name="claim">Says whose the connection is, before the attempt lets go of it.</param>
    /// <param name="cancellationToken">Ends this caller's wait alone.</param>
    public async Task<Connection> DialAsync(Multiaddress address, Action<Connection> claim, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Attempt? attempt;
        bool isNew;
        lock (_lock)
        {
            isNew = !_attempts.TryGetValue(address, out attempt);
            if (isNew)
                _attempts.Add(address, attempt = new Attempt(address));
            attempt!.Waiting++;
        }

        if (isNew)
            tasks.Run(() => RunAsync(attempt));
        try
        {
            Connection connection = await attempt.Connected.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
            claim(connection);
            return connection;
        }
        finally
        {
            Leave(attempt);
        }
    }

    private async Task RunAsync(Attempt attempt)
    {
        Connection connection;
        try
        {
            connection = await dial(attempt.Address, attempt.GivenUp.Token).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            End(attempt);
            attempt.Connected.SetException(e);
            _ = attempt.Connected.Task.Exception; // whoever waited may have left
            return;
        }

        End(attempt);
        attempt.Connected.SetResult(connection);
        await attempt.IsOver.Task.ConfigureAwait(false);
        await giveBack(connection).ConfigureAwait(false);
    }

    // What has ended is not joined any more: who comes now finds the connection, or tries anew.
    private void End(Attempt attempt)
    {
        lock (_lock)
            EndNeedsLock(attempt);
    }

    private void EndNeedsLock(Attempt attempt)
    {
        if (_attempts.GetValueOrDefault(attempt.Address) == attempt)
            _attempts.Remove(attempt.Address);
    }

    private void Leave(Attempt attempt)
    {
        lock (_lock)
        {
            if (--attempt.Waiting > 0)
                return;
            EndNeedsLock(attempt);
        }

        attempt.GivenUp.Cancel();
        attempt.IsOver.SetResult();
    }

    private sealed class Attempt(Multiaddress address)
    {
        public Multiaddress Address { get; } = address;

        /// <summary>How many wait for it.</summary>
        public int Waiting { get; set; }

        /// <summary>Fires when nobody does any more.</summary>
        public CancellationTokenSource GivenUp { get; } = new();

        public TaskCompletionSource<Connection> Connected { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Ends when everybody has what he waited for, or has left.</summary>
        public TaskCompletionSource IsOver { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
