using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Relay.Circuit.Host;
using Relay.Circuit.Wire;

namespace Relay.Circuit;

/// <summary>
/// The destination role: takes the circuits that relays open to this node (the STOP server of circuit relay v2). Serves from its creation until it is
/// disposed by its creator. Thread-safe.
/// </summary>
public sealed partial class StopService : IAsyncDisposable
{
    /// <summary>How long reading a request, and writing each answer, may take.</summary>
    internal static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    private readonly Func<InboundCircuit, Task> _accept;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly HandlerSet _handlers = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly IDisposable _registration;

    /// <summary>Starts to serve.</summary>
    /// <param name="host">The node it runs on; stays the caller's.</param>
    /// <param name="accept">
    /// Called for each circuit offered, concurrently; answers with <see cref="InboundCircuit.AcceptAsync"/> or <see cref="InboundCircuit.RefuseAsync"/>.
    /// The circuit lives until the task it returns ends. An exception is logged and ends the circuit.
    /// </param>
    /// <param name="timeProvider">The clock for deadlines.</param>
    /// <param name="loggerFactory">Where to log, or null for nowhere.</param>
    /// <exception cref="InvalidOperationException">The host has a STOP handler already.</exception>
    public StopService(IRelayHost host, Func<InboundCircuit, Task> accept, TimeProvider timeProvider, ILoggerFactory? loggerFactory = null)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(accept);
        ArgumentNullException.ThrowIfNull(timeProvider);
        _accept = accept;
        _time = timeProvider;
        _logger = (loggerFactory ?? NullLoggerFactory.Instance).CreateLogger<StopService>();
        _registration = host.Handle(CircuitProtocol.Stop, HandleStopAsync);
    }

    /// <summary>Takes no more circuits, resets those there are, and waits until every accept call has ended. Disposing twice does nothing.</summary>
    public async ValueTask DisposeAsync()
    {
        _registration.Dispose();
        Task drained = _handlers.CloseAsync();
        await _stopping.CancelAsync().ConfigureAwait(false);
        await drained.ConfigureAwait(false);
    }

    private async Task HandleStopAsync(IHostStream stream)
    {
        if (!_handlers.TryEnter())
        {
            stream.Reset();
            return;
        }

        try
        {
            // An accepted circuit is the application's to read and write, without our token: the reset is what stops it.
            using CancellationTokenRegistration reset = _stopping.Token.UnsafeRegister(static s => ((IHostStream)s!).Reset(), stream);
            await ServeAsync(stream).ConfigureAwait(false);
        }
        catch (HostStreamException e)
        {
            LogEndedEarly(stream.RemotePeer, e.Error.ToString());
            stream.Reset();
        }
        catch (TimeoutException)
        {
            LogEndedEarly(stream.RemotePeer, "TimedOut");
            stream.Reset();
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            stream.Reset();
        }
        catch (Exception e)
        {
            LogFailed(e, stream.RemotePeer);
            stream.Reset();
        }
        finally
        {
            _handlers.Exit();
        }
    }

    private async ValueTask ServeAsync(IHostStream stream)
    {
        // 1. A relay says in one message who wants to connect, and with what limits.
        var stop = new MessageStream(stream, _time, _stopping.Token);
        StopRequest request = StopRequest.Parse(await stop.ReadAsync(Timeout).ConfigureAwait(false));
        if (request.Source is not { } source)
        {
            LogRefused(stream.RemotePeer, request.Fault);
            await stop.FinishAsync(StopMessages.Answer(request.FaultStatus), Timeout).ConfigureAwait(false);
            return;
        }

        // 2. No circuits that come over relayed connections: one relay is the rule on either leg.
        if (stream.IsRelayed)
        {
            LogRefused(stream.RemotePeer, ReasonCode.OverRelay);
            await stop.FinishAsync(StopMessages.Answer(Status.PermissionDenied), Timeout).ConfigureAwait(false);
            return;
        }

        // 3. The application says OK or a status; what it left unanswered is CONNECTION_FAILED.
        var circuit = new InboundCircuit(stream, stop, source, request.Limit);
        try
        {
            await _accept(circuit).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            if (e is not (HostStreamException or TimeoutException or OperationCanceledException))
                LogAcceptFailed(e, source, stream.RemotePeer);
        }

        if (!circuit.IsAnswered)
            await circuit.RefuseAsync().ConfigureAwait(false);
    }
}
