using System.Net;
using BenchmarkDotNet.Attributes;
using Relay.Circuit;
using Relay.Multiformats;

namespace Relay.Benchmarks.Admissions;

/// <summary>
/// What does the decision about a RESERVE or a CONNECT cost, everything but I/O and signing, and does it stay the same however many slots are held?
/// </summary>
/// <remarks>
/// One reservation, a busy relay's thousand, and a hundred thousand, where only the caches may make a difference: every decision is meant to be constant work.
/// Each peer has an address of its own, which is the most the tables can hold. A refusal is what an attacker makes the relay do, and must not cost more.
/// </remarks>
public class AdmissionBenchmarks
{
    private const int Ring = 65_536; // peers that ask in turn, as many as make the caches work

    private Admission _admission = null!;
    private ReserveRequest[] _renewals = [];
    private ReserveRequest[] _newcomers = [];
    private ConnectRequest[] _connects = [];
    private ConnectRequest[] _unreserved = [];
    private ReserveRequest[] _denied = [];
    private readonly List<ReservationChange> _changes = [];
    private int _next;

    [Params(1, 1_000, 100_000)]
    public int Reservations { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        // Without rates: so many grants in so short a time would be refused by them.
        var options = new CircuitRelayOptions
        {
            MaxReservations = int.MaxValue,
            MaxTotalCircuits = int.MaxValue,
            ReservationRatePerPeer = null,
            ReservationRatePerIp = null,
            CircuitRatePerPeer = null,
            CircuitRatePerIp = null,
        };
        _admission = new Admission(options, TimeProvider.System);
        var allowed = new PolicyVerdict(AclVerdict.Allow(), _admission.PolicyVersion);
        var denied = new PolicyVerdict(AclVerdict.Deny(), _admission.PolicyVersion);

        PeerId[] holders = SeededPeers.Make(Reservations, seed: 1);
        PeerId[] strangers = SeededPeers.Make(Ring, seed: 2);
        ReserveRequest[] reserves = [.. holders.Select((peer, i) => new ReserveRequest(peer, Ip(i), IsRelayed: false, allowed))];
        foreach (ReserveRequest request in reserves)
            _admission.Reserve(request, out _);

        var random = new Random(3);
        _renewals = [.. InRing(_ => reserves[random.Next(Reservations)])];
        _newcomers = [.. InRing(i => new ReserveRequest(strangers[i], Ip(Reservations + i), IsRelayed: false, allowed))];
        _denied = [.. InRing(i => _newcomers[i] with { Verdict = denied })];
        _connects = [.. InRing(i => new ConnectRequest(strangers[i], Ip(i), holders[random.Next(Reservations)], false, true, allowed))];
        _unreserved = [.. InRing(i => new ConnectRequest(strangers[i], Ip(i), strangers[(i + 1) % Ring], false, true, allowed))];
    }

    [Benchmark(Baseline = true)]
    public bool Renew()
    {
        Decision? decision = _admission.Reserve(_renewals[Next()], out _);
        TakeChanges();
        return decision?.Status == Status.Ok;
    }

    [Benchmark]
    public bool ReserveAndRetract()
    {
        _admission.Reserve(_newcomers[Next()], out ReservationGrant? grant);
        bool isRetracted = _admission.Retract(grant!);
        TakeChanges();
        return isRetracted;
    }

    [Benchmark]
    public bool ConnectAndRelease()
    {
        Decision? decision = _admission.Connect(_connects[Next()], out CircuitSlot? slot);
        slot!.Dispose();
        return decision?.Status == Status.Ok;
    }

    [Benchmark]
    public bool RefuseByAcl() => _admission.Reserve(_denied[Next()], out _)?.Status == Status.PermissionDenied;

    [Benchmark]
    public bool RefuseWithoutReservation() => _admission.Connect(_unreserved[Next()], out _)?.Status == Status.NoReservation;

    // As the relay does after each call.
    private void TakeChanges()
    {
        _changes.Clear();
        _admission.TakeChanges(_changes);
    }

    private int Next() => _next = (_next + 1) % Ring;

    private static IEnumerable<T> InRing<T>(Func<int, T> make) => Enumerable.Range(0, Ring).Select(make);

    private static Multiaddress Ip(int number) => Multiaddress.Parse($"/ip4/{new IPAddress((uint)number)}/tcp/4001");
}
