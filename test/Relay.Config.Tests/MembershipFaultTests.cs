using Relay.Multiformats;
using Relay.TestKit;

namespace Relay.Tests;

/// <summary>
/// Sources that fail in every way there is, one random step after the other: what is known stays, nothing that cannot be used empties the set, nothing opens the
/// gate, and the first good answer counts.
/// </summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class MembershipFaultTests
{
    private const int Steps = 60;
    private const int Hanging = 8; // the last way to misbehave

    private static readonly PeerId[] Crowd = Peers.CreateMany(6);
    private static readonly NetworkOnlyOption Option = NetworkOptions.Patient;

    private readonly ManualTimeProvider _time = new();
    private readonly NetworkOnlyAcl _acl = new();
    private readonly RecordingLoggerFactory _log = new();
    private int _opened;

    [TearDown]
    public void Release() => _log.Dispose();

    [Test]
    public async Task An_authoritative_source_leaves_exactly_whom_its_last_good_answer_named([Range(1, 6)] int seed)
    {
        var random = new Random(seed);
        var source = new ScriptedSource(MembershipKind.Authoritative);
        await using NetworkService service = await StartAsync(source, source, Crowd[..3]);
        PeerId[] expected = Crowd[..3];
        for (int step = 0; step < Steps; step++)
        {
            if (random.Next(3) > 0)
            {
                await AnswerAsync(service, source, read => Misbehave(read, random.Next(Hanging + 1)));
            }
            else
            {
                PeerId[] members = [.. Crowd.Where(_ => random.Next(2) == 0)];
                expected = members;
                await AnswerAsync(service, source, read => read.Returns(members));
            }

            Assert.That(Admitted(), Is.EquivalentTo(expected), $"step {step}");
            Assert.That(_opened, Is.Zero);
        }
    }

    [Test]
    public async Task Sightings_lose_nobody_to_faults_and_the_window_never_opens_again([Range(1, 6)] int seed)
    {
        var random = new Random(seed);
        var source = new ScriptedSource(MembershipKind.Sightings);
        await using NetworkService service = await StartAsync(source, source, Crowd[..2]);
        HashSet<PeerId> expected = [.. Crowd[..2]];
        for (int step = 0; step < Steps; step++)
        {
            switch (random.Next(6))
            {
                case 0: // far less than what would age anybody
                    PeerId[] seen = [.. Crowd[..4].Where(_ => random.Next(2) == 0)];
                    expected.UnionWith(seen);
                    await AnswerAsync(service, source, read => read.Returns([.. seen.Concat(expected).Distinct()]));
                    break;
                case 1:
                    await AnswerAsync(service, source, read => read.Returns());
                    break;
                case 2:
                    DateTimeOffset never = random.Next(2) == 0 ? _time.GetUtcNow().AddDays(-1) : _time.GetUtcNow().AddDays(1);
                    await AnswerAsync(service, source, read => read.Returns(Crowd.Select(peer => new Member(peer, never))));
                    break;
                default:
                    await AnswerAsync(service, source, read => Misbehave(read, random.Next(Hanging + 1)));
                    break;
            }

            Assert.That(Admitted(), Is.EquivalentTo(expected), $"step {step}");
            Assert.That(_opened, Is.Zero);
        }
    }

    [Test]
    public async Task Whom_a_deny_list_named_last_is_never_admitted_whatever_happens_to_either_part([Range(1, 6)] int seed)
    {
        var random = new Random(seed);
        var members = new ScriptedSource(MembershipKind.Authoritative);
        var denied = new ScriptedSource(MembershipKind.Authoritative);
        Task<NetworkService> starting = StartAsync(new ExceptMembershipSource(members, denied), members, Crowd);
        (await denied.NextReadAsync()).Returns(Crowd[0]);
        await using NetworkService service = await starting;
        PeerId[] allowed = Crowd;
        PeerId[] forbidden = [Crowd[0]];
        for (int step = 0; step < Steps; step++)
        {
            _time.Advance(Option.Refresh);
            allowed = await AnswerOrNotAsync(members, allowed);
            forbidden = await AnswerOrNotAsync(denied, forbidden);
            Assert.That(Admitted(), Is.EquivalentTo(allowed.Except(forbidden)), $"step {step}");
        }

        async Task<PeerId[]> AnswerOrNotAsync(ScriptedSource part, PeerId[] known)
        {
            PeerId[] next = [.. Crowd.Where(_ => random.Next(2) == 0)];
            bool isGood = random.Next(2) == 0;
            MembershipSourceStatus before = StatusOf(service, part);
            ScriptedSource.Read read = await part.NextReadAsync();
            if (isGood)
                read.Returns(next);
            else
                Misbehave(read, random.Next(Hanging));
            await Eventually.TrueAsync(() => StatusOf(service, part) != before, "the status of the part");
            return isGood ? next : known;
        }
    }

    private async Task<NetworkService> StartAsync(IMembershipSource source, ScriptedSource first, PeerId[] members)
    {
        var service = new NetworkService(_acl, source, Option, Peers.Self, _time, _log) { Random = () => 0 };
        Task start = service.StartAsync(CancellationToken.None);
        (await first.NextReadAsync()).Returns(members);
        await start.InTime();
        _acl.Changed += () => _opened += _acl.IsWindowOpen ? 1 : 0;
        return service;
    }

    // Every way to answer that is none. One that says nothing at all is given up when its time is over, and unwinds then.
    private void Misbehave(ScriptedSource.Read read, int how)
    {
        switch (how)
        {
            case 0:
                read.Fails(new IOException("gone"));
                break;
            case 1:
                read.Fails(new OperationCanceledException("its own affair"));
                break;
            case 2:
                read.Fails(new MembershipException(MembershipError.Unreadable, "it says so itself"));
                break;
            case 3:
                read.Answer.SetResult(null!);
                break;
            case 4:
                MembershipKind other = read.Kind == MembershipKind.Authoritative ? MembershipKind.Sightings : MembershipKind.Authoritative;
                read.Answer.SetResult(new MembershipSnapshot(other, default, Crowd.Select(static peer => new Member(peer))));
                break;
            case 5:
                read.Returns([], [new InvalidMember(1, "is not a peer id")]);
                break;
            case 6:
                read.Answer.SetCanceled();
                break;
            case 7:
                read.Fails(new NotSupportedException("or another that nobody expects"));
                break;
            default:
                read.Cancellation.Register(() => read.Answer.TrySetCanceled(CancellationToken.None));
                _time.Advance(Option.ReadTimeout);
                break;
        }
    }

    // Moves on until the source is read, answers, and waits until that has been dealt with.
    private async Task AnswerAsync(NetworkService service, ScriptedSource source, Action<ScriptedSource.Read> answer)
    {
        MembershipStatus before = service.Status;
        _time.Advance(Option.Refresh);
        answer(await source.NextReadAsync());
        await Eventually.TrueAsync(() => !ReferenceEquals(service.Status, before), "the status");
    }

    private static MembershipSourceStatus StatusOf(NetworkService service, IMembershipSource part) =>
        service.Status.Sources.Single(status => status.Source == part);

    private IEnumerable<PeerId> Admitted() => Crowd.Where(peer => _acl.AllowReserve(peer, Peers.Address).IsAllowed);
}
