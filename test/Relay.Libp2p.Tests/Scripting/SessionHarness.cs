using System.Security.Cryptography;
using System.Threading.Channels;
using Relay.Libp2p.Noise;
using Relay.Libp2p.Yamux;

namespace Relay.Libp2p.Tests.Scripting;

/// <summary>
/// A yamux session under test, its far end in the test's hands, no socket and a clock that stands still. On dispose the session ends, and everything it
/// took must have been given back.
/// </summary>
internal sealed class SessionHarness : IAsyncDisposable
{
    public static readonly YamuxOptions SmallOptions = new() { MaxStreams = 8, MaxWindow = 1024 * 1024 };

    private readonly List<YamuxStream> _streams = [];
    private readonly Channel<YamuxStream> _accepted = Channel.CreateUnbounded<YamuxStream>();

    public SessionHarness(
        YamuxOptions? options = null, bool isInitiator = false, long budget = 16 * 1024 * 1024, int capacity = 4 * 1024 * 1024, bool start = true)
    {
        byte[] there = RandomNumberGenerator.GetBytes(32);
        byte[] back = RandomNumberGenerator.GetBytes(32);
        (Near, MemoryDuplex far) = MemoryDuplex.CreatePair(capacity);
        Budget = new MemoryBudget(budget);
        Peer = new SecuredPeer(far, back, there);
        var channel = new NoiseChannel(Near, new CipherState(there), new CipherState(back), Pool);
        Session = new YamuxSession(channel, isInitiator, options ?? SmallOptions, Pool, Budget, Unread, Time);
        if (start)
            Start();
    }

    public MemoryDuplex Near { get; }

    public ManualTimeProvider Time { get; } = new();

    public BufferPool Pool { get; } = new();

    public MemoryBudget Budget { get; }

    public MemoryBudget Unread { get; } = new(64 * 1024 * 1024);

    public SecuredPeer Peer { get; }

    public YamuxSession Session { get; }

    /// <summary>What an inbound stream meets; by default it is kept until it is asked for.</summary>
    public Action<YamuxStream>? OnAccept { get; init; }

    public void Start() => Session.Start(stream =>
    {
        lock (_streams)
            _streams.Add(stream);
        if (OnAccept is { } accept)
            accept(stream);
        else
            _accepted.Writer.TryWrite(stream);
    });

    public YamuxStream Open()
    {
        YamuxStream stream = Session.OpenStream();
        lock (_streams)
            _streams.Add(stream);
        return stream;
    }

    public Task<YamuxStream> AcceptAsync() => _accepted.Reader.ReadAsync().InTime();

    /// <summary>A stream the far end has opened, its acknowledgement read.</summary>
    public async Task<YamuxStream> AcceptAsync(uint id)
    {
        await Peer.SendAsync(RawFrame.Window(id, 0, RawFrame.Syn));
        YamuxStream stream = await AcceptAsync();
        RawFrame answer = (await Peer.ReceiveAsync())!;
        Assert.That(answer.ToString(), Is.EqualTo($"WINDOW ACK #{id} 0"));
        return stream;
    }

    /// <summary>Waits until the session has handled everything the far end has sent.</summary>
    public async Task SettleAsync(uint value = 77)
    {
        await Peer.SendAsync(RawFrame.Ping(value));
        await Peer.ReceiveAsync(f => f.Type == 2 && f.Has(RawFrame.Ack) && f.Length == value);
    }

    /// <summary>The far end sends what must end the session: a go-away with code 1 comes, and then the end.</summary>
    public async Task ExpectViolationAsync(string what)
    {
        List<RawFrame> frames = await Peer.ReceiveToEndAsync();
        await Session.Completion.InTime();
        Assert.That(frames, Is.Not.Empty);
        Assert.That(frames[^1].ToString(), Is.EqualTo("GOAWAY #0 1"));
        Assert.That(Session.CloseReason, Is.InstanceOf<YamuxException>());
        Assert.That(Session.CloseReason!.Message, Does.Contain(what));
    }

    public async ValueTask DisposeAsync()
    {
        Session.Terminate(new IOException("The test is over."));
        await Session.Completion.InTime();
        lock (_streams)
            _streams.ForEach(s => s.Dispose());
        await Peer.DisposeAsync();
        Assert.Multiple(() =>
        {
            Assert.That(Session.StreamCount, Is.Zero, "streams");
            Assert.That(Pool.Rented, Is.Zero, "rented buffers");
            Assert.That(Budget.Reserved, Is.Zero, "reserved window");
            Assert.That(Time.ActiveTimers, Is.Zero, "timers");
        });
    }
}
