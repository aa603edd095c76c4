using Relay.LoadTest.Processes;

namespace Relay.LoadTest.Workers;

/// <summary>A process of this same program that plays peers, and is told what they do. Its creator disposes it, which ends the process.</summary>
internal sealed class Worker : IAsyncDisposable
{
    public const string Verb = "worker"; // on the command line

    /// <summary>Within this a command ends, or the run does.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);

    private const string SetScheduling = "/usr/bin/chrt"; // of util-linux

    private readonly ChildProcess _process;

    private Worker(ChildProcess process) => _process = process;

    public int Pid => _process.Pid;

    /// <param name="name">What it is called in errors.</param>
    /// <param name="givesWay">Whether it only gets the processor time that nobody else wants.</param>
    public static Worker Start(string name, bool givesWay = false)
    {
        string[] command = [.. givesWay ? GivingWay() : [], Path.Combine(AppContext.BaseDirectory, "Relay.LoadTest"), Verb];
        return new Worker(ChildProcess.Start(name, command[0], command[1..]));
    }

    // What a program is started with that is to give way. A process of the lowest priority still has its slice of the processor to the end; one of the idle class
    // is off it as soon as anybody else wants it.
    private static string[] GivingWay() =>
        File.Exists(SetScheduling) ? [SetScheduling, "--idle", "0"]
        : OperatingSystem.IsWindows() ? []
        : ["nice", "-n", "19"];

    public Task<WorkerReply> CreateAsync(Peers.PeerKind kind, int count) => DoAsync(new WorkerCommand.Create(kind, count));

    /// <exception cref="InvalidOperationException">It failed, or the process has ended.</exception>
    /// <exception cref="TimeoutException">It took far too long.</exception>
    public async Task<WorkerReply> DoAsync(WorkerCommand command)
    {
        await _process.WriteLineAsync(WorkerJson.Write(command));
        WorkerReply reply = WorkerJson.ReadReply(await _process.ReadLineAsync(Patience));
        return reply.Error is null ? reply : throw new InvalidOperationException($"The worker {_process.Name} failed at {reply.Error}");
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
