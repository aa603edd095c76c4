using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Relay.Circuit;
using Relay.Hosting;
using Relay.TestKit;

namespace Relay.Tests.Hosting;

internal sealed class RelayNodeHealthCheckTests
{
    private const string Section = "{ \"ListenAddresses\": [ \"/ip4/127.0.0.1/tcp/0\" ] }";

    // Time is moved while reads wait for their answers: none may time out.
    private const string Patient =
        """{ "ListenAddresses": [ "/ip4/127.0.0.1/tcp/0" ], "Connection": { "RelayService": { "Membership": { "ReadTimeout": "10m" } } } }""";

    private static readonly TimeSpan Tick = TimeSpan.FromTicks(1);

    [Test]
    public async Task A_node_is_healthy_while_it_listens_and_unhealthy_before_and_after()
    {
        await using var application = new RelayApplication(Section, services => services.AddSingleton<IMembershipSource>(new StaticMembershipSource([Peers.Member])));
        Assert.That((await application.CheckHealthAsync()).Status, Is.EqualTo(HealthStatus.Unhealthy));

        await application.StartAsync();
        HealthReportEntry healthy = await application.CheckHealthAsync();
        Assert.That(healthy.Status, Is.EqualTo(HealthStatus.Healthy));
        Assert.That(healthy.Data["members"], Is.EqualTo(1));

        await application.StopAsync();
        HealthReportEntry stopped = await application.CheckHealthAsync();
        Assert.That((stopped.Status, stopped.Description), Is.EqualTo((HealthStatus.Unhealthy, "The node does not run.")));
    }

    [Test]
    public async Task A_window_that_stays_open_for_too_long_degrades_it_until_it_closes()
    {
        var time = new ManualTimeProvider();
        var source = new ScriptedSource(MembershipKind.Sightings);
        await using RelayApplication application = await StartWithOpenWindowAsync(source, time);

        Assert.That((await application.CheckHealthAsync()).Status, Is.EqualTo(HealthStatus.Healthy), "just opened");
        time.Advance(RelayNodeHealthCheck.LongestWindow);
        Assert.That((await application.CheckHealthAsync()).Status, Is.EqualTo(HealthStatus.Healthy), "exactly at the limit");
        time.Advance(Tick);
        HealthReportEntry degraded = await application.CheckHealthAsync();
        Assert.That(degraded.Status, Is.EqualTo(HealthStatus.Degraded));
        Assert.That(degraded.Description, Does.Contain("every peer may reserve"));

        source.Signal();
        (await source.NextReadAsync()).Returns(Peers.Member);
        await Eventually.TrueAsync(() => application.Node.Membership is { IsWindowOpen: false }, "whether the window is closed");
        Assert.That((await application.CheckHealthAsync()).Status, Is.EqualTo(HealthStatus.Healthy));
    }

    [Test]
    public async Task A_window_is_as_old_as_it_is_when_nobody_has_looked_before()
    {
        var time = new ManualTimeProvider();
        var source = new ScriptedSource(MembershipKind.Sightings);
        await using RelayApplication application = await StartWithOpenWindowAsync(source, time);

        time.Advance(RelayNodeHealthCheck.LongestWindow + Tick);

        Assert.That(application.Node.Membership!.WindowOpenFor, Is.EqualTo(RelayNodeHealthCheck.LongestWindow + Tick));
        Assert.That((await application.CheckHealthAsync()).Status, Is.EqualTo(HealthStatus.Degraded));
    }

    [Test]
    public async Task A_node_that_is_told_to_listen_nowhere_is_healthy_while_it_runs()
    {
        await using var application = new RelayApplication("""{ "ListenAddresses": [], "Connection": { "RelayService": { "Disabled": true } } }""");
        Assert.That((await application.CheckHealthAsync()).Status, Is.EqualTo(HealthStatus.Unhealthy));

        await application.StartAsync();

        Assert.That(application.Node.ListenAddresses, Is.Empty);
        Assert.That((await application.CheckHealthAsync()).Status, Is.EqualTo(HealthStatus.Healthy));
    }

    [Test]
    public async Task Members_that_were_not_refreshed_three_times_in_a_row_degrade_it()
    {
        var time = new ManualTimeProvider();
        var source = new ScriptedSource(MembershipKind.Authoritative);
        await using var application = new RelayApplication(
            Patient, services => services.AddSingleton<TimeProvider>(time).AddSingleton<IMembershipSource>(source));
        Task starting = application.StartAsync();
        (await source.NextReadAsync()).Returns(Peers.Member);
        await starting;

        time.Advance(TimeSpan.FromSeconds(30));
        (await source.NextReadAsync()).Fails(new IOException("the database is away"));
        await Eventually.TrueAsync(() => application.Node.Membership is { LastError: not null }, "whether the refresh has failed");
        time.Advance(TimeSpan.FromSeconds(60));
        Assert.That((await application.CheckHealthAsync()).Status, Is.EqualTo(HealthStatus.Healthy), "exactly at the limit");

        time.Advance(Tick);
        HealthReportEntry stale = await application.CheckHealthAsync();
        Assert.That(stale.Status, Is.EqualTo(HealthStatus.Degraded));
        Assert.That(stale.Description, Does.Contain("the database is away"));
    }

    [Test]
    public async Task A_source_that_has_never_answered_degrades_it_as_one_that_answers_no_more()
    {
        var time = new ManualTimeProvider();
        var answering = new StaticMembershipSource([Peers.Member], time);
        var silent = new ScriptedSource(MembershipKind.Sightings);
        await using var application = new RelayApplication(
            Patient, services => services.AddSingleton<TimeProvider>(time).AddSingleton<IMembershipSource>(new UnionMembershipSource(answering, silent)));
        Task starting = application.StartAsync();
        (await silent.NextReadAsync()).Fails(new IOException("connection refused"));
        await starting;

        time.Advance(TimeSpan.FromSeconds(90));
        Assert.That((await application.CheckHealthAsync()).Status, Is.EqualTo(HealthStatus.Healthy), "exactly at the limit");
        time.Advance(Tick);
        HealthReportEntry degraded = await application.CheckHealthAsync();
        Assert.That(degraded.Status, Is.EqualTo(HealthStatus.Degraded));
        Assert.That(degraded.Description, Does.StartWith("The membership source has not answered since the start").And.Contain("connection refused"));
        (await silent.NextReadAsync()).Fails(new IOException("connection refused"));
    }

    [Test]
    public async Task A_wall_clock_that_is_set_back_hides_no_stale_members()
    {
        var time = new ManualTimeProvider();
        var source = new ScriptedSource(MembershipKind.Authoritative);
        await using var application = new RelayApplication(
            Patient, services => services.AddSingleton<TimeProvider>(time).AddSingleton<IMembershipSource>(source));
        Task starting = application.StartAsync();
        (await source.NextReadAsync()).Returns(Peers.Member);
        await starting;

        time.JumpWallClock(TimeSpan.FromHours(-1));
        time.Advance(TimeSpan.FromSeconds(90) + Tick);
        Assert.That((await application.CheckHealthAsync()).Status, Is.EqualTo(HealthStatus.Degraded));
        (await source.NextReadAsync()).Returns(Peers.Member);
    }

    [Test]
    public async Task A_member_list_that_nothing_feeds_degrades_it_while_its_window_is_open_for_too_long()
    {
        var time = new ManualTimeProvider();
        var members = new NetworkOnlyAcl();
        await using var application = new RelayApplication(
            Section, services => services.AddSingleton<TimeProvider>(time).AddSingleton<IRelayAclFilter>(members));
        await application.StartAsync();
        HealthReportEntry fresh = await application.CheckHealthAsync();
        Assert.That((fresh.Status, fresh.Data["windowOpen"]), Is.EqualTo((HealthStatus.Healthy, (object)true)));

        time.Advance(RelayNodeHealthCheck.LongestWindow + Tick);
        Assert.That((await application.CheckHealthAsync()).Status, Is.EqualTo(HealthStatus.Degraded));

        members.ReplaceMembers([Peers.Member]);
        HealthReportEntry closed = await application.CheckHealthAsync();
        Assert.That((closed.Status, closed.Data["members"]), Is.EqualTo((HealthStatus.Healthy, (object)1)));
    }

    [Test]
    public async Task A_source_in_which_nobody_is_any_more_degrades_it()
    {
        var time = new ManualTimeProvider();
        var ledger = new AliveLedger(time);
        ledger.Announce(Peers.Member, time.GetUtcNow());
        await using var application = new RelayApplication(
            Patient, services => services.AddSingleton<TimeProvider>(time).AddSingleton<IMembershipSource>(ledger));
        await application.StartAsync();

        // For 15 minutes the one heartbeat can be used; then there is none. In steps of the refresh, so that the age is none.
        for (int refreshes = 0; refreshes < 60; refreshes++)
            await RefreshAsync(TimeSpan.FromSeconds(30));
        Assert.That((await application.CheckHealthAsync()).Status, Is.EqualTo(HealthStatus.Healthy), "exactly at the limit");

        time.Advance(Tick);
        HealthReportEntry silent = await application.CheckHealthAsync();
        Assert.That((silent.Status, silent.Data["members"]), Is.EqualTo((HealthStatus.Degraded, (object)2)));
        Assert.That(silent.Description, Does.StartWith("No peer other than this node has been seen for 0.00:15:00"));

        async Task RefreshAsync(TimeSpan after)
        {
            time.Advance(after);
            await Eventually.EqualsAsync(time.GetUtcNow(), () => application.Node.Membership!.RefreshedAt, "the refresh");
        }
    }

    [Test]
    public async Task Members_that_are_held_back_degrade_it()
    {
        var time = new ManualTimeProvider();
        var source = new ScriptedSource(MembershipKind.Sightings);
        await using var application = new RelayApplication(
            """{ "ListenAddresses": [ "/ip4/127.0.0.1/tcp/0" ], "Connection": { "RelayService": { "NetworkOnlyRefresh": "24h" } } }""",
            services => services.AddSingleton<TimeProvider>(time).AddSingleton<IMembershipSource>(source));
        Task starting = application.StartAsync();
        (await source.NextReadAsync()).Returns(Peers.Member, Peers.OtherMember, Peers.Stranger);
        await starting;
        Assert.That((await application.CheckHealthAsync()).Status, Is.EqualTo(HealthStatus.Healthy));

        for (int minutes = 0; minutes <= 21; minutes++)
        {
            time.Advance(TimeSpan.FromMinutes(1));
            source.Signal();
            (await source.NextReadAsync()).Returns(Peers.Member); // and nobody else
            await Eventually.EqualsAsync(time.GetUtcNow(), () => application.Node.Membership!.RefreshedAt, "the refresh");
        }

        HealthReportEntry lonely = await application.CheckHealthAsync();
        Assert.That(lonely.Status, Is.EqualTo(HealthStatus.Degraded));
        Assert.That(lonely.Description, Does.StartWith("2 members have not been seen for too long"));
    }

    private static async Task<RelayApplication> StartWithOpenWindowAsync(ScriptedSource source, ManualTimeProvider time)
    {
        var application = new RelayApplication(
            """{ "ListenAddresses": [ "/ip4/127.0.0.1/tcp/0" ], "Connection": { "RelayService": { "NetworkOnlyRefresh": "24h" } } }""",
            services => services.AddSingleton<TimeProvider>(time).AddSingleton<IMembershipSource>(source));
        Task starting = application.StartAsync();
        (await source.NextReadAsync()).Returns();
        await starting;
        return application;
    }
}
