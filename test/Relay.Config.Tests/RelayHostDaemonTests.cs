using Relay.TestKit;
using RelayHost;

namespace Relay.Tests;

internal sealed class RelayHostDaemonTests
{
    [Test]
    public async Task What_does_not_end_keeps_the_process_no_longer_than_a_stop_may_take()
    {
        var time = new ManualTimeProvider();
        Task disposal = Daemon.DisposeAsync(new Endless(), time);
        Assert.That(disposal.IsCompleted, Is.False);

        time.Advance(TimeSpan.FromSeconds(1.2));

        await disposal.InTime();
    }

    private sealed class Endless : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => new(new TaskCompletionSource().Task);
    }
}
