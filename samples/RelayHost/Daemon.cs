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
        var stopping = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using PosixSignalRegistration interrupt = StopOn(PosixSignal.SIGINT, stopping);
        using PosixSignalRegistration terminate = StopOn(PosixSignal.SIGTERM, stopping);
        try
        {
            RelayNode node = Build(settings, loggerFactory);
            await node.StartAsync();
            foreach (Multiaddress address in node.ListenAddresses)
                Console.WriteLine($"listening {address}");
            await stopping.Task;

            using var patience = new CancellationTokenSource(StopPatience);
            await node.StopAsync(patience.Token);
            return ExitCodes.Success;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or InvalidOperationException or MembershipException)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return ExitCodes.Failure;
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("Some connections did not end in time; ended with the process.");
            return ExitCodes.Success;
        }
    }

    private static RelayNode Build(HostSettings settings, ILoggerFactory loggerFactory)
    {
        NodeBuilder builder = new NodeBuilder(settings.Config.ToOptions()).WithLoggerFactory(loggerFactory);
        if (settings.MembersFile is { } file)
            builder.WithMembership(new FileMembershipSource(file));
        return builder.Build();
    }

    private static PosixSignalRegistration StopOn(PosixSignal signal, TaskCompletionSource stopping) =>
        PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true; // stop in order instead of at once
            stopping.TrySetResult();
        });
}
