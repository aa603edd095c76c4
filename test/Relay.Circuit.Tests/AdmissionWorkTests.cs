using System.Net;
using Relay.Multiformats;
using Relay.TestKit;

namespace Relay.Circuit.Tests;

/// <summary>
/// A decision is constant work: counted in visits to the tables' rows, with 1, 1 000 and 100 000 reservations, each with an address and a lifetime of its own.
/// </summary>
[TestFixture]
internal sealed class AdmissionWorkTests
{
    private static readonly int[] Sizes = [1, 1_000, 100_000];

    private readonly ManualTimeProvider _time = new();
    private Admission _admission = null!;

    [Test]
    public void Each_kind_of_decision_visits_the_same_number_of_rows_however_many_reservations_there_are()
    {
        (string, long)[][] costs = [.. Sizes.Select(Costs)];
        Assert.That(costs[1], Is.EqualTo(costs[0]));
        Assert.That(costs[2], Is.EqualTo(costs[0]));
        Assert.That(costs[0].Select(cost => cost.Item2), Is.All.InRange(0, 25));
    }

    [Test]
    public void Over_its_lifetime_a_reservation_is_visited_a_bounded_number_of_times_however_many_there_are()
    {
        foreach (int size in Sizes[1..])
        {
            Fill(size);
            long before = _admission.Visits;
            const int Decisions = 5_000;
            for (int i = 0; i < Decisions; i++)
            {
                _time.Advance(TimeSpan.FromSeconds(20)); // so that all have expired at the end
                _admission.Reserve(Request(TestPeers.Numbered(-1), size + 1, AclVerdict.Allow(null, TimeSpan.FromSeconds(10))), out _);
            }

            Assert.That(_admission.Counts.Reservations, Is.EqualTo(1));
            double perReservation = (_admission.Visits - before - (Decisions * 30.0)) / size;
            Assert.That(perReservation, Is.LessThan(30), $"{size} reservations: out of the wheel, out of the table, out of the counts, and down the levels");
        }
    }

    private (string, long)[] Costs(int size)
    {
        Fill(size);
        PeerId holder = TestPeers.Numbered(size / 2);
        PeerId newcomer = TestPeers.Numbered(-1);
        ReservationGrant? grant = null;
        CircuitSlot? slot = null;
        return
        [
            ("renew", Visits(() => _admission.Reserve(Request(holder, size / 2), out _))),
            ("renew for a shorter time", Visits(() => _admission.Reserve(Request(holder, size / 2, AclVerdict.Allow(null, TimeSpan.FromSeconds(5))), out _))),
            ("renew elsewhere", Visits(() => _admission.Reserve(Request(holder, size + 2), out _))),
            ("reserve", Visits(() => _admission.Reserve(Request(newcomer, size + 1), out grant))),
            ("retract", Visits(() => Assert.That(_admission.Retract(grant!)))),
            ("explain", Visits(() => _admission.Explain(Request(newcomer, size + 1)))),
            ("deny", Visits(() => _admission.Reserve(Request(newcomer, size + 1, AclVerdict.Deny()), out _))),
            ("connect", Visits(() => _admission.Connect(ConnectTo(holder), out slot))),
            ("close", Visits(() => slot!.Dispose())),
            ("no reservation", Visits(() => _admission.Connect(ConnectTo(TestPeers.Numbered(-2)), out _))),
            ("fill", Visits(() => _admission.Apply(_admission.Options with { MaxReservations = 1 }))),
            ("refuse", Visits(() => Assert.That(_admission.Reserve(Request(newcomer, size + 1), out _)?.Reason, Is.EqualTo(ReasonCode.ReservationsFull)))),
            ("disconnect", Visits(() => Assert.That(_admission.Disconnect(holder)))),
        ];
    }

    private long Visits(Action action)
    {
        long before = _admission.Visits;
        action();
        return _admission.Visits - before;
    }

    private void Fill(int size)
    {
        var options = new CircuitRelayOptions { MaxReservations = int.MaxValue, ReservationTtl = TimeSpan.FromHours(24) };
        _admission = new Admission(options with { ReservationRatePerPeer = null, ReservationRatePerIp = null }, _time);
        var random = new Random(7);
        for (int i = 0; i < size; i++)
            _admission.Reserve(Request(TestPeers.Numbered(i), i, AclVerdict.Allow(null, TimeSpan.FromMilliseconds(60_000 + random.Next(80_000_000)))), out _);
        _admission.Apply(options);
        Assert.That(_admission.Counts.Reservations, Is.EqualTo(size));
    }

    private ReserveRequest Request(PeerId peer, int place, AclVerdict? verdict = null) => new(peer, Address(place), false, Verdict(verdict ?? true));

    private ConnectRequest ConnectTo(PeerId destination) => new(TestPeers.Numbered(-1), Address(0), destination, false, true, Verdict(true));

    private PolicyVerdict Verdict(AclVerdict verdict) => new(verdict, _admission.PolicyVersion);

    private static Multiaddress Address(int place) => Multiaddress.Parse($"/ip4/{new IPAddress((uint)place + 0x0a000000)}/tcp/4001");
}
