using Microsoft.Extensions.Logging;
using NUnit.Framework;
using Relay.Circuit;
using Relay.Circuit.Host;
using Relay.TestKit.Network;
using Relay.TestKit.Wire;

namespace Relay.TestKit.Contracts;

/// <summary>
/// A relay, peers around it and what tests do with them, in bytes on raw HOP and STOP streams over any network. The engine's clock is moved by hand.
/// After each test everything the relay holds must be back to zero.
/// </summary>
public abstract class CircuitRelayFixture
{
    private readonly List<IRelayHost> _peers = [];
    private readonly List<ScriptedDestination> _destinations = [];

    /// <summary>The network of this test.</summary>
    protected IRelayTestNetwork Network { get; private set; } = null!;

    /// <summary>The engine's clock.</summary>
    protected ManualTimeProvider Time { get; private set; } = null!;

    /// <summary>Who may reserve and connect.</summary>
    protected ScriptedAcl Acl { get; private set; } = null!;

    /// <summary>What the engine logs.</summary>
    protected RecordingLogger Log { get; private set; } = null!;

    /// <summary>Where the engine publishes its measurements.</summary>
    protected RelayTelemetry Telemetry { get; private set; } = null!;

    /// <summary>The relay's node.</summary>
    protected IRelayHost RelayHost { get; private set; } = null!;

    /// <summary>The relay, once a test has started it.</summary>
    protected CircuitRelay Relay { get; private set; } = null!;

    /// <summary>Makes the network to test over.</summary>
    protected abstract IRelayTestNetwork CreateNetwork();

    [SetUp]
    public async Task CreateRelayHostAsync()
    {
        _peers.Clear();
        _destinations.Clear();
        Network = CreateNetwork();
        Time = new ManualTimeProvider();
        Acl = new ScriptedAcl();
        Log = new RecordingLogger();
        Telemetry = new RelayTelemetry();
        Relay = null!;
        RelayHost = await Network.AddHostAsync().InTime();
    }

    [TearDown]
    public async Task Nothing_is_held_when_everybody_has_left()
    {
        foreach (ScriptedDestination destination in _destinations)
            destination.Dispose();
        foreach (IRelayHost peer in _peers)
            await Network.DisconnectAsync(peer).InTime();
        if (Relay is not null)
        {
            await Eventually.EqualsAsync(default, () => Relay.Counts, "what the relay holds");
            await Relay.DisposeAsync().InTime();
        }

        Telemetry.Dispose();
        await Network.DisposeAsync().InTime();
        Assert.That(Time.ActiveTimers, Is.Zero, "timers left");
        Assert.That(Log.AtLeast(LogLevel.Error), Is.Empty);
    }

    /// <summary>Starts the relay.</summary>
    protected void StartRelay(CircuitRelayOptions? options = null)
    {
        Relay = new CircuitRelay(RelayHost, options ?? new CircuitRelayOptions(), Acl, Time, Log, Telemetry);
        Relay.Start();
    }

    /// <summary>Adds a peer that is connected to the relay.</summary>
    protected async Task<IRelayHost> AddPeerAsync() => await ConnectToRelayAsync(await Network.AddHostAsync().InTime());

    /// <summary>Adds a connected peer at the same IP address as the other neighbours.</summary>
    protected async Task<IRelayHost> AddNeighbourAsync() => await ConnectToRelayAsync(await Network.AddNeighbourAsync().InTime());

    private async Task<IRelayHost> ConnectToRelayAsync(IRelayHost peer)
    {
        await Network.ConnectAsync(peer, RelayHost).InTime();
        _peers.Add(peer);
        return peer;
    }

    /// <summary>Adds a connected peer that holds a reservation and takes circuits.</summary>
    protected async Task<(IRelayHost Host, ScriptedDestination Stop)> AddDestinationAsync(Func<IHostStream, Task>? answer = null)
    {
        IRelayHost host = await AddPeerAsync();
        ScriptedDestination stop = ServeStop(host, answer);
        Assert.That(RawHop.StatusOf(await ReserveAsync(host)), Is.EqualTo(Status.Ok));
        return (host, stop);
    }

    /// <summary>Makes a peer take circuits.</summary>
    protected ScriptedDestination ServeStop(IRelayHost host, Func<IHostStream, Task>? answer = null)
    {
        var stop = new ScriptedDestination(host, answer);
        _destinations.Add(stop);
        return stop;
    }

    /// <summary>Opens a HOP stream to the relay.</summary>
    protected Task<IHostStream> OpenHopAsync(IRelayHost from) => from.OpenStreamAsync(RelayHost.LocalPeer, CircuitProtocol.Hop, CancellationToken.None).InTime();

    /// <summary>Sends a request whose answer is the last thing on its stream, and returns that answer.</summary>
    protected async Task<RawMessage> AskAsync(IRelayHost from, RawMessage request)
    {
        await using IHostStream stream = await OpenHopAsync(from);
        await stream.SendAsync(request);
        return await ReceiveLastAsync(stream);
    }

    /// <summary>Reads a message that must be followed by FIN, and closes.</summary>
    protected static async Task<RawMessage> ReceiveLastAsync(IHostStream stream)
    {
        RawMessage answer = await stream.ReceiveMessageAsync();
        Assert.That(await stream.ReceiveAllAsync(), Is.Empty, "what follows the last answer");
        await stream.FinishAsync();
        return answer;
    }

    /// <summary>Sends RESERVE.</summary>
    protected Task<RawMessage> ReserveAsync(IRelayHost from) => AskAsync(from, RawHop.Reserve());

    /// <summary>Sends CONNECT that is expected to be refused.</summary>
    protected async Task<Status> ConnectRefusedAsync(IRelayHost source, IRelayHost destination)
    {
        RawMessage answer = await AskAsync(source, RawHop.Connect(destination.LocalPeer));
        AssertRefusal(answer);
        return RawHop.StatusOf(answer);
    }

    /// <summary>Opens a circuit.</summary>
    protected async Task<RelayedCircuit> OpenCircuitAsync(IRelayHost source, (IRelayHost Host, ScriptedDestination Stop) destination)
    {
        IHostStream stream = await OpenHopAsync(source);
        await stream.SendAsync(RawHop.Connect(destination.Host.LocalPeer));
        RawMessage answer = await stream.ReceiveMessageAsync();
        Assert.That(RawHop.StatusOf(answer), Is.EqualTo(Status.Ok));
        (RawMessage request, IHostStream end) = await destination.Stop.NextAsync();
        return new RelayedCircuit(stream, end, answer, request);
    }

    /// <summary>Ends a circuit in order.</summary>
    protected static async Task CloseAsync(RelayedCircuit circuit)
    {
        await circuit.Source.FinishAsync();
        await circuit.Destination.FinishAsync();
        Assert.That(await circuit.Source.ReceiveAllAsync(), Is.Empty);
        Assert.That(await circuit.Destination.ReceiveAllAsync(), Is.Empty);
    }

    /// <summary>Waits until the relay has that many circuits.</summary>
    protected Task CircuitsAreAsync(int count) => Eventually.EqualsAsync(count, () => Relay.Counts.Circuits, "the number of circuits");

    /// <summary>A refusal has a type, a status other than OK, and nothing else.</summary>
    protected static void AssertRefusal(RawMessage answer)
    {
        Assert.That(answer.Fields, Is.EqualTo([1, 5]));
        Assert.That(RawHop.StatusOf(answer), Is.Not.EqualTo(Status.Ok));
    }

    /// <summary>A good client can reserve, and be reached.</summary>
    protected async Task AssertServesAsync()
    {
        (IRelayHost Host, ScriptedDestination Stop) destination = await AddDestinationAsync();
        RelayedCircuit circuit = await OpenCircuitAsync(await AddPeerAsync(), destination);
        await circuit.Source.SendAsync("ping"u8.ToArray());
        Assert.That(await circuit.Destination.ReceiveAsync(4), Is.EqualTo("ping"u8.ToArray()));
        await CloseAsync(circuit);
    }
}
