using Microsoft.Extensions.Logging;
using Relay.Libp2p.Tests.Scripting;
using Relay.Libp2p.Yamux;
using Relay.Multiformats;

namespace Relay.Libp2p.Tests.Node;

/// <summary>Handlers and the end of their node: they may bring it about, they are told of it, and they cannot prevent it.</summary>
[CancelAfter(60_000)]
public class HandlerLifecycleTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly List<BarePeer> _peers = [];
    private NodeUnderTest _node = null!;

    private Libp2pNode Node => _node.Node;

    [SetUp]
    public async Task StartAsync() => _node = await NodeUnderTest.StartAsync(time: _time);

    [TearDown]
    public async Task StopAsync()
    {
        foreach (BarePeer peer in _peers)
            await peer.DisposeAsync();
        _peers.Clear();
        await _node.DisposeAsync();
    }

    private async Task<YamuxStream> CallAsync(string protocol)
    {
        BarePeer peer = await BarePeer.DialAsync(Node);
        _peers.Add(peer);
        return await peer.OpenAsync(protocol);
    }

    private static TaskCompletionSource Signal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Test]
    public async Task A_handler_can_stop_its_node([Values("stop", "dispose")] string how)
    {
        TaskCompletionSource go = Signal(), done = Signal();
        Node.Handle("/test/stop", async _ =>
        {
            await go.Task;
            await (how == "stop" ? Node.StopAsync() : Node.DisposeAsync().AsTask());
            done.SetResult();
        });
        await CallAsync("/test/stop");
        go.SetResult();

        await done.Task.InTime();
        Assert.That(Node.Counts, Is.EqualTo(default(NodeCounts)));
    }

    [Test]
    public async Task Handlers_can_stop_it_all_at_once_and_so_can_others_meanwhile()
    {
        const int Handlers = 10;
        TaskCompletionSource go = Signal();
        using var done = new CountdownEvent(Handlers);
        Node.Handle("/test/stop", async _ =>
        {
            await go.Task;
            await Node.StopAsync();
            done.Signal();
        });
        for (int i = 0; i < Handlers; i++)
            await CallAsync("/test/stop");

        Task[] others = [.. Enumerable.Range(0, 5).Select(_ => Task.Run(() => Node.StopAsync()))];
        go.SetResult();
        await Task.WhenAll(others).InTime();
        Assert.That(done.Wait(InTimeExtensions.Bound), "every handler has gone on");
        Assert.That(Node.Counts, Is.EqualTo(default(NodeCounts)));
    }

    [Test]
    public async Task A_handler_can_start_it_again()
    {
        TaskCompletionSource go = Signal(), done = Signal();
        Node.Handle("/test/restart", async _ =>
        {
            await go.Task;
            await Node.StopAsync();
            await Node.StartAsync();
            done.SetResult();
        });
        await CallAsync("/test/restart");
        go.SetResult();

        await done.Task.InTime();
        await _node.ServesAsync();
    }

    [Test]
    public async Task A_handler_that_waits_for_something_that_a_stop_comes_before_says_so()
    {
        TaskCompletionSource stopped = Signal();
        Node.Handle("/test/wait", async _ =>
        {
            Node.DetachHandler();
            await stopped.Task;
        });
        await CallAsync("/test/wait");

        await Node.StopAsync().InTime();
        stopped.SetResult();
        Node.DetachHandler(); // here it means nothing
    }

    [Test]
    public async Task A_handler_is_told_when_its_connection_ends([Values("stop", "remote", "local")] string how)
    {
        TaskCompletionSource served = Signal(), told = Signal();
        Connection? nodesEnd = null;
        Node.Handle("/test/told", async (stream, ended) =>
        {
            nodesEnd = stream.Connection;
            Assert.That(ended.IsCancellationRequested, Is.False);
            served.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            told.SetResult();
        });
        await CallAsync("/test/told");
        await served.Task.InTime();

        Task ending = how switch
        {
            "stop" => Node.StopAsync(),
            "remote" => _peers[0].Connection.CloseAsync(),
            _ => nodesEnd!.CloseAsync(),
        };
        await ending.InTime();
        await told.Task.InTime();
        Assert.That(nodesEnd!.Ended.IsCancellationRequested);
    }

    [Test]
    public async Task A_handler_without_end_is_given_up_in_time_and_named()
    {
        var log = new RecordingLogger();
        TaskCompletionSource mayEnd = Signal();
        await using var node = new Libp2pNode(_node.Options, IdentityKey.Generate(), _time, log);
        using var ended = new CancellationTokenSource(InTimeExtensions.Bound); // should the test fail, disposing must not wait for the clock
        await using CancellationTokenRegistration ending = ended.Token.Register(() => mayEnd.TrySetResult());
        node.Handle("/test/stubborn", _ => mayEnd.Task);
        await node.StartAsync();
        await using BarePeer peer = await BarePeer.DialAsync(node);
        await peer.OpenAsync("/test/stubborn");

        Task stopping = node.StopAsync();
        await _time.TimerIsArmedAsync(Libp2pNode.StopPatience);
        await Eventually.EqualsAsync(1, () => node.Counts.Tasks, "what still runs");
        _time.Advance(Libp2pNode.StopPatience - TimeSpan.FromTicks(1));
        Assert.That((stopping.IsCompleted, node.Counts.Tasks), Is.EqualTo((false, 1)));
        _time.Advance(TimeSpan.FromTicks(1));
        await stopping.InTime();

        LogEntry warning = log.AtLeast(LogLevel.Warning).Single();
        Assert.That(warning.Message, Does.Contain("1 tasks").And.Contain("/test/stubborn").And.Contain("10 s"));
        Assert.That(node.Counts, Is.EqualTo(default(NodeCounts)));

        // What is left of it neither holds up the next stop nor is counted when it ends.
        await node.StartAsync();
        await node.StopAsync().InTime();
        mayEnd.TrySetResult();
        Assert.That((node.Counts, log.AtLeast(LogLevel.Warning).Count), Is.EqualTo((default(NodeCounts), 1)));
    }

    [Test]
    public async Task A_handler_that_ends_at_the_last_moment_was_waited_for()
    {
        TaskCompletionSource mayEnd = Signal();
        Node.Handle("/test/slow", _ => mayEnd.Task);
        await CallAsync("/test/slow");

        Task stopping = Node.StopAsync();
        await _time.TimerIsArmedAsync(Libp2pNode.StopPatience);
        _time.Advance(Libp2pNode.StopPatience - TimeSpan.FromTicks(1));
        mayEnd.SetResult();
        await stopping.InTime();
        Assert.That((Node.Counts, _time.ActiveTimers), Is.EqualTo((default(NodeCounts), 0)));
    }
}
