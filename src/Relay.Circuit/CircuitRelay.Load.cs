using System.Numerics;
using Relay.Circuit.Host;

namespace Relay.Circuit;

// How much it may take, and how it comes to an end without cutting anybody off.
public sealed partial class CircuitRelay
{
    /// <summary>What a reservation takes in the tables, in bytes, generously.</summary>
    public const long ReservationMemory = 2048;

    private int _isDraining;
    private long _receiveBound; // of a stream

    /// <summary>Memory that the relay's circuits and reservations, and the host's connections, may take now, in bytes.</summary>
    public long ReservedMemory => _admission.ReservedMemory + _host.ReservedMemory;

    /// <summary>
    /// Refuses everything new, renewals too, with the reason <see cref="ReasonCode.Draining"/>; lets the circuits that are open finish, and then stops as
    /// <see cref="StopAsync"/> does. What has not finished after <paramref name="timeout"/> is reset. Peers that hold a reservation see HOP withdrawn at once
    /// and can look for another relay.
    /// </summary>
    /// <param name="timeout">How long circuits may go on: from zero to 1 day.</param>
    /// <param name="cancellationToken">Resets what has not finished and stops, now.</param>
    /// <returns>Whether every circuit finished by itself.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> is outside its range.</exception>
    public async Task<bool> DrainAsync(TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(timeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(timeout, TimeSpan.FromDays(1));
        _admission.Drain();
        IDisposable? registration;
        lock (_lifecycle)
            registration = _registration;
        registration?.Dispose();
        if (Interlocked.Exchange(ref _isDraining, 1) == 0)
            LogDraining(_admission.Counts.Circuits, timeout);

        // Every circuit is a handler that runs, and so is the request that might still become one.
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stopping.Token);
        bool hasFinished = true;
        try
        {
            await _handlers.CloseAsync().WaitAsync(timeout, _time, over.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            hasFinished = false;
        }

        await StopAsync(CancellationToken.None).ConfigureAwait(false);
        return hasFinished;
    }

    /// <summary>How memory stands for a request on <paramref name="stream"/>; for one that is only imagined, as for the last one there was.</summary>
    private MemoryLoad Load(IHostStream? stream)
    {
        if (stream is not null)
            Volatile.Write(ref _receiveBound, stream.ReceiveBound);
        long buffer = BitOperations.RoundUpToPowerOf2((uint)Options.BufferSize); // which is what the pool gives
        return new MemoryLoad(_host.ReservedMemory, 2 * (buffer + Volatile.Read(ref _receiveBound)));
    }
}
