using Relay.Libp2p;
using Relay.TestKit;

namespace Relay.Tests.Nodes;

/// <summary>Connections through a relay that has set limits: what is left of them is seen, and their end is told from others.</summary>
internal sealed class LimitedConnectionTests(bool peersServe) : AutoRelayTest(peersServe)
{
    private const string Silent = "/test/silent/1.0.0";
    private const long MaxData = 256 << 10;
    private static readonly TimeSpan MaxDuration = TimeSpan.FromSeconds(40); // less than a connection may be silent for

    /// <summary>The two ends of a stream on a limited connection; whoever has the destination's end reads and writes it.</summary>
    private async Task<(RelayNode Relay, MuxedStream Source, MuxedStream Destination)> ConnectAsync(TimeProvider? clock = null, Action<RelayServiceConfig>? limits = null)
    {
        TimeProvider time = clock ?? TimeProvider.System;
        var accepted = new TaskCompletionSource<MuxedStream>(TaskCreationOptions.RunContinuationsAsynchronously);
        RelayNode relay = await StartAsync(
            CreateConfig(service =>
            {
                (service.NetworkOnly, service.MaxData, service.MaxDuration) = (false, MaxData, MaxDuration);
                limits?.Invoke(service);
            }),
            builder => builder.WithTimeProvider(time));
        RelayNode node = await StartSeekerAsync(relay.ListenAddresses, supply: builder => builder.WithTimeProvider(time));
        node.Handle(Silent, async stream =>
        {
            accepted.SetResult(stream);
            await stream.Connection.Closed;
        });
        await HoldsAsync(node, relay);
        RelayNode source = await StartPeerAsync(supply: builder => builder.WithTimeProvider(time));
        MuxedStream outbound = await source.OpenStreamAsync(node.Relays.Addresses[0], Silent, allowLimited: true).InTime();
        await outbound.WriteAsync("x"u8.ToArray()).InTime();
        MuxedStream inbound = await accepted.Task.InTime();
        await inbound.ReadExactlyAsync(new byte[1]).InTime();
        return (relay, outbound, inbound);
    }

    private static StreamError? HowItEnds(Func<Task> use) => Assert.CatchAsync<StreamException>(() => use().InTime())?.Reason;

    [Test]
    public async Task What_has_carried_as_much_as_it_may_ends_with_LimitReached_for_who_sends_and_for_who_receives([Values] bool towardsSource)
    {
        (_, MuxedStream source, MuxedStream destination) = await ConnectAsync();
        (MuxedStream sender, MuxedStream receiver) = towardsSource ? (destination, source) : (source, destination);

        StreamError?[] ends = await Task.WhenAll(
            Task.Run(() => HowItEnds(() => sender.WriteAsync(new byte[2 * MaxData]).AsTask())),
            Task.Run(() => HowItEnds(() => receiver.CopyToAsync(Stream.Null))));

        Assert.That(ends, Is.All.EqualTo(StreamError.LimitReached));
        await Task.WhenAll(source.Connection.Closed, destination.Connection.Closed).InTime();
        Assert.Multiple(() =>
        {
            Assert.That((source.Connection.CloseReason as StreamException)?.Reason, Is.EqualTo(StreamError.LimitReached));
            Assert.That((destination.Connection.CloseReason as StreamException)?.Reason, Is.EqualTo(StreamError.LimitReached));
            Assert.That(sender.Connection.Remaining!.DataToSend, Is.Zero);
            Assert.That(receiver.Connection.Remaining!.DataToReceive, Is.Zero);
        });
    }

    [Test]
    public async Task What_has_lasted_as_long_as_it_may_ends_with_LimitReached_at_both_ends()
    {
        var time = new ManualTimeProvider();
        (_, MuxedStream source, MuxedStream destination) = await ConnectAsync(time);
        Task<StreamError?> atSource = Task.Run(() => HowItEnds(() => source.ReadAsync(new byte[1]).AsTask()));
        Task<StreamError?> atDestination = Task.Run(() => HowItEnds(() => destination.ReadAsync(new byte[1]).AsTask()));

        for (TimeSpan gone = TimeSpan.Zero; gone < MaxDuration; gone += TimeSpan.FromSeconds(10))
        {
            Assert.That(source.Connection.Remaining!.Duration, Is.EqualTo(MaxDuration - gone));
            time.Advance(TimeSpan.FromSeconds(10));
        }

        Assert.That(await atSource.InTime(), Is.EqualTo(StreamError.LimitReached));
        Assert.That(await atDestination.InTime(), Is.EqualTo(StreamError.LimitReached));
        Assert.That(source.Connection.Remaining!.Duration, Is.EqualTo(TimeSpan.Zero));
    }

    [Test]
    public async Task A_relay_that_is_gone_is_no_limit()
    {
        (RelayNode relay, MuxedStream source, MuxedStream destination) = await ConnectAsync();
        Task<StreamError?> reading = Task.Run(() => HowItEnds(() => source.ReadAsync(new byte[1]).AsTask()));

        await relay.StopAsync().InTime();

        Assert.That(await reading.InTime(), Is.EqualTo(StreamError.ConnectionClosed));
        await destination.Connection.Closed.InTime();
        Assert.That((destination.Connection.CloseReason as StreamException)?.Reason, Is.Not.EqualTo(StreamError.LimitReached));
    }

    [Test]
    public async Task A_goodbye_is_no_limit_however_much_was_used_up()
    {
        (_, MuxedStream source, MuxedStream destination) = await ConnectAsync();
        const int Half = (int)(MaxData * 3 / 5); // each way: together more than the limit, which counts each way by itself
        await Task.WhenAll(SendAsync(source, destination), SendAsync(destination, source)).InTime();
        Task<StreamError?> reading = Task.Run(() => HowItEnds(() => source.ReadAsync(new byte[1]).AsTask()));

        await destination.Connection.CloseAsync().InTime();

        Assert.That(await reading.InTime(), Is.EqualTo(StreamError.ConnectionClosed));

        static Task SendAsync(MuxedStream from, MuxedStream to) =>
            Task.WhenAll(from.WriteAsync(new byte[Half]).AsTask(), to.ReadExactlyAsync(new byte[Half]).AsTask());
    }

    [Test]
    public async Task What_is_left_of_the_data_shrinks_with_what_is_sent_and_received()
    {
        (_, MuxedStream source, MuxedStream destination) = await ConnectAsync();
        RemainingLimit before = source.Connection.Remaining!;
        await Task.WhenAll(source.WriteAsync(new byte[100_000]).AsTask(), destination.ReadExactlyAsync(new byte[100_000]).AsTask()).InTime();
        RemainingLimit after = source.Connection.Remaining!;

        Assert.Multiple(() =>
        {
            Assert.That(before.DataToSend, Is.LessThan(MaxData), "the handshake counts, too");
            Assert.That(before.DataToSend - after.DataToSend, Is.InRange(100_000, 102_000), "the bytes, and what secures and frames them");
            Assert.That(before.DataToReceive - after.DataToReceive, Is.LessThan(1_000));
            Assert.That(destination.Connection.Remaining!.DataToReceive, Is.EqualTo(after.DataToSend).Within(1_000));
        });
    }

    [Test]
    public async Task One_bound_alone_leaves_the_other_open()
    {
        (_, MuxedStream source, MuxedStream destination) = await ConnectAsync(limits: service => service.MaxDuration = null);
        Assert.That((source.Connection.Remaining!.Duration, destination.Connection.Remaining!.Duration), Is.EqualTo(((TimeSpan?)null, (TimeSpan?)null)));
        Assert.That(source.Connection.Limit!.Data, Is.EqualTo(MaxData));
    }

    [Test]
    public async Task Without_limits_there_is_nothing_to_be_left()
    {
        (_, MuxedStream source, _) = await ConnectAsync(limits: service => (service.MaxData, service.MaxDuration) = (null, null));
        Assert.That((source.Connection.Limit, source.Connection.Remaining), Is.EqualTo(((ConnectionLimit?)null, (RemainingLimit?)null)));
    }
}
