using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Relay.Settings;
using Relay.TestKit;

namespace Relay.Tests.Hosting;

/// <summary>What a running application does when its appsettings.json is written again.</summary>
internal sealed class ReloadTests
{
    private const int Rejected = 5000;
    private const int Changed = 5001;
    private const int NeedsRestart = 5002;
    private const int Unwise = 5003;
    private const int Unreadable = 5005;
    private const int Refused = 5006;
    private const int NotInUse = 5007;

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

        Assert.That(await application.LoggedAsync(Rejected), Does.Contain("Relay (appsettings.json): has no settings there any more"));
        Assert.That(application.Node.Relay!.Options.MaxData, Is.EqualTo(1L << 20));
    }

    [TestCase(null)]
    [TestCase("{ }")]
    [TestCase("{ \"Realy\": { \"Connection\": { \"RelayService\": { \"MaxData\": \"1MiB\" } } } }")]
    public async Task A_file_that_no_longer_says_anything_is_no_way_back_to_the_defaults_whatever_else_sets_something(string? json)
    {
        await using var application = new RelayApplication(
            Section("\"MaxData\": \"1MiB\""), layer: configuration => configuration.AddRelayFlags(CommandLine.Parse(["--relay-service-max-circuits=7"])));
        await application.StartAsync();

        if (json is null)
            application.DeleteFile();
        else
            application.WriteFile(json);

        Assert.That(await application.LoggedAsync(Rejected), Does.Contain("Relay (appsettings.json): has no settings there any more"));
        Assert.That((application.Node.Relay!.Options.MaxData, application.Node.Relay.Options.MaxCircuits), Is.EqualTo((1L << 20, 7)));

        application.Write(Section("\"MaxData\": \"3MiB\""));
        await Eventually.EqualsAsync(3L << 20, () => application.Node.Relay!.Options.MaxData, "the data limit");
    }

    [Test]
    public async Task A_file_that_cannot_be_parsed_any_more_is_said_and_what_was_good_stays()
    {
        var files = new ManualFileProvider { Content = """{ "Relay": { "Connection": { "RelayService": { "MaxData": "1MiB" } } } }""" };
        await using var application = new RelayApplication(Section("\"MaxCircuits\": 7"), layer: configuration => configuration.AddJsonFile(source =>
            (source.Path, source.FileProvider, source.ReloadOnChange, source.ReloadDelay) = ("limits.json", files, true, 0)));
        await application.StartAsync();

        // Thrown to whoever watches the file; with the stock watcher that is nobody.
        Assert.That(() => files.Change("""{ "Relay": { "Connection": """), Throws.InstanceOf<AggregateException>());

        LogEntry entry = application.Log.Entries.Single(entry => entry.EventId == Unreadable);
        Assert.That(entry.Message, Does.StartWith("limits.json cannot be read any more"));
        Assert.That(entry.Exception, Is.TypeOf<InvalidDataException>());
        Assert.That(application.Node.Relay!.Options.MaxData, Is.EqualTo(1L << 20));

        application.Write(Section("\"MaxCircuits\": 9"));
        Assert.That(await application.LoggedAsync(Rejected), Does.Contain("Relay (limits.json): has no settings there any more"), "the provider forgot what it had");
        Assert.That((application.Node.Relay!.Options.MaxData, application.Node.Relay.Options.MaxCircuits), Is.EqualTo((1L << 20, 7)));

        files.Change("""{ "Relay": { "Connection": { "RelayService": { "MaxData": "2MiB" } } } }""");
        await Eventually.EqualsAsync((2L << 20, 9), () => (application.Node.Relay!.Options.MaxData, application.Node.Relay.Options.MaxCircuits), "the limits");
    }

    [Test]
    public async Task Code_of_the_application_that_throws_leaves_the_last_good_one_in_force()
    {
        bool isBroken = false;
        await using var application = new RelayApplication(Section("\"MaxData\": \"1MiB\""), services => services.PostConfigure<Config>(config =>
            config.Connection.RelayService.MaxCircuits = Volatile.Read(ref isBroken) ? throw new FormatException("no such licence") : 5));
        await application.StartAsync();

        Volatile.Write(ref isBroken, true);
        application.Write(Section("\"MaxData\": \"2MiB\""));

        Assert.That(await application.LoggedAsync(Rejected), Does.EndWith("no such licence"));
        Assert.That(application.Get<IOptionsMonitor<Config>>().CurrentValue.Connection.RelayService.MaxData, Is.EqualTo(1L << 20));
    }

    [Test]
    public async Task What_differs_is_what_differs_from_what_is_in_force()
    {
        await using var application = new RelayApplication(Section("\"MaxData\": \"1MiB\""));
        await application.StartAsync();
        application.Write(Section("\"MaxData\": \"1MiB\"", "\"MaxConnections\": 500, "));
        await application.LoggedAsync(NeedsRestart);

        application.Write(Section("\"MaxData\": \"2MiB\""));

        Assert.That(await application.LoggedAsync(Changed), Is.EqualTo("Connection:RelayService:MaxData: 1MiB -> 2MiB"));
        Assert.That(application.Log.Entries.Where(entry => entry.EventId == NeedsRestart).Select(entry => entry.Message), Is.EqualTo(new[]
        {
            "Connection:MaxConnections: 1024 -> 500 needs a restart; until then 1024 stays in force",
        }));
    }

    [Test]
    public async Task What_belongs_to_a_service_that_comes_or_goes_needs_a_restart_as_well()
    {
        await using var application = new RelayApplication(Section("\"MaxData\": \"1MiB\""));
        await application.StartAsync();

        application.Write(Section("\"MaxData\": \"2MiB\", \"Disabled\": true"));

        await Eventually.EqualsAsync(2, () => application.Log.Entries.Count(entry => entry.EventId == NeedsRestart), "the logged differences");
        Assert.That(application.Log.Entries.Where(entry => entry.EventId == NeedsRestart).Select(entry => entry.Message), Is.EqualTo(new[]
        {
            "Connection:RelayService:Disabled: false -> true needs a restart; until then false stays in force",
            "Connection:RelayService:MaxData: 1MiB -> 2MiB needs a restart; until then 1MiB stays in force",
        }));
        Assert.That(application.Node.Relay!.Options.MaxData, Is.EqualTo(1L << 20));
    }

    [Test]
    public async Task A_change_that_cannot_hold_with_what_is_in_force_is_refused_whole()
    {
        await using var application = new RelayApplication(Section("\"MaxCircuits\": 5"));
        await application.StartAsync();

        application.Write(Section("\"MaxCircuits\": 6, \"MemoryBudget\": \"2GiB\"", "\"MaxStreamsPerConnection\": 8, "));

        Assert.That(await application.LoggedAsync(Refused), Does.Contain("Connection:RelayService:MemoryBudget: \"2GiB\" is less than the node can take")
            .And.Contain("Connection:MaxStreamsPerConnection (1024, and 8 only after a restart)"));
        Assert.That(application.Node.Relay!.Options.MaxCircuits, Is.EqualTo(5));
    }

    [Test]
    public async Task The_drain_timeout_changes_live()
    {
        await using var application = new RelayApplication(Section("\"MaxCircuits\": 5"));
        await application.StartAsync();

        application.WriteFile($$"""{ "Relay": { "DrainTimeout": "17s", {{Section("\"MaxCircuits\": 5").Trim()[1..]}} }""");

        Assert.That(await application.LoggedAsync(Changed), Is.EqualTo("DrainTimeout: 500ms -> 17s"));
        await application.StopAsync();
        Assert.That(application.Log.Entries.Select(entry => entry.Message), Has.One.Contains("00:00:17"), "the drain of the relay");
    }

    [Test]
    public async Task A_change_between_the_building_of_the_node_and_its_start_is_in_force_from_the_start()
    {
        await using var application = new RelayApplication(Section("\"MaxData\": \"1MiB\""));
        Assert.That(application.Node.Relay!.Options.MaxData, Is.EqualTo(1L << 20), "it is built");

        application.Write(Section("\"MaxData\": \"2MiB\""));
        IOptionsMonitor<Config> monitor = application.Get<IOptionsMonitor<Config>>();
        await Eventually.EqualsAsync(2L << 20, () => monitor.CurrentValue.Connection.RelayService.MaxData, "the configuration");
        await application.StartAsync();

        Assert.That(application.Node.Relay!.Options.MaxData, Is.EqualTo(2L << 20));
        Assert.That(await application.LoggedAsync(Changed), Is.EqualTo("Connection:RelayService:MaxData: 1MiB -> 2MiB"));
    }

    [Test]
    public async Task Without_the_configuration_behind_a_section_no_setting_that_was_there_may_go()
    {
        var files = new ManualFileProvider { Content = File("1MiB", "\"10.0.0.0/8\"") };
        IConfigurationRoot configuration = new ConfigurationBuilder().AddJsonFile(source =>
            (source.Path, source.FileProvider, source.ReloadOnChange, source.ReloadDelay) = ("limits.json", files, true, 0)).Build();
        using var log = new RecordingLogger();
        await using ServiceProvider services = new ServiceCollection()
            .AddSingleton<ILoggerFactory>(log).AddRelayNode(configuration.GetSection("Relay")).BuildServiceProvider();
        IOptionsMonitor<Config> monitor = services.GetRequiredService<IOptionsMonitor<Config>>();
        Assert.That(monitor.CurrentValue.Connection.RelayService.MaxData, Is.EqualTo(1L << 20));

        files.Change(File("2MiB"));
        Assert.That(monitor.CurrentValue.Connection.RelayService.MaxData, Is.EqualTo(1L << 20));
        Assert.That(
            log.Entries.First(entry => entry.EventId == Rejected).Message,
            Does.Contain("Relay:Connection:RelayService:ExemptNetworks: is not set any more"));

        files.Change("{ }");
        Assert.That(monitor.CurrentValue.Connection.RelayService.MaxData, Is.EqualTo(1L << 20));

        files.Change(File("2MiB", "\"10.0.0.0/9\""));
        Assert.That(monitor.CurrentValue.Connection.RelayService.MaxData, Is.EqualTo(2L << 20));

        static string File(string data, string? networks = null) =>
            $$"""{ "Relay": { "Connection": { "RelayService": { "MaxData": "{{data}}"{{(networks is null ? "" : $", \"ExemptNetworks\": [ {networks} ]")}} } } } }""";
    }

    [Test]
    public async Task What_is_set_for_a_service_that_is_off_is_not_said_to_be_in_force_nor_to_need_a_restart()
    {
        await using var application = new RelayApplication(Section("\"Disabled\": true, \"ConnectPolicy\": \"anyone\", \"MaxData\": \"1MiB\""));
        await application.StartAsync();

        application.Write(Section("\"Disabled\": true, \"ConnectPolicy\": \"members-only\", \"MaxData\": \"2MiB\""));

        await Eventually.EqualsAsync(2, () => application.Log.Entries.Count(entry => entry.EventId == NotInUse), "the logged differences");
        Assert.That(application.Log.Entries.Where(entry => entry.EventId == NotInUse).Select(entry => entry.Message), Is.EqualTo(new[]
        {
            "Connection:RelayService:MaxData: 1MiB -> 2MiB changes nothing: what it is a setting of is off",
            "Connection:RelayService:ConnectPolicy: anyone -> members-only changes nothing: what it is a setting of is off",
        }));
        Assert.That(application.Log.Entries.Select(entry => entry.EventId), Has.None.EqualTo(Changed).And.None.EqualTo(NeedsRestart));
    }

    [Test]
    public async Task A_connect_policy_that_a_relay_for_everyone_is_given_changes_nothing_and_is_a_warning()
    {
        await using var application = new RelayApplication(Section("\"MaxData\": \"1MiB\""));
        await application.StartAsync();

        application.Write(Section("\"MaxData\": \"1MiB\", \"ConnectPolicy\": \"members-only\""));

        Assert.That(await application.LoggedAsync(Unwise), Is.EqualTo(
            "Connection:RelayService:ConnectPolicy (appsettings.json): \"members-only\" does nothing, since NetworkOnly is false: everyone may open circuits."));
        Assert.That(application.Log.Entries.Select(entry => entry.EventId), Has.One.EqualTo(NotInUse).And.None.EqualTo(Changed).And.None.EqualTo(NeedsRestart));
    }

    private static string Section(string relay, string connection = "") => $$"""
        {
          "ListenAddresses": [ "/ip4/127.0.0.1/tcp/0" ],
          "Connection": { {{connection}}"RelayService": { "NetworkOnly": false, {{relay}} } }
        }
        """;
}
