using Microsoft.Extensions.Configuration;
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
    [TestCase("--relay-service-max-circuits=010", "--relay-service-max-circuits", "010", "has a leading zero, which is read as decimal or as octal")]
    [TestCase("--relay-service-max-data=010", "--relay-service-max-data", "010", "has a leading zero, which is read as decimal or as octal")]
    [TestCase("--relay-service=maybe", "--relay-service", "maybe", "is neither true nor false")]
    [TestCase("--relay-service-connect-policy=MembersOnly", "--relay-service-connect-policy", "MembersOnly", "is none of the words")]
    [TestCase("--relay-service-on-membership-loss=kick", "--relay-service-on-membership-loss", "kick", "is none of the words")]
    [TestCase("--relay-service-reservation-rate-per-peer=30", "--relay-service-reservation-rate-per-peer", "30", "has no duration")]
    [TestCase("--relay-service-reservation-rate-per-peer=30/m", "--relay-service-reservation-rate-per-peer", "30/m", "has a duration that is not a duration")]
    [TestCase("--relay-service-reservation-rate-per-peer=30/60", "--relay-service-reservation-rate-per-peer", "30/60", "has a duration that has no unit")]
    [TestCase("--relay-service-reservation-rate-per-peer=1.5/1m", "--relay-service-reservation-rate-per-peer", "1.5/1m", "does not begin with a whole number")]
    [TestCase("--relay-service-circuit-rate-per-ip=0/1m", "--relay-service-circuit-rate-per-ip", "0/1m", "must count at least 1")]
    [TestCase("--relay-service-circuit-rate-per-ip=99999999999/1m", "--relay-service-circuit-rate-per-ip", "99999999999/1m", "must count at most 1000000")]
    [TestCase("--relay-service-circuit-rate-per-ip=5/100ms", "--relay-service-circuit-rate-per-ip", "5/100ms", "must be per 1s or longer")]
    [TestCase("--relay-service-exempt-networks=10.0.0.0/8,x", "--relay-service-exempt-networks", "x", "is not a network")]
    [TestCase("--members-file=", "--members-file", "", "must not be empty")]
    [TestCase("--announce-maddrs=/ip4/192.0.2.1/tcp/1,,/ip4/192.0.2.2/tcp/1", "--announce-maddrs", "", "must not be empty")]
    public void A_wrong_flag_is_reported_with_its_value_and_what_is_wrong(string arg, string flag, string value, string problem)
    {
        ConfigError error = Errors([arg]).Single();

        Assert.That((error.Source, error.Value, error.Rule), Is.EqualTo((flag, value, problem)));
        Assert.That(error.Accepted, Is.EqualTo(SettingsTable.Rows.Single(row => row.Flag == flag).Accepted));
    }

    [Test]
    public void A_wrong_variable_is_reported_by_its_own_name()
    {
        ConfigError error = Errors([], ("EDGEVPN_RELAY_MAX_DURATION", "30")).Single();

        Assert.That(error.ToString(), Is.EqualTo(
            "Connection:RelayService:MaxDuration (EDGEVPN_RELAY_MAX_DURATION): \"30\" has no unit. Accepted: a duration with its unit, as 30m, 1h30m or 500ms "
            + "(h, m, s, ms, us, ns), or hh:mm:ss, from 1ms to 8760h; or the word unlimited."));
    }

    [Test]
    public void A_secret_in_a_value_is_not_repeated()
    {
        ConfigError error = Errors([], ("EDGEVPN_MEMBERS_API", "http://user:s3cret@127.0.0.1:8080")).Single();

        Assert.That(error.Value, Is.EqualTo("(with credentials)"));
        Assert.That(error.ToString(), Does.Not.Contain("s3cret"));
    }

    [Test]
    public void A_variable_that_is_set_and_empty_is_an_error_and_an_unset_one_is_not()
    {
        Assert.That(Errors([], ("EDGEVPN_RELAY_MAX_DATA", "")).Single().Rule, Is.EqualTo("must not be empty"));
        Assert.That(Errors([]), Is.Empty);
    }

    [Test]
    public void Every_error_is_reported_at_once_and_nothing_is_applied()
    {
        string[] args = ["--relay-service-max-data=5", "--relay-service-max-circuits=0", "--relay-service-bufer-size=1", "stray"];
        (string Name, string Value)[] variables = [("EDGEVPN_RELAY_RESERVATION_TTL", "1"), ("EDGEVPNLISTENMADDRS", "x,/ip4/127.0.0.1/tcp/1,y")];

        SettingsReading reading = SettingsInput.Read(args, variables);

        string[] sources =
        [
            "--relay-service-bufer-size", "stray", "EDGEVPNLISTENMADDRS", "EDGEVPNLISTENMADDRS", "--relay-service-max-circuits", "EDGEVPN_RELAY_RESERVATION_TTL",
        ];
        Assert.That(reading.Errors.Select(error => error.Source), Is.EqualTo(sources));
        Assert.That(() => reading.Settings, Throws.TypeOf<ConfigValidationException>().With.Property(nameof(ConfigValidationException.Errors)).EqualTo(reading.Errors));
    }

    [Test]
    public void An_unknown_flag_is_answered_with_the_nearest_known_one()
    {
        ConfigError error = Errors(["--relay-service-max-circuit=5"]).Single();

        Assert.That(error.ToString(), Is.EqualTo(
            "--relay-service-max-circuit: \"--relay-service-max-circuit\" is not a known flag. Accepted: --relay-service-max-circuits (--help lists all flags)."));
    }

    [Test]
    public void A_scalar_flag_given_twice_is_an_error_because_one_of_the_two_would_be_lost()
    {
        ConfigError error = Errors(["--relay-service-max-circuits=5", "--relay-service-max-circuits", "6"]).Single();

        Assert.That((error.Source, error.Value, error.Rule), Is.EqualTo(("--relay-service-max-circuits", "6", "comes after \"5\"")));
    }

    [TestCase("--members-file")]
    [TestCase("--members-file", "--relay-service=false")]
    [TestCase("--members-file", "-relay-service=false")]
    public void A_flag_without_its_value_does_not_take_the_next_flag_for_one(params string[] args)
    {
        ConfigError error = Errors(args).Single();

        Assert.That((error.Source, error.Value, error.Rule), Is.EqualTo(("--members-file", (string?)null, "has no value")));
    }

    [Test]
    public void A_flag_without_its_value_does_not_take_a_misspelled_flag_for_one_either()
        => Assert.That(
            Errors(["--members-file", "--relay-service-max-dta=1"]).Select(error => error.Path), Is.EqualTo(new[] { "--members-file", "--relay-service-max-dta" }));

    [TestCase("--print-config", true, 0)]
    [TestCase("--print-config=true", true, 0)]
    [TestCase("--print-config=false", false, 0)]
    [TestCase("--print-config=maybe", false, 1)]
    public void A_flag_of_the_host_can_be_switched_off(string arg, bool isOn, int errors)
    {
        CommandLine print = CommandLine.Parse([arg]);
        CommandLine help = CommandLine.Parse([arg.Replace("--print-config", "--help", StringComparison.Ordinal)]);

        Assert.That((print.PrintRequested, print.Errors.Count), Is.EqualTo((isOn, errors)));
        Assert.That((help.HelpRequested, help.Errors.Count), Is.EqualTo((isOn, errors)));
    }

    [Test]
    public void A_value_may_begin_with_a_dash_or_contain_an_equals_sign()
    {
        HostSettings settings = SettingsInput.Read("--members-file", "-odd-name", "--privkey-file=a=b").Settings;

        Assert.That((settings.MembersFile, settings.Config.PrivateKeyFile), Is.EqualTo(("-odd-name", "a=b")));
    }

    [Test]
    public void A_flag_wins_over_its_variable_even_over_a_wrong_one()
    {
        SettingsReading reading = SettingsInput.Read(["-relay-service-max-circuits", "5"], ("EDGEVPN_RELAY_MAX_CIRCUITS", "wrong"));

        Assert.That(reading.Settings.Config.Connection.RelayService.MaxCircuits, Is.EqualTo(5));
    }

    [TestCase(true, "--relay-service-network-only")]
    [TestCase(true, "-relay-service-network-only")]
    [TestCase(true, "--relay-service-network-only", "t")]
    [TestCase(false, "--relay-service-network-only=0")]
    [TestCase(false, "--relay-service-network-only", "false")]
    [TestCase(true, "--relay-service-network-only", "--relay-service")]
    public void A_switch_may_stand_alone_or_have_a_value(bool expected, params string[] args)
    {
        string opposite = $$"""{ "Relay": { "Connection": { "RelayService": { "NetworkOnly": {{(expected ? "false" : "true")}} } } } }""";

        SettingsReading reading = SettingsInput.Read(args, _ => null, opposite);

        Assert.That(reading.Settings.Config.Connection.RelayService.NetworkOnly, Is.EqualTo(expected));
    }

    [TestCase("--help")]
    [TestCase("-help")]
    [TestCase("-h")]
    public void Help_is_seen_wherever_it_stands(string help)
        => Assert.That(CommandLine.Parse(["--relay-service=false", "--unknown", help]).HelpRequested, Is.True);

    [Test]
    public void An_error_stays_on_one_line_whatever_was_given()
    {
        ConfigError error = Errors(["--relay-service-max-data=1\r\n\u001b[31m\ud800" + new string('9', 10_000)]).Single();

        Assert.That(error.ToString(), Does.Not.Match("[\\p{Cc}\\p{Cs}]"));
        Assert.That(error.ToString(), Has.Length.LessThan(1000));
    }

    private static IEnumerable<ConfigError> Errors(string[] args, params (string Name, string Value)[] variables)
        => SettingsInput.Read(args, variables).Errors;

    [TestCase("--members-api=http://127.0.0.1:1", "--members-api=http://user:hush@127.0.0.1:1")]
    [TestCase("--members-api=http://user:hush@127.0.0.1:1", "--members-api=http://user:hush@127.0.0.2:1")]
    [TestCase("--config=a.json", "--config=http://user:hush@127.0.0.1:1")]
    [TestCase("http://user:hush@127.0.0.1:1")]
    [TestCase("--http://user:hush@127.0.0.1:1")]
    [TestCase("--members-file=http://user:hush@127.0.0.1:1\0")]
    [TestCase("--announce-maddrs=http://user:hush@127.0.0.1:1")]
    public void No_error_about_a_command_line_tells_credentials(params string[] args)
    {
        ConfigError[] errors = [.. SettingsInput.Read(args).Errors];

        Assert.That(errors, Is.Not.Empty);
        Assert.That(errors.SelectMany(error => new[] { error.ToString(), error.Path, error.Value, error.Source }), Has.None.Contains("hush"));
    }

    [Test]
    public void No_error_about_a_file_and_no_warning_tells_credentials()
    {
        SettingsReading reading = SettingsInput.ReadFile("""{ "MemberApi": "http://user:hush@h:1", "ApiKey": "hush", "Connection": "http://user:hush@h:1" }""");
        IConfigurationRoot stock = new ConfigurationBuilder().AddCommandLine(["--members-api=http://user:hush@h:1", "--relay-service-max-data=hush"]).Build();
        SettingsReading unread = SettingsReading.Read(stock.GetSection("Relay"), stock);

        Assert.That(reading.Errors, Has.Length.EqualTo(3));
        Assert.That(unread.Errors, Has.Length.EqualTo(1));
        Assert.That(reading.Errors.Concat(unread.Errors).Select(error => error.ToString()), Has.None.Contains("hush"));
        Assert.That(new ConfigWarning("MembersApi", "http://user:hush@h:1", "is so").ToString(), Is.EqualTo("MembersApi: \"(with credentials)\" is so."));
    }
}
