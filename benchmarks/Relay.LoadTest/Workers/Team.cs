using Relay.LoadTest.Peers;
using Relay.LoadTest.Relays;

namespace Relay.LoadTest.Workers;

/// <summary>
/// The processes that load a relay: many sources and sinks, and one pair apart from these to measure with, so that what it waits for is the relay and not its
/// own process.
/// </summary>
internal sealed class Team : IAsyncDisposable
{
    /// <summary>How many circuits one peer takes part in at most: what relays allow by default.</summary>
    public const int CircuitsPerPeer = 64;

    private const int Concurrency = 32;

    public Worker Sources { get; } = Worker.Start("sources");

    public Worker Sinks { get; } = Worker.Start("sinks");

    /// <summary>Sources of a load that somebody else is measured beside.</summary>
    public Worker CrowdSources { get; } = Worker.Start("crowd's sources", givesWay: true);

    /// <summary>The sinks of that load.</summary>
    public Worker CrowdSinks { get; } = Worker.Start("crowd's sinks", givesWay: true);

    public Worker Probe { get; } = Worker.Start("probe");

    public Worker Echo { get; } = Worker.Start("echo");

    public IReadOnlyList<int> Pids => [.. All.Select(static worker => worker.Pid)];

    private Worker[] All => [Sources, Sinks, CrowdSources, CrowdSinks, Probe, Echo];

    /// <summary>Opens that many circuits from sources to sinks, spread over as many peers as they need.</summary>
    public Task OpenCircuitsAsync(RelayUnderTest relay, PeerKind kind, int circuits) => OpenCircuitsAsync(relay, kind, circuits, Sources, Sinks);

    /// <summary>The same from the crowd.</summary>
    public Task OpenCrowdAsync(RelayUnderTest relay, int circuits) => OpenCircuitsAsync(relay, PeerKind.Raw, circuits, CrowdSources, CrowdSinks);

    private static async Task OpenCircuitsAsync(RelayUnderTest relay, PeerKind kind, int circuits, Worker from, Worker to)
    {
        int pairs = (circuits + CircuitsPerPeer - 1) / CircuitsPerPeer;

        // A node has one connection to another, whatever goes over it: connections of their own need destinations of their own.
        int sinks = kind == PeerKind.Full ? circuits : pairs;
        string[] destinations = await ReserveAsync(relay, to, kind, sinks);
        await OpenAsync(relay, kind, from, pairs, destinations, circuits);
    }

    /// <summary>Opens the one circuit that is measured with.</summary>
    public async Task OpenProbeAsync(RelayUnderTest relay) => await OpenProbeAsync(relay, await CreateEchoAsync());

    /// <summary>Makes the peer at the far end of that circuit, for somebody who must know it before the relay is started.</summary>
    public async Task<string> CreateEchoAsync() => (await Echo.CreateAsync(PeerKind.Raw, 1)).Peers[0];

    public async Task OpenProbeAsync(RelayUnderTest relay, string echo)
    {
        await Echo.DoAsync(new WorkerCommand.Reserve(relay.Address.ToString(), 1, Concurrency));
        await OpenAsync(relay, PeerKind.Raw, Probe, 1, [echo], 1);
    }

    /// <summary>Adds peers that hold a reservation.</summary>
    public static async Task<string[]> ReserveAsync(RelayUnderTest relay, Worker worker, PeerKind kind, int count)
    {
        string[] peers = (await worker.CreateAsync(kind, count)).Peers;
        await worker.DoAsync(new WorkerCommand.Reserve(relay.Address.ToString(), count, Concurrency));
        return peers;
    }

    /// <summary>Ends everything that is open, so that the next measurement finds nothing of this one.</summary>
    public Task LeaveAsync() => Task.WhenAll(All.Select(static worker => worker.DoAsync(new WorkerCommand.Leave())));

    public async ValueTask DisposeAsync()
    {
        foreach (Worker worker in All)
            await worker.DisposeAsync();
    }

    private static async Task OpenAsync(RelayUnderTest relay, PeerKind kind, Worker from, int sources, string[] destinations, int circuits)
    {
        await from.CreateAsync(kind, sources);
        await from.DoAsync(new WorkerCommand.Connect(relay.Address.ToString(), Concurrency));
        await from.DoAsync(new WorkerCommand.Open(relay.Address.ToString(), destinations, circuits, Concurrency));
    }
}
