using Relay.Multiformats;

namespace Relay.Tests;

internal sealed class ConfigTests
{
    [Test]
    public void The_defaults_are_EdgeVPNs()
    {
        var option = new Config().ToOptions().OfType<RelayServiceOption>().Single();

        Assert.Multiple(() =>
        {
            Assert.That(option.MaxData, Is.EqualTo(1073741824));
            Assert.That(option.MaxDuration, Is.EqualTo(TimeSpan.FromMinutes(30)));
            Assert.That(option.MaxCircuits, Is.EqualTo(64));
            Assert.That(option.ReservationTtl, Is.EqualTo(TimeSpan.FromHours(1)));
            Assert.That(option.BufferSize, Is.EqualTo(65536));
            Assert.That(option.MaxReservations, Is.EqualTo(128));
            Assert.That(option.MaxReservationsPerIp, Is.EqualTo(8));
            Assert.That(option.MaxTotalCircuits, Is.EqualTo(1024), "EdgeVPN has none; memory needs one");
        });
    }

    [Test]
    public void The_relay_is_for_members_only_unless_told_otherwise()
    {
        NetworkOnlyOption option = new Config().ToOptions().OfType<NetworkOnlyOption>().Single();

        Assert.That(option.Refresh, Is.EqualTo(TimeSpan.FromSeconds(30)));
    }

    [Test]
    public void Custom_knobs_reach_the_relay_service_option()
    {
        var config = new Config
        {
            Connection =
            {
                RelayService =
                {
                    MaxData = 2L << 30,
                    MaxDuration = TimeSpan.FromMinutes(45),
                    MaxCircuits = 128,
                    MaxTotalCircuits = 256,
                    ReservationTtl = TimeSpan.FromHours(2),
                    BufferSize = 128 << 10,
                    MaxReservations = 16,
                    MaxReservationsPerIp = 4,
                    NetworkOnlyRefresh = TimeSpan.FromSeconds(5),
                },
            },
        };

        IReadOnlyList<NodeOption> options = config.ToOptions();

        RelayServiceOption relay = options.OfType<RelayServiceOption>().Single();
        Assert.Multiple(() =>
        {
            Assert.That(relay.MaxData, Is.EqualTo(2L << 30));
            Assert.That(relay.MaxDuration, Is.EqualTo(TimeSpan.FromMinutes(45)));
            Assert.That(relay.MaxCircuits, Is.EqualTo(128));
            Assert.That(relay.MaxTotalCircuits, Is.EqualTo(256));
            Assert.That(relay.ReservationTtl, Is.EqualTo(TimeSpan.FromHours(2)));
            Assert.That(relay.BufferSize, Is.EqualTo(128 << 10));
            Assert.That(relay.MaxReservations, Is.EqualTo(16));
            Assert.That(relay.MaxReservationsPerIp, Is.EqualTo(4));
            Assert.That(options.OfType<NetworkOnlyOption>().Single().Refresh, Is.EqualTo(TimeSpan.FromSeconds(5)));
        });
    }

    [Test]
    public void Connection_caps_reach_their_option()
    {
        var config = new Config
        {
            Connection =
            {
                MaxConnections = 10,
                MaxConnectionsPerIp = 9,
                MaxPendingHandshakes = 11,
                MaxStreamsPerConnection = 12,
                HandshakeTimeout = TimeSpan.FromSeconds(13),
            },
        };

        ConnectionLimitsOption option = config.ToOptions().OfType<ConnectionLimitsOption>().Single();

        Assert.Multiple(() =>
        {
            Assert.That(option.MaxConnections, Is.EqualTo(10));
            Assert.That(option.MaxConnectionsPerIp, Is.EqualTo(9));
            Assert.That(option.MaxPendingHandshakes, Is.EqualTo(11));
            Assert.That(option.MaxStreamsPerConnection, Is.EqualTo(12));
            Assert.That(option.HandshakeTimeout, Is.EqualTo(TimeSpan.FromSeconds(13)));
        });
    }

    [Test]
    public void Two_configurations_do_not_share_their_limits()
    {
        var one = new Config { Connection = { RelayService = { MaxData = 1 } } };
        var two = new Config { Connection = { RelayService = { MaxData = 2 } } };

        Assert.Multiple(() =>
        {
            Assert.That(one.ToOptions().OfType<RelayServiceOption>().Single().MaxData, Is.EqualTo(1));
            Assert.That(two.ToOptions().OfType<RelayServiceOption>().Single().MaxData, Is.EqualTo(2));
            Assert.That(new Config().ToOptions().OfType<RelayServiceOption>().Single().MaxData, Is.EqualTo(1L << 30));
        });
    }

    [Test]
    public void The_options_of_a_disabled_relay_are_strictly_fewer()
    {
        var enabled = new Config();
        var disabled = new Config { Connection = { RelayService = { Disabled = true } } };

        IReadOnlyList<NodeOption> options = disabled.ToOptions();

        Assert.That(options, Is.SubsetOf(enabled.ToOptions()));
        Assert.That(options, Has.Count.LessThan(enabled.ToOptions().Count));
        Assert.That(options, Has.None.InstanceOf<RelayServiceOption>().And.None.InstanceOf<NetworkOnlyOption>());
        Assert.That(options, Has.One.InstanceOf<RelayClientOption>(), "the client side stays on");
    }

    [Test]
    public void A_relay_open_to_everyone_has_no_refresh_service()
    {
        var config = new Config { Connection = { RelayService = { NetworkOnly = false } } };

        IReadOnlyList<NodeOption> options = config.ToOptions();

        Assert.That(options, Has.One.InstanceOf<RelayServiceOption>().And.None.InstanceOf<NetworkOnlyOption>());
    }

    [Test]
    public void The_options_come_in_the_documented_order()
    {
        var config = new Config { AnnounceAddresses = { "/dns4/relay.example/tcp/4001" } };

        Assert.That(config.ToOptions().Select(option => option.GetType()), Is.EqualTo(new[]
        {
            typeof(IdentityOption),
            typeof(ListenAddressesOption),
            typeof(AnnounceAddressesOption),
            typeof(ConnectionLimitsOption),
            typeof(RelayClientOption),
            typeof(AutoRelayOption),
            typeof(RelayServiceOption),
            typeof(NetworkOnlyOption),
        }));
    }

    [Test]
    public void Without_announce_addresses_there_is_no_option_for_them()
        => Assert.That(new Config().ToOptions(), Has.None.InstanceOf<AnnounceAddressesOption>());

    [Test]
    public void The_default_listen_address_comes_with_the_options_so_that_binders_append_to_an_empty_list()
    {
        var config = new Config();

        ListenAddressesOption option = config.ToOptions().OfType<ListenAddressesOption>().Single();

        Assert.That(config.ListenAddresses, Is.Empty);
        Assert.That(option.Addresses, Is.EqualTo(new[] { Multiaddress.Parse("/ip4/0.0.0.0/tcp/0") }));
    }

    [Test]
    public void A_node_can_be_told_to_listen_nowhere()
    {
        var config = new Config { ListenAddresses = { Config.ListenNowhere } };

        ListenAddressesOption option = config.ToOptions().OfType<ListenAddressesOption>().Single();

        Assert.That((option.Addresses.Length, option.ToString()), Is.EqualTo((0, "ListenAddressesOption { Addresses = none }")));
    }

    [TestCase("none", "none")]
    [TestCase("/ip4/127.0.0.1/tcp/1", "none")]
    [TestCase("None")]
    public void Nowhere_is_said_alone_and_in_one_way(params string[] addresses)
        => Assert.That(() => new Config { ListenAddresses = [.. addresses] }.ToOptions(), Throws.TypeOf<ConfigValidationException>());

    [Test]
    public void Addresses_and_the_key_file_reach_their_options()
    {
        var config = new Config
        {
            ListenAddresses = { "/ip4/127.0.0.1/tcp/4001", "/ip6/::1/tcp/4001", "/dns4/localhost/tcp/0" },
            AnnounceAddresses = { "/dns4/relay.example/tcp/443/wss" },
            PrivateKeyFile = "relay.key",
        };

        IReadOnlyList<NodeOption> options = config.ToOptions();

        Assert.Multiple(() =>
        {
            Assert.That(
                options.OfType<ListenAddressesOption>().Single().Addresses.Select(address => address.ToString()), Is.EqualTo(config.ListenAddresses));
            Assert.That(
                options.OfType<AnnounceAddressesOption>().Single().Addresses, Is.EqualTo(new[] { Multiaddress.Parse("/dns4/relay.example/tcp/443/wss") }));
            Assert.That(options.OfType<IdentityOption>().Single().KeyFile, Is.EqualTo("relay.key"));
        });
    }

    [Test]
    public void Later_changes_to_the_configuration_do_not_change_the_options()
    {
        var config = new Config { ListenAddresses = { "/ip4/127.0.0.1/tcp/1" }, AnnounceAddresses = { "/ip4/192.0.2.1/tcp/1" } };
        IReadOnlyList<NodeOption> options = config.ToOptions();
        IReadOnlyList<NodeOption> same = config.ToOptions();

        config.ListenAddresses[0] = "/ip4/127.0.0.1/tcp/2";
        config.AnnounceAddresses.Add("/ip4/192.0.2.2/tcp/1");
        config.Connection.MaxConnections = 1;
        config.Connection.RelayService.MaxData = null;

        Assert.That(options, Is.EqualTo(same));
        Assert.That(config.ToOptions(), Is.Not.EqualTo(same));
    }

    [Test]
    public void The_list_of_options_cannot_be_changed()
        => Assert.That(() => ((IList<NodeOption>)new Config().ToOptions()).Clear(), Throws.InstanceOf<NotSupportedException>());

    [Test]
    public void A_section_or_a_list_cannot_be_null()
    {
        var config = new Config();

        Assert.Multiple(() =>
        {
            Assert.That(() => config.Connection = null!, Throws.ArgumentNullException);
            Assert.That(() => config.Connection.RelayService = null!, Throws.ArgumentNullException);
            Assert.That(() => config.ListenAddresses = null!, Throws.ArgumentNullException);
            Assert.That(() => config.AnnounceAddresses = null!, Throws.ArgumentNullException);
        });
    }
}
