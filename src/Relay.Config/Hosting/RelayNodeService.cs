using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Relay.Settings;

namespace Relay.Hosting;

/// <summary>Runs the node as long as the application: starts it, gives it new configurations, stops it.</summary>
internal sealed partial class RelayNodeService(
    RelayNode node,
    IOptionsMonitor<Config> monitor,
    ILogger log,
    RelayConfiguration? configuration = null) : IHostedService, IAsyncDisposable
{
    // One pending change is as good as many: what is applied is always the latest.
    private readonly Channel<Config> _changes =
        Channel.CreateBounded<Config>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    private IDisposable? _subscription;
    private Task _applying = Task.CompletedTask;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _subscription = monitor.OnChange(config => _changes.Writer.TryWrite(config)); // before the config is read, so that no change falls between
        Config config = monitor.CurrentValue;
        LogWarnings(config);
        await node.StartAsync(cancellationToken).ConfigureAwait(false);
        _applying = ApplyChangesAsync(config);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await DisposeAsync().ConfigureAwait(false);

        // Configured in code, the application drains the node itself if it wants to. The token is the host's own patience with all its services.
        TimeSpan drain = configuration?.Last?.Settings.DrainTimeout ?? TimeSpan.Zero;
        await node.DrainAsync(drain, cancellationToken).WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        _subscription?.Dispose();
        _changes.Writer.TryComplete();
        await _applying.ConfigureAwait(false);
    }

    private async Task ApplyChangesAsync(Config current)
    {
        HostSettings before = SettingsOf(current);
        await foreach (Config config in _changes.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            if (ReferenceEquals(config, current))
                continue; // a rejected change left it
            try
            {
                await node.ApplyAsync(config.ToOptions()).ConfigureAwait(false);
                HostSettings after = SettingsOf(config);
                LogDifference(before, after);
                LogWarnings(config);
                (current, before) = (config, after);
            }
            catch (Exception e) // the edge of the loop: the next change may be better
            {
                LogNotApplied(e);
            }
        }
    }

    // With what the section says beside the configuration of the node, if it is the one that filled it.
    private HostSettings SettingsOf(Config config) =>
        configuration?.Last?.Settings is { } settings && ReferenceEquals(settings.Config, config) ? settings : new HostSettings { Config = config };

    private void LogDifference(HostSettings before, HostSettings after)
    {
        foreach (Setting row in SettingsTable.Rows)
        {
            (string oldValue, string newValue) = (row.FormatAtPath(before), row.FormatAtPath(after));
            if (oldValue == newValue)
                continue;
            if (row.IsLive)
                LogChanged(row.Path, oldValue, newValue);
            else
                LogNeedsRestart(row.Path, oldValue, newValue);
        }
    }

    // With where each value came from, if a section says so.
    private void LogWarnings(Config config)
    {
        IReadOnlyList<ConfigWarning> warnings = configuration?.Last is { } reading ? reading.Warnings : config.GetWarnings();
        foreach (ConfigWarning warning in warnings)
            LogUnwise(warning);
    }
}
