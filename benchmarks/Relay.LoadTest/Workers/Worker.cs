using Relay.LoadTest.Processes;

namespace Relay.LoadTest.Workers;

/// <summary>A process of this same program that plays peers, and is told what they do. Its creator disposes it, which ends the process.</summary>
internal sealed class Worker : IAsyncDisposable
{
    public const string Verb = "worker"; // on the command line

    /// <summary>Within this a command ends, or the run does.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);

    // A process of the lowest priority keeps the processor until its slice is over; one of the idle class, which not every system has, until somebody wants it.
    private const string GiveWay = "chrt -i -p 0 $$ 2>/dev/null || renice -n 19 -p $$ >/dev/null; ";

    private readonly ChildProcess _process;

    private Worker(ChildProcess process) => _process = process;

    public int Pid => _process.Pid;

    /// <param name="name">What it is called in errors.</param>
    /// <param name="givesWay">Whether it only gets the processor time that nobody else wants.</param>
    public static Worker Start(string name, bool givesWay = false)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "Relay.LoadTest");
        return new Worker(
            givesWay && !OperatingSystem.IsWindows()
                ? ChildProcess.Start(name, "/bin/sh", ["-c", GiveWay + "exec \"$0\" \"$@\"", program, Verb])
                : ChildProcess.Start(name, program, [Verb]));
    }

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
