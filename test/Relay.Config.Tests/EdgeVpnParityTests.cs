using Relay.Settings;

namespace Relay.Tests;

/// <summary>Every flag and variable of EdgeVPN's relay service and relay client, with the values it takes.</summary>
internal sealed class EdgeVpnParityTests
{
    private static IEnumerable<TestCaseData> Flags => EdgeVpnParity.Flags.Select(one => new TestCaseData(one).SetArgDisplayNames(one.Flag));

    [TestCaseSource(nameof(Flags))]
    public void A_flag_has_EdgeVPNs_name_variable_and_default(
        (string Flag, string Variable, string Default, string Path, (string, string)[], string[]) expected)
    {
        Setting row = SettingsTable.Rows.Single(row => row.Flag == expected.Flag);

        Assert.That((row.Variable, row.Default, row.Path), Is.EqualTo((expected.Variable, expected.Default, expected.Path)));
    }

    [TestCaseSource(nameof(Flags))]
    public void A_value_that_EdgeVPN_takes_means_the_same_by_flag_and_by_variable(
        (string Flag, string Variable, string, string, (string Text, string Meaning)[] Taken, string[]) flag)
    {
        Setting row = SettingsTable.Rows.Single(row => row.Flag == flag.Flag);
        Assert.Multiple(() =>
        {
            foreach ((string text, string meaning) in flag.Taken)
            {
                Assert.That(row.Format(SettingsInput.Read($"{flag.Flag}={text}").Settings), Is.EqualTo(meaning), text);
                Assert.That(row.Format(SettingsInput.Read($"{flag.Flag[1..]}={text}").Settings), Is.EqualTo(meaning), "with one dash");
                Assert.That(row.Format(SettingsInput.Read([], (flag.Variable, text)).Settings), Is.EqualTo(meaning), text);
            }
        });
    }

    [TestCaseSource(nameof(Flags))]
    public void A_value_that_EdgeVPN_refuses_or_replaces_is_an_error_by_flag_and_by_variable(
        (string Flag, string Variable, string, string, (string, string)[], string[] Refused) flag)
    {
        Assert.Multiple(() =>
        {
            foreach (string text in flag.Refused)
            {
                Assert.That(SettingsInput.Read($"{flag.Flag}={text}").Errors, Has.Length.EqualTo(1), text);
                Assert.That(SettingsInput.Read([], (flag.Variable, text)).Errors.Single().Source, Is.EqualTo(flag.Variable), text);
            }
        });
    }

    [Test]
    public void A_relay_that_is_told_nothing_serves_and_serves_members_only()
    {
        RelayServiceConfig told = SettingsInput.Read().Settings.Config.Connection.RelayService;
        RelayServiceConfig inCode = new Config().Connection.RelayService;

        Assert.That((told.Disabled, told.NetworkOnly), Is.EqualTo((false, true)));
        Assert.That((inCode.Disabled, inCode.NetworkOnly), Is.EqualTo((false, true)), "EdgeVPN's struct has NetworkOnly off");
    }

    [TestCase("--relay-service-max-circuits=5", "--relay-service-max-circuits=5")]
    [TestCase("--max-connections=0")]
    [TestCase("--relay-service-buffer-size=1023")]
    [TestCase("--relay-service-buffer-size=16777217")]
    [TestCase("--relay-service-max-circuits=65537")]
    [TestCase("--relay-service-acl-refresh=99ms")]
    [TestCase("--relay-service-reservation-ttl=999ms")]
    [TestCase("--relay-service-max-duration=8761h")]
    public void What_EdgeVPN_takes_and_we_do_not_is_on_the_list_of_exceptions(params string[] args)
        => Assert.That(SettingsInput.Read(args).Errors, Has.Length.EqualTo(1));

    [Test]
    public void Unlimited_can_be_said_of_data_and_duration()
    {
        RelayServiceConfig relay = SettingsInput
            .Read("--relay-service-max-data=unlimited", "--relay-service-max-duration=unlimited").Settings.Config.Connection.RelayService;

        Assert.That((relay.MaxData, relay.MaxDuration), Is.EqualTo(((long?)null, (TimeSpan?)null)));
    }
}
