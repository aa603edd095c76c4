using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Relay;
using Relay.Multiformats;
using Relay.Settings;
using Relay.TestKit;

namespace Packages.Tests.Snippets;

/// <summary>The snippets of docs/hosting.md that no sample has.</summary>
internal sealed class HostingSnippets
{
    [Test]
    public async Task What_the_node_works_with_comes_from_the_services_and_the_builder()
    {
        PeerId member = IdentityKey.Generate().PeerId;
        IdentityKey identity = IdentityKey.Generate();
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);

        #region in code
        builder.Services.AddSingleton<IMembershipSource>(new StaticMembershipSource([member]));
        builder.Services.AddRelayNode(
            config => config.ListenAddresses.Add("/ip4/127.0.0.1/tcp/0"),          // configured in code instead of by a section
            (services, node) => node.WithIdentity(identity));                      // the last word, before the node is built
        #endregion

        using IHost host = builder.Build();
        await host.StartAsync().InTime();
        RelayNode node = host.Services.GetRequiredService<RelayNode>();
        Assert.That((node.PeerId, node.Membership!.MemberCount), Is.EqualTo((identity.PeerId, 1)));
        await host.StopAsync().InTime();
    }

    [Test]
    public async Task Without_a_host_the_section_is_read_and_applied_by_hand()
    {
        await using RelayNode node = new NodeBuilder(new Config().ToOptions()).WithMembership(new StaticMembershipSource([])).Build();
        using var printed = new StringWriter();
        Console.SetOut(printed);
        try
        {
            (Config config, TimeSpan drain) = Read(["--relay-service-max-circuits=5"]); // the file is the one of the sample, beside the tests
            Assert.That((config.PrivateKeyFile, config.Connection.RelayService.MaxCircuits), Is.EqualTo(("relay.key", 5)));
            Assert.That(drain, Is.EqualTo(TimeSpan.FromMilliseconds(500)));

            await ChangeAsync(node, config);
            Assert.That(printed.ToString(), Does.Contain("RelayServiceOption.MaxData: 1GiB -> 64MiB"));
        }
        finally
        {
            Console.SetOut(new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true });
        }
    }

    private static (Config Config, TimeSpan Drain) Read(string[] args)
    {
        #region without a host
        IConfigurationRoot configuration = new ConfigurationBuilder()
            .AddJsonFile("appsettings.json")
            .AddRelayVariables()
            .AddRelayFlags(CommandLine.Parse(args))
            .Build();
        SettingsReading reading = SettingsReading.Read(configuration.GetSection("Relay"), configuration);
        foreach (ConfigWarning warning in reading.Warnings)
            Console.Error.WriteLine(warning);
        Config config = reading.Settings.Config;                                   // throws when anything is wrong, and says all of it
        var builder = new NodeBuilder(config.ToOptions());
        if (reading.Settings.CreateMembershipSource() is { } members)              // MembersFile and MembersApi, which are not of the node's Config
            builder.WithMembership(members);
        TimeSpan drain = reading.Settings.DrainTimeout;                            // before you dispose the node: await node.DrainAsync(drain)
        #endregion
        return (config, drain);
    }

    private static async Task ChangeAsync(RelayNode node, Config config)
    {
        #region apply
        config.Connection.RelayService.MaxData = 64 << 20;
        foreach (OptionChange change in await node.ApplyAsync(config.ToOptions()))
            Console.WriteLine(change);                                             // RelayServiceOption.MaxData: 1GiB -> 64MiB
        #endregion
    }
}
