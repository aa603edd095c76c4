using Relay.Settings;

namespace Relay.Tests;

internal sealed class SettingsErrorTests
{
    [TestCase("--relay-service-max-data=0", "--relay-service-max-data", "0", "must be at least 1")]
    [TestCase("--relay-service-max-data=-1", "--relay-service-max-data", "-1", "must be at least 1")]
    [TestCase("--relay-service-max-data=64K", "--relay-service-max-data", "64K", "has an unknown unit")]
    [TestCase("--relay-service-max-data=Unlimited", "--relay-service-max-data", "Unlimited", "is not a size")]
    [TestCase("--relay-service-max-duration=30", "--relay-service-max-duration", "30", "has no unit")]
    [TestCase("--relay-service-max-duration=0s", "--relay-service-max-duration", "0s", "must be at least 1ms")]
    [TestCase("--relay-service-max-duration=-5m", "--relay-service-max-duration", "-5m", "must be at least 1ms")]
    [TestCase("--relay-service-max-duration=1 hour", "--relay-service-max-duration", "1 hour", "has an unknown unit")]
    [TestCase("--relay-service-reservation-ttl=unlimited", "--relay-service-reservation-ttl", "unlimited", "is not a duration")]
    [TestCase("--relay-service-buffer-size=16MiB1", "--relay-service-buffer-size", "16MiB1", "has an unknown unit")]
    [TestCase("--relay-service-buffer-size=1TiB", "--relay-service-buffer-size", "1TiB", "must be at most 16MiB")]
    [TestCase("--relay-service-max-circuits=many", "--relay-service-max-circuits", "many", "is not a whole number")]
    [TestCase("--relay-service-max-circuits=1.5", "--relay-service-max-circuits", "1.5", "is not a whole number")]
    [TestCase("--relay-service-max-circuits=99999999999999999999", "--relay-service-max-circuits", "99999999999999999999", "must be at most 65536")]
    [TestCase("--relay-service-max-circuits=-99999999999999999999", "--relay-service-max-circuits", "-99999999999999999999", "must be at least 1")]
    [TestCase("--relay-service=maybe", "--relay-service", "maybe", "is neither true nor false")]
    [TestCase("--members-file=", "--members-file", "", "must not be empty")]
    [TestCase("--announce-maddrs=/ip4/192.0.2.1/tcp/1,,/ip4/192.0.2.2/tcp/1", "--announce-maddrs", "", "must not be empty")]
    public void A_wrong_flag_is_reported_with_its_value_and_what_is_wrong(string arg, string flag, string value, string problem)
    {
        SettingError error = Errors([arg]).Single();

        Assert.That((error.Source, error.Value, error.Problem), Is.EqualTo((flag, value, problem)));
        Assert.That(error.Accepted, Is.EqualTo(SettingsTable.Rows.Single(row => row.Flag == flag).Accepted));
    }

    [Test]
    public void A_wrong_variable_is_reported_by_its_own_name()
    {
        SettingError error = Errors([], ("EDGEVPN_RELAY_MAX_DURATION", "30")).Single();

        Assert.That(error.Source, Is.EqualTo("EDGEVPN_RELAY_MAX_DURATION"));
        Assert.That(error.ToString(), Is.EqualTo(
            "EDGEVPN_RELAY_MAX_DURATION: \"30\" has no unit. Accepted: a duration with its unit, as 30m, 1h30m or 500ms (h, m, s, ms, us, ns), or hh:mm:ss, "
            + "from 1ms to 8760h; or the word unlimited."));
    }

    [Test]
    public void A_variable_that_is_set_and_empty_is_an_error_and_an_unset_one_is_not()
    {
        Assert.That(Errors([], ("EDGEVPN_RELAY_MAX_DATA", "")).Single().Problem, Is.EqualTo("must not be empty"));
        Assert.That(Errors([]), Is.Empty);
    }

    [Test]
    public void Every_error_is_reported_at_once_and_nothing_is_applied()
    {
        var settings = new HostSettings();
        string[] args = ["--relay-service-max-data=5", "--relay-service-max-circuits=0", "--relay-service-bufer-size=1", "stray"];
        (string Name, string Value)[] variables = [("EDGEVPN_RELAY_RESERVATION_TTL", "1"), ("EDGEVPNLISTENMADDRS", "x,/ip4/127.0.0.1/tcp/1,y")];

        SettingsResult result = Apply(settings, args, variables);

        string[] sources =
        [
            "--relay-service-bufer-size", "stray", "EDGEVPNLISTENMADDRS", "EDGEVPNLISTENMADDRS", "--relay-service-max-circuits", "EDGEVPN_RELAY_RESERVATION_TTL",
        ];
        Assert.That(result.Succeeded, Is.False);
        Assert.That(result.Errors.Select(error => error.Source), Is.EqualTo(sources));
        Assert.That(settings.Config.ToOptions(), Is.EqualTo(new Config().ToOptions()));
    }

    [Test]
    public void An_unknown_flag_is_answered_with_the_nearest_known_one()
    {
        SettingError error = Errors(["--relay-service-max-circuit=5"]).Single();

        Assert.That(error.ToString(), Is.EqualTo(
            "--relay-service-max-circuit: is not a known flag. Accepted: --relay-service-max-circuits (--help lists all flags)."));
    }

    [Test]
    public void A_scalar_flag_given_twice_is_an_error_because_one_of_the_two_would_be_lost()
    {
        SettingError error = Errors(["--relay-service-max-circuits=5", "--relay-service-max-circuits", "6"]).Single();

        Assert.That((error.Source, error.Value, error.Problem), Is.EqualTo(("--relay-service-max-circuits", "6", "comes after \"5\"")));
    }

    [TestCase("--members-file")]
    [TestCase("--members-file", "--relay-service=false")]
    public void A_flag_without_its_value_does_not_take_the_next_flag_for_one(params string[] args)
    {
        SettingError error = Errors(args).Single();

        Assert.That((error.Source, error.Value, error.Problem), Is.EqualTo(("--members-file", (string?)null, "has no value")));
    }

    [Test]
    public void A_value_may_begin_with_a_dash_or_contain_an_equals_sign()
    {
        var settings = new HostSettings();

        Assert.That(Apply(settings, ["--members-file", "-odd-name", "--privkey-file=a=b"]).Errors, Is.Empty);
        Assert.That((settings.MembersFile, settings.Config.PrivateKeyFile), Is.EqualTo(("-odd-name", "a=b")));
    }

    [Test]
    public void A_flag_wins_over_its_variable_even_over_a_wrong_one()
    {
        var settings = new HostSettings();

        SettingsResult result = Apply(settings, ["-relay-service-max-circuits", "5"], ("EDGEVPN_RELAY_MAX_CIRCUITS", "wrong"));

        Assert.That(result.Errors, Is.Empty);
        Assert.That(settings.Config.Connection.RelayService.MaxCircuits, Is.EqualTo(5));
    }

    [Test]
    public void A_variable_wins_over_what_the_configuration_had_and_the_rest_stays()
    {
        var settings = new HostSettings { Config = new Config { Connection = { RelayService = { MaxCircuits = 7, MaxReservations = 9 } } } };

        Apply(settings, [], ("EDGEVPN_RELAY_MAX_CIRCUITS", "5"));

        RelayServiceConfig relay = settings.Config.Connection.RelayService;
        Assert.That((relay.MaxCircuits, relay.MaxReservations), Is.EqualTo((5, 9)));
    }

    [TestCase(true, "--relay-service-network-only")]
    [TestCase(true, "-relay-service-network-only")]
    [TestCase(true, "--relay-service-network-only", "t")]
    [TestCase(false, "--relay-service-network-only=0")]
    [TestCase(false, "--relay-service-network-only", "false")]
    [TestCase(true, "--relay-service-network-only", "--relay-service")]
    public void A_switch_may_stand_alone_or_have_a_value(bool expected, params string[] args)
    {
        var settings = new HostSettings { Config = new Config { Connection = { RelayService = { NetworkOnly = !expected } } } };

        Assert.That(Apply(settings, args).Errors, Is.Empty);
        Assert.That(settings.Config.Connection.RelayService.NetworkOnly, Is.EqualTo(expected));
    }

    [TestCase("--help")]
    [TestCase("-help")]
    [TestCase("-h")]
    public void Help_comes_before_everything_else(string help)
    {
        var settings = new HostSettings();

        SettingsResult result = Apply(settings, ["--relay-service=false", "--unknown", help]);

        Assert.That((result.HelpRequested, result.Succeeded, result.Errors.Count), Is.EqualTo((true, false, 0)));
        Assert.That(settings.Config.Connection.RelayService.Disabled, Is.False);
    }

    [Test]
    public void An_error_stays_on_one_line_whatever_was_given()
    {
        SettingError error = Errors(["--relay-service-max-data=1\r\n\u001b[31m\ud800" + new string('9', 10_000)]).Single();

        Assert.That(error.ToString(), Does.Not.Match("[\\p{Cc}\\p{Cs}]"));
        Assert.That(error.ToString(), Has.Length.LessThan(1000));
    }

    private static IReadOnlyList<SettingError> Errors(string[] args, params (string Name, string Value)[] variables)
        => Apply(new HostSettings(), args, variables).Errors;

    private static SettingsResult Apply(HostSettings settings, string[] args, params (string Name, string Value)[] variables)
        => SettingsTable.Apply(settings, args, variables.ToDictionary(variable => variable.Name, variable => variable.Value).GetValueOrDefault);
}
