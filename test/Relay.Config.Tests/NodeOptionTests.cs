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
            relay => relay.MaxReservationsPerIpv4Prefix = 5,
            relay => relay.Ipv4PrefixLength = 5,
            relay => relay.MaxReservationsPerIpv6Prefix = 5,
            relay => relay.Ipv6PrefixLength = 5,
            relay => relay.ExemptNetworks.Add("10.0.0.0/8"),
            relay => relay.MaxCircuitsPerDestination = 5,
            relay => relay.MaxHopStreamsPerConnection = 5,
            relay => relay.ReservationRatePerPeer = new Circuit.Rate(5, TimeSpan.FromMinutes(1)),
            relay => relay.ReservationRatePerIp = new Circuit.Rate(60, TimeSpan.FromMinutes(2)),
            relay => relay.CircuitRatePerPeer = new Circuit.Rate(6, TimeSpan.FromMinutes(1)),
            relay => relay.CircuitRatePerIp = new Circuit.Rate(61, TimeSpan.FromMinutes(2)),
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
            Assert.That(changed.ToCircuitOptions(), Is.Not.EqualTo(unchanged.ToCircuitOptions()), "it reaches the engine");
        }
    }

    [Test]
    public void The_defaults_are_those_of_the_engine()
        => Assert.That(new Config().ToOptions().OfType<RelayServiceOption>().Single().ToCircuitOptions().ToString(), Is.EqualTo(new Circuit.CircuitRelayOptions().ToString()));

    [Test]
    public void Exempt_networks_are_compared_by_content()
    {
        RelayServiceOption one = Exempt("10.0.0.0/8", "::/0");
        RelayServiceOption same = Exempt("10.0.0.0/8", "::/0");
        Assert.That(one, Is.EqualTo(same));
        Assert.That(one.GetHashCode(), Is.EqualTo(same.GetHashCode()));
        Assert.That(one, Is.Not.EqualTo(Exempt("::/0", "10.0.0.0/8")));
        Assert.That(Exempt("10.0.0.0/8").ToString(), Does.Contain("ExemptNetworks = [10.0.0.0/8]"));

        static RelayServiceOption Exempt(params string[] networks)
        {
            var config = new Config { Connection = { RelayService = { ExemptNetworks = networks } } };
            return config.ToOptions().OfType<RelayServiceOption>().Single();
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
                + "MaxReservations = 128, MaxReservationsPerIp = 8, MaxReservationsPerIpv4Prefix = unlimited, Ipv4PrefixLength = 24, MaxReservationsPerIpv6Prefix = 32, "
                + "Ipv6PrefixLength = 56, ExemptNetworks = none, MaxCircuitsPerDestination = unlimited, MaxHopStreamsPerConnection = 80, "
                + "ReservationRatePerPeer = unlimited, ReservationRatePerIp = unlimited, CircuitRatePerPeer = unlimited, "
                + "CircuitRatePerIp = unlimited, OnMembershipLoss = Keep, MembershipLossDrain = 1m, MaxCircuitBandwidth = unlimited, "
                + "MaxTotalBandwidth = unlimited, CircuitIdleTimeout = unlimited, MemoryBudget = unlimited }",
            "NetworkOnlyOption { Refresh = 30s, Connect = Anyone, ReadTimeout = 10s, MaxAge = 15m, Grace = 6m, MaxClockSkew = 2m, MaxShrinkPercent = 50, "
                + "MinimumMembers = 1, BootstrapTimeout = unlimited, BootstrapReservationTtl = 10m }",
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
