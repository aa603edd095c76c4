using System.Text;
using Relay.Settings;
using Relay.TestKit;

namespace Relay.Tests;

/// <summary>The EdgeVPN API as a membership source, against a server on a real socket that can misbehave.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class EdgeVpnMembershipSourceTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly EdgeVpnApiServer _server = new();
    private EdgeVpnMembershipSource _source = null!;

    [SetUp]
    public void Create()
    {
        _source = new EdgeVpnMembershipSource(_server.Api, _time);
    }

    [TearDown]
    public async Task StopAsync()
    {
        _source.Dispose();
        await _server.DisposeAsync();
    }

    [Test]
    public async Task The_heartbeats_of_the_bucket_are_sightings()
    {
        DateTimeOffset seen = new(2026, 8, 12, 13, 29, 21, TimeSpan.Zero);
        _server.Answers($$"""{"{{Peers.Member}}":"\"2026-08-12T13:29:21Z\"","{{Peers.OtherMember}}":"\"2026-08-12T13:29:22Z\""}""");

        MembershipSnapshot snapshot = await ReadAsync();

        Assert.That((snapshot.Kind, snapshot.TakenAt), Is.EqualTo((MembershipKind.Sightings, _time.GetUtcNow())));
        Assert.That(snapshot.Members, Is.EqualTo(new[] { new Member(Peers.Member, seen), new Member(Peers.OtherMember, seen.AddSeconds(1)) }));
        Assert.That(snapshot.Invalid, Is.Empty);
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task The_heartbeat_of_the_node_that_is_asked_leaves_the_window_open_if_it_is_named(bool isNamed)
    {
        _server.Answers(EdgeVpnApiServer.Bucket((Peers.OtherMember, _time.GetUtcNow())));
        var settings = new HostSettings
        {
            Config = { ListenAddresses = { "/ip4/127.0.0.1/tcp/0" } },
            MembersApi = _server.Api.OriginalString,
            MembersApiPeer = isNamed ? Peers.OtherMember.ToString() : null,
        };
        IMembershipSource source = settings.CreateMembershipSource(_time)!;
        await using RelayNode node = new NodeBuilder(settings.Config.ToOptions()).WithMembership(source).WithTimeProvider(_time).Build();
        await node.StartAsync().InTime();
        Assert.That(node.Membership!.IsWindowOpen, Is.EqualTo(isNamed));
        ((IDisposable)source).Dispose();
    }

    [TestCase("{}")]
    [TestCase("null")]
    public async Task A_scrubbed_bucket_is_empty_and_no_error(string body)
    {
        _server.Answers(body);
        Assert.That((await ReadAsync()).Members, Is.Empty);
    }

    [Test]
    public async Task An_answer_that_has_not_changed_is_not_parsed_again()
    {
        _server.Answers(EdgeVpnApiServer.Bucket((Peers.Member, _time.GetUtcNow())));
        MembershipSnapshot first = await ReadAsync();
        MembershipSnapshot second = await ReadAsync();

        Assert.That(second.Members == first.Members, Is.True, "the very same array");
        Assert.That(_server.Requests, Is.EqualTo(2));
    }

    [TestCase(500)]
    [TestCase(404)]
    [TestCase(204)]
    public void Another_status_than_200_is_unreadable(int status)
    {
        _server.Answers(status);
        Assert.That(Error(), Is.EqualTo((MembershipError.Unreadable, $"answers {status}")));
    }

    [Test]
    public void A_redirect_is_not_followed()
    {
        _server.Answers(302, $"Location: {_server.Api}elsewhere\r\n");
        Assert.That(Error(), Is.EqualTo((MembershipError.Unreadable, "answers 302")));
        Assert.That(_server.Requests, Is.EqualTo(1));
    }

    [TestCase("[]")]
    [TestCase("\"members\"")]
    [TestCase("<html>")]
    [TestCase("")]
    [TestCase("{\"a\":")]
    [TestCase("{} {}")]
    [TestCase("{\"\\ud800\":\"x\"}")]
    public void What_is_no_bucket_is_unreadable(string body)
    {
        _server.Answers(body);
        Assert.That(Error(), Is.EqualTo((MembershipError.Unreadable, "is no alive bucket")));
    }

    [Test]
    public void An_answer_that_breaks_off_is_unreadable()
    {
        _server.Answers((_, stream, stopping) => EdgeVpnApiServer.WriteAsync(stream, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{", stopping));
        Assert.That(Error().Reason, Is.EqualTo(MembershipError.Unreadable));
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task An_answer_of_exactly_the_largest_size_is_read(bool saysItsLength)
    {
        string bucket = EdgeVpnApiServer.Bucket((Peers.Member, _time.GetUtcNow()));
        AnswerPadded(bucket, EdgeVpnMembershipSource.MaxAnswerSize, saysItsLength);
        Assert.That((await ReadAsync()).Members, Has.Length.EqualTo(1));
    }

    [TestCase(true)]
    [TestCase(false)]
    public void An_answer_that_is_one_byte_larger_is_refused(bool saysItsLength)
    {
        AnswerPadded("{}", EdgeVpnMembershipSource.MaxAnswerSize + 1, saysItsLength);
        Assert.That(Error(), Is.EqualTo((MembershipError.Unreadable, "answers more than 16 MiB")));
    }

    [TestCase("")]
    [TestCase("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{")]
    public async Task An_answer_that_does_not_begin_or_does_not_end_times_out(string beginning)
    {
        using var asked = new SemaphoreSlim(0);
        _server.Answers(async (_, stream, stopping) =>
        {
            await EdgeVpnApiServer.WriteAsync(stream, beginning, stopping);
            asked.Release();
            await Task.Delay(Timeout.Infinite, stopping);
        });

        Task<MembershipSnapshot> read = ReadAsync();
        await asked.WaitAsync().InTime();
        _time.Advance(_source.Timeout - TimeSpan.FromTicks(1));
        Assert.That(read.IsCompleted, Is.False);
        _time.Advance(TimeSpan.FromTicks(1));

        Assert.That(Assert.ThrowsAsync<MembershipException>(() => read)!.Reason, Is.EqualTo(MembershipError.TimedOut));
    }

    [Test]
    public async Task The_callers_cancellation_is_a_cancellation()
    {
        using var cancel = new CancellationTokenSource();
        using var asked = new SemaphoreSlim(0);
        _server.Answers(async (_, _, stopping) =>
        {
            asked.Release();
            await Task.Delay(Timeout.Infinite, stopping);
        });

        Task<MembershipSnapshot> read = _source.ReadAsync(cancel.Token).InTime();
        await asked.WaitAsync().InTime();
        await cancel.CancelAsync();

        Assert.That(() => read, Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public async Task Nobody_who_listens_is_unreadable()
    {
        await _server.DisposeAsync();
        Assert.That(Error(), Is.EqualTo((MembershipError.Unreadable, "cannot be asked")));
    }

    [Test]
    [Platform("Linux,MacOsX")]
    public async Task A_unix_socket_is_asked_like_an_address()
    {
        string folder = Directory.CreateTempSubdirectory("relay-api-").FullName;
        try
        {
            await using var server = new EdgeVpnApiServer(Path.Combine(folder, "api.sock"));
            server.Answers(EdgeVpnApiServer.Bucket((Peers.Member, _time.GetUtcNow())));
            using var source = new EdgeVpnMembershipSource(server.Api, _time);

            Assert.That((await source.ReadAsync(CancellationToken.None).InTime()).Members, Has.Length.EqualTo(1));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Test]
    public async Task A_client_of_the_callers_is_used_and_not_disposed()
    {
        using var client = new HttpClient();
        client.DefaultRequestHeaders.Add("X-Token", "sesame");
        string asked = string.Empty;
        _server.Answers((request, stream, stopping) =>
        {
            asked = request;
            return EdgeVpnApiServer.WriteAsync(stream, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}", stopping);
        });

        var source = new EdgeVpnMembershipSource(_server.Api, client, _time);
        await source.ReadAsync(CancellationToken.None).InTime();
        source.Dispose();

        Assert.That(asked, Does.StartWith(EdgeVpnApiServer.Request).And.Contain("X-Token: sesame"));
        Assert.That((await client.GetAsync(_server.Api).InTime()).IsSuccessStatusCode, Is.True);
    }

    [TestCase("ftp://host/")]
    [TestCase("unix://host/path")]
    [TestCase("unix:///")]
    [TestCase("/api")]
    [TestCase("http://user:secret@host/")]
    [TestCase("http://host/?a=b")]
    public void Another_address_is_refused_without_repeating_it(string api)
    {
        ArgumentException? e = Assert.Throws<ArgumentException>(() => _ = new EdgeVpnMembershipSource(new Uri(api, UriKind.RelativeOrAbsolute)));
        Assert.That(e!.Message, Does.Not.Contain("secret"));
    }

    [Test]
    public async Task Members_stay_through_every_misbehaviour_and_the_gate_stays_shut()
    {
        var acl = new NetworkOnlyAcl();
        _server.Answers(EdgeVpnApiServer.Bucket((Peers.Member, _time.GetUtcNow()), (Peers.OtherMember, _time.GetUtcNow())));
        await using var service = new NetworkService(acl, _source, NetworkOptions.Default, Peers.Self, _time, null) { Random = () => 0 };
        await service.StartAsync(CancellationToken.None).InTime();

        (string Name, Action Misbehave, MembershipError? Error)[] misbehaviours =
        [
            ("500", () => _server.Answers(500), MembershipError.Unreadable),
            ("no JSON", () => _server.Answers("oops"), MembershipError.Unreadable),
            ("no peer id", () => _server.Answers("{\"x\":\"\\\"2026-08-12T13:29:21Z\\\"\"}"), MembershipError.NothingUsable),
            ("ancient", () => _server.Answers(EdgeVpnApiServer.Bucket((Peers.Stranger, _time.GetUtcNow() - TimeSpan.FromDays(7)))), MembershipError.NothingUsable),
            ("from the future", () => _server.Answers(EdgeVpnApiServer.Bucket((Peers.Stranger, _time.GetUtcNow() + TimeSpan.FromDays(7)))), MembershipError.NothingUsable),
            ("too much", () => AnswerPadded("{}", EdgeVpnMembershipSource.MaxAnswerSize + 1, saysItsLength: false), MembershipError.Unreadable),
            ("breaks off", () => _server.Answers((_, stream, stopping) => EdgeVpnApiServer.WriteAsync(stream, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", stopping)), MembershipError.Unreadable),
            ("no object", () => _server.Answers("[]"), MembershipError.Unreadable),
            ("scrubbed", () => _server.Answers("{}"), null),
            ("gone", () => _server.Answers("null"), null),
        ];
        foreach ((string name, Action misbehave, MembershipError? error) in misbehaviours)
        {
            misbehave();
            MembershipStatus before = service.Status;
            _time.AdvanceToNext(); // by the refresh, or by the back-off
            await CheckAsync(before, name, error);
        }

        using var asked = new SemaphoreSlim(0);
        _server.Answers(async (_, _, stopping) =>
        {
            asked.Release();
            await Task.Delay(Timeout.Infinite, stopping);
        });
        MembershipStatus last = service.Status;
        _time.AdvanceToNext();
        await asked.WaitAsync().InTime();
        _time.Advance(_source.Timeout);
        await CheckAsync(last, "slow", MembershipError.TimedOut);

        async Task CheckAsync(MembershipStatus before, string name, MembershipError? error)
        {
            await Eventually.TrueAsync(() => !ReferenceEquals(service.Status, before), name);
            Assert.That(service.Status.LastError?.Reason, Is.EqualTo(error), name);
            Assert.That(acl.AllowReserve(Peers.Member, Peers.Address).IsAllowed, Is.True, name);
            Assert.That(acl.AllowReserve(Peers.Stranger, Peers.Address).IsAllowed, Is.False, name);
        }
    }

    private Task<MembershipSnapshot> ReadAsync() => _source.ReadAsync(CancellationToken.None).InTime();

    // The reason, and what the API does wrong, without its address and the system's own words.
    private (MembershipError Reason, string What) Error()
    {
        MembershipException e = Assert.ThrowsAsync<MembershipException>(ReadAsync)!;
        Assert.That(e.Message, Does.StartWith($"The EdgeVPN API {_server.Api} "));
        string what = e.Message[$"The EdgeVPN API {_server.Api} ".Length..];
        return (e.Reason, what.Split(" (")[0].Split(':')[0]);
    }

    private void AnswerPadded(string json, int size, bool saysItsLength) => _server.Answers(async (_, stream, stopping) =>
    {
        string length = saysItsLength ? $"Content-Length: {size}\r\n" : string.Empty; // without it, the end of the connection is the end
        await EdgeVpnApiServer.WriteAsync(stream, $"HTTP/1.1 200 OK\r\n{length}Connection: close\r\n\r\n", stopping);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(json.PadRight(size)), stopping);
    });
}
