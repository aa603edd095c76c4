using Relay.Multiformats;
using Relay.TestKit;

namespace Relay.Tests.Nodes;

/// <summary>Dials a node again and again, each time anew, until it is disposed, and remembers every failure.</summary>
internal sealed class Prober : IAsyncDisposable
{
    private readonly List<Exception> _failures = [];
    private readonly Task _loop;
    private volatile bool _isOver;
    private int _count;

    public Prober(RelayNode source, Func<Multiaddress> address, Func<RelayNode, Multiaddress, Task> reach) => _loop = Task.Run(async () =>
    {
        while (!_isOver)
        {
            try
            {
                await reach(source, address());
            }
            catch (Exception e)
            {
                lock (_failures)
                    _failures.Add(e);
            }

            Interlocked.Increment(ref _count);
        }
    });

    public int Count => Volatile.Read(ref _count);

    public Exception[] Failures
    {
        get
        {
            lock (_failures)
                return [.. _failures];
        }
    }

    /// <summary>Waits until it has dialed that many times more, from beginning to end.</summary>
    public Task MoreAsync(int count)
    {
        int goal = Count + count + 1; // the one that runs had begun before
        return Eventually.TrueAsync(() => Count >= goal, "the prober's dials");
    }

    public async ValueTask DisposeAsync()
    {
        _isOver = true;
        await _loop.InTime();
    }
}
