using System.Security.Cryptography;

namespace Relay.Libp2p.Tests;

[CancelAfter(30_000)]
public class NodeTests
{
    private const string Echo = "/test/echo";

    private static async Task EchoAsync(MuxedStream stream)
    {
        await stream.CopyToAsync(stream);
        await stream.CloseWriteAsync();
    }

    [Test]
    public async Task Bytes_written_come_back_from_an_echo()
    {
        await using NodePair pair = await NodePair.ConnectAsync();
        pair.Listener.Handle(Echo, EchoAsync);
        await using MuxedStream stream = await pair.Dialer.OpenStreamAsync(pair.Connection, Echo);
        await stream.WriteAsync("hello"u8.ToArray());
        await stream.CloseWriteAsync();
        var all = new MemoryStream();
        await stream.CopyToAsync(all);
        Assert.That(all.ToArray(), Is.EqualTo("hello"u8.ToArray()));
    }

    [TestCase(16 * 1024 * 1024)]
    public async Task A_long_transfer_arrives_whole(int length)
    {
        await using NodePair pair = await NodePair.ConnectAsync();
        pair.Listener.Handle(Echo, EchoAsync);
        byte[] sent = RandomNumberGenerator.GetBytes(length);
        await using MuxedStream stream = await pair.Dialer.OpenStreamAsync(pair.Connection, Echo);
        Task writing = Task.Run(async () =>
        {
            await stream.WriteAsync(sent);
            await stream.CloseWriteAsync();
        });
        var received = new MemoryStream();
        await stream.CopyToAsync(received);
        await writing;
        Assert.That(SHA256.HashData(received.ToArray()), Is.EqualTo(SHA256.HashData(sent)));
    }

    [Test]
    public async Task A_ping_is_answered_both_ways()
    {
        await using NodePair pair = await NodePair.ConnectAsync();
        Assert.That(await pair.Dialer.PingAsync(pair.Listener.PeerId), Is.GreaterThan(TimeSpan.Zero));
        Assert.That(await pair.Listener.PingAsync(pair.Dialer.PeerId), Is.GreaterThan(TimeSpan.Zero));
    }

    [Test]
    public async Task A_protocol_nobody_serves_is_refused()
    {
        await using NodePair pair = await NodePair.ConnectAsync();
        StreamException? error = Assert.ThrowsAsync<StreamException>(() => pair.Dialer.OpenStreamAsync(pair.Connection, "/nobody"));
        Assert.That(error!.Reason, Is.EqualTo(StreamError.ProtocolNotSupported));
    }
}
