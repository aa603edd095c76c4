using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json;
using Relay.Members;
using Relay.Multiformats;

namespace Relay;

/// <summary>
/// Sightings from the alive bucket of an EdgeVPN network, asked of the HTTP API of a running <c>edgevpn api</c> or LocalAI node:
/// <c>GET /api/ledger/healthcheck</c>, a JSON object of peer id to the time of its last announcement. Thread-safe; whoever creates it disposes
/// it, and it then disposes the client it made.
/// </summary>
/// <remarks>
/// The API has no access control of its own: whoever can write to it can make members. Reach it on loopback, over a unix socket
/// (<c>edgevpn api --listen unix:///run/edgevpn.sock</c>) or through an <see cref="HttpClient"/> that authenticates both sides. Redirects are
/// not followed. A deleted entry is a revocation; an empty bucket says nothing, as its leader empties it every ten minutes.
/// </remarks>
public sealed class EdgeVpnMembershipSource : IMembershipSource, IDisposable
{
    /// <summary>The size above which an answer is refused: 16 MiB, more than a hundred thousand members.</summary>
    public const int MaxAnswerSize = 16 << 20;

    private const string UnixScheme = "unix";

    private readonly HttpClient _client;
    private readonly bool _ownsClient;
    private readonly Uri _request;
    private readonly TimeProvider _timeProvider;
    private Reading? _last;

    /// <summary>Creates the source and a client for it; asks nothing yet.</summary>
    /// <param name="api">
    /// Where the API is: <c>http://127.0.0.1:8080</c>, <c>https://HOST/PREFIX</c>, or <c>unix:///PATH/TO/SOCKET</c>.
    /// </param>
    /// <param name="timeProvider">Stamps the snapshots and times the requests; the system's when null.</param>
    /// <exception cref="ArgumentException">The address is none of these, or has credentials, a query or a fragment.</exception>
    public EdgeVpnMembershipSource(Uri api, TimeProvider? timeProvider = null)
        : this(api, CreateClient(Check(api)), ownsClient: true, timeProvider)
    {
    }

    /// <summary>Creates the source over a client of the caller's, with its proxy, certificates, headers and redirects.</summary>
    /// <param name="api">Where the API is: an <c>http</c> or <c>https</c> address.</param>
    /// <param name="client">The client; stays the caller's to dispose.</param>
    /// <param name="timeProvider">Stamps the snapshots and times the requests; the system's when null.</param>
    /// <exception cref="ArgumentException">The address is no such address, or has credentials, a query or a fragment.</exception>
    public EdgeVpnMembershipSource(Uri api, HttpClient client, TimeProvider? timeProvider = null)
        : this(api, client ?? throw new ArgumentNullException(nameof(client)), ownsClient: false, timeProvider)
    {
        if (Check(api).Scheme == UnixScheme)
            throw new ArgumentException("A client of the caller's has its own way to a unix socket; give the address it is asked by.", nameof(api));
    }

    private EdgeVpnMembershipSource(Uri api, HttpClient client, bool ownsClient, TimeProvider? timeProvider)
    {
        Api = Check(api);
        _client = client;
        _ownsClient = ownsClient;
        _timeProvider = timeProvider ?? TimeProvider.System;
        string start = Api.Scheme == UnixScheme ? "http://localhost" : Api.AbsoluteUri.TrimEnd('/');
        _request = new Uri(start + "/api/ledger/healthcheck");
    }

    /// <summary>Where the API is.</summary>
    public Uri Api { get; }

    /// <summary>How long one request may take, connecting and reading included.</summary>
    /// <remarks>Default: 5 s, half of what a node waits for a source (<see cref="MembershipConfig.ReadTimeout"/>), so that the error says what hung.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive.</exception>
    public TimeSpan Timeout
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value, TimeSpan.Zero);
            field = value;
        }
    } = TimeSpan.FromSeconds(5);

    /// <summary>The peer id of the node whose API this is; null, the default, when it is not known.</summary>
    /// <remarks>
    /// That node announces itself to its own ledger: its heartbeat says that the API works, and nothing of the network. When it is known it counts as the relay
    /// itself does: as a member, but not towards <see cref="MembershipConfig.MinimumMembers"/>, and not as evidence by which others age. When it is not, set
    /// <see cref="MembershipConfig.MinimumMembers"/> to 2 at least, or that node alone closes the bootstrap window.
    /// </remarks>
    public PeerId? ApiPeer { get; init; }

    /// <summary>Sightings.</summary>
    public MembershipKind Kind => MembershipKind.Sightings;

    /// <inheritdoc/>
    /// <exception cref="MembershipException">The API cannot be reached, answers with an error, too much, too late, or something else.</exception>
    public async ValueTask<MembershipSnapshot> ReadAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset takenAt = _timeProvider.GetUtcNow();
        byte[] answer = await AskAsync(cancellationToken).ConfigureAwait(false);
        byte[] hash = SHA256.HashData(answer);
        Reading? last = Volatile.Read(ref _last);
        if (last is null || !last.Hash.AsSpan().SequenceEqual(hash))
        {
            try
            {
                last = new Reading(hash, AliveBucket.Parse(answer));
            }
            catch (JsonException e)
            {
                throw Unreadable($"is no alive bucket: {e.Message}", e);
            }

            Volatile.Write(ref _last, last);
        }

        return new MembershipSnapshot(MembershipKind.Sightings, takenAt, last.Bucket.Members, last.Bucket.Invalid);
    }

    /// <summary>Disposes the client, if the source has made it.</summary>
    public void Dispose()
    {
        if (_ownsClient)
            _client.Dispose();
    }

    /// <summary>The address.</summary>
    public override string ToString() => $"EdgeVPN API {Api}";

    /// <summary>Whether an API can be asked at this address.</summary>
    internal static bool IsApi(Uri api)
    {
        bool isSocket = api.IsAbsoluteUri && api.Scheme == UnixScheme && api.Host.Length == 0 && api.LocalPath.Length > 1;
        bool isWeb = api.IsAbsoluteUri && (api.Scheme == Uri.UriSchemeHttp || api.Scheme == Uri.UriSchemeHttps);
        return (isSocket || isWeb) && api.UserInfo.Length + api.Query.Length + api.Fragment.Length == 0;
    }

    private static Uri Check(Uri api)
    {
        ArgumentNullException.ThrowIfNull(api);
        return IsApi(api) ? api : throw new ArgumentException(
            "The address of the API is neither http://, nor https://, nor unix:///PATH; or it has a query, a fragment, or credentials, which belong to the client.",
            nameof(api));
    }

    private static HttpClient CreateClient(Uri api)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            MaxConnectionsPerServer = 2,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5), // or a name would be looked up only once
        };
        if (api.Scheme == UnixScheme)
            handler.ConnectCallback = (_, cancellationToken) => ConnectAsync(api.LocalPath, cancellationToken);
        return new HttpClient(handler) { Timeout = System.Threading.Timeout.InfiniteTimeSpan };
    }

    private static async ValueTask<Stream> ConnectAsync(string path, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task<byte[]> AskAsync(CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(Timeout, _timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            using HttpResponseMessage response =
                await _client.GetAsync(_request, HttpCompletionOption.ResponseHeadersRead, either.Token).ConfigureAwait(false);
            if (response.StatusCode != HttpStatusCode.OK)
                throw Unreadable($"answers {(int)response.StatusCode} ({response.StatusCode})");
            if (response.Content.Headers.ContentLength > MaxAnswerSize)
                throw Unreadable($"answers more than {MaxAnswerSize >> 20} MiB");
            await using Stream body = await response.Content.ReadAsStreamAsync(either.Token).ConfigureAwait(false);
            return await BoundedRead.ToEndAsync(body, response.Content.Headers.ContentLength, MaxAnswerSize, either.Token).ConfigureAwait(false)
                ?? throw Unreadable($"answers more than {MaxAnswerSize >> 20} MiB");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new MembershipException(MembershipError.TimedOut, $"The {this} gave no answer within {Timeout.TotalSeconds} s.");
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw Unreadable($"cannot be asked: {e.Message}", e);
        }
    }

    private MembershipException Unreadable(string what, Exception? inner = null) => new(MembershipError.Unreadable, $"The {this} {what}", inner);

    private sealed record Reading(byte[] Hash, AliveBucket Bucket);
}
