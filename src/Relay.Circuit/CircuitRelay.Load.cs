namespace Relay.Circuit;

// How much it may take, and how it comes to an end without cutting anybody off.
public sealed partial class CircuitRelay
{
    private int _isDraining;

    /// <summary>
    /// Memory that the relay's circuits, reservations and rates, and the host's connections and streams, may take now, in bytes: what is held against
    /// <see cref="CircuitRelayOptions.MemoryBudget"/>. Never more than <see cref="RelayMemory.WorstCase"/> and what the host takes at worst.
    /// </summary>
    public long ReservedMemory => _admission.ReservedMemory + _host.ReservedMemory;

    /// <summary>
    /// Refuses everything new, renewals too, with the reason <see cref="ReasonCode.Draining"/>; lets the circuits that are open, or on the way, finish, and then
    /// stops as <see cref="StopAsync"/> does. What has not finished after <paramref name="timeout"/> is reset. Peers that hold a reservation see HOP withdrawn
    /// at once and can look for another relay. A relay that was not started has nothing to drain, and can be started afterwards.
    /// </summary>
    /// <param name="timeout">How long circuits may go on: from zero to 1 day. Nothing else is waited for.</param>
    /// <param name="cancellationToken">Resets what has not finished and stops, now.</param>
    /// <returns>Whether no circuit had to be cut off.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> is outside its range.</exception>
    public async Task<bool> DrainAsync(TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(timeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(timeout, TimeSpan.FromDays(1));
        IDisposable? registration;
        lock (_lifecycle)
        {
            if (!_isStarted)
                return true;
            registration = _registration;
        }

        Task drained = _admission.DrainAsync();
        registration?.Dispose();
        if (Interlocked.Exchange(ref _isDraining, 1) == 0)
            LogDraining(_admission.Counts.Circuits, timeout);

        bool hasFinished = drained.IsCompleted || await HaveFinishedAsync(drained, timeout, cancellationToken).ConfigureAwait(false);
        if (_admission.Counts.Circuits is > 0 and int left)
            LogCutOff(left);
        await StopAsync(CancellationToken.None).ConfigureAwait(false);
        return hasFinished;
    }

    private async Task<bool> HaveFinishedAsync(Task drained, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stopping.Token);
        try
        {
            await drained.WaitAsync(timeout, _time, over.Token).ConfigureAwait(false);
            return !_stopping.IsCancellationRequested; // or somebody has stopped it, which ends circuits too
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            return false;
        }
    }

    private MemoryLoad Load() => new(_host.ReservedMemory, _host.StreamMemory);
}
