using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Relay.Circuit;
using Relay.Hosting;
using Relay.Multiformats;
using Relay.TestKit;

namespace Relay.Tests.Hosting;

internal sealed class AddRelayNodeTests
{
    private const string Loopback = "\"ListenAddresses\": [ \"/ip4/127.0.0.1/tcp/0\" ]";
    private const string Open = "{ " + Loopback + ", \"Connection\": { \"RelayService\": { \"NetworkOnly\": false } } }";

    [Test]
    public async Task A_node_starts_and_stops_with_the_application()
    {
        await using var application = new RelayApplication(Open);
        Assert.That(application.Node.ListenAddresses, Is.Empty);

        await application.StartAsync();
        Assert.That(application.Node.ListenAddresses, Has.Count.EqualTo(1));

        await application.StopAsync();
        Assert.That(application.Node.ListenAddresses, Is.Empty);
    }

    [Test]
    public async Task A_wrong_section_keeps_the_application_from_starting_and_every_error_is_said_with_its_file()
    {
        await using var application = new RelayApplication("""{ "Colour": 1, "Connection": { "RelayService": { "MaxData": null, "MaxCircuits": 0 } } }""");

        OptionsValidationException? error = Assert.CatchAsync<OptionsValidationException>(application.StartAsync);

        Assert.That(error!.Failures.Select(failure => failure.Split(':')[0]), Is.EqualTo(new[] { "Colour (appsettings.json)", "Connection", "Connection" }));
        Assert.That(error.Failures, Has.All.Contains("(appsettings.json)"));
    }

    [Test]
    public async Task A_relay_for_members_only_without_members_does_not_start_and_says_both_ways_out()
    {
        await using var application = new RelayApplication("{ " + Loopback + " }");

        InvalidOperationException? error = Assert.ThrowsAsync<InvalidOperationException>(application.StartAsync);

        Assert.That(error!.Message, Does.Contain("WithMembership").And.Contain("NetworkOnly = false"));
    }

    [Test]
    public async Task The_members_come_from_a_source_among_the_services()
    {
        await using var application = new RelayApplication(
            "{ " + Loopback + " }", services => services.AddSingleton<IMembershipSource>(new StaticMembershipSource([Peers.Member])));

        await application.StartAsync();

        Assert.That(application.Node.Membership!.MemberCount, Is.EqualTo(1));
    }

    [Test]
    public async Task The_members_come_from_the_file_that_the_section_names()
    {
        string file = Path.Combine(TestContext.CurrentContext.WorkDirectory, $"{TestContext.CurrentContext.Test.ID}.txt");
        await File.WriteAllTextAsync(file, $"{Peers.Member}\n");
        await using var application = new RelayApplication("{ " + Loopback + ", \"MembersFile\": " + System.Text.Json.JsonSerializer.Serialize(file) + " }");

        await application.StartAsync();

        Assert.That(application.Node.Membership!.MemberCount, Is.EqualTo(1));
    }

    [Test]
    public async Task A_source_that_the_section_names_has_the_services_clock_and_is_disposed_with_them()
    {
        var time = new ManualTimeProvider();
        await using var api = new EdgeVpnApiServer();
        api.Answers(EdgeVpnApiServer.Bucket((Peers.Member, time.GetUtcNow())));
        IMembershipSource source;
        await using (var application = new RelayApplication(
            "{ " + Loopback + ", \"MembersApi\": \"" + api.Api.OriginalString + "\" }", services => services.AddSingleton<TimeProvider>(time)))
        {
            await application.StartAsync();

            Assert.That((application.Node.Membership!.MemberCount, application.Node.Membership.TakenAt), Is.EqualTo((1, (DateTimeOffset?)time.GetUtcNow())));
            source = application.Node.Membership.Sources.Single().Source;
        }

        Assert.That(async () => await source.ReadAsync(CancellationToken.None), Throws.InstanceOf<ObjectDisposedException>());
    }

    [Test]
    public async Task Of_a_union_that_the_section_names_each_part_is_disposed_with_the_services()
    {
        await using var api = new EdgeVpnApiServer();
        using var source = new EdgeVpnMembershipSource(api.Api);

        new NodeOrigin(new Config(), new UnionMembershipSource(new StaticMembershipSource([]), source)).Dispose();

        Assert.That(async () => await source.ReadAsync(CancellationToken.None), Throws.InstanceOf<ObjectDisposedException>());
    }

    [Test]
    public async Task The_node_outlives_what_is_made_when_the_application_starts_also_when_nobody_else_asks_for_it()
    {
        // As a meter provider does, which reads the last measurements when it is disposed.
        var other = new OtherService();
        await using (var application = new RelayApplication(Open, services => services.AddSingleton<IHostedService>(_ => other)))
        {
            await application.StartAsync();
            other.Node = application.Node;
        }

        Assert.That(other.Applied, Is.Empty, "it could still be told something");
    }

    [Test]
    public async Task A_flag_of_the_table_that_nobody_reads_keeps_the_application_from_starting()
    {
        await using var application = new RelayApplication(
            Open, layer: configuration => configuration.AddCommandLine(["--relay-service-max-data=1GiB", "--urls", "http://127.0.0.1:0"]));

        OptionsValidationException? error = Assert.CatchAsync<OptionsValidationException>(application.StartAsync);

        Assert.That(error!.Failures.Single(), Does.StartWith("--relay-service-max-data: is not read. Accepted: the flag, if the configuration has AddRelayFlags"));
    }

    [Test]
    public async Task A_flag_that_may_be_the_applications_own_is_a_warning()
    {
        await using var application = new RelayApplication(Open, layer: configuration => configuration.AddCommandLine(["--max-connections=7"]));

        await application.StartAsync();

        Assert.That(await application.LoggedAsync(5003), Is.EqualTo("--max-connections: is not read: the configuration has no AddRelayFlags(args)."));
    }

    [Test]
    public async Task Flags_of_the_table_are_read_beside_those_of_the_application()
    {
        string[] args = ["--urls", "http://127.0.0.1:0", "--relay-service-max-data=1MiB", "--environment=Development"];
        await using var application = new RelayApplication(Open, layer: configuration => configuration.AddCommandLine(args).AddRelayFlags(args));

        await application.StartAsync();

        Assert.That(application.Node.Relay!.Options.MaxData, Is.EqualTo(1L << 20));
        Assert.That(application.Log.Entries.Select(entry => entry.EventId), Has.None.EqualTo(5003));
    }

    [Test]
    public async Task Access_control_the_identity_and_the_rest_come_from_the_services_and_the_builder_has_the_last_word()
    {
        var identity = IdentityKey.Generate();
        var acl = new ScriptedAcl { Reserve = _ => false };
        var builtWith = new List<NodeBuilder>();
        var services = new ServiceCollection();
        services.AddSingleton(identity).AddSingleton<IRelayAclFilter>(acl).AddRelayNode(
            config => config.ListenAddresses.Add("/ip4/127.0.0.1/tcp/0"), (_, builder) => builtWith.Add(builder));
        await using ServiceProvider provider = services.BuildServiceProvider();

        RelayNode node = provider.GetRequiredService<RelayNode>();

        Assert.That(node.PeerId, Is.EqualTo(identity.PeerId));
        Assert.That(builtWith, Has.Count.EqualTo(1));

        var client = new Config { ListenAddresses = { "/ip4/127.0.0.1/tcp/0" }, Connection = { RelayService = { Disabled = true } } };
        await using RelayNode peer = new NodeBuilder(client.ToOptions()).Build();
        await node.StartAsync().InTime();
        await peer.StartAsync().InTime();
        RelayException? refusal = Assert.ThrowsAsync<RelayException>(() => peer.Relays.ReserveAsync(node.ListenAddresses[0]));
        Assert.That(refusal!.Status, Is.EqualTo(Status.PermissionDenied));
    }

    [Test]
    public async Task A_configuration_in_code_is_validated_at_start()
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddRelayNode(config => config.Connection.MaxConnections = 0);
        using IHost host = builder.Build();

        OptionsValidationException? error = Assert.CatchAsync<OptionsValidationException>(() => host.StartAsync());

        Assert.That(error!.Failures.Single(), Does.StartWith("Connection:MaxConnections: \"0\" must be at least 1"));
        await Task.CompletedTask;
    }

    [Test]
    public void A_second_node_in_the_same_services_is_refused()
        => Assert.That(() => new ServiceCollection().AddRelayNode(_ => { }).AddRelayNode(_ => { }), Throws.InvalidOperationException);

    [Test]
    public async Task A_section_that_is_not_there_is_a_warning()
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        using var log = new RecordingLogger();
        builder.Services
            .AddSingleton<ILoggerFactory>(log)
            .AddSingleton<IMembershipSource>(new StaticMembershipSource([Peers.Member]))
            .AddRelayNode(builder.Configuration.GetSection("Realy"), (_, _) => { })
            .PostConfigure<Config>(config => config.ListenAddresses.Add("/ip4/127.0.0.1/tcp/0"));
        using IHost host = builder.Build();

        await host.StartAsync().InTime();

        Assert.That(log.Entries.Where(entry => entry.EventId == 5003).Select(entry => entry.Message), Is.EqualTo(new[]
        {
            "Realy: has no settings at all: everything is at its default.",
        }));
        await host.StopAsync().InTime();
    }

    [Test]
    public async Task Members_of_the_section_that_a_source_among_the_services_covers_are_a_warning()
    {
        await using var application = new RelayApplication(
            "{ " + Loopback + ", \"MembersFile\": \"m.txt\", \"MembersApi\": \"http://127.0.0.1:1\" }",
            services => services.AddSingleton<IMembershipSource>(new StaticMembershipSource([Peers.Member])));

        await application.StartAsync();

        Assert.That(application.Log.Entries.Where(entry => entry.EventId == 5003).Select(entry => entry.Message), Is.EqualTo(new[]
        {
            "MembersFile (appsettings.json): \"m.txt\" is not used: the services have an IMembershipSource.",
            "MembersApi (appsettings.json): \"http://127.0.0.1:1\" is not used: the services have an IMembershipSource.",
        }));
    }

    [Test]
    public async Task What_is_unwise_is_weighed_after_the_code_of_the_application_has_had_its_say()
    {
        await using var application = new RelayApplication(
            "{ " + Loopback + """, "Connection": { "RelayService": { "NetworkOnly": false, "ReservationTtl": "30s", "MaxData": "2KiB" } } }""",
            services => services.PostConfigure<Config>(config =>
            {
                config.Connection.RelayService.ReservationTtl = TimeSpan.FromHours(1);
                config.Connection.RelayService.MaxData = 1024;
            }));

        await application.StartAsync();

        Assert.That(
            application.Log.Entries.Where(entry => entry.EventId == 5003).Select(entry => entry.Message).Single(),
            Does.StartWith("Connection:RelayService:MaxData: \"1KiB\" "),
            "the value is not the file's");
    }

    [Test]
    public async Task A_node_that_is_configured_in_code_drains_as_long_as_one_of_a_section()
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        using var log = new RecordingLogger();
        builder.Services.AddSingleton<ILoggerFactory>(log).AddRelayNode(config =>
        {
            config.ListenAddresses.Add("/ip4/127.0.0.1/tcp/0");
            config.Connection.RelayService.NetworkOnly = false;
        });
        using IHost host = builder.Build();
        await host.StartAsync().InTime();

        await host.StopAsync().InTime();

        Assert.That(log.Entries.Select(entry => entry.Message), Has.One.Contains("00:00:00.5"), "the drain of the relay");
    }

    [Test]
    public async Task What_is_unwise_is_logged_at_start_with_where_it_came_from()
    {
        await using var application = new RelayApplication(
            "{ " + Loopback + """, "Connection": { "RelayService": { "NetworkOnly": false, "ReservationTtl": "30s", "MaxDuration": "30s" } } }""");

        await application.StartAsync();

        Assert.That(await application.LoggedAsync(5003), Does.StartWith("Connection:RelayService:ReservationTtl (appsettings.json): \"30s\" is too short"));
    }

    private sealed class OtherService : IHostedService, IAsyncDisposable
    {
        public RelayNode? Node { get; set; }

        public IReadOnlyList<OptionChange>? Applied { get; private set; }

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public async ValueTask DisposeAsync() => Applied = await Node!.ApplyAsync(Node.Options);
    }
}
