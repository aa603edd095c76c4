using System.Net;
using System.Net.Sockets;
using System.Text;
using Relay.Multiformats;

namespace Membership;

/// <summary>Stands in for <c>edgevpn api</c>: answers every request with one alive bucket.</summary>
internal sealed class AliveBucketServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly byte[] _answer;
    private readonly Task _serving;

    public AliveBucketServer(params (PeerId Peer, DateTimeOffset LastSeen)[] heartbeats)
    {
        string bucket = $"{{{string.Join(',', heartbeats.Select(beat => $"\"{beat.Peer}\":\"\\\"{beat.LastSeen:yyyy-MM-ddTHH:mm:ssZ}\\\"\""))}}}";
        _answer = Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {bucket.Length}\r\n\r\n{bucket}");
        _listener.Start();
        Address = new Uri($"http://{_listener.LocalEndpoint}");
        _serving = ServeAsync();
    }

    public Uri Address { get; }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _serving;
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using TcpClient client = await _listener.AcceptTcpClientAsync();
                using var reader = new StreamReader(client.GetStream());
                while (await reader.ReadLineAsync() is { Length: > 0 })
                {
                    // the request ends with an empty line
                }

                await client.GetStream().WriteAsync(_answer);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or IOException)
        {
            // disposed
        }
    }
}
