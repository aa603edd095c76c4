using Microsoft.Extensions.Configuration;
using Relay.Settings;

namespace Relay.Tests;

internal sealed class TableProviderTests
{
    [Test]
    public void Who_reads_while_variables_are_read_again_sees_what_was_there_before_or_what_is_there_after()
    {
        const string Key = "Relay:Connection:RelayService:MaxData";
        IConfigurationRoot? root = null;
        var seen = new HashSet<string?>();
        string value = "1MiB";
        root = new ConfigurationBuilder().AddRelayVariables(environment: () =>
        {
            seen.Add(root?[Key]);
            return new Dictionary<string, string> { ["EDGEVPN_RELAY_MAX_DATA"] = value };
        }).Build();
        seen.Clear();
        value = "2MiB";

        root.Reload();

        Assert.That(seen, Is.EqualTo(new[] { "1MiB" }));
        Assert.That(root[Key], Is.EqualTo("2MiB"));
    }

    [TestCase("--relay-service-max-dta=1", "--relay-service-max-data")]
    [TestCase("--autorelays", "--autorelay")]
    [TestCase("--listen-madrs=/ip4/127.0.0.1/tcp/1", "--listen-maddrs")]
    [TestCase("-relay-service-max-dta=1", "--relay-service-max-data")]
    public void A_flag_that_can_only_be_meant_as_one_of_the_table_is_an_error_beside_others_as_well(string arg, string nearest)
    {
        ConfigError error = Read("--urls", "http://127.0.0.1:0", arg).Errors.Single();

        Assert.That((error.Rule, error.Accepted), Is.EqualTo(("is not a known flag", $"{nearest} (--help lists all flags)")));
    }

    [TestCase("--help")]
    [TestCase("--config", "my.json")]
    [TestCase("--urls=http://127.0.0.1:0")]
    [TestCase("--contentRoot", "/srv")]
    [TestCase("--environment", "Development")]
    [TestCase("--Relay:Connection:RelayService:MaxData=1")]
    [TestCase("run", "/v")]
    public void Arguments_of_the_application_are_not_looked_at(params string[] args)
        => Assert.That(Read([.. args, "--relay-service-max-circuits", "7", .. args]).Settings.Config.Connection.RelayService.MaxCircuits, Is.EqualTo(7));

    [Test]
    public void A_wrong_value_is_an_error_beside_others_as_well()
        => Assert.That(Read("--urls=x", "--relay-service-max-circuits=0").Errors.Single().Source, Is.EqualTo("--relay-service-max-circuits"));

    [Test]
    public void A_variable_that_nobody_reads_is_said_once()
    {
        const string Variable = "EDGEVPN_RELAY_MAX_CIRCUITS";
        Environment.SetEnvironmentVariable(Variable, "7");
        try
        {
            IConfigurationRoot inner = new ConfigurationBuilder().AddEnvironmentVariables().Build();
            IConfigurationRoot root = new ConfigurationBuilder().AddConfiguration(inner).AddEnvironmentVariables().Build();
            IConfigurationRoot read = new ConfigurationBuilder().AddConfiguration(root).AddRelayVariables().Build();

            Assert.That(SettingsReading.Read(root.GetSection("Relay"), root).Warnings.Single().ToString(), Does.StartWith($"{Variable}: is not read"));
            Assert.That(SettingsReading.Read(read.GetSection("Relay"), read).Warnings, Is.Empty);
        }
        finally
        {
            Environment.SetEnvironmentVariable(Variable, null);
        }
    }

    [TestCase("EDGEVPN_RELAY_MAX_DTA", "EDGEVPN_RELAY_MAX_DATA")]
    [TestCase("EDGEVPN_AUTORELAY_WANTD", "EDGEVPN_AUTORELAY_WANTED")]
    [TestCase("EDGEVPNAUTORELAYPEER", "EDGEVPNAUTORELAYPEERS")]
    [TestCase("EDGEVPN_RELAY_SOMETHING_ELSE_ALTOGETHER_THAT_IS", "one of those that docs/configuration.md lists")]
    public void A_variable_that_can_only_be_meant_for_the_table_and_is_not_in_it_is_a_warning_with_the_nearest_name(string variable, string nearest)
    {
        IConfigurationRoot root = ReadVariables(("EDGEVPN_RELAY_MAX_CIRCUITS", "7"), (variable, "very secret"), ("EDGEVPNLOGLEVEL", "info"), ("HOME", "/"));
        IConfigurationRoot host = new ConfigurationBuilder().AddConfiguration(root).Build();

        SettingsReading reading = SettingsReading.Read(host.GetSection("Relay"), host);

        Assert.That(reading.Settings.Config.Connection.RelayService.MaxCircuits, Is.EqualTo(7));
        Assert.That(reading.Warnings.Single().ToString(), Is.EqualTo($"{variable}: is not read: no setting has this variable. Meant is perhaps {nearest}."));
    }

    [Test]
    public void Every_variable_of_the_table_is_known()
    {
        IConfigurationRoot root = ReadVariables([.. SettingsTable.Rows.Select(row => (row.Variable, "?"))]);

        Assert.That(root.Providers.OfType<TableProvider>().Single().Warnings, Is.Empty);
    }

    [TestCase("--relay-service-max-dta=1MiB", "--relay-service-max-dta: \"--relay-service-max-dta\" is not a known flag. Accepted: --relay-service-max-data (--help lists all flags).")]
    [TestCase("--relay-service-max-data", "--relay-service-max-data: has no value. Accepted: ")]
    public void A_wrong_flag_is_an_error_also_where_the_configuration_behind_the_section_is_not_known(string arg, string expected)
    {
        IConfigurationRoot root = new ConfigurationBuilder().AddRelayFlags([arg]).Build();

        ConfigError error = SettingsReading.Read(root.GetSection("Relay")).Errors.Single();

        Assert.That(error.ToString(), Does.StartWith(expected));
        Assert.That(SettingsReading.Read(root.GetSection("Relay"), root).Errors, Is.EqualTo(new[] { error }), "and it is said once where it is known");
    }

    [Test]
    public void A_key_that_is_named_like_what_carries_the_errors_of_flags_is_an_unknown_one()
    {
        IConfigurationRoot root = new ConfigurationBuilder().AddInMemoryCollection([new($"Relay:{FlagErrors.Key}", "x")]).Build();

        Assert.That(SettingsReading.Read(root.GetSection("Relay"), root).Errors.Single().Rule, Is.EqualTo("is not a known setting"));
    }

    private static IConfigurationRoot ReadVariables(params (string Name, string Value)[] variables) => new ConfigurationBuilder()
        .AddRelayVariables(environment: () => variables.ToDictionary(variable => variable.Name, variable => variable.Value)).Build();

    private static SettingsReading Read(params string[] args)
    {
        IConfigurationRoot root = new ConfigurationBuilder().AddRelayFlags(args).Build();
        return SettingsReading.Read(root.GetSection("Relay"), root);
    }
}
