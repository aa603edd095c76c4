using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Relay.Settings;

namespace Relay.Hosting;

/// <summary>Runs the node as long as the application: starts it, gives it new configurations, stops it.</summary>
internal sealed partial class RelayNodeService(
    RelayNode node,
    NodeOrigin origin,
    IOptionsMonitor<Config> monitor,
    ILogger log,
    RelayConfiguration? configuration = null,
    bool hasSource = false) : IHostedService, IAsyncDisposable
{
    // One pending change is as good as many: what is applied is always the latest.
    private readonly Channel<Config> _changes =
        Channel.CreateBounded<Config>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    private readonly CancellationTokenSource _stopping = new();
    private IDisposable? _subscription;
    private Task _applying = Task.CompletedTask;
    private Config _current = origin.Config; // the last one that was applied, or that the node refused
    private SettingsInForce? _inForce;
    private TimeSpan _drain;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        // Before the configuration is looked at, so that no change falls between.
        _subscription = monitor.OnChange((config, name) =>
        {
            if (name == Options.DefaultName)
                _changes.Writer.TryWrite(config);
        });
        HostSettings settings = SettingsOf(_current);
        _inForce = new SettingsInForce(settings);
        _drain = settings.DrainTimeout;
        LogWarnings(_current);
        await ApplyAsync(monitor.CurrentValue).ConfigureAwait(false); // which may have changed since the node was built
        await node.StartAsync(cancellationToken).ConfigureAwait(false);
        _applying = ApplyChangesAsync();
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await DisposeAsync().ConfigureAwait(false);

        // The token is the host's own patience with all its services.
        await node.DrainAsync(_drain, cancellationToken).WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        _subscription?.Dispose();
        _changes.Writer.TryComplete();
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _applying.ConfigureAwait(false);
    }

    private async Task ApplyChangesAsync()
    {
        await foreach (Config config in _changes.Reader.ReadAllAsync().ConfigureAwait(false))
            await ApplyAsync(config).ConfigureAwait(false);
    }

    private async Task ApplyAsync(Config config)
    {
        if (ReferenceEquals(config, _current))
            return; // a rejected change left it
        _current = config;
        try
        {
            IReadOnlyList<OptionChange> changes = await node.ApplyAsync(config.ToOptions(), _stopping.Token).ConfigureAwait(false);
            HostSettings settings = SettingsOf(config);
            _drain = settings.DrainTimeout;
            foreach ((Setting setting, string old, string @new, SettingEffect effect) in _inForce!.Take(settings, changes, node.Options))
                LogDifference(setting.Path, old, @new, effect);

            LogWarnings(config);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // A node that stops takes nothing more.
        }
        catch (ConfigValidationException e) // with what is in force until a restart
        {
            LogRefused(string.Concat(e.Failures.Select(static failure => "\n  " + failure)));
        }
        catch (Exception e) // the edge of the loop: the next change may be better
        {
            LogNotApplied(e);
        }
    }

    // With what the section says beside the configuration of the node, if it is the one that filled it.
    private HostSettings SettingsOf(Config config) => configuration?.ReadingOf(config)?.Settings ?? new HostSettings { Config = config };

    private void LogDifference(string setting, string old, string @new, SettingEffect effect)
    {
        switch (effect)
        {
            case SettingEffect.Taken:
                LogChanged(setting, old, @new);
                break;
            case SettingEffect.NeedsRestart:
                LogNeedsRestart(setting, old, @new);
                break;
            default:
                LogNotInUse(setting, old, @new);
                break;
        }
    }

    // With where each value came from, if a section says so.
    private void LogWarnings(Config config)
    {
        IEnumerable<ConfigWarning> warnings = configuration is not null && configuration.ReadingOf(config) is { } reading
            ? [.. configuration.Weigh(reading, hasSource), .. reading.Weigh()]
            : config.GetWarnings();
        foreach (ConfigWarning warning in warnings)
            LogUnwise(warning);
    }
}
