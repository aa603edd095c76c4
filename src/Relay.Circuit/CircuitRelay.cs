using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Relay.Circuit.Host;
using Relay.Circuit.Live;
using Relay.Circuit.Splicing;

namespace Relay.Circuit;

/// <summary>
/// The relay service: grants reservations and carries circuits to the peers that hold one (the HOP server of circuit relay v2). Whoever runs the host
/// creates it, starts it once and disposes it, which resets its circuits. Thread-safe. A remote's misbehaviour is answered on the wire and logged at
/// Debug, never thrown.
/// </summary>
public sealed partial class CircuitRelay : IAsyncDisposable
{
    private readonly IRelayHost _host;
    private readonly IRelayAclFilter _acl;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly RelayTelemetry _telemetry;
    private readonly bool _ownsTelemetry;
    private readonly RelayJournal _journal;
    private readonly Admission _admission;
    private readonly SpliceResources _splicing;
    private readonly CircuitTable _circuits = new();
    private readonly HandlerSet _handlers = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _lifecycle = new();
    private readonly Lock _applying = new(); // one set of options comes after the other
    private IDisposable? _disconnects;
    private IDisposable? _registration;
    private bool _isStarted;
    private Task? _stopped; // null until stopping begins

    /// <summary>Creates a relay that does not serve yet.</summary>
    /// <param name="host">The node it runs on; stays the caller's.</param>
    /// <param name="options">What it grants.</param>
    /// <param name="acl">Who may reserve and connect; stays the caller's.</param>
    /// <param name="timeProvider">The clock for everything: lifetimes on its monotonic side, announced times on its wall side.</param>
    /// <param name="loggerFactory">Where to log, or null for nowhere.</param>
    /// <param name="telemetry">Where to publish measurements, which stays the caller's; null for one of its own.</param>
    /// <exception cref="CircuitRelayOptionsException">Options are outside their documented ranges; it lists every one.</exception>
    public CircuitRelay(
        IRelayHost host,
        CircuitRelayOptions options,
        IRelayAclFilter acl,
        TimeProvider timeProvider,
        ILoggerFactory? loggerFactory = null,
        RelayTelemetry? telemetry = null)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(acl);
        ArgumentNullException.ThrowIfNull(timeProvider);
        options.ThrowIfInvalid();

        _host = host;
        _acl = acl;
        _time = timeProvider;
        _logger = (loggerFactory ?? NullLoggerFactory.Instance).CreateLogger<CircuitRelay>();
        _telemetry = telemetry ?? new RelayTelemetry();
        _ownsTelemetry = telemetry is null;
        _journal = new RelayJournal(_telemetry.Relay, timeProvider);
        _admission = new Admission(options, timeProvider);
        _splicing = new SpliceResources(new RentedBuffers(options.BufferSize), new SharedRate(timeProvider), timeProvider);
        _splicing.Rate.Change(options.MaxTotalBandwidth);
    }

    /// <summary>What it grants, as it stands now; <see cref="Apply"/> changes it.</summary>
    public CircuitRelayOptions Options => _admission.Options;

    /// <summary>What it holds now.</summary>
    public CircuitRelayCounts Counts
    {
        get
        {
            AdmissionCounts held = _admission.Counts;
            return new CircuitRelayCounts(held.Reservations, held.Circuits, _handlers.Count, _splicing.Buffers.Count);
        }
    }

    /// <summary>Serves from now on: identify lists HOP.</summary>
    /// <exception cref="InvalidOperationException">It was started or stopped before, or the host has a HOP handler already.</exception>
    public void Start()
    {
        lock (_lifecycle)
        {
            ThrowIfStoppedNeedsLock();
            if (_isStarted)
                throw new InvalidOperationException("The relay has been started already.");
            _isStarted = true;
        }

        // Listening for disconnects first: no reservation may come into being that nobody would free.
        IDisposable disconnects = _host.OnDisconnected(OnDisconnected);
        IDisposable? registration = null;
        try
        {
            registration = _host.Handle(CircuitProtocol.Hop, HandleHopAsync);
            lock (_lifecycle)
            {
                ThrowIfStoppedNeedsLock();
                (_disconnects, _registration) = (disconnects, registration);
                _telemetry.Relay.Attach(this); // here, where it has not stopped: whoever stops it detaches it later
            }
        }
        catch
        {
            registration?.Dispose();
            disconnects.Dispose();
            lock (_lifecycle)
                _isStarted = false;
            throw;
        }

        LogStarted(Options);
    }

    /// <summary>
    /// Stops serving: identify no longer lists HOP, requests under way and circuits are reset, reservations dropped; ends when every handler has. May be
    /// called again, and before <see cref="Start"/>.
    /// </summary>
    /// <param name="cancellationToken">Gives up waiting, not stopping.</param>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> fired.</exception>
    public Task StopAsync(CancellationToken cancellationToken = default)
    {
        Task stopped;
        lock (_lifecycle)
            stopped = _stopped ??= StopCoreAsync();

        return stopped.WaitAsync(cancellationToken);
    }

    /// <summary>Stops and waits for the end of every handler. Disposing twice does nothing.</summary>
    public async ValueTask DisposeAsync() => await StopAsync(CancellationToken.None).ConfigureAwait(false);

    private async Task StopCoreAsync()
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding); // out of the lock: nobody else's code runs under it
        _registration?.Dispose();
        Task drained = _handlers.CloseAsync();
        await _stopping.CancelAsync().ConfigureAwait(false);
        await drained.ConfigureAwait(false);
        _disconnects?.Dispose();
        _admission.Clear();
        _splicing.Rate.Dispose();
        _journal.Complete();
        _telemetry.Relay.Detach(this);
        if (_ownsTelemetry)
            _telemetry.Dispose();
        LogStopped();
    }

    private void ThrowIfStoppedNeedsLock()
    {
        if (_stopped is not null)
            throw new InvalidOperationException("The relay has been stopped; create another one.");
    }
}
