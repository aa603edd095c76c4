using Relay.Multiformats;

namespace Relay.Libp2p;

/// <summary>
/// The dials that are under way to peers whose id is known. Whoever dials a peer at an address at which it is being dialed waits for that attempt; the first
/// connection to the peer serves all who wait for one, whatever address it came of; an attempt that nobody waits for any more is given up. Thread-safe.
/// </summary>
internal sealed class PeerDials(TaskGroup tasks, Func<Multiaddress, CancellationToken, Task<Connection>> dial)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(PeerId Peer, bool IsCircuit), Race> _races = [];

    /// <summary>Connects to the peer that <paramref name="address"/> ends in. <paramref name="cancellationToken"/> ends this caller's wait alone.</summary>
    public async Task<Connection> DialAsync(Multiaddress address, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Race race;
        Attempt? attempt;
        bool isNew;
        lock (_lock)
        {
            // Who asks for a direct connection is not served by a circuit, and who has a circuit to fall back on does not wait for the direct way to fail.
            (PeerId, bool) key = (address.PeerId!, address.IsCircuit);
            if (!_races.TryGetValue(key, out Race? known))
                _races.Add(key, known = new Race(key));
            race = known;
            isNew = !race.Attempts.TryGetValue(address, out attempt);
            if (isNew)
                race.Attempts.Add(address, attempt = new Attempt(address));
            attempt!.Waiting++;
        }

        if (isNew)
            tasks.Run(() => RunAsync(race, attempt));
        try
        {
            Task<Connection> first = await Task.WhenAny(attempt.Connected.Task, race.Won.Task).WaitAsync(cancellationToken).ConfigureAwait(false);
            return await first.ConfigureAwait(false);
        }
        finally
        {
            Leave(race, attempt);
        }
    }

    private async Task RunAsync(Race race, Attempt attempt)
    {
        try
        {
            Connection connection = await dial(attempt.Address, attempt.GivenUp.Token).ConfigureAwait(false);
            End(race, attempt, isWon: true);
            bool isFirst = race.Won.TrySetResult(connection);
            attempt.Connected.SetResult(await race.Won.Task.ConfigureAwait(false));
            if (!isFirst)
                await connection.CloseAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            End(race, attempt, isWon: false);
            attempt.Connected.SetException(e);
            _ = attempt.Connected.Task.Exception; // whoever waited may have left
        }
    }

    private void Leave(Race race, Attempt attempt)
    {
        lock (_lock)
        {
            if (--attempt.Waiting > 0)
                return;
            EndNeedsLock(race, attempt, isWon: false);
        }

        attempt.GivenUp.Cancel();
    }

    // What has ended is not joined any more: who comes now looks for the connection, or tries anew.
    private void End(Race race, Attempt attempt, bool isWon)
    {
        lock (_lock)
            EndNeedsLock(race, attempt, isWon);
    }

    private void EndNeedsLock(Race race, Attempt attempt, bool isWon)
    {
        if (race.Attempts.GetValueOrDefault(attempt.Address) == attempt)
            race.Attempts.Remove(attempt.Address);
        if ((isWon || race.Attempts.Count == 0) && _races.GetValueOrDefault(race.Key) == race)
            _races.Remove(race.Key);
    }

    /// <summary>All attempts to reach one peer.</summary>
    private sealed class Race((PeerId Peer, bool IsCircuit) key)
    {
        public (PeerId Peer, bool IsCircuit) Key { get; } = key;

        public Dictionary<Multiaddress, Attempt> Attempts { get; } = [];

        public TaskCompletionSource<Connection> Won { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>The attempt to reach it at one address.</summary>
    private sealed class Attempt(Multiaddress address)
    {
        public Multiaddress Address { get; } = address;

        public int Waiting { get; set; }

        public CancellationTokenSource GivenUp { get; } = new();

        public TaskCompletionSource<Connection> Connected { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
