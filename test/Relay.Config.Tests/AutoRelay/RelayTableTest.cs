using Relay.AutoRelay;
using Relay.Circuit;
using Relay.Multiformats;
using Relay.TestKit;

namespace Relay.Tests.AutoRelay;

/// <summary>A relay table on a clock that is moved by hand: what it says to do is looked at, and nothing is done.</summary>
internal abstract class RelayTableTest
{
    protected static readonly PeerId A = Peers.Create(101);
    protected static readonly PeerId B = Peers.Create(102);
    protected static readonly PeerId C = Peers.Create(103);
    protected static readonly PeerId Self = Peers.Create(100);
    protected static readonly RelayFailure Refused = new(RelayReason.Refused, "refused", Status.PermissionDenied);
    protected static readonly RelayFailure Unreachable = new(RelayReason.Unreachable, "nobody there");

    protected ManualTimeProvider Time { get; private set; } = new();

    [SetUp]
    public void StartClock() => Time = new ManualTimeProvider();

    protected static Multiaddress AddressOf(PeerId relay, int port = 4001) => Multiaddress.Parse($"/ip4/192.0.2.1/tcp/{port}/p2p/{relay}");

    protected RelayTable Create(
        int wanted, PeerId[]? relays = null, bool hasSource = false, Action<AutoRelayConfig>? configure = null, int seed = 1)
    {
        var config = new Config { Connection = { AutoRelay = { WantedRelays = wanted } } };
        foreach (PeerId relay in relays ?? [])
            config.Connection.AutoRelay.StaticRelays.Add(AddressOf(relay).ToString());
        configure?.Invoke(config.Connection.AutoRelay);
        var table = new RelayTable(Self, config.ToOptions().OfType<AutoRelayOption>().Single(), hasSource, Time, new Random(seed));
        table.Begin();
        return table;
    }

    /// <summary>Who is to be asked now.</summary>
    protected static PeerId[] Ask(RelayTable table) => [.. table.Next().Ask.Select(static ask => ask.Relay)];

    protected void Grant(RelayTable table, PeerId relay, TimeSpan? ttl = null) =>
        table.Granted(new Reservation(relay, Time.GetUtcNow() + (ttl ?? TimeSpan.FromHours(1)), [], null, null), AddressOf(relay));

    /// <summary>Asks and grants until nobody is to be asked.</summary>
    protected void Settle(RelayTable table)
    {
        foreach (PeerId relay in Ask(table))
            Grant(table, relay);
    }

    protected static KnownRelay Of(RelayTable table, PeerId relay) => table.Known.Single(status => status.Relay == relay);

    /// <summary>Moves time to when the table wants to look again.</summary>
    protected TimeSpan AdvanceToWake(RelayTable table)
    {
        TimeSpan wake = table.Next().Wake!.Value;
        Time.Advance(wake);
        return wake;
    }
}
