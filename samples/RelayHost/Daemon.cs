using System.Runtime.InteropServices;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Relay;
using Relay.Multiformats;
using Relay.Settings;

namespace RelayHost;

/// <summary>Runs the relay as a hosted service until SIGINT or SIGTERM. A change of the configuration file takes effect while it runs.</summary>
internal static class Daemon
{
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(1.2); // beyond the drain: a service manager must not have to kill

    public static async Task<int> RunAsync(IConfigurationRoot configuration)
    {
        IHost? host = null;
        try
        {
            host = Build(configuration);
            await RunAsync(host);
            return ExitCodes.Success;
        }
        catch (OperationCanceledException)
        {
            return ExitCodes.Success; // stopped before it ran, or with connections that did not end in time: they end with the process
        }
        catch (OptionsValidationException e)
        {
            foreach (string failure in e.Failures) // of a file that has changed since it was read first
                await Console.Error.WriteLineAsync(failure);
            return ExitCodes.Usage;
        }
        catch (Exception e) when (IsExpected(e))
        {
            await Console.Error.WriteLineAsync(e.Message);
            return ExitCodes.Failure;
        }
        finally
        {
            if (host is IAsyncDisposable node)
                await DisposeAsync(node, TimeProvider.System);
        }
    }

    /// <summary>Disposes what has run, and waits no longer than for a stop: what has not ended by then ends with the process.</summary>
    internal static async Task DisposeAsync(IAsyncDisposable host, TimeProvider time)
    {
        try
        {
            await host.DisposeAsync().AsTask().WaitAsync(StopPatience, time);
        }
        catch (TimeoutException)
        {
            await Console.Error.WriteLineAsync($"Not everything has ended within {StopPatience.TotalSeconds} s.");
        }
    }

    private static async Task RunAsync(IHost host)
    {
        var node = host.Services.GetRequiredService<RelayNode>();
        int signals = 0;
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, CutTheDrainShort);
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, CutTheDrainShort);
        using IDisposable? patience = GrowPatience(host.Services);
        await host.StartAsync();
        foreach (Multiaddress address in node.ListenAddresses)
            Console.WriteLine($"listening {address}");
        await host.WaitForShutdownAsync();

        void CutTheDrainShort(PosixSignalContext context)
        {
            if (Interlocked.Increment(ref signals) > 1)
                _ = node.StopAsync(); // the host awaits the drain, which this ends
        }
    }

    // The host's patience follows a drain that becomes longer while it runs. One that becomes shorter ends by itself.
    internal static IDisposable? GrowPatience(IServiceProvider services)
    {
        HostOptions options = services.GetRequiredService<IOptions<HostOptions>>().Value;
        IConfiguration configuration = services.GetRequiredService<IConfiguration>();
        return services.GetRequiredService<IOptionsMonitor<Config>>().OnChange(_ =>
        {
            SettingsReading reading = Read(configuration);
            if (reading.Errors.IsEmpty && reading.Settings.DrainTimeout + StopPatience > options.ShutdownTimeout)
                options.ShutdownTimeout = reading.Settings.DrainTimeout + StopPatience;
        });
    }

    private static SettingsReading Read(IConfiguration configuration) =>
        SettingsReading.Read(configuration.GetSection(HostSettings.DefaultSection), configuration);

    // What an operator can do something about: the address, the key file, the members file.
    private static bool IsExpected(Exception e) =>
        e is IOException or UnauthorizedAccessException or InvalidDataException or InvalidOperationException or MembershipException;

    internal static IHost Build(IConfigurationRoot configuration)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddConfiguration(configuration);
        builder.Services.AddRelayNode(builder.Configuration.GetSection(HostSettings.DefaultSection));
        TimeSpan drain = Read(builder.Configuration).Settings.DrainTimeout;
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = drain + StopPatience);
        builder.Services.Configure<ConsoleLifetimeOptions>(static console => console.SuppressStatusMessages = true);

        // Standard output has the addresses and nothing else, for scripts; the log goes to standard error.
        builder.Logging.AddConsole(static console => console.LogToStandardErrorThreshold = LogLevel.Trace).SetMinimumLevel(LogLevel.Information);
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        return builder.Build();
    }
}
