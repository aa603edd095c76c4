using System.Collections.Immutable;
using BenchmarkDotNet.Attributes;
using Relay.Members;
using Relay.Multiformats;

namespace Relay.Benchmarks.Acl;

/// <summary>What does it cost to take in an alive bucket: the same one again, one in which everybody has been seen anew, and its text?</summary>
/// <remarks>
/// One comes every 30 s, on a thread that carries no circuit; what counts is that it is milliseconds at 100 000 members, and bytes that the collector does not
/// stop the others for. Nobody joins or leaves, as nearly always.
/// </remarks>
public class SightingsBenchmarks
{
    private static readonly DateTimeOffset Start = new(2026, 8, 12, 13, 29, 21, TimeSpan.Zero);

    private AliveView _view = null!;
    private PeerId[] _peers = [];
    private ImmutableArray<Member> _same = [];
    private byte[] _json = [];
    private int _second;

    [Params(1_000, 100_000)]
    public int Members { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        _peers = SeededPeers.Make(Members, seed: 1);
        _view = new AliveView(SightingRules.From(new Config().ToOptions().OfType<NetworkOnlyOption>().Single(), _peers[0]));
        _same = SeenAt(Start);
        _json = System.Text.Encoding.ASCII.GetBytes("{" + string.Join(',', _peers.Select(static peer => $"\"{peer}\":\"\\\"2026-08-12T13:29:21Z\\\"\"")) + "}");
        _view.Take(_same, new Moment(Start, TimeSpan.Zero));
    }

    /// <summary>No heartbeat is new.</summary>
    [Benchmark(Baseline = true)]
    public object TakeTheSame() => _view.Take(_same, new Moment(Start, TimeSpan.Zero));

    /// <summary>Every heartbeat is. Making the snapshot is included; it is the smaller part.</summary>
    [Benchmark]
    public object TakeNewHeartbeats()
    {
        TimeSpan now = TimeSpan.FromSeconds(++_second);
        return _view.Take(SeenAt(Start + now), new Moment(Start + now, now));
    }

    /// <summary>Reading the answer of the API.</summary>
    [Benchmark]
    public object Parse() => AliveBucket.Parse(_json);

    private ImmutableArray<Member> SeenAt(DateTimeOffset at) => [.. _peers.Select(peer => new Member(peer, at))];
}
