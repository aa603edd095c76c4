using System.Security.Cryptography;
using Relay.Libp2p.Noise;
using Relay.Libp2p.Yamux;

namespace Relay.Libp2p.Tests.Scripting;

/// <summary>Two yamux sessions back to back, each handing what it accepts to <c>serve</c>; on dispose both must have given everything back.</summary>
internal sealed class SessionPair : IAsyncDisposable
{
    private readonly List<Task> _served = [];

    public SessionPair(Func<YamuxStream, Task> serve, YamuxOptions? options = null, int capacity = 64 * 1024, long budget = 4 * 1024 * 1024)
    {
        byte[] there = RandomNumberGenerator.GetBytes(32);
        byte[] back = RandomNumberGenerator.GetBytes(32);
        (MemoryDuplex left, MemoryDuplex right) = MemoryDuplex.CreatePair(capacity);
        Budget = new WindowBudget(budget);
        options ??= new YamuxOptions();
        Initiator = new YamuxSession(
            new NoiseChannel(left, new CipherState(there), new CipherState(back), Pool), true, options, Pool, Budget, TimeProvider.System);
        Responder = new YamuxSession(
            new NoiseChannel(right, new CipherState(back), new CipherState(there), Pool), false, options, Pool, Budget, TimeProvider.System);
        foreach (YamuxSession session in new[] { Initiator, Responder })
        {
            session.Start(stream =>
            {
                lock (_served)
                    _served.Add(Task.Run(() => serve(stream)));
            });
        }
    }

    public BufferPool Pool { get; } = new();

    public WindowBudget Budget { get; }

    public YamuxSession Initiator { get; }

    public YamuxSession Responder { get; }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(Initiator.CloseAsync(0, new IOException("Over.")), Responder.CloseAsync(0, new IOException("Over."))).InTime();
        Task[] served;
        lock (_served)
            served = [.. _served];
        await Task.WhenAll(served).InTime();
        Assert.Multiple(() =>
        {
            Assert.That(Initiator.StreamCount + Responder.StreamCount, Is.Zero, "streams");
            Assert.That(Pool.Rented, Is.Zero, "rented buffers");
            Assert.That(Budget.Reserved, Is.Zero, "reserved window");
        });
    }
}
