using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Relay;
using Relay.Multiformats;
using Relay.Settings;

namespace RelayHost;

/// <summary>Builds the node, runs it until SIGINT or SIGTERM, and stops it.</summary>
internal static class Daemon
{
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(1.5); // a service manager must not have to kill

    public static async Task<int> RunAsync(HostSettings settings)
    {
        // Standard output has the addresses and nothing else, for scripts; the log goes to standard error.
        using ILoggerFactory loggerFactory = LoggerFactory.Create(static logging =>
            logging.AddConsole(static console => console.LogToStandardErrorThreshold = LogLevel.Trace).SetMinimumLevel(LogLevel.Information));
        using var stopping = new CancellationTokenSource();
        using PosixSignalRegistration interrupt = StopOn(PosixSignal.SIGINT, stopping);
        using PosixSignalRegistration terminate = StopOn(PosixSignal.SIGTERM, stopping);
        try
        {
            RelayNode node = Build(settings, loggerFactory);
            await node.StartAsync(stopping.Token);
            foreach (Multiaddress address in node.ListenAddresses)
                Console.WriteLine($"listening {address}");
            await Task.Delay(Timeout.Infinite, stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

            using var patience = new CancellationTokenSource(StopPatience);
            await node.StopAsync(patience.Token);
            return ExitCodes.Success;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return ExitCodes.Success; // stopped before it ran, or with connections that did not end in time: they end with the process
        }
        catch (Exception e) when (IsExpected(e))
        {
            await Console.Error.WriteLineAsync(e.Message);
            return ExitCodes.Failure;
        }
    }

    // What an operator can do something about: the address, the key file, the members file.
    private static bool IsExpected(Exception e) =>
        e is IOException or UnauthorizedAccessException or InvalidDataException or InvalidOperationException or MembershipException;

    private static RelayNode Build(HostSettings settings, ILoggerFactory loggerFactory)
    {
        NodeBuilder builder = new NodeBuilder(settings.Config.ToOptions()).WithLoggerFactory(loggerFactory);
        if (settings.CreateMembershipSource() is { } source)
            builder.WithMembership(source);
        return builder.Build();
    }

    private static PosixSignalRegistration StopOn(PosixSignal signal, CancellationTokenSource stopping) =>
        PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true; // stop in order instead of at once
            stopping.Cancel();
        });
}
