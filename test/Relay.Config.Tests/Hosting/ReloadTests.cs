using Microsoft.Extensions.Options;
using Relay.TestKit;

namespace Relay.Tests.Hosting;

/// <summary>What a running application does when its appsettings.json is written again.</summary>
internal sealed class ReloadTests
{
    private const int Rejected = 5000;
    private const int Changed = 5001;
    private const int NeedsRestart = 5002;

    [Test]
    public async Task What_can_change_live_does_and_each_difference_is_logged()
    {
        await using var application = new RelayApplication(Section("\"MaxData\": \"1MiB\""));
        await application.StartAsync();

        application.Write(Section("\"MaxData\": \"2MiB\", \"MaxCircuits\": 7"));

        await Eventually.EqualsAsync(2L << 20, () => application.Node.Relay!.Options.MaxData, "the data limit");
        await application.LoggedAsync(Changed);
        await Eventually.EqualsAsync(3, () => application.Log.Entries.Count(entry => entry.EventId == Changed), "the logged differences");
        Assert.That(application.Log.Entries.Where(entry => entry.EventId == Changed).Select(entry => entry.Message), Is.EqualTo(new[]
        {
            "Connection:RelayService:MaxData: 1MiB -> 2MiB",
            "Connection:RelayService:MaxCircuits: 64 -> 7",
            "Connection:RelayService:MaxHopStreamsPerConnection: 80 -> 23", // which follows it
        }));
        Assert.That(application.Node.Options.OfType<RelayServiceOption>().Single().MaxCircuits, Is.EqualTo(7));
    }

    [Test]
    public async Task What_needs_a_restart_is_said_and_stays_as_it_is()
    {
        await using var application = new RelayApplication(Section("\"MaxData\": \"1MiB\""));
        await application.StartAsync();

        application.Write(Section("\"MaxData\": \"1MiB\"", "\"MaxConnections\": 5, "));

        Assert.That(await application.LoggedAsync(NeedsRestart), Is.EqualTo(
            "Connection:MaxConnections: 1024 -> 5 needs a restart; until then 1024 stays in force"));
        Assert.That(application.Node.Options.OfType<ConnectionLimitsOption>().Single().MaxConnections, Is.EqualTo(1024));
    }

    [TestCase("\"MaxData\": \"2MiB\", \"MaxCircuits\": 0", "must be at least 1")]
    [TestCase("\"MaxData\": \"2MiB\", \"MaxCircuts\": 5", "Connection:RelayService:MaxCircuits")]
    [TestCase("\"MaxData\": null", "must not be null")]
    public async Task A_bad_change_is_rejected_whole_and_the_next_good_one_is_taken(string bad, string error)
    {
        await using var application = new RelayApplication(Section("\"MaxData\": \"1MiB\""));
        await application.StartAsync();
        IOptionsMonitor<Config> monitor = application.Get<IOptionsMonitor<Config>>();

        application.Write(Section(bad));

        Assert.That(await application.LoggedAsync(Rejected), Does.Contain(error).And.Contain("(appsettings.json)"));
        Assert.That(application.Node.Relay!.Options.MaxData, Is.EqualTo(1L << 20));
        Assert.That(monitor.CurrentValue.Connection.RelayService.MaxData, Is.EqualTo(1L << 20), "a monitor never shows a bad one");

        application.Write(Section("\"MaxData\": \"3MiB\""));
        await Eventually.EqualsAsync(3L << 20, () => application.Node.Relay!.Options.MaxData, "the data limit");
        Assert.That(application.Log.Entries.Select(entry => entry.EventId), Has.None.EqualTo(NeedsRestart));
    }

    [Test]
    public async Task A_section_that_is_gone_is_no_way_back_to_the_defaults()
    {
        await using var application = new RelayApplication(Section("\"MaxData\": \"1MiB\""));
        await application.StartAsync();

        application.Write("{}");

        Assert.That(await application.LoggedAsync(Rejected), Does.Contain("Relay: null is gone"));
        Assert.That(application.Node.Relay!.Options.MaxData, Is.EqualTo(1L << 20));
    }

    private static string Section(string relay, string connection = "") => $$"""
        {
          "ListenAddresses": [ "/ip4/127.0.0.1/tcp/0" ],
          "Connection": { {{connection}}"RelayService": { "NetworkOnly": false, {{relay}} } }
        }
        """;
}
