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
        root = new ConfigurationBuilder().AddRelayVariables(environment: name =>
        {
            seen.Add(root?[Key]);
            return name == "EDGEVPN_RELAY_MAX_DATA" ? value : null;
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

            Assert.That(SettingsReading.Read(root.GetSection("Relay"), root).Warnings.Single().ToString(), Does.StartWith($"{Variable}: \"7\" is not read"));
            Assert.That(SettingsReading.Read(read.GetSection("Relay"), read).Warnings, Is.Empty);
        }
        finally
        {
            Environment.SetEnvironmentVariable(Variable, null);
        }
    }

    private static SettingsReading Read(params string[] args)
    {
        IConfigurationRoot root = new ConfigurationBuilder().AddRelayFlags(args).Build();
        return SettingsReading.Read(root.GetSection("Relay"), root);
    }
}
