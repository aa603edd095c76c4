using System.Net;
using System.Net.Sockets;
using System.Text;
using Relay.Multiformats;

namespace Relay.TestKit;

/// <summary>
/// A server in the place of <c>edgevpn api</c>, on a loopback port or a unix socket, which answers what the test says, byte by byte, misbehaviour
/// included. One request a connection.
/// </summary>
public sealed class EdgeVpnApiServer : IAsyncDisposable
{
    public const string Request = "GET /api/ledger/healthcheck HTTP/1.1";

    private readonly Socket _listener;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;
    private Func<string, Stream, CancellationToken, Task> _answer = (_, _, _) => Task.CompletedTask;
    private int _requests;

    /// <param name="socket">The path of a unix socket; null for a loopback port.</param>
    public EdgeVpnApiServer(string? socket = null)
    {
        EndPoint endpoint = socket is null ? new IPEndPoint(IPAddress.Loopback, 0) : new UnixDomainSocketEndPoint(socket);
        _listener = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Unspecified);
        _listener.Bind(endpoint);
        _listener.Listen();
        Api = new Uri(socket is null ? $"http://{_listener.LocalEndPoint}" : $"unix://{socket}");
        _accepting = AcceptAsync();
    }

    /// <summary>What to give to the source.</summary>
    public Uri Api { get; }

    public int Requests => Volatile.Read(ref _requests);

    /// <summary>The bucket of these heartbeats, as EdgeVPN writes it.</summary>
    public static string Bucket(params IEnumerable<(PeerId Peer, DateTimeOffset At)> heartbeats) =>
        $"{{{string.Join(',', heartbeats.Select(beat => $"\"{beat.Peer}\":\"\\\"{beat.At.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}\\\"\""))}}}";

    public void Answers(string body) => Answers((request, stream, stopping) => request.StartsWith(Request + "\r\n", StringComparison.Ordinal)
        ? WriteAsync(stream, $"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}", stopping)
        : WriteAsync(stream, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", stopping));

    public void Answers(int status, string header = "") => Answers((_, stream, stopping) =>
        WriteAsync(stream, $"HTTP/1.1 {status} So\r\n{header}{(status == 204 ? "" : "Content-Length: 0\r\n")}Connection: close\r\n\r\n", stopping));

    /// <summary>Answers with whatever is written to the stream, given the request line and headers; the connection is closed after it.</summary>
    public void Answers(Func<string, Stream, CancellationToken, Task> answer) => Volatile.Write(ref _answer, answer);

    public static async Task WriteAsync(Stream stream, string text, CancellationToken stopping) => await stream.WriteAsync(Encoding.ASCII.GetBytes(text), stopping);

    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested)
            return;
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
    }

    private async Task AcceptAsync()
    {
        var serving = new List<Task>();
        try
        {
            while (true)
                serving.Add(ServeAsync(await _listener.AcceptAsync(_stop.Token)));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(serving);
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        try
        {
            await using var stream = new NetworkStream(socket, ownsSocket: true);
            var request = new StringBuilder();
            byte[] one = new byte[1];
            while (!request.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(one, _stop.Token) == 1)
                request.Append((char)one[0]);
            Interlocked.Increment(ref _requests);
            await Volatile.Read(ref _answer)(request.ToString(), stream, _stop.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // the client has gone, or the test is over
        }
    }
}
