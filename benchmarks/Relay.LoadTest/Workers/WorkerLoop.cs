using System.Diagnostics;
using Relay.LoadTest.Peers;
using Relay.Multiformats;

namespace Relay.LoadTest.Workers;

/// <summary>The inside of a worker process: does what it is told on standard input, one command after the other, until that closes.</summary>
internal sealed class WorkerLoop
{
    private readonly List<ILoadPeer> _peers = [];
    private readonly List<LoadCircuit> _circuits = [];
    private PeerId[] _destinations = [];
    private Task _flood = Task.CompletedTask;
    private CancellationTokenSource? _halt;
    private long _flooded; // bytes, since it began

    public static async Task RunAsync(TextReader input, TextWriter output)
    {
        var loop = new WorkerLoop();
        while (await input.ReadLineAsync() is { } line)
        {
            WorkerReply reply;
            try
            {
                reply = await loop.DoAsync(WorkerJson.ReadCommand(line));
            }
            catch (Exception e)
            {
                reply = new WorkerReply { Error = $"{line}: {e.GetType().Name}: {e.Message}" };
            }

            await output.WriteLineAsync(WorkerJson.Write(reply));
            await output.FlushAsync();
        }
    }

    private async Task<WorkerReply> DoAsync(WorkerCommand command)
    {
        long started = Stopwatch.GetTimestamp();
        WorkerReply reply = await (command switch
        {
            WorkerCommand.Create create => CreateAsync(create),
            WorkerCommand.Connect connect => ConnectAsync(connect),
            WorkerCommand.Reserve reserve => ReserveAsync(reserve),
            WorkerCommand.Open open => OpenAsync(open),
            WorkerCommand.TryConnects connects => TryConnectsAsync(connects),
            WorkerCommand.Send send => SendAsync(send),
            WorkerCommand.Flood flood => FloodAsync(flood),
            WorkerCommand.Halt => HaltAsync(),
            WorkerCommand.Ping ping => PingAsync(ping),
            WorkerCommand.Close => CloseAsync(),
            WorkerCommand.Leave => LeaveAsync(),
            _ => throw new ArgumentException($"There is no command {command}."),
        });
        return reply with { Seconds = Stopwatch.GetElapsedTime(started).TotalSeconds };
    }

    private async Task<WorkerReply> CreateAsync(WorkerCommand.Create command)
    {
        var added = new ILoadPeer[command.Count];
        for (int i = 0; i < added.Length; i++)
        {
            added[i] = command.Kind == PeerKind.Raw ? new RawPeer() : new FullPeer();
            _peers.Add(added[i]);
            await added[i].StartAsync();
        }

        return new WorkerReply { Peers = [.. added.Select(static peer => peer.Id.ToString())] };
    }

    private async Task<WorkerReply> ConnectAsync(WorkerCommand.Connect command)
    {
        Multiaddress relay = Multiaddress.Parse(command.Relay);
        return new WorkerReply { Milliseconds = await Timed.RunAsync(_peers.Count, command.Concurrency, i => _peers[i].ConnectAsync(relay)) };
    }

    private async Task<WorkerReply> ReserveAsync(WorkerCommand.Reserve command)
    {
        Multiaddress relay = Multiaddress.Parse(command.Relay);
        return new WorkerReply
        {
            // The newest first: they are the ones that hold no reservation yet.
            Milliseconds = await Timed.RunAsync(command.Count, command.Concurrency, i => _peers[^(1 + (i % _peers.Count))].ReserveAsync(relay)),
        };
    }

    private async Task<WorkerReply> OpenAsync(WorkerCommand.Open command)
    {
        Multiaddress relay = Multiaddress.Parse(command.Relay);
        PeerId[] destinations = _destinations = [.. command.Destinations.Select(PeerId.Parse)];
        var opened = new LoadCircuit[command.Count];
        double[] milliseconds = await Timed.RunAsync(command.Count, command.Concurrency, async i =>
            opened[i] = new LoadCircuit(await _peers[i % _peers.Count].OpenCircuitAsync(relay, destinations[i % destinations.Length])));
        _circuits.AddRange(opened);
        return new WorkerReply { Milliseconds = milliseconds };
    }

    private async Task<WorkerReply> TryConnectsAsync(WorkerCommand.TryConnects command)
    {
        Multiaddress relay = Multiaddress.Parse(command.Relay);
        return new WorkerReply
        {
            Milliseconds = await Timed.RepeatAsync(command.Repeat, async () =>
            {
                long started = Stopwatch.GetTimestamp();
                await using var circuit = new LoadCircuit(await _peers[0].OpenCircuitAsync(relay, _destinations[0]));
                return Stopwatch.GetElapsedTime(started);
            }),
        };
    }

    private async Task<WorkerReply> SendAsync(WorkerCommand.Send command)
    {
        var chunk = new byte[command.ChunkLength];
        await Task.WhenAll(_circuits.Select(circuit => Task.Run(() => circuit.SendAsync(command.BytesPerCircuit, chunk))));
        return new WorkerReply();
    }

    private Task<WorkerReply> FloodAsync(WorkerCommand.Flood command)
    {
        const long BytesBetweenLooks = 256 * 1024;
        var chunk = new byte[command.ChunkLength];
        _halt = new CancellationTokenSource();
        _flooded = 0;
        CancellationToken halted = _halt.Token;
        _flood = Task.WhenAll(_circuits.Select(circuit => Task.Run(async () =>
        {
            while (!halted.IsCancellationRequested)
            {
                await circuit.SendAsync(BytesBetweenLooks, chunk);
                Interlocked.Add(ref _flooded, BytesBetweenLooks);
            }
        })));
        return Task.FromResult(new WorkerReply());
    }

    private async Task<WorkerReply> HaltAsync()
    {
        if (_halt is not null)
            await _halt.CancelAsync();
        await _flood;
        return new WorkerReply { Bytes = _flooded };
    }

    private async Task<WorkerReply> PingAsync(WorkerCommand.Ping command)
    {
        Multiaddress? relay = command.Relay is { } text ? Multiaddress.Parse(text) : null;
        return new WorkerReply
        {
            Milliseconds = await Timed.RepeatAsync(command.Repeat, () => relay is null ? _circuits[0].PingAsync() : _peers[0].PingAsync(relay)),
        };
    }

    private async Task<WorkerReply> CloseAsync()
    {
        await HaltAsync();
        foreach (LoadCircuit circuit in _circuits)
            await circuit.DisposeAsync();
        _circuits.Clear();
        return new WorkerReply();
    }

    private async Task<WorkerReply> LeaveAsync()
    {
        await CloseAsync();
        await Task.WhenAll(_peers.Select(static peer => peer.DisposeAsync().AsTask()));
        _peers.Clear();
        return new WorkerReply();
    }
}
