using Relay.Interop.Tests.Peer;
using Relay.TestKit;

namespace Relay.Interop.Tests.Nodes;

/// <summary>A clock for a relay that real peers are connected to: it stands still until it is moved, and starts at the time the peers have.</summary>
internal sealed class RelayClock
{
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(20); // well below what a connection may be silent for

    public RelayClock() => Time.JumpWallClock(DateTimeOffset.UtcNow - Time.GetUtcNow());

    public ManualTimeProvider Time { get; } = new();

    /// <summary>Moves the clock, in steps in which each of the peers gives a sign of life on its connection to the relay.</summary>
    public async Task AdvanceAsync(TimeSpan by, string relay, params JsPeer[] peers)
    {
        for (TimeSpan left = by; left > TimeSpan.Zero; left -= Step)
        {
            Time.Advance(left < Step ? left : Step);
            foreach (JsPeer peer in peers)
                await peer.PingAsync(relay);
        }
    }
}
