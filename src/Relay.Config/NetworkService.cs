using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Relay.Members;
using Relay.Multiformats;

namespace Relay;

/// <summary>
/// Keeps a <see cref="NetworkOnlyAcl"/> in step with a membership source: reads it, or each part of a combined one, at start, at every
/// refresh and whenever it signals a change. A source that fails, stalls or answers nonsense leaves the members as they were. The node
/// starts, stops and disposes it; thread-safe.
/// </summary>
internal sealed partial class NetworkService : IMembershipService
{
    private readonly NetworkOnlyAcl _acl;
    private readonly MembershipTree _tree;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _lifecycle = new(1, 1); // starts and stops come one after the other
    private readonly SemaphoreSlim _applying = new(1, 1); // so do changes of what is known
    private NetworkOnlyOption _option;
    private Run? _run; // null: stopped
    private bool _isDetached;

    /// <summary>
    /// Creates the service and hands the members of <paramref name="acl"/> to <paramref name="source"/>; reads nothing yet.
    /// </summary>
    /// <exception cref="InvalidOperationException">Another source owns the members of the ACL.</exception>
    public NetworkService(
        NetworkOnlyAcl acl, IMembershipSource source, NetworkOnlyOption option, PeerId self, TimeProvider timeProvider, ILoggerFactory? loggerFactory)
    {
        _acl = acl;
        _tree = new MembershipTree(source, part => new SourceReader(part, option, self, timeProvider));
        _option = option;
        _timeProvider = timeProvider;
        _logger = (loggerFactory ?? NullLoggerFactory.Instance).CreateLogger("Relay.Membership");
        acl.AttachSource(source.Kind);
        _windowTold = acl.IsWindowOver ? WindowState.Over : null;
        _status = new MembershipStatus { IsWindowOpen = acl.IsWindowOpen, MemberCount = acl.MemberCount, Sources = DescribeSources() };
    }

    /// <summary>From 0 to 1, for the jitter of the back-off.</summary>
    internal Func<double> Random { get; init; } = System.Random.Shared.NextDouble;

    /// <summary>Reads the source once and then keeps reading it. Ends after the first read: from then on the ACL answers by it.</summary>
    /// <exception cref="MembershipException">
    /// The source, or a part of it, is authoritative and could not be read. The service is stopped.
    /// </exception>
    /// <exception cref="InvalidOperationException">The service runs already.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _lifecycle.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_run is not null)
                throw new InvalidOperationException("The membership service runs already.");

            var run = new Run();
            _startedAt = _timeProvider.GetElapsedTime(0);
            try
            {
                // Subscribed before the first read, so that no change falls between.
                foreach (SourceReader reader in _tree.Readers)
                    run.Loops.Add(new RefreshLoop(reader, _option.Refresh, _timeProvider, Random));
                await ReadFirstAsync(run.Loops, cancellationToken).ConfigureAwait(false);
                if (!_acl.IsWindowOver)
                    run.Window = new BootstrapWindow(_timeProvider, _option.BootstrapTimeout, CloseWindowAsync);
                run.Loops.ForEach(loop => loop.Start(RefreshAsync, LogRefreshBroke));
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
        }
        finally
        {
            _run = null;
            _lifecycle.Release();
        }
    }

    /// <summary>Stops, and gives the members back: another source may own them, or the application. Disposing twice does nothing more.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await StopAsync().ConfigureAwait(false);
        }
        finally
        {
            if (!Interlocked.Exchange(ref _isDetached, true))
                _acl.DetachSource();
        }
    }

    /// <summary>
    /// Takes other numbers while it runs: ages and rules count from the next read on, the pace and the end of the window at once. A window
    /// that is closed stays closed. The node starts, stops and applies one after the other.
    /// </summary>
    public async Task ApplyAsync(NetworkOnlyOption option)
    {
        await _applying.WaitAsync().ConfigureAwait(false);
        try
        {
            _option = option;
            foreach (SourceReader reader in _tree.Readers)
                reader.Apply(option);
            if (_run is not { } run)
                return;
            run.Loops.ForEach(loop => loop.SetRefresh(option.Refresh));
            run.Window?.Arm(option.BootstrapTimeout);
        }
        finally
        {
            _applying.Release();
        }
    }

    private async Task CloseWindowAsync(CancellationToken stopping)
    {
        await _applying.WaitAsync(stopping).ConfigureAwait(false);
        try
        {
            _isWindowExpired = true;
            Publish();
        }
        catch (Exception e) // somebody's handler of the change
        {
            LogRefreshBroke(e);
        }
        finally
        {
            _applying.Release();
        }
    }

    private ImmutableArray<MembershipSourceStatus> DescribeSources() =>
    [
        .. _tree.Readers.Select(static reader => new MembershipSourceStatus
        {
            Source = reader.Source,
            TakenAt = reader.State.TakenAt,
            RefreshedAt = reader.State.RefreshedAt,
            LastError = reader.State.LastError,
            Errors = reader.State.Errors,
            Invalid = reader.State.Invalid,
            Stale = reader.State.Look.Stale,
            Future = reader.State.Look.Future,
            HeldBack = reader.State.Look.HeldBack,
        }),
    ];

    /// <summary>What exists between a start and its stop.</summary>
    private sealed class Run : IAsyncDisposable
    {
        public List<RefreshLoop> Loops { get; } = [];

        /// <summary>Null when the bootstrap window was over at the start.</summary>
        public BootstrapWindow? Window { get; set; }

        public async ValueTask DisposeAsync()
        {
            // All of them, even if one of the sources cannot be unsubscribed from.
            Task loops = Task.WhenAll(Loops.Select(static loop => loop.DisposeAsync().AsTask()));
            if (Window is not null)
                await Window.DisposeAsync().ConfigureAwait(false);
            await loops.ConfigureAwait(false);
        }
    }
}
