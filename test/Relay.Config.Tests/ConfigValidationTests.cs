using Microsoft.Extensions.Options;
using Relay.Circuit;

namespace Relay.Tests;

internal sealed class ConfigValidationTests
{
    // Each numeric setting: its path, a value at its lower end, one below, one at its upper end, one above.
    private static IEnumerable<TestCaseData> Ranges
    {
        get
        {
            yield return Range("Connection:MaxConnections", (c, v) => c.Connection.MaxConnections = v, 1, 0, 1_000_000, 1_000_001);
            yield return Range("Connection:MaxConnectionsPerIp", (c, v) => (c.Connection.MaxConnectionsPerIp, c.Connection.MaxConnections) = (v, 1_000_000), 1, 0, 1_000_000, 1_000_001);
            yield return Range("Connection:MaxPendingHandshakes", (c, v) => c.Connection.MaxPendingHandshakes = v, 1, 0, 65_536, 65_537);
            yield return Range("Connection:MaxStreamsPerConnection", (c, v) => c.Connection.MaxStreamsPerConnection = v, 8, 7, 65_536, 65_537);
            yield return Range("Connection:HandshakeTimeout", (c, v) => c.Connection.HandshakeTimeout = v, Ms(100), Ms(99), Ms(600_000), Ms(600_001));
            yield return Relay("NetworkOnlyRefresh", (r, v) => r.NetworkOnlyRefresh = v, Ms(100), Ms(99), Ms(86_400_000), Ms(86_400_001));
            yield return Relay("MaxDuration", (r, v) => r.MaxDuration = v, Ms(1), Ms(0), TimeSpan.FromDays(365), TimeSpan.FromDays(365) + Ms(1));
            yield return Relay("ReservationTtl", (r, v) => r.ReservationTtl = v, Ms(1000), Ms(999), TimeSpan.FromDays(365), TimeSpan.FromDays(365) + Ms(1));
            yield return Relay("MaxCircuits", (r, v) => (r.MaxCircuits, r.MaxTotalCircuits) = (v, 1_000_000), 1, 0, 65_536, 65_537);
            yield return Relay("MaxTotalCircuits", (r, v) => r.MaxTotalCircuits = v, 1, 0, 1_000_000, 1_000_001);
            yield return Relay("BufferSize", (r, v) => r.BufferSize = v, 1024, 1023, 16 << 20, (16 << 20) + 1);
            yield return Relay("MaxCircuitBandwidth", (r, v) => r.MaxCircuitBandwidth = v, 1L << 10, (1L << 10) - 1, 1L << 40, (1L << 40) + 1);
            yield return Relay("MaxTotalBandwidth", (r, v) => r.MaxTotalBandwidth = v, 1L << 10, (1L << 10) - 1, 1L << 40, (1L << 40) + 1);
            yield return Relay("CircuitIdleTimeout", (r, v) => r.CircuitIdleTimeout = v, Ms(1000), Ms(999), TimeSpan.FromDays(365), TimeSpan.FromDays(365) + Ms(1));
            yield return Relay("MaxReservations", (r, v) => r.MaxReservations = v, 1, 0, 1_000_000, 1_000_001);
            yield return Network("ReadTimeout", (m, v) => m.ReadTimeout = v, Ms(1000), Ms(999), Ms(600_000), Ms(600_001));
            yield return Network("MaxAge", (m, v) => m.MaxAge = v, Ms(1000), Ms(999), TimeSpan.FromDays(30), TimeSpan.FromDays(30) + Ms(1));
            yield return Network("Grace", (m, v) => m.Grace = v, Ms(0), Ms(-1), TimeSpan.FromHours(24), TimeSpan.FromHours(24) + Ms(1));
            yield return Network("MaxClockSkew", (m, v) => m.MaxClockSkew = v, Ms(0), Ms(-1), TimeSpan.FromHours(1), TimeSpan.FromHours(1) + Ms(1));
            yield return Network("MaxShrinkPercent", (m, v) => m.MaxShrinkPercent = v, 1, 0, 100, 101);
            yield return Network("MinimumMembers", (m, v) => m.MinimumMembers = v, 0, -1, 1_000_000, 1_000_001);
            yield return Network("BootstrapTimeout", (m, v) => m.BootstrapTimeout = v, Ms(1000), Ms(999), TimeSpan.FromDays(30), TimeSpan.FromDays(30) + Ms(1));
            yield return Network("BootstrapReservationTtl", (m, v) => m.BootstrapReservationTtl = v, Ms(60_000), Ms(59_999), TimeSpan.FromDays(365), TimeSpan.FromDays(365) + Ms(1));
            yield return Relay("MaxReservationsPerIpv4Prefix", (r, v) => r.MaxReservationsPerIpv4Prefix = v, 1, 0, 1_000_000, 1_000_001);
            yield return Relay("Ipv4PrefixLength", (r, v) => r.Ipv4PrefixLength = v, 1, 0, 32, 33);
            yield return Relay("MaxReservationsPerIpv6Prefix", (r, v) => r.MaxReservationsPerIpv6Prefix = v, 1, 0, 1_000_000, 1_000_001);
            yield return Relay("Ipv6PrefixLength", (r, v) => r.Ipv6PrefixLength = v, 1, 0, 128, 129);
            yield return Relay("MaxCircuitsPerDestination", (r, v) => r.MaxCircuitsPerDestination = v, 1, 0, 65_536, 65_537);
            yield return Relay("MaxHopStreamsPerConnection", (r, v) => r.MaxHopStreamsPerConnection = v, 1, 0, 131_072, 131_073);
            yield return Relay("ReservationRatePerPeer", (r, v) => r.ReservationRatePerPeer = Times(v), 1, 0, 1_000_000, 1_000_001);
            yield return Relay("ReservationRatePerIp", (r, v) => r.ReservationRatePerIp = Per(v), Ms(1000), Ms(999), Ms(86_400_000), Ms(86_400_001));
            yield return Relay("CircuitRatePerPeer", (r, v) => r.CircuitRatePerPeer = Per(v), Ms(1000), Ms(999), Ms(86_400_000), Ms(86_400_001));
            yield return Relay("CircuitRatePerIp", (r, v) => r.CircuitRatePerIp = Times(v), 1, 0, 1_000_000, 1_000_001);
            yield return Relay(
                "MembershipLossDrain", (r, v) => r.MembershipLossDrain = v, TimeSpan.Zero, Ms(-1), TimeSpan.FromHours(24), TimeSpan.FromHours(24) + Ms(1));
            yield return Relay("MaxReservationsPerIp", (r, v) => (r.MaxReservationsPerIp, r.MaxReservations) = (v, 1_000_000), 1, 0, 1_000_000, 1_000_001);
        }
    }

    private static Rate Times(int count) => new(count, TimeSpan.FromMinutes(1));

    private static Rate Per(TimeSpan period) => new(10, period);

    [TestCaseSource(nameof(Ranges))]
    public void A_number_is_accepted_at_both_ends_of_its_range_and_refused_beyond(string path, Action<Config>[] accepted, Action<Config>[] refused)
    {
        Assert.Multiple(() =>
        {
            foreach (Action<Config> set in accepted)
                Assert.That(ErrorsOf(set), Is.Empty);
            foreach (Action<Config> set in refused)
                Assert.That(ErrorsOf(set).Select(error => error.Path), Is.EqualTo(new[] { path }));
        });
    }

    [TestCase(0L)]
    [TestCase(-1L)]
    [TestCase(long.MinValue)]
    public void Zero_and_negative_data_limits_are_refused_and_do_not_mean_unlimited(long value)
    {
        ConfigError error = ErrorsOf(config => config.Connection.RelayService.MaxData = value).Single();

        Assert.Multiple(() =>
        {
            Assert.That(error.Path, Is.EqualTo("Connection:RelayService:MaxData"));
            Assert.That(error.Rule, Is.EqualTo("must be at least 1"));
            Assert.That(error.Accepted, Does.Contain("null for unlimited"));
        });
    }

    [Test]
    public void Null_lifts_the_limits_on_data_and_duration()
    {
        var config = new Config { Connection = { RelayService = { MaxData = null, MaxDuration = null } } };

        RelayServiceOption option = config.ToOptions().OfType<RelayServiceOption>().Single();

        Assert.That((option.MaxData, option.MaxDuration), Is.EqualTo(((long?)null, (TimeSpan?)null)));
    }

    [TestCase("/ip4/127.0.0.1/udp/4001/quic-v1")]
    [TestCase("/ip4/127.0.0.1/tcp/4001/ws")]
    [TestCase("/ip4/127.0.0.1")]
    [TestCase("/dnsaddr/relay.example/tcp/4001")]
    [TestCase("/p2p-circuit")]
    public void Only_TCP_addresses_are_listened_on_and_the_error_says_so(string address)
    {
        ConfigError error = ErrorsOf(config => config.ListenAddresses.Add(address)).Single();

        Assert.That(error.Path, Is.EqualTo("ListenAddresses:0"));
        Assert.That(error.ToString(), Does.Contain(address).And.Contain("TCP is the only transport that listens"));
    }

    [TestCase("/ip4/192.0.2.1/tcp/1/p2p-circuit", "must not go through a relay (/p2p-circuit)")]
    [TestCase("/ip4/0.0.0.0/tcp/4001", "must not be the unspecified address: nobody can dial it")]
    [TestCase("/ip6/::/tcp/4001", "must not be the unspecified address: nobody can dial it")]
    [TestCase("/ip4/192.0.2.1/tcp/0", "must not have port 0: nobody can dial it")]
    [TestCase("/ip4/192.0.2.1/udp/0/quic-v1", "must not have port 0: nobody can dial it")]
    public void An_address_that_nobody_could_dial_is_not_announced(string address, string rule)
    {
        ConfigError error = ErrorsOf(config => config.AnnounceAddresses.Add(address)).Single();

        Assert.That((error.Path, error.Rule), Is.EqualTo(("AnnounceAddresses:0", rule)));
    }

    [Test]
    public void An_announced_address_may_be_of_any_transport_and_end_in_a_peer_id()
    {
        string[] addresses = ["/dns4/relay.example/tcp/443/wss", "/ip4/192.0.2.1/udp/4001/quic-v1", $"/ip4/192.0.2.1/tcp/4001/p2p/{Peers.Member}"];

        Assert.That(ErrorsOf(config => config.AnnounceAddresses = addresses), Is.Empty);
    }

    [TestCase(null)]
    [TestCase("")]
    [TestCase("127.0.0.1:4001")]
    [TestCase("/ip4/127.0.0.1/tcp/70000")]
    public void What_is_no_multiaddress_is_refused(string? address)
    {
        Assert.Multiple(() =>
        {
            Assert.That(ErrorsOf(config => config.ListenAddresses.Add(address!)), Has.Count.EqualTo(1));
            Assert.That(ErrorsOf(config => config.AnnounceAddresses.Add(address!)), Has.Count.EqualTo(1));
        });
    }

    [Test]
    public void A_fixed_port_is_listened_on_once_and_a_free_port_as_often_as_wanted()
    {
        string[] addresses = ["/ip4/127.0.0.1/tcp/0", "/ip4/127.0.0.1/tcp/0", "/ip4/127.0.0.1/tcp/4001", "/ip4/127.0.0.1/tcp/4001"];

        ConfigError error = ErrorsOf(config => config.ListenAddresses = addresses).Single();

        Assert.That((error.Path, error.Rule), Is.EqualTo(("ListenAddresses:3", "is there twice (first at 2)")));
    }

    [Test]
    public void Up_to_thirty_two_addresses_are_accepted()
    {
        string[] addresses = [.. Enumerable.Range(1, 33).Select(port => $"/ip4/192.0.2.1/tcp/{port}")];

        Assert.That(ErrorsOf(config => config.AnnounceAddresses = addresses[..32]), Is.Empty);
        Assert.That(ErrorsOf(config => config.AnnounceAddresses = addresses).Single().Rule, Is.EqualTo("has 33 addresses, more than 32"));
    }

    [TestCase("")]
    [TestCase("  ")]
    [TestCase("a\0b")]
    public void A_key_file_needs_a_name(string path)
        => Assert.That(ErrorsOf(config => config.PrivateKeyFile = path).Single().Path, Is.EqualTo("PrivateKeyFile"));

    [TestCase("10.0.0.0", "is not a network")]
    [TestCase("10.0.0.1/8", "has bits set behind the prefix; the network is 10.0.0.0/8")]
    [TestCase("10.0.0.0/33", "is not a network")]
    [TestCase("", "must not be empty")]
    [TestCase("192.0.2.0/24", "is there twice (first at 0)")]
    public void What_is_no_network_is_not_exempted(string network, string rule)
    {
        ConfigError error = ErrorsOf(config => config.Connection.RelayService.ExemptNetworks = ["192.0.2.0/24", network]).Single();

        Assert.That((error.Path, error.Value, error.Rule), Is.EqualTo(("Connection:RelayService:ExemptNetworks:1", network, rule)));
    }

    [Test]
    public void Up_to_sixty_four_networks_are_exempted()
    {
        string[] networks = [.. Enumerable.Range(0, 65).Select(i => $"10.{i}.0.0/16")];

        Assert.That(ErrorsOf(config => config.Connection.RelayService.ExemptNetworks = networks[..64]), Is.Empty);
        Assert.That(ErrorsOf(config => config.Connection.RelayService.ExemptNetworks = networks).Single().Rule, Is.EqualTo("has 65 networks, more than 64"));
    }

    [Test]
    public void Every_error_is_reported_at_once()
    {
        var config = new Config
        {
            ListenAddresses = { "/ip4/127.0.0.1/tcp/4001", "nonsense", "/ip4/127.0.0.1/udp/1" },
            PrivateKeyFile = "",
            Connection = { MaxConnections = 0, RelayService = { Disabled = true, MaxCircuits = -1, MaxDuration = TimeSpan.Zero, BufferSize = 1 } },
        };

        ConfigValidationException? e = Assert.Throws<ConfigValidationException>(() => config.ToOptions());

        string[] paths =
        [
            "ListenAddresses:1", "ListenAddresses:2", "PrivateKeyFile", "Connection:MaxConnections", "Connection:RelayService:MaxDuration",
            "Connection:RelayService:MaxCircuits", "Connection:RelayService:BufferSize",
        ];
        Assert.Multiple(() =>
        {
            Assert.That(e!.Errors.Select(error => error.Path), Is.EqualTo(paths));
            Assert.That(e, Is.InstanceOf<OptionsValidationException>());
            Assert.That(e!.OptionsType, Is.EqualTo(typeof(Config)));
            Assert.That(e.Failures, Is.EqualTo(e.Errors.Select(error => error.ToString())));
            Assert.That(paths, Has.All.Matches<string>(e.Message.Contains));
        });
    }

    [Test]
    public void An_error_names_path_value_rule_and_what_is_accepted()
    {
        ConfigError error = ErrorsOf(config => config.Connection.RelayService.MaxCircuits = 0).Single();

        Assert.That(error, Is.EqualTo(new ConfigError("Connection:RelayService:MaxCircuits", "0", "must be at least 1", "a whole number from 1 to 65536")));
        Assert.That(
            error.ToString(), Is.EqualTo("Connection:RelayService:MaxCircuits: \"0\" must be at least 1. Accepted: a whole number from 1 to 65536."));
    }

    [Test]
    public void An_error_stays_on_one_line_of_bounded_length_whatever_the_value()
    {
        string hostile = "/ip4/\r\n\u001b[31m" + new string('x', 10_000);

        string error = ErrorsOf(config => config.ListenAddresses.Add(hostile)).Single().ToString();

        Assert.That(error, Does.Not.Match("[\\p{Cc}]"));
        Assert.That(error, Has.Length.LessThan(1000));
    }

    [Test]
    public void A_disabled_relay_needs_nothing_supplied()
        => Assert.That(ErrorsOf(config => config.Connection.RelayService.Disabled = true), Is.Empty);

    private static IReadOnlyList<ConfigError> ErrorsOf(Action<Config> change)
    {
        var config = new Config();
        change(config);
        try
        {
            config.ToOptions();
            return [];
        }
        catch (ConfigValidationException e)
        {
            return e.Errors;
        }
    }

    private static TimeSpan Ms(int milliseconds) => TimeSpan.FromMilliseconds(milliseconds);

    private static TestCaseData Relay<T>(string name, Action<RelayServiceConfig, T> set, T least, T below, T largest, T above)
        => Range("Connection:RelayService:" + name, (config, value) => set(config.Connection.RelayService, value), least, below, largest, above);

    private static TestCaseData Network<T>(string name, Action<MembershipConfig, T> set, T least, T below, T largest, T above)
        => Relay("Membership:" + name, (relay, value) => set(relay.Membership, value), least, below, largest, above);

    private static TestCaseData Range<T>(string path, Action<Config, T> set, T least, T below, T largest, T above)
    {
        Action<Config>[] accepted = [config => set(config, least), config => set(config, largest)];
        Action<Config>[] refused = [config => set(config, below), config => set(config, above), config => set(config, Negative<T>())];
        return new TestCaseData(path, accepted, refused).SetArgDisplayNames(path);
    }

    private static T Negative<T>() =>
        typeof(T) == typeof(TimeSpan) ? (T)(object)TimeSpan.MinValue
        : typeof(T) == typeof(long) ? (T)(object)long.MinValue
        : (T)(object)int.MinValue;
}
