using Relay.Circuit.Host;
using Relay.Circuit.Wire;
using Relay.Multiformats;

namespace Relay.Circuit;

/// <summary>
/// A circuit another peer wants to open to this node, waiting to be accepted or refused, once. Made by <see cref="StopService"/> and valid while the
/// call it was handed to runs; what is not answered by then is refused.
/// </summary>
public sealed class InboundCircuit
{
    private readonly IHostStream _stream;
    private readonly MessageStream _stop;
    private int _answered;

    internal InboundCircuit(IHostStream stream, MessageStream stop, PeerId source, CircuitLimit? limit)
    {
        _stream = stream;
        _stop = stop;
        Source = source;
        Limit = limit;
    }

    /// <summary>The relay it comes through.</summary>
    public PeerId Relay => _stream.RemotePeer;

    /// <summary>The address of the connection to the relay.</summary>
    public Multiaddress RelayAddress => _stream.RemoteAddress;

    /// <summary>Who wants to connect, as the relay says; not authenticated until the handshake inside the circuit says the same.</summary>
    public PeerId Source { get; }

    /// <summary>The bounds the relay sets, or null when there are none.</summary>
    public CircuitLimit? Limit { get; }

    internal bool IsAnswered => Volatile.Read(ref _answered) != 0;

    /// <summary>Tells the relay OK; the circuit is open when this returns.</summary>
    /// <returns>The destination end of the circuit. It ends, at the latest, when the call this circuit was handed to ends.</returns>
    /// <exception cref="InvalidOperationException">It has been answered already.</exception>
    /// <exception cref="HostStreamException">The relay has given up.</exception>
    /// <exception cref="TimeoutException">The relay does not read the answer.</exception>
    /// <exception cref="OperationCanceledException">The service is stopping.</exception>
    public async ValueTask<CircuitStream> AcceptAsync()
    {
        Answer();
        await _stop.WriteAsync(StopMessages.Answer(Status.Ok), StopService.Timeout).ConfigureAwait(false);
        return new CircuitStream(_stream, Source, Limit);
    }

    /// <summary>Tells the relay no. The source hears CONNECTION_FAILED from it, whatever <paramref name="status"/> is.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="status"/> is OK.</exception>
    /// <exception cref="InvalidOperationException">It has been answered already.</exception>
    /// <exception cref="HostStreamException">The relay has given up.</exception>
    /// <exception cref="TimeoutException">The relay does not read the answer.</exception>
    /// <exception cref="OperationCanceledException">The service is stopping.</exception>
    public ValueTask RefuseAsync(Status status = Status.ConnectionFailed)
    {
        ArgumentOutOfRangeException.ThrowIfEqual(status, Status.Ok);
        Answer();
        return _stop.FinishAsync(StopMessages.Answer(status), StopService.Timeout);
    }

    private void Answer()
    {
        if (Interlocked.Exchange(ref _answered, 1) != 0)
            throw new InvalidOperationException("The circuit has been answered already.");
    }
}
