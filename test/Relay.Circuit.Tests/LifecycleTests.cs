using System.Net;
using Relay.Circuit.Host;
using Relay.TestKit;
using Relay.TestKit.Network;
using Relay.TestKit.Wire;

namespace Relay.Circuit.Tests;

/// <summary>Starting, stopping, and options that cannot be.</summary>
[TestFixture]
internal sealed class LifecycleTests : InMemoryRelayFixture
{
    [Test]
    public async Task A_relay_serves_between_start_and_stop()
    {
        await using var relay = new CircuitRelay(RelayHost, new CircuitRelayOptions(), Acl, Time);
        Assert.That(RelayHost.Protocols, Is.Empty);

        relay.Start();
        Assert.That(RelayHost.Protocols, Is.EqualTo([CircuitProtocol.Hop]));
        Assert.That(relay.Start, Throws.InvalidOperationException);

        await relay.StopAsync().InTime();
        Assert.That(RelayHost.Protocols, Is.Empty);
        Assert.That(relay.Start, Throws.InvalidOperationException);
        await relay.StopAsync().InTime();
    }

    [Test]
    public async Task A_relay_that_was_never_started_can_be_disposed_twice()
    {
        var relay = new CircuitRelay(RelayHost, new CircuitRelayOptions(), Acl, Time);
        await relay.DisposeAsync().InTime();
        await relay.DisposeAsync().InTime();
    }

    [Test]
    public async Task A_relay_that_was_told_to_drain_before_it_was_started_can_be_started()
    {
        await using var relay = new CircuitRelay(RelayHost, new CircuitRelayOptions(), Acl, Time);
        Assert.That(await relay.DrainAsync(TimeSpan.FromHours(1)).InTime(), Is.True);

        relay.Start();
        Assert.That(RelayHost.Protocols, Is.EqualTo([CircuitProtocol.Hop]));
        Assert.That(relay.Explain(TestPeers.Key(1).PeerId, RelayHost.Address).IsGranted, Is.True, "nor does it refuse");
    }

    [Test]
    public async Task Starting_where_HOP_is_served_already_fails_and_can_be_tried_again()
    {
        IDisposable taken = RelayHost.Handle(CircuitProtocol.Hop, _ => Task.CompletedTask);
        await using var relay = new CircuitRelay(RelayHost, new CircuitRelayOptions(), Acl, Time);
        Assert.That(relay.Start, Throws.InvalidOperationException);

        taken.Dispose();
        relay.Start();
        Assert.That(RelayHost.Protocols, Is.EqualTo([CircuitProtocol.Hop]));
    }

    [Test]
    public async Task Stopping_ends_requests_that_are_half_read_and_waits_for_them()
    {
        StartRelay();
        IHostStream stream = await OpenHopAsync(await AddPeerAsync());
        await stream.SendAsync([5]);
        await Eventually.EqualsAsync(1, () => Relay.Counts.HopStreams, "the number of HOP streams");

        await Relay.StopAsync().InTime();

        Assert.That(Relay.Counts, Is.EqualTo(default(CircuitRelayCounts)));
        Assert.That((await stream.ReceiveUntilResetAsync()).Error, Is.EqualTo(HostStreamError.Reset));
    }

    [Test]
    public async Task Giving_up_on_waiting_for_the_stop_does_not_give_up_on_stopping()
    {
        StartRelay();
        InMemoryHost peer = await AddPeerAsync();
        using var blocked = new ManualResetEventSlim();
        Acl.Reserve = _ =>
        {
            blocked.Wait(InTimeExtensions.Bound);
            return true;
        };
        IHostStream stream = await OpenHopAsync(peer);
        await stream.SendAsync(RawHop.Reserve());
        await Eventually.EqualsAsync(1, () => Relay.Counts.HopStreams, "the number of HOP streams");

        Assert.That(async () => await Relay.StopAsync(new CancellationToken(canceled: true)), Throws.InstanceOf<OperationCanceledException>());
        blocked.Set();

        await Relay.StopAsync().InTime();
        Assert.That(Relay.Counts, Is.EqualTo(default(CircuitRelayCounts)));
        await stream.DisposeAsync();
    }

    [Test]
    public void Options_outside_their_range_are_refused_by_name()
    {
        var good = new CircuitRelayOptions();
        AssertRefused(nameof(good.MaxData), good with { MaxData = 0 }, good with { MaxData = -1 });
        AssertRefused(nameof(good.MaxDuration), good with { MaxDuration = TimeSpan.Zero }, good with { MaxDuration = TimeSpan.FromTicks(-1) });
        AssertRefused(nameof(good.MaxCircuits), good with { MaxCircuits = 0 });
        AssertRefused(nameof(good.MaxTotalCircuits), good with { MaxTotalCircuits = 0 });
        AssertRefused(nameof(good.MaxReservations), good with { MaxReservations = 0 });
        AssertRefused(nameof(good.MaxReservationsPerIp), good with { MaxReservationsPerIp = 0 });
        AssertRefused(nameof(good.ReservationTtl), good with { ReservationTtl = TimeSpan.FromMilliseconds(999) }, good with { ReservationTtl = TimeSpan.MaxValue });
        AssertRefused(nameof(good.BufferSize), good with { BufferSize = 1023 }, good with { BufferSize = (16 << 20) + 1 });
        AssertRefused(nameof(good.MaxReservationsPerIpv4Prefix), good with { MaxReservationsPerIpv4Prefix = 0 });
        AssertRefused(nameof(good.Ipv4PrefixLength), good with { Ipv4PrefixLength = 0 }, good with { Ipv4PrefixLength = 33 });
        AssertRefused(nameof(good.MaxReservationsPerIpv6Prefix), good with { MaxReservationsPerIpv6Prefix = 0 });
        AssertRefused(nameof(good.Ipv6PrefixLength), good with { Ipv6PrefixLength = 0 }, good with { Ipv6PrefixLength = 129 });
        AssertRefused(
            nameof(good.ExemptNetworks),
            good with { ExemptNetworks = IpNetworkList.Create([.. Enumerable.Repeat(IPNetwork.Parse("10.0.0.0/8"), 65)]) },
            good with { ExemptNetworks = null! });
        AssertRefused(nameof(good.MaxCircuitsPerDestination), good with { MaxCircuitsPerDestination = 0 });
        AssertRefused(nameof(good.MaxHopStreamsPerConnection), good with { MaxHopStreamsPerConnection = 0 });
        AssertRefused(
            nameof(good.ReservationRatePerPeer),
            good with { ReservationRatePerPeer = default(Rate) },
            good with { ReservationRatePerPeer = new Rate(1_000_001, Rate.MinPeriod) });
        AssertRefused(nameof(good.ReservationRatePerIp), good with { ReservationRatePerIp = new Rate(1, Rate.MaxPeriod + TimeSpan.FromTicks(1)) });
        AssertRefused(nameof(good.CircuitRatePerPeer), good with { CircuitRatePerPeer = new Rate(0, Rate.MinPeriod) });
        AssertRefused(nameof(good.CircuitRatePerIp), good with { CircuitRatePerIp = new Rate(1, Rate.MinPeriod - TimeSpan.FromTicks(1)) });
        AssertRefused(nameof(good.OnMembershipLoss), good with { OnMembershipLoss = (MembershipLoss)7 });
        AssertRefused(
            nameof(good.MembershipLossDrain),
            good with { MembershipLossDrain = TimeSpan.FromTicks(-1) },
            good with { MembershipLossDrain = TimeSpan.FromDays(1) + TimeSpan.FromTicks(1) });
        AssertRefused(nameof(good.HopTimeout), good with { HopTimeout = TimeSpan.Zero }, good with { HopTimeout = Timeout.InfiniteTimeSpan });
        AssertRefused(nameof(good.StopOpenTimeout), good with { StopOpenTimeout = TimeSpan.FromDays(2) });
        AssertRefused(nameof(good.StopTimeout), good with { StopTimeout = TimeSpan.Zero });
    }

    [Test]
    public void The_defaults_are_the_documented_ones()
    {
        Assert.That(new CircuitRelayOptions().ToString(), Is.EqualTo(new CircuitRelayOptions
        {
            MaxData = 1073741824,
            MaxDuration = TimeSpan.FromMinutes(30),
            MaxCircuits = 64,
            MaxTotalCircuits = 1024,
            ReservationTtl = TimeSpan.FromHours(1),
            BufferSize = 65536,
            MaxReservations = 128,
            MaxReservationsPerIp = 8,
            MaxReservationsPerIpv4Prefix = null,
            Ipv4PrefixLength = 24,
            MaxReservationsPerIpv6Prefix = 32,
            Ipv6PrefixLength = 56,
            ExemptNetworks = [],
            MaxCircuitsPerDestination = null,
            MaxHopStreamsPerConnection = 80,
            ReservationRatePerPeer = null,
            ReservationRatePerIp = null,
            CircuitRatePerPeer = null,
            CircuitRatePerIp = null,
            OnMembershipLoss = MembershipLoss.Keep,
            MembershipLossDrain = TimeSpan.FromMinutes(1),
            HopTimeout = TimeSpan.FromSeconds(60),
            StopOpenTimeout = TimeSpan.FromSeconds(30),
            StopTimeout = TimeSpan.FromSeconds(60),
        }.ToString()));
    }

    [Test]
    public void What_follows_another_option_follows_it_until_it_is_set()
    {
        var options = new CircuitRelayOptions { MaxCircuits = 200, MaxReservationsPerIp = 50 };
        Assert.That((options.MaxHopStreamsPerConnection, options.MaxReservationsPerIpv6Prefix), Is.EqualTo((216, 50)));
        options = options with { MaxCircuits = 1, MaxReservationsPerIp = 31 };
        Assert.That((options.MaxHopStreamsPerConnection, options.MaxReservationsPerIpv6Prefix), Is.EqualTo((17, 32)));
        options = options with { MaxHopStreamsPerConnection = 5, MaxReservationsPerIpv6Prefix = null };
        Assert.That((options.MaxHopStreamsPerConnection, options.MaxReservationsPerIpv6Prefix), Is.EqualTo((5, default(int?))));
        options = options with { MaxReservationsPerIp = 50, MaxReservationsPerIpv6Prefix = 8 };
        Assert.That(options.MaxReservationsPerIpv6Prefix, Is.EqualTo(8));
    }

    private void AssertRefused(string name, params CircuitRelayOptions[] wrong)
    {
        foreach (CircuitRelayOptions options in wrong)
        {
            CircuitRelayOptionsException? e = Assert.Throws<CircuitRelayOptionsException>(() => new CircuitRelay(RelayHost, options, Acl, Time));
            Assert.That(e!.Errors.Single().Option, Is.EqualTo(name));
            Assert.That(e.Message, Does.Contain($"{name}: "));
        }
    }
}
