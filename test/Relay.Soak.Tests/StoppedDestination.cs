using System.Diagnostics;
using Relay.Multiformats;
using Relay.TestKit;

namespace Relay.Soak.Tests;

/// <summary>A destination in a process of its own, which can be stopped as by a debugger or a full disk (SIGSTOP). Disposing it kills it.</summary>
internal sealed class StoppedDestination : IAsyncDisposable
{
    private readonly Process _process;
    private bool _isDisposed;

    private StoppedDestination(Process process, PeerId peer)
    {
        _process = process;
        Peer = peer;
    }

    public PeerId Peer { get; }

    public static async Task<StoppedDestination> StartAsync(Multiaddress relay)
    {
        var start = new ProcessStartInfo(
            Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", [typeof(StoppedDestination).Assembly.Location, relay.ToString()])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        Process process = Process.Start(start)!;
        string? peer = await process.StandardOutput.ReadLineAsync().InTime();
        return new StoppedDestination(process, PeerId.Parse(peer ?? throw new InvalidOperationException("The destination did not start.")));
    }

    public async Task StopAsync()
    {
        using Process kill = Process.Start("/bin/sh", ["-c", $"kill -STOP {_process.Id}"]);
        await kill.WaitForExitAsync().InTime();
        Assert.That(kill.ExitCode, Is.Zero, "sending the signal");
    }

    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        _process.Kill();
        await _process.WaitForExitAsync().InTime();
        _process.Dispose();
    }
}
