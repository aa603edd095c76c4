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
internal sealed partial class NetworkService : IAsyncDisposable
{
    private readonly NetworkOnlyAcl _acl;
    private readonly MembershipTree _tree;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _lifecycle = new(1, 1); // starts and stops come one after the other
    private readonly SemaphoreSlim _applying = new(1, 1); // so do changes of what is known
    private NetworkOnlyOption _option;
    private Run? _run; // null: stopped

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
            try
            {
                // Subscribed before the first read, so that no change falls between.
                foreach (SourceReader reader in _tree.Readers)
                    run.Loops.Add(new RefreshLoop(reader, _option.Refresh, Random));
                await ReadFirstAsync(run.Loops, cancellationToken).ConfigureAwait(false);
                if (_acl.IsWindowOpen)
                    OpenWindow(run);
                run.Loops.ForEach(loop => loop.Start(_timeProvider, RefreshAsync));
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

    public async ValueTask DisposeAsync() => await StopAsync().ConfigureAwait(false);

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
            if (_acl.IsWindowOpen)
                ArmWindow(run);
        }
        finally
        {
            _applying.Release();
        }
    }

    private void OpenWindow(Run run)
    {
        if (_option.BootstrapTimeout is { } timeout)
            LogWindowIsOpenFor(timeout, _option.MinimumMembers);
        else
            LogWindowIsOpen(_option.MinimumMembers);
        run.WindowOpenedAt = _timeProvider.GetTimestamp();
        run.WindowTimer = _timeProvider.CreateTimer(
            static over => ((TaskCompletionSource)over!).TrySetResult(), run.WindowIsOver, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        ArmWindow(run);
        run.Window = CloseWindowAsync(run);
    }

    private void ArmWindow(Run run)
    {
        TimeSpan left = _option.BootstrapTimeout is { } timeout
            ? timeout - _timeProvider.GetElapsedTime(run.WindowOpenedAt)
            : Timeout.InfiniteTimeSpan;
        run.WindowTimer?.Change(left < TimeSpan.Zero && left != Timeout.InfiniteTimeSpan ? TimeSpan.Zero : left, Timeout.InfiniteTimeSpan);
    }

    private async Task CloseWindowAsync(Run run)
    {
        try
        {
            await run.WindowIsOver.Task.WaitAsync(run.Stopping).ConfigureAwait(false);
            await _applying.WaitAsync(run.Stopping).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (run.Stopping.IsCancellationRequested)
        {
            return;
        }

        try
        {
            _isWindowExpired = true;
            Publish();
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
        private readonly CancellationTokenSource _stop = new();

        public List<RefreshLoop> Loops { get; } = [];

        /// <summary>Ends when the bootstrap window was closed because its time was up.</summary>
        public Task Window { get; set; } = Task.CompletedTask;

        public TaskCompletionSource WindowIsOver { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ITimer? WindowTimer { get; set; }

        public long WindowOpenedAt { get; set; }

        public CancellationToken Stopping => _stop.Token;

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync().ConfigureAwait(false);
            foreach (RefreshLoop loop in Loops)
                await loop.DisposeAsync().ConfigureAwait(false);
            if (WindowTimer is not null)
                await WindowTimer.DisposeAsync().ConfigureAwait(false);
            await Window.ConfigureAwait(false);
            _stop.Dispose();
        }
    }
}
