using System.Collections.Concurrent;
using Relay.Circuit;
using Relay.Multiformats;

namespace Relay.Embedded;

/// <summary>The relays this node holds a reservation on, or is asking for one. Thread-safe.</summary>
internal sealed class HeldReservations(TimeProvider time)
{
    private readonly ConcurrentDictionary<PeerId, DateTimeOffset> _until = new();

    public bool Includes(PeerId relay) => _until.TryGetValue(relay, out DateTimeOffset until) && until > time.GetUtcNow();

    /// <summary>Asks for a reservation and remembers it. It counts from before the answer: the first circuit can come right behind that.</summary>
    public async Task<Reservation> AskAsync(PeerId relay, Func<Task<Reservation>> ask)
    {
        bool isRenewal = _until.TryGetValue(relay, out DateTimeOffset before);
        _until[relay] = DateTimeOffset.MaxValue;
        try
        {
            Reservation reservation = await ask().ConfigureAwait(false);
            _until[relay] = reservation.Expiration;
            return reservation;
        }
        catch
        {
            // A renewal that failed takes nothing away.
            if (isRenewal)
                _until[relay] = before;
            else
                _until.TryRemove(relay, out _);
            throw;
        }
    }

    /// <summary>The last connection to a relay has ended, and the reservation with it.</summary>
    public void Forget(PeerId relay) => _until.TryRemove(relay, out _);
}
