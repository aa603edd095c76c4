using Relay.TestKit;

namespace Relay.Circuit.Tests.Telemetry;

[TestFixture]
internal sealed class RelaySubscriptionTests
{
    private readonly ManualTimeProvider _time = new();
    private static readonly Multiformats.PeerId Peer = TestPeers.Key(1).PeerId;
    private int _ended;

    [Test]
    public async Task What_fits_comes_in_order_and_nothing_is_lost()
    {
        using RelaySubscription subscription = Create(3);
        Tell(subscription, 1, 2, 3);
        subscription.Complete();
        Assert.That(await ReadAsync(subscription), Is.EqualTo(["1", "2", "3"]));
        Assert.That(subscription.LostEvents, Is.Zero);
    }

    [Test]
    public async Task One_more_than_fits_is_lost_and_told()
    {
        using RelaySubscription subscription = Create(3);
        Tell(subscription, 1, 2, 3, 4);
        subscription.Complete();
        Assert.That(await ReadAsync(subscription), Is.EqualTo(["1", "2", "3", "lost 1"]));
        Assert.That(subscription.LostEvents, Is.EqualTo(1));
    }

    [Test]
    public async Task The_loss_is_told_at_its_place()
    {
        using RelaySubscription subscription = Create(2);
        await using IAsyncEnumerator<RelayEvent> reader = subscription.GetAsyncEnumerator();
        Tell(subscription, 1, 2, 3, 4);
        Assert.That(await NextAsync(reader), Is.EqualTo("1"));
        Assert.That(await NextAsync(reader), Is.EqualTo("2"));
        Tell(subscription, 5); // the reader has not come back for more: its queue has room for the word and for this
        Assert.That(await NextAsync(reader), Is.EqualTo("lost 2"));
        Assert.That(await NextAsync(reader), Is.EqualTo("5"));
        Assert.That(subscription.LostEvents, Is.EqualTo(2));
    }

    [Test]
    public void Nobody_waits_for_a_subscriber_that_does_not_read()
    {
        using RelaySubscription subscription = Create(8);
        for (int i = 0; i < 100_000; i++)
            Tell(subscription, i);
        Assert.That(subscription.LostEvents, Is.EqualTo(100_000 - 8));
    }

    [Test]
    public async Task A_disposed_one_ends_takes_nothing_more_and_is_forgotten()
    {
        RelaySubscription subscription = Create(8);
        Tell(subscription, 1);
        subscription.Dispose();
        subscription.Dispose();
        Assert.That((await ReadAsync(subscription))[0], Is.EqualTo("1"));
        Assert.That(_ended, Is.EqualTo(2));
    }

    [Test]
    public async Task Many_writers_and_a_slow_reader_account_for_every_event()
    {
        using RelaySubscription subscription = Create(16);
        Task<List<string>> reading = ReadAsync(subscription);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (int i = 0; i < 20_000; i++)
                Tell(subscription, i);
        }))).InTime();
        subscription.Complete();

        List<string> told = await reading.InTime();
        long lost = told.Where(text => text.StartsWith("lost ", StringComparison.Ordinal)).Sum(text => long.Parse(text[5..]));
        Assert.That(lost, Is.EqualTo(subscription.LostEvents));
        Assert.That(told.Count(text => !text.StartsWith('l')) + lost, Is.EqualTo(80_000));
    }

    private static async Task<string> NextAsync(IAsyncEnumerator<RelayEvent> reader)
    {
        Assert.That(await reader.MoveNextAsync().AsTask().InTime(), Is.True);
        return Text(reader.Current);
    }

    private static async Task<List<string>> ReadAsync(RelaySubscription subscription)
    {
        var read = new List<string>();
        await foreach (RelayEvent happened in subscription)
            read.Add(Text(happened));
        return read;
    }

    private static string Text(RelayEvent happened) => happened switch
    {
        RelayEvent.Lost lost => $"lost {lost.Count}",
        RelayEvent.Decided decided => $"{decided.Decision.Current}",
        _ => throw new InvalidOperationException($"{happened}"),
    };

    private RelaySubscription Create(int capacity) => new(capacity, _time, _ => _ended++);

    private void Tell(RelaySubscription subscription, params int[] numbers)
    {
        foreach (int number in numbers)
        {
            var decision = new Decision(Status.Ok, ReasonCode.Reserved, Current: number);
            subscription.Tell(new RelayEvent.Decided(RelayOperation.Reserve, Peer, null, decision) { At = _time.GetUtcNow() });
        }
    }
}
