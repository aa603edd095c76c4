using System.Collections.Concurrent;
using Relay.Libp2p.Tests.Scripting;
using Relay.Libp2p.Transports;
using Relay.Multiformats;

namespace Relay.Libp2p.Tests.Node;

/// <summary>Who dials a peer that is being dialed already shares the attempt, and keeps his own patience.</summary>
[CancelAfter(60_000)]
public class SharedDialTests
{
    private static readonly PeerId Peer = IdentityKey.Generate().PeerId;
    private static readonly Multiaddress There = FakeTransport.Address.WithPeerId(Peer);
    private static readonly Multiaddress AlsoThere = Multiaddress.Parse($"/ip4/192.0.2.2/udp/1/p2p/{Peer}");
    private static readonly Multiaddress Behind = There.Encapsulate(Multiaddress.Parse($"/p2p-circuit/p2p/{Peer}"));

    private readonly ConcurrentQueue<Attempt> _attempts = new();
    private NodeUnderTest _node = null!;

    [SetUp]
    public async Task StartAsync()
    {
        _attempts.Clear();
        var transport = new FakeTransport { OnDial = DialAsync };
        _node = await NodeUnderTest.StartAsync(prepare: node => node.AddTransport(transport));
    }

    [TearDown]
    public async Task StopAsync()
    {
        await _node.RestAsync();
        await _node.DisposeAsync();
    }

    // An attempt goes on until the test ends it, or it is given up.
    private async Task<RawConnection> DialAsync(CancellationToken cancellationToken)
    {
        var attempt = new Attempt();
        await using CancellationTokenRegistration given = cancellationToken.Register(() => attempt.Outcome.TrySetCanceled(cancellationToken));
        _attempts.Enqueue(attempt);
        return await attempt.Outcome.Task;
    }

    private async Task<Attempt> AttemptAsync(int index)
    {
        await Eventually.TrueAsync(() => _attempts.Count > index, $"attempt {index}");
        return _attempts.ElementAt(index);
    }

    private static void Fail(Attempt attempt, string why) => attempt.Outcome.SetException(new DialException(DialError.ConnectFailed, why));

    private static string Failure(Task dial) => Assert.ThrowsAsync<DialException>(() => dial.InTime())!.Message;

    [Test]
    public async Task Dials_of_one_peer_at_once_make_one_connection([Range(1, 5)] int round)
    {
        await using NodeUnderTest other = await NodeUnderTest.StartAsync();
        Connection[] connections = await Task.WhenAll(Enumerable.Range(0, 10 * round).Select(_ => Task.Run(() => _node.Node.DialAsync(other.Address)))).InTime();
        Assert.That(connections.Distinct().Count(), Is.EqualTo(1));
        await _node.Node.PingAsync(other.Node.PeerId).InTime();
        Assert.That((_node.Node.Connections.Count, other.Node.Connections.Count), Is.EqualTo((1, 1)));
        await connections[0].CloseAsync().InTime();
    }

    [Test]
    public async Task A_failure_is_everybodys_and_the_next_dial_tries_anew()
    {
        Task<Connection>[] dials = [.. Enumerable.Range(0, 3).Select(_ => _node.Node.DialAsync(There))];
        Fail(await AttemptAsync(0), "first");
        Assert.That(dials.Select(Failure), Is.All.EqualTo("first"));

        Task<Connection> again = _node.Node.DialAsync(There);
        Fail(await AttemptAsync(1), "second");
        Assert.That(Failure(again), Is.EqualTo("second"));
        Assert.That(_attempts, Has.Count.EqualTo(2));
    }

    [Test]
    public async Task Who_cancels_leaves_the_others_alone_and_the_last_one_ends_the_attempt()
    {
        using CancellationTokenSource first = new(), second = new();
        Task<Connection> one = _node.Node.DialAsync(There, first.Token);
        Task<Connection> two = _node.Node.DialAsync(There, second.Token);
        Attempt attempt = await AttemptAsync(0);

        await first.CancelAsync();
        Assert.CatchAsync<OperationCanceledException>(() => one.InTime());
        Assert.That((attempt.Outcome.Task.IsCompleted, two.IsCompleted), Is.EqualTo((false, false)));

        await second.CancelAsync();
        Assert.CatchAsync<OperationCanceledException>(() => two.InTime());
        Assert.CatchAsync<OperationCanceledException>(() => attempt.Outcome.Task.InTime());

        // What was given up is not joined.
        Task<Connection> third = _node.Node.DialAsync(There);
        Fail(await AttemptAsync(1), "anew");
        Assert.That(Failure(third), Is.EqualTo("anew"));
    }

    [Test]
    public async Task Who_comes_with_a_cancelled_token_does_not_get_a_connection_for_it()
    {
        Assert.CatchAsync<OperationCanceledException>(() => _node.Node.DialAsync(There, new CancellationToken(canceled: true)).InTime());
        await _node.RestAsync();
    }

    [Test]
    public async Task Loans_share_a_dial_and_the_last_one_decides()
    {
        await using NodeUnderTest other = await NodeUnderTest.StartAsync();
        ConnectionLoan[] loans = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => _node.Node.BorrowAsync(other.Address))).InTime();
        Assert.That(loans.Select(loan => loan.Connection).Distinct().Count(), Is.EqualTo(1));
        loans[0].Dispose();
        loans[1].Dispose();
        await _node.Node.PingAsync(other.Node.PeerId).InTime();
        loans[2].Dispose();
        await loans[0].Connection.Closed.InTime();
    }

    [Test]
    public async Task A_dial_for_good_that_shared_one_for_a_loan_keeps_the_connection()
    {
        await using NodeUnderTest other = await NodeUnderTest.StartAsync();
        Task<ConnectionLoan> borrowing = _node.Node.BorrowAsync(other.Address);
        Connection connection = await _node.Node.DialAsync(other.Address).InTime();
        (await borrowing.InTime()).Dispose();
        await _node.Node.PingAsync(other.Node.PeerId).InTime();
        Assert.That(connection.Closed.IsCompleted, Is.False);
        await connection.CloseAsync().InTime();
    }

    [Test]
    public async Task One_address_that_fails_does_not_speak_for_another()
    {
        Task<Connection> one = _node.Node.DialAsync(There);
        Attempt first = await AttemptAsync(0);
        Task<Connection> two = _node.Node.DialAsync(AlsoThere);
        Attempt second = await AttemptAsync(1);

        Fail(first, "there");
        Assert.That(Failure(one), Is.EqualTo("there"));
        Assert.That(two.IsCompleted, Is.False);
        Fail(second, "also there");
        Assert.That(Failure(two), Is.EqualTo("also there"));
    }

    [Test]
    public async Task A_direct_dial_and_one_through_a_relay_are_two()
    {
        Task<Connection> direct = _node.Node.DialAsync(There);
        Attempt first = await AttemptAsync(0);
        Task<Connection> relayed = _node.Node.DialAsync(Behind);
        Fail(await AttemptAsync(1), "relayed");
        Assert.That(Failure(relayed), Is.EqualTo("relayed"));
        Fail(first, "direct");
        Assert.That(Failure(direct), Is.EqualTo("direct"));
    }

    [Test]
    public async Task A_node_that_stops_tells_everybody()
    {
        Task<Connection>[] dials = [.. Enumerable.Range(0, 3).Select(_ => _node.Node.DialAsync(There))];
        await AttemptAsync(0);
        await _node.Node.StopAsync().InTime();
        Assert.That(dials.Select(Failure), Is.All.Contains("stopped"));
    }

    private sealed class Attempt
    {
        public TaskCompletionSource<RawConnection> Outcome { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
