using System.Net;
using System.Net.Sockets;
using Relay.Multiformats;

namespace Relay.Libp2p.Tests.Scripting;

/// <summary>Sockets to and from a node, and how far up a handshake the test wants to go on them.</summary>
internal static class RawDialer
{
    /// <summary>A bare socket to the node.</summary>
    public static async Task<NetworkStream> ConnectAsync(Libp2pNode node)
    {
        node.ListenAddresses[0].TryGetEndPoint(out IPEndPoint? endpoint);
        var socket = new Socket(endpoint!.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(endpoint).InTime();
        return new NetworkStream(socket, ownsSocket: true);
    }

    /// <summary>A socket to the node on which Noise is agreed.</summary>
    public static async Task<NetworkStream> ConnectToNoiseAsync(Libp2pNode node)
    {
        NetworkStream stream = await ConnectAsync(node);
        await stream.ProposeAsync("/noise");
        return stream;
    }

    /// <summary>A connection to the node with the muxer agreed on, on which any frame can be sent.</summary>
    public static async Task<SecuredPeer> ConnectSecuredAsync(Libp2pNode node, ScriptedIdentity? identity = null)
    {
        var script = new NoiseScript(await ConnectToNoiseAsync(node), isInitiator: true, identity);
        return await script.RunAsync();
    }

    /// <summary>A place for the node to dial, where the test is at the other end.</summary>
    public static Socket Listen(out Multiaddress address)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        socket.Listen();
        address = Multiaddress.FromEndPoint((IPEndPoint)socket.LocalEndPoint!);
        return socket;
    }

    public static async Task<NetworkStream> AcceptStreamAsync(this Socket listener) => new(await listener.AcceptAsync().InTime(), ownsSocket: true);

    /// <summary>Waits until the other side has closed the connection, in order or not.</summary>
    public static async Task ExpectClosedAsync(this Stream stream)
    {
        byte[] buffer = new byte[4096];
        try
        {
            while (await stream.ReadAsync(buffer).InTime() > 0)
            {
            }
        }
        catch (IOException)
        {
            // A reset closes as well.
        }
    }
}
