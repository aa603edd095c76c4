using System.Reflection;

namespace Relay.Tests;

internal sealed class NodeOptionTests
{
    private static Config Everything => new()
    {
        ListenAddresses = { "/ip4/127.0.0.1/tcp/4001", "/ip6/::1/tcp/0" },
        AnnounceAddresses = { "/dns4/relay.example/tcp/4001" },
        PrivateKeyFile = "relay.key",
    };

    [Test]
    public void Options_of_equal_configurations_are_equal()
    {
        IReadOnlyList<NodeOption> one = Everything.ToOptions();
        IReadOnlyList<NodeOption> two = Everything.ToOptions();

        Assert.That(one, Is.EqualTo(two));
        Assert.That(one.Select(option => option.GetHashCode()), Is.EqualTo(two.Select(option => option.GetHashCode())));
    }

    [Test]
    public void Lists_in_options_are_compared_by_content_and_order()
    {
        var one = new Config { ListenAddresses = { "/ip4/127.0.0.1/tcp/1", "/ip4/127.0.0.1/tcp/2" } };
        var reversed = new Config { ListenAddresses = { "/ip4/127.0.0.1/tcp/2", "/ip4/127.0.0.1/tcp/1" } };
        var shorter = new Config { ListenAddresses = { "/ip4/127.0.0.1/tcp/1" } };

        Assert.That(Listen(one), Is.Not.EqualTo(Listen(reversed)).And.Not.EqualTo(Listen(shorter)));

        static ListenAddressesOption Listen(Config config) => config.ToOptions().OfType<ListenAddressesOption>().Single();
    }

    [Test]
    public void Every_relay_knob_takes_part_in_equality()
    {
        Action<RelayServiceConfig>[] changes =
        [
            relay => relay.MaxData = 5,
            relay => relay.MaxDuration = TimeSpan.FromSeconds(5),
            relay => relay.MaxCircuits = 5,
            relay => relay.MaxTotalCircuits = 5,
            relay => relay.ReservationTtl = TimeSpan.FromSeconds(5),
            relay => relay.BufferSize = 5000,
            relay => relay.MaxReservations = 5,
            relay => relay.MaxReservationsPerIp = 5,
            relay => relay.MaxCircuitBandwidth = 5000,
            relay => relay.MaxTotalBandwidth = 5000,
            relay => relay.CircuitIdleTimeout = TimeSpan.FromSeconds(5),
            relay => relay.MemoryBudget = 1L << 40,
            relay => relay.OnMembershipLoss = Circuit.MembershipLoss.Drain,
            relay => relay.MembershipLossDrain = TimeSpan.FromSeconds(5),
        ];
        RelayServiceOption unchanged = new Config().ToOptions().OfType<RelayServiceOption>().Single();

        foreach (Action<RelayServiceConfig> change in changes)
        {
            var config = new Config();
            change(config.Connection.RelayService);
            RelayServiceOption changed = config.ToOptions().OfType<RelayServiceOption>().Single();
            Assert.That(changed, Is.Not.EqualTo(unchanged));
            Assert.That(changed.ToString(), Is.Not.EqualTo(unchanged.ToString()));
        }
    }

    [Test]
    public void An_option_reads_well()
    {
        Assert.That(Everything.ToOptions().Select(option => option.ToString()), Is.EqualTo(new[]
        {
            "IdentityOption { KeyFile = relay.key }",
            "ListenAddressesOption { Addresses = [/ip4/127.0.0.1/tcp/4001, /ip6/::1/tcp/0] }",
            "AnnounceAddressesOption { Addresses = [/dns4/relay.example/tcp/4001] }",
            "ConnectionLimitsOption { MaxConnections = 1024, MaxConnectionsPerIp = 64, MaxPendingHandshakes = 128, MaxStreamsPerConnection = 1024, "
                + "HandshakeTimeout = 10s }",
            "RelayClientOption { }",
            "AutoRelayOption { Reachability = Unknown, StaticRelays = [], OnlyStaticRelays = False, WantedRelays = 2, BootDelay = 10s, RetryBackOff = 5s, "
                + "MaxRetryBackOff = 1m, DiscoveryInterval = 30s }",
            "RelayServiceOption { MaxData = 1GiB, MaxDuration = 30m, MaxCircuits = 64, MaxTotalCircuits = 1024, ReservationTtl = 1h, BufferSize = 64KiB, "
                + "MaxReservations = 128, MaxReservationsPerIp = 8, OnMembershipLoss = Keep, MembershipLossDrain = 1m, MaxCircuitBandwidth = unlimited, "
                + "MaxTotalBandwidth = unlimited, CircuitIdleTimeout = unlimited, MemoryBudget = unlimited }",
            "NetworkOnlyOption { Refresh = 30s, Connect = Anyone }",
        }));
    }

    [Test]
    public void What_is_not_limited_and_not_set_is_said_in_words()
    {
        var config = new Config { Connection = { RelayService = { MaxData = null, MaxDuration = null } } };

        string text = string.Join(" ", config.ToOptions());

        Assert.That(text, Does.Contain("KeyFile = none, a new identity at every start").And.Contain("MaxData = unlimited, MaxDuration = unlimited"));
    }

    [Test]
    public void The_hierarchy_is_closed()
    {
        Type[] options = [.. typeof(NodeOption).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(NodeOption)))];

        Assert.That(options, Is.Not.Empty.And.All.Matches<Type>(type => type.IsSealed && type.GetConstructors().Length == 0));
        Assert.That(
            typeof(NodeOption).GetMethods(BindingFlags.Instance | BindingFlags.NonPublic),
            Has.Some.Matches<MethodInfo>(method => method is { IsAbstract: true, IsAssembly: true }),
            "a type of another assembly must not be able to complete the record");
    }
}
