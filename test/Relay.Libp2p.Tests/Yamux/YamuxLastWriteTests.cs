using System.Security.Cryptography;
using Relay.Libp2p.Tests.Scripting;
using Relay.Libp2p.Yamux;

namespace Relay.Libp2p.Tests.Yamux;

/// <summary>The write that closes its side.</summary>
[CancelAfter(60_000)]
public class YamuxLastWriteTests
{
    [TestCase(0)]
    [TestCase(1)]
    [TestCase(256 * 1024)]
    [TestCase(256 * 1024 + 1)]
    [TestCase(1_000_000)]
    public async Task All_of_it_arrives_and_then_the_end(int length)
    {
        byte[] sent = RandomNumberGenerator.GetBytes(length);
        var received = new TaskCompletionSource<byte[]>();
        await using var sessions = new SessionPair(async served =>
        {
            received.SetResult(await served.ReadAllAsync());
            await served.CloseWriteAsync();
        });
        YamuxStream stream = sessions.Initiator.OpenStream();

        await stream.WriteLastAsync(sent).InTime();

        Assert.That(await received.Task.InTime(), Is.EqualTo(sent));
        Assert.That(await stream.ReadAllAsync(), Is.Empty, "the other side ends on its own");
    }

    [Test]
    public async Task Nothing_can_be_written_after_it()
    {
        await using var sessions = new SessionPair(served => served.ReadAllAsync());
        YamuxStream stream = sessions.Initiator.OpenStream();
        await stream.WriteLastAsync(new byte[1]).InTime();

        Assert.ThrowsAsync<InvalidOperationException>(async () => await stream.WriteAsync(new byte[1]));
        Assert.ThrowsAsync<InvalidOperationException>(async () => await stream.WriteLastAsync(new byte[1]));
        stream.Reset();
    }
}
