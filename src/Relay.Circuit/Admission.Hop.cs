namespace Relay.Circuit;

internal sealed partial class Admission
{
    /// <summary>
    /// Decides whether a HOP stream is read at all: how many requests are under way on its connection. One over the limit is told so; from twice the limit on,
    /// where as many are being told, a stream is not worth an answer.
    /// </summary>
    /// <param name="connection">The connection, by identity.</param>
    /// <param name="refusal">Why the stream is not to be read; null when it is.</param>
    /// <returns>The place it takes until it is disposed; null when the stream is to be reset.</returns>
    public HopPlace? EnterHop(object connection, out Decision? refusal)
    {
        lock (_gate)
        {
            int current = _hopStreams[connection];
            int maximum = _options.MaxHopStreamsPerConnection;
            refusal = current < maximum
                ? null
                : Decision.Full(
                    Status.ResourceLimitExceeded,
                    ReasonCode.HopStreamsFull,
                    nameof(CircuitRelayOptions.MaxHopStreamsPerConnection),
                    current,
                    maximum);
            if (current >= 2L * maximum)
                return null;

            _hopStreams.Increment(connection);
            return new HopPlace(this, connection);
        }
    }

    /// <summary>Gives back what a place counts; the place calls this once.</summary>
    internal void Release(HopPlace place)
    {
        lock (_gate)
            _hopStreams.Decrement(place.Connection);
    }
}
