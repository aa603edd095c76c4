using System.Text.RegularExpressions;
using Relay.Settings;

namespace Relay.Tests;

internal sealed class SettingsTableTests
{
    [Test]
    public void Every_row_has_a_path_a_flag_and_a_variable_of_its_own()
    {
        Assert.Multiple(() =>
        {
            Assert.That(SettingsTable.Rows.Select(row => row.Path), Is.Unique);
            Assert.That(SettingsTable.Rows.Select(row => row.Flag), Is.Unique.And.All.Match("^--[a-z]+(-[a-z0-9]+)*$"));
            Assert.That(SettingsTable.Rows.Select(row => row.Variable), Is.Unique.And.All.Match("^EDGEVPN[A-Z]*(_[A-Z0-9]+)*$"));
        });
    }

    [Test]
    public void Every_row_says_what_it_is_what_it_accepts_and_what_it_is_without_a_value()
    {
        foreach (Setting row in SettingsTable.Rows)
        {
            Assert.Multiple(() =>
            {
                Assert.That(row.Description, Does.Match(new Regex(@"^[A-Z].{20,}\.$")), row.Path);
                Assert.That(row.Reason, Does.Match(new Regex(@"^.{10,}[^.]$")), row.Path);
                Assert.That(row.Accepted, Is.Not.Empty, row.Path);
                Assert.That(row.Type, Is.Not.Empty, row.Path);
                Assert.That(row.Unit, row.Type is "size" or "count" ? Is.Not.Empty : Is.Empty, row.Path);
                Assert.That(row.Range, row.Type is "size" or "count" or "duration" or "rate" ? Does.Match("^from .+ to .+$") : Is.Empty, row.Path);
                Assert.That(row.Default.Length > 0 || row.WhenEmpty.Length > 0, Is.True, row.Path);
            });
        }
    }

    [Test]
    public void Every_setting_of_Config_has_a_row()
    {
        string[] paths = [.. PathsOf(typeof(Config)), "MembersFile", "MembersApi", "MembersApiPeer", "DrainTimeout"];

        Assert.That(SettingsTable.Rows.Select(row => row.Path), Is.EquivalentTo(paths));

        static IEnumerable<string> PathsOf(Type section) => section.GetProperties().SelectMany(property =>
            property.PropertyType is { Namespace: nameof(Relay), IsClass: true }
                ? PathsOf(property.PropertyType).Select(path => $"{property.Name}:{path}")
                : [property.Name]);
    }

    [Test]
    public void The_defaults_are_those_of_Config_and_read_back_as_such()
    {
        var config = new Config();
        Dictionary<string, string> variables = SettingsTable.Rows.Where(row => row.Default.Length > 0).ToDictionary(row => row.Variable, row => row.Default);

        HostSettings settings = SettingsInput.Read([], variables.GetValueOrDefault).Settings;

        Assert.That(settings.Config.ToOptions(), Is.EqualTo(config.ToOptions()));
    }

    // Another value of each row than its default, in the form in which it is written.
    internal static readonly Dictionary<string, string> Others = new()
    {
        ["ListenAddresses"] = "/ip4/127.0.0.1/tcp/4001,/ip6/::1/tcp/0",
        ["AnnounceAddresses"] = "/dns4/relay.example/tcp/4001,/ip4/192.0.2.1/udp/4001/quic-v1",
        ["PrivateKeyFile"] = "keys/relay.key",
        ["MembersFile"] = "members.txt",
        ["MembersApi"] = "unix:///run/edgevpn.sock",
        ["MembersApiPeer"] = Peers.Member.ToString(),
        ["DrainTimeout"] = "25s",
        ["Connection:RelayService:MaxCircuitBandwidth"] = "10MiB",
        ["Connection:RelayService:MaxTotalBandwidth"] = "100MiB",
        ["Connection:RelayService:CircuitIdleTimeout"] = "5m",
        ["Connection:RelayService:MemoryBudget"] = "64GiB",
        ["Connection:MaxConnections"] = "2000",
        ["Connection:MaxConnectionsPerIp"] = "65",
        ["Connection:MaxPendingHandshakes"] = "129",
        ["Connection:MaxStreamsPerConnection"] = "1025",
        ["Connection:HandshakeTimeout"] = "500ms",
        ["Connection:Reachability"] = "private",
        ["Connection:AutoRelay:Enabled"] = "false",
        ["Connection:AutoRelay:StaticRelays"] = $"/ip4/192.0.2.1/tcp/4001/p2p/{Peers.Member},/dns4/relay.example/tcp/4001/p2p/{Peers.Member}",
        ["Connection:AutoRelay:OnlyStaticRelays"] = "true",
        ["Connection:AutoRelay:WantedRelays"] = "3",
        ["Connection:AutoRelay:BootDelay"] = "0s",
        ["Connection:AutoRelay:RetryBackOff"] = "2s",
        ["Connection:AutoRelay:MaxRetryBackOff"] = "2m",
        ["Connection:AutoRelay:DiscoveryInterval"] = "5m",
        ["Connection:RelayService:Disabled"] = "false",
        ["Connection:RelayService:NetworkOnly"] = "false",
        ["Connection:RelayService:NetworkOnlyRefresh"] = "1m30s",
        ["Connection:RelayService:MaxData"] = "unlimited",
        ["Connection:RelayService:MaxDuration"] = "unlimited",
        ["Connection:RelayService:MaxCircuits"] = "128",
        ["Connection:RelayService:MaxTotalCircuits"] = "2048",
        ["Connection:RelayService:BufferSize"] = "128KiB",
        ["Connection:RelayService:ReservationTtl"] = "2h",
        ["Connection:RelayService:MaxReservations"] = "256",
        ["Connection:RelayService:MaxReservationsPerIp"] = "16",
        ["Connection:RelayService:Membership:ReadTimeout"] = "5s",
        ["Connection:RelayService:Membership:MaxAge"] = "10m",
        ["Connection:RelayService:Membership:Grace"] = "0s",
        ["Connection:RelayService:Membership:MaxClockSkew"] = "30s",
        ["Connection:RelayService:Membership:MaxShrinkPercent"] = "100",
        ["Connection:RelayService:Membership:MinimumMembers"] = "3",
        ["Connection:RelayService:Membership:BootstrapTimeout"] = "1h",
        ["Connection:RelayService:Membership:BootstrapReservationTtl"] = "unlimited",
        ["Connection:RelayService:MaxReservationsPerIpv4Prefix"] = "100",
        ["Connection:RelayService:Ipv4PrefixLength"] = "20",
        ["Connection:RelayService:MaxReservationsPerIpv6Prefix"] = "unlimited",
        ["Connection:RelayService:Ipv6PrefixLength"] = "48",
        ["Connection:RelayService:ExemptNetworks"] = "10.0.0.0/8,2001:db8::/32",
        ["Connection:RelayService:MaxCircuitsPerDestination"] = "32",
        ["Connection:RelayService:MaxHopStreamsPerConnection"] = "160",
        ["Connection:RelayService:ReservationRatePerPeer"] = "30/1m",
        ["Connection:RelayService:ReservationRatePerIp"] = "5/1h30m",
        ["Connection:RelayService:CircuitRatePerPeer"] = "600/1m",
        ["Connection:RelayService:CircuitRatePerIp"] = "1000000/24h",
        ["Connection:RelayService:ConnectPolicy"] = "members-only",
        ["Connection:RelayService:OnMembershipLoss"] = "drain",
        ["Connection:RelayService:MembershipLossDrain"] = "0s",
    };

    private static IEnumerable<Setting> Rows => SettingsTable.Rows;

    [TestCaseSource(nameof(Rows))]
    public void A_value_reaches_its_setting_and_no_other_by_flag_and_by_variable(Setting row)
    {
        string text = Others[row.Path];

        Assert.Multiple(() =>
        {
            Assert.That(Changed(Apply([row.Flag, text], _ => null)), Is.EqualTo(new[] { (row.Path, text) }));
            Assert.That(Changed(Apply([$"{row.Flag}={text}"], _ => null)), Is.EqualTo(new[] { (row.Path, text) }));
            Assert.That(Changed(Apply([], name => name == row.Variable ? text : null)), Is.EqualTo(new[] { (row.Path, text) }));
        });

        // Of MaxCircuits another one follows from, while it is not set itself.
        IEnumerable<(string Path, string Value)> Changed(HostSettings settings) =>
            SettingsTable.Rows
                .Where(setting => setting.Format(settings) != setting.Default && !(row.Path.EndsWith(":MaxCircuits") && setting.Path.EndsWith(":MaxHopStreamsPerConnection")))
                .Select(setting => (setting.Path, setting.Format(settings)));
    }

    [Test]
    public void The_relay_service_flag_is_the_opposite_of_disabled()
    {
        HostSettings on = Apply(["--relay-service"], _ => null);
        HostSettings off = Apply(["--relay-service=false"], _ => null);

        Assert.That((on.Config.Connection.RelayService.Disabled, off.Config.Connection.RelayService.Disabled), Is.EqualTo((false, true)));
        Assert.That(SettingsTable.Rows.Where(row => row.IsNegated).Select(row => row.Path), Is.EqualTo(new[] { "Connection:RelayService:Disabled" }));
    }

    [Test]
    public void Addresses_come_by_repeated_flags_or_separated_by_commas()
    {
        HostSettings settings = Apply(["--listen-maddrs", "/ip4/127.0.0.1/tcp/1", "--listen-maddrs=/ip4/127.0.0.1/tcp/2, /ip4/127.0.0.1/tcp/3"], _ => null);

        Assert.That(
            settings.Config.ListenAddresses, Is.EqualTo(new[] { "/ip4/127.0.0.1/tcp/1", "/ip4/127.0.0.1/tcp/2", "/ip4/127.0.0.1/tcp/3" }));
        Assert.That(() => settings.Config.ListenAddresses.Add("/ip4/127.0.0.1/tcp/4"), Throws.Nothing);
    }

    private static HostSettings Apply(string[] args, Func<string, string?> environment) => SettingsInput.Read(args, environment).Settings;
}
