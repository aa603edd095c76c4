using Relay.Libp2p.Tests.Scripting;

namespace Relay.Libp2p.Tests.Yamux;

/// <summary>An application with a user interface has a thread of its own, which it may block; the connection must not depend on it.</summary>
[CancelAfter(60_000)]
public class YamuxSynchronizationContextTests
{
    [Test]
    public async Task Sending_goes_on_without_the_thread_that_wrote()
    {
        await using var harness = new SessionHarness(isInitiator: true);
        var blocked = new BlockedContext();
        Task writing = blocked.Start(() => harness.Open().WriteAsync(new byte[200_000]).AsTask());
        await writing.InTime();
        Assert.That(blocked.Posts, Is.Zero);
    }

    /// <summary>Runs nothing that is posted to it.</summary>
    private sealed class BlockedContext : SynchronizationContext
    {
        private int _posts;

        public int Posts => Volatile.Read(ref _posts);

        public override void Post(SendOrPostCallback d, object? state) => Interlocked.Increment(ref _posts);

        public Task Start(Func<Task> work)
        {
            SynchronizationContext? before = Current;
            SetSynchronizationContext(this);
            try
            {
                return work();
            }
            finally
            {
                SetSynchronizationContext(before);
            }
        }
    }
}
