using Relay.LoadTest.Peers;
using Relay.LoadTest.Relays;
using Relay.LoadTest.Workers;

namespace Relay.LoadTest.Scenarios;

/// <summary>
/// A little of everything before anything is measured: a relay on .NET or on V8 runs several times slower until its code is compiled for good.
/// </summary>
internal static class WarmUp
{
    private const int Circuits = 4;
    private const long BytesPerCircuit = 16 << 20;
    private const int ChunkLength = 64 * 1024;
    private const int Peers = 32;
    private const int Requests = 3000; // the JIT wants both many calls and a second or two
    private const int Concurrency = 8;

    public static async Task RunAsync(RelayUnderTest relay, Team team)
    {
        await team.OpenCircuitsAsync(relay, PeerKind.Raw, Circuits);
        await team.Sources.DoAsync(new WorkerCommand.Send(BytesPerCircuit, ChunkLength));
        await Team.ReserveAsync(relay, team.Sinks, PeerKind.Raw, Peers);
        await team.Sinks.DoAsync(new WorkerCommand.Reserve(relay.Address.ToString(), Requests, Concurrency));
        await team.LeaveAsync();
    }
}
