using Relay.Multiformats;

namespace Relay.Libp2p.Tests.Node;

/// <summary>Connections that were needed for a while do not outlive that, and nobody else loses one by it.</summary>
[CancelAfter(120_000)]
public class LoanTests
{
    private const string Echo = "/test/echo";

    private Libp2pNode _there = null!;
    private Libp2pNode _here = null!;

    private Multiaddress Address => _there.ListenAddresses[0];

    [SetUp]
    public async Task StartNodes()
    {
        _there = NodePair.CreateNode();
        _here = NodePair.CreateNode();
        _there.Handle(Echo, stream => stream.CopyToAsync(stream));
        await _there.StartAsync();
        await _here.StartAsync();
    }

    [TearDown]
    public async Task StopNodes()
    {
        await _here.DisposeAsync();
        await _there.DisposeAsync();
        Assert.That((_here.Counts, _there.Counts), Is.EqualTo((default(NodeCounts), default(NodeCounts))));
    }

    private async Task GoneAsync(Connection connection)
    {
        await connection.Closed.InTime();
        await Eventually.EqualsAsync((0, 0), () => (_here.Connections.Count, _there.Connections.Count), "the connections");
    }

    [Test]
    public async Task A_connection_that_was_opened_for_a_loan_is_closed_when_it_is_over()
    {
        ConnectionLoan loan = await _here.BorrowAsync(Address).InTime();
        Assert.That(loan.IsNew, Is.True);
        loan.Dispose();
        loan.Dispose();
        await GoneAsync(loan.Connection);
        Assert.That(loan.Connection.CloseReason!.Message, Does.Contain("closed here"), "with a goodbye");
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task What_a_peer_has_opened_is_closed_as_idle_unless_somebody_here_has_asked_for_it(bool isAskedFor)
    {
        await _here.DialAsync(Address).InTime();
        await Eventually.EqualsAsync(1, () => _there.Connections.Count, "the other end");
        Connection opened = _there.Connections.Single();
        await Eventually.EqualsAsync(0, () => opened.StreamCount, "the streams of identify");
        if (isAskedFor)
            Assert.That(await _there.DialAsync(_here.ListenAddresses[0]).InTime(), Is.SameAs(opened));

        _there.CloseIdle(_here.PeerId);

        if (!isAskedFor)
            await GoneAsync(opened);
        else
            await _there.PingAsync(_here.PeerId).InTime();
    }

    [Test]
    public async Task One_that_was_there_stays()
    {
        Connection connection = await _here.DialAsync(Address).InTime();
        ConnectionLoan loan = await _here.BorrowAsync(Address).InTime();
        Assert.That((loan.IsNew, loan.Connection), Is.EqualTo((false, connection)));
        loan.Dispose();
        await _here.PingAsync(_there.PeerId).InTime();
        Assert.That(_here.Connections.Single(), Is.SameAs(connection));
    }

    [Test]
    public async Task One_that_the_remote_has_opened_stays()
    {
        await _here.DialAsync(Address).InTime();
        await Eventually.EqualsAsync(1, () => _there.Connections.Count, "the connection's other end");
        ConnectionLoan loan = await _there.BorrowAsync(_here.ListenAddresses[0]).InTime();
        loan.Dispose();
        await _there.PingAsync(_here.PeerId).InTime();
        Assert.That((loan.IsNew, _there.Connections.Single()), Is.EqualTo((false, loan.Connection)));
    }

    [Test]
    public async Task One_that_somebody_has_asked_for_meanwhile_stays()
    {
        ConnectionLoan loan = await _here.BorrowAsync(Address).InTime();
        Assert.That(await _here.DialAsync(Address).InTime(), Is.SameAs(loan.Connection));
        loan.Dispose();
        await _here.PingAsync(_there.PeerId).InTime();
        Assert.That(_here.Connections.Single(), Is.SameAs(loan.Connection));
    }

    [Test]
    public async Task The_last_of_several_loans_decides()
    {
        ConnectionLoan first = await _here.BorrowAsync(Address).InTime();
        ConnectionLoan second = await _here.BorrowAsync(Address).InTime();
        first.Dispose();
        await _here.PingAsync(_there.PeerId).InTime();
        second.Dispose();
        await GoneAsync(first.Connection);
    }

    [Test]
    public async Task What_is_open_on_it_ends_first()
    {
        ConnectionLoan loan = await _here.BorrowAsync(Address).InTime();
        await using (MuxedStream stream = await _here.OpenStreamAsync(_there.PeerId, Echo))
        {
            loan.Dispose();
            await stream.WriteAsync(new byte[] { 7 });
            Assert.That(await stream.ReadAsync(new byte[1]).AsTask().InTime(), Is.EqualTo(1));
            Assert.That(loan.Connection.Closed.IsCompleted, Is.False);
        }

        await GoneAsync(loan.Connection);
    }

    [Test]
    public async Task Nobody_gets_a_connection_that_is_about_to_be_closed()
    {
        for (int i = 0; i < 200; i++)
        {
            ConnectionLoan loan = await _here.BorrowAsync(Address).InTime();
            Task end = Task.Run(loan.Dispose);
            Connection connection = await _here.DialAsync(Address).InTime();
            await end;
            await using (MuxedStream stream = await _here.OpenStreamAsync(connection, Echo))
                await stream.CloseWriteAsync();
            Assert.That(connection.Closed.IsCompleted, Is.False);
            await connection.CloseAsync().InTime();
        }
    }

    [Test]
    public async Task The_end_of_each_connection_is_told_once_when_it_is_gone()
    {
        var told = new List<(Connection, bool WasThere)>();
        using IDisposable _ = _here.OnClosed(connection =>
        {
            lock (told)
                told.Add((connection, _here.Connections.Contains(connection)));
        });
        Connection first = await _here.DialAsync(Address.WithoutPeerId()!).InTime();
        Connection second = await _here.DialAsync(Address.WithoutPeerId()!).InTime();
        first.Abort();
        await Eventually.EqualsAsync(1, () => Count(told), "what is told");
        second.Abort();
        await Eventually.EqualsAsync(2, () => Count(told), "what is told");
        Assert.That(told, Is.EqualTo(new[] { (first, false), (second, false) }));

        static int Count(List<(Connection, bool)> told)
        {
            lock (told)
                return told.Count;
        }
    }

    [Test]
    public async Task A_push_is_told_when_it_is_known_what_it_says()
    {
        Connection connection = await _here.DialAsync(Address).InTime();
        await Eventually.TrueAsync(() => connection.RemoteIdentity is not null && _there.Connections.SingleOrDefault()?.RemoteIdentity is not null, "that both know each other");
        var told = new TaskCompletionSource<bool>();
        using IDisposable _ = _here.OnIdentityPushed(pushed => told.TrySetResult(pushed == connection && pushed.RemoteIdentity!.Protocols.Contains("/test/new")));
        _there.Handle("/test/new", static _ => Task.CompletedTask);
        Assert.That(await told.Task.InTime(), Is.True);
    }
}
