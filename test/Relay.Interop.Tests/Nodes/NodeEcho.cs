using System.Security.Cryptography;
using Relay.Interop.Tests.Peer;
using Relay.Libp2p;
using Relay.Multiformats;
using Relay.TestKit;

namespace Relay.Interop.Tests.Nodes;

/// <summary>The echo protocol of the js-libp2p peers, for .NET nodes.</summary>
internal static class NodeEcho
{
    /// <summary>Sends back what comes, with half-close.</summary>
    public static void Serve(RelayNode node) => node.Handle(Protocols.Echo, async stream =>
    {
        await stream.CopyToAsync(stream);
        await stream.CloseWriteAsync();
    });

    /// <summary>Dials, sends random bytes and FIN, and compares what comes back until FIN. Returns the connection that it went over.</summary>
    public static async Task<Connection> EchoesAsync(RelayNode dialer, string address, int length)
    {
        byte[] sent = RandomNumberGenerator.GetBytes(length);
        await using MuxedStream stream = await dialer.OpenStreamAsync(Multiaddress.Parse(address), Protocols.Echo, allowLimited: true).InTime();
        using var received = new MemoryStream();
        await Task.WhenAll(SendAsync(stream, sent), stream.CopyToAsync(received)).InTime(); // where one fails, so may the other

        Assert.That(received.Length, Is.EqualTo(length));
        Assert.That(SHA256.HashData(received.ToArray()), Is.EqualTo(SHA256.HashData(sent)));
        return stream.Connection;
    }

    private static async Task SendAsync(MuxedStream stream, byte[] bytes)
    {
        await stream.WriteAsync(bytes);
        await stream.CloseWriteAsync();
    }
}
