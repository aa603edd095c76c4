using System.Runtime.Versioning;

namespace Relay.Tests;

internal sealed class ConfigWarningTests
{
    [Test]
    public void The_defaults_are_wise() => Assert.That(new Config().GetWarnings(), Is.Empty);

    private static IEnumerable<TestCaseData> Edges
    {
        get
        {
            yield return Edge("ReservationTtl", (relay, ms) => relay.ReservationTtl = Ms(ms), 60_000, 59_999, "js-libp2p");
            yield return Edge("MaxData", (relay, bytes) => relay.MaxData = bytes, 16_384, 16_383, "DCUtR");
            yield return Edge("MaxDuration", (relay, ms) => relay.MaxDuration = Ms(ms), 20_000, 19_999, "DCUtR");
            yield return Edge("MaxDuration", (relay, ms) => relay.MaxDuration = Ms(ms), 3_600_000, 3_600_001, "ReservationTtl, 1h");
            yield return Edge(
                "ReservationRatePerIp", (relay, count) => relay.ReservationRatePerIp = new Circuit.Rate(count, TimeSpan.FromHours(1)), 8, 7, "after a restart");
            yield return Edge("MaxReservationsPerIpv6Prefix", (relay, count) => relay.MaxReservationsPerIpv6Prefix = count, 8, 7, "MaxReservationsPerIp (8)");
            yield return Edge("MaxHopStreamsPerConnection", (relay, count) => relay.MaxHopStreamsPerConnection = count, 65, 64, "MaxCircuits (64)");
        }
    }

    [TestCaseSource(nameof(Edges))]
    public void What_works_and_is_unwise_is_a_warning_and_no_error(string name, Action<RelayServiceConfig, int> set, int wise, int unwise, string concern)
    {
        // Short reservations are shorter than circuits; that warning has a case of its own.
        Assert.That(WarningsOf(relay => set(relay, wise)), Is.Empty);
        Assert.That(WarningsOf(relay => set(relay, unwise)).Single(), Has
            .Property(nameof(ConfigWarning.Path)).EqualTo("Connection:RelayService:" + name)
            .And.Property(nameof(ConfigWarning.Concern)).Contains(concern));

        IReadOnlyList<ConfigWarning> WarningsOf(Action<RelayServiceConfig> change)
        {
            var config = new Config();
            if (name == nameof(RelayServiceConfig.ReservationTtl))
                config.Connection.RelayService.MaxDuration = Ms(30_000);
            change(config.Connection.RelayService);
            Assert.That(config.ToOptions, Throws.Nothing);
            return config.GetWarnings();
        }
    }

    [TestCase("\"RelayService\": { \"MembershipLossDrain\": \"1m\" }", "Connection:RelayService:MembershipLossDrain")]
    [TestCase("\"RelayService\": { \"MembershipLossDrain\": \"1m\", \"OnMembershipLoss\": \"drain\" }", null)]
    [TestCase("\"RelayService\": { \"Ipv4PrefixLength\": 20 }", "Connection:RelayService:Ipv4PrefixLength")]
    [TestCase("\"RelayService\": { \"Ipv4PrefixLength\": 20, \"MaxReservationsPerIpv4Prefix\": 50 }", null)]
    [TestCase("\"MaxStreamsPerConnection\": 63", "Connection:MaxStreamsPerConnection")]
    [TestCase("\"MaxStreamsPerConnection\": 64", null)]
    [TestCase("\"MaxStreamsPerConnection\": 63, \"RelayService\": { \"Disabled\": true, \"Ipv4PrefixLength\": 20 }", null)]
    public void A_setting_without_the_one_that_it_needs_is_a_warning(string connection, string? path)
        => Assert.That(
            SettingsInput.ReadFile($$"""{ "Connection": { {{connection}} } }""").Warnings.Select(warning => warning.Path),
            Is.EqualTo(path is null ? [] : new[] { path }));

    [Test]
    public void What_follows_another_setting_follows_it_until_it_is_set_and_is_wise()
    {
        var config = new Config { Connection = { MaxStreamsPerConnection = 65_536, RelayService = { MaxCircuits = 65_536, MaxTotalCircuits = 65_536, MaxReservationsPerIp = 100 } } };
        RelayServiceConfig relay = config.Connection.RelayService;
        Assert.That((relay.MaxHopStreamsPerConnection, relay.MaxReservationsPerIpv6Prefix), Is.EqualTo((65_552, 100)));
        Assert.That(config.GetWarnings(), Is.Empty);
        Assert.That(config.ToOptions().OfType<RelayServiceOption>().Single().MaxHopStreamsPerConnection, Is.EqualTo(65_552));

        (relay.MaxHopStreamsPerConnection, relay.MaxReservationsPerIpv6Prefix) = (80, 32);
        relay.MaxCircuits = 64;
        Assert.That((relay.MaxHopStreamsPerConnection, relay.MaxReservationsPerIpv6Prefix), Is.EqualTo((80, 32)));
    }

    [Test]
    [UnsupportedOSPlatform("windows")]
    [Platform(Exclude = "Win", Reason = "Windows has no such permissions.")]
    public void A_key_file_that_others_can_read_is_a_warning()
    {
        string file = Path.Combine(TestContext.CurrentContext.WorkDirectory, $"{Guid.NewGuid()}.key");
        File.WriteAllText(file, "");
        try
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            Assert.That(new Config { PrivateKeyFile = file }.GetWarnings(), Is.Empty);

            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
            Assert.That(new Config { PrivateKeyFile = file }.GetWarnings().Single().ToString(), Does.Contain(file).And.Contain("chmod 600"));
        }
        finally
        {
            File.Delete(file);
        }

        Assert.That(new Config { PrivateKeyFile = file }.GetWarnings(), Is.Empty, "a file that is not there yet is created with the right mode");
    }

    [Test]
    public void A_disabled_relay_has_no_concerns_about_its_limits()
    {
        var config = new Config { Connection = { RelayService = { Disabled = true, MaxDuration = null, ReservationTtl = TimeSpan.FromMinutes(2) } } };

        Assert.That(config.GetWarnings(), Is.Empty);
    }

    [Test]
    public void A_configuration_with_errors_has_no_warnings()
    {
        var config = new Config { Connection = { RelayService = { MaxData = 1, MaxCircuits = 0 } } };

        Assert.That(config.GetWarnings(), Is.Empty);
    }

    [TestCase(10, 11, false)]
    [TestCase(10, 10, true)]
    [TestCase(10, null, true)]
    public void A_cap_above_its_total_is_an_error_unless_it_was_left_at_its_default(int total, int? cap, bool isAccepted)
    {
        var circuits = new Config { Connection = { RelayService = { MaxTotalCircuits = total } } };
        var reservations = new Config { Connection = { RelayService = { MaxReservations = total - 5 } } };
        var connections = new Config { Connection = { MaxConnections = total } };
        if (cap is { } value)
        {
            circuits.Connection.RelayService.MaxCircuits = value;
            reservations.Connection.RelayService.MaxReservationsPerIp = value - 5;
            connections.Connection.MaxConnectionsPerIp = value;
        }

        Assert.Multiple(() =>
        {
            Assert.That(ErrorOf(circuits), isAccepted ? Is.Null : Is.EqualTo(
                "Connection:RelayService:MaxCircuits: \"11\" is more than MaxTotalCircuits (10). Accepted: at most MaxTotalCircuits."));
            Assert.That(ErrorOf(reservations), isAccepted ? Is.Null : Is.EqualTo(
                "Connection:RelayService:MaxReservationsPerIp: \"6\" is more than MaxReservations (5). Accepted: at most MaxReservations."));
            Assert.That(ErrorOf(connections), isAccepted ? Is.Null : Is.EqualTo(
                "Connection:MaxConnectionsPerIp: \"11\" is more than MaxConnections (10). Accepted: at most MaxConnections."));
        });

        static string? ErrorOf(Config config)
        {
            try
            {
                config.ToOptions();
                return null;
            }
            catch (ConfigValidationException e)
            {
                return e.Errors.Single().ToString();
            }
        }
    }

    private static TestCaseData Edge(string name, Action<RelayServiceConfig, int> set, int wise, int unwise, string concern) =>
        new TestCaseData(name, set, wise, unwise, concern).SetArgDisplayNames(name, concern);

    private static TimeSpan Ms(int milliseconds) => TimeSpan.FromMilliseconds(milliseconds);
}
