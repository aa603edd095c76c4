using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Relay;

/// <summary>
/// Keeps a <see cref="NetworkOnlyAcl"/> in step with a membership source: reads it at start, at every refresh and whenever it signals a
/// change, one read at a time. A source that fails, stalls or answers nonsense leaves the members as they were. The node starts, stops and
/// disposes it; thread-safe.
/// </summary>
internal sealed partial class NetworkService : IAsyncDisposable
{
    private readonly NetworkOnlyAcl _acl;
    private readonly IMembershipSource _source;
    private TimeSpan _refresh;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _lifecycle = new(1, 1); // starts and stops come one after the other
    private Run? _run; // null: stopped

    /// <summary>
    /// Creates the service and hands the members of <paramref name="acl"/> to <paramref name="source"/>; reads nothing yet.
    /// </summary>
    /// <exception cref="InvalidOperationException">Another source owns the members of the ACL.</exception>
    public NetworkService(
        NetworkOnlyAcl acl, IMembershipSource source, TimeSpan refresh, TimeProvider timeProvider, ILoggerFactory? loggerFactory)
    {
        _acl = acl;
        _source = source;
        _refresh = refresh;
        _timeProvider = timeProvider;
        _logger = (loggerFactory ?? NullLoggerFactory.Instance).CreateLogger("Relay.Membership");
        acl.AttachSource(source.Kind);
        _status = new MembershipStatus { IsWindowOpen = acl.IsWindowOpen, MemberCount = acl.MemberCount };
    }

    /// <summary>Reads the source once and then keeps reading it. Ends after the first read: from then on the ACL answers by it.</summary>
    /// <exception cref="MembershipException">The source is authoritative and could not be read. The service is stopped.</exception>
    /// <exception cref="InvalidOperationException">The service runs already.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _lifecycle.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_run is not null)
                throw new InvalidOperationException("The membership service runs already.");

            var run = new Run();
            try
            {
                run.Subscription = _source.OnChanged(run.Signal); // before the first read, so that no change falls between
                MembershipException? error = await RefreshAsync(cancellationToken).ConfigureAwait(false);
                if (error is not null && _source.Kind == MembershipKind.Authoritative)
                    throw error;

                if (_acl.IsWindowOpen)
                    LogWindowIsOpen();
                run.Timer = _timeProvider.CreateTimer(static run => ((Run)run!).Signal(), run, _refresh, _refresh);
                run.Loop = Task.Run(() => LoopAsync(run), CancellationToken.None);
                _run = run;
            }
            catch
            {
                await run.DisposeAsync().ConfigureAwait(false);
                throw;
            }
        }
        finally
        {
            _lifecycle.Release();
        }
    }

    /// <summary>
    /// Stops reading; the members stay as they are. Does not wait for a source that ignores its cancellation. Stopping twice does nothing.
    /// </summary>
    public async Task StopAsync()
    {
        await _lifecycle.WaitAsync().ConfigureAwait(false);
        try
        {
            if (_run is { } run)
                await run.DisposeAsync().ConfigureAwait(false);
            _run = null;
        }
        finally
        {
            _lifecycle.Release();
        }
    }

    /// <summary>Reads as often as the option says, from now on. The node starts, stops and applies one after the other.</summary>
    public void Apply(NetworkOnlyOption option)
    {
        _refresh = option.Refresh;
        _run?.Timer?.Change(_refresh, _refresh);
    }

    public async ValueTask DisposeAsync() => await StopAsync().ConfigureAwait(false);

    private async Task LoopAsync(Run run)
    {
        try
        {
            await foreach (bool _ in run.Signals.ReadAllAsync(run.Stopping).ConfigureAwait(false))
                await RefreshAsync(run.Stopping).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (run.Stopping.IsCancellationRequested)
        {
        }
    }

    /// <summary>What exists between a start and its stop.</summary>
    private sealed class Run : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();

        // One pending signal is as good as many: the next read sees everything that came before it.
        private readonly Channel<bool> _signals =
            Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

        public IDisposable? Subscription { get; set; }

        public ITimer? Timer { get; set; }

        public Task Loop { get; set; } = Task.CompletedTask;

        public ChannelReader<bool> Signals => _signals.Reader;

        public CancellationToken Stopping => _stop.Token;

        public void Signal() => _signals.Writer.TryWrite(true);

        public async ValueTask DisposeAsync()
        {
            Subscription?.Dispose();
            if (Timer is { } timer)
                await timer.DisposeAsync().ConfigureAwait(false);
            await _stop.CancelAsync().ConfigureAwait(false);
            await Loop.ConfigureAwait(false);
            _stop.Dispose();
        }
    }
}
