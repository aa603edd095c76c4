using Relay.AutoRelay;
using Relay.Circuit;
using Relay.Multiformats;

namespace Relay.Tests.AutoRelay;

/// <summary>Who is asked for a reservation, when, and when not.</summary>
internal sealed class RelayTableTests : RelayTableTest
{
    [Test]
    public void Static_relays_are_asked_at_once_and_no_more_of_them_than_are_wanted([Range(1, 4)] int wanted)
    {
        RelayTable table = Create(wanted, [A, B, C]);

        PeerId[] asked = Ask(table);

        Assert.That(asked, Has.Length.EqualTo(Math.Min(wanted, 3)).And.SubsetOf(new[] { A, B, C }));
        Assert.That(Ask(table), Is.Empty, "they are being asked");
        foreach (PeerId relay in asked)
            Grant(table, relay);
        Assert.That(Ask(table), Is.Empty, "they are held");
    }

    [Test]
    public void Who_knows_no_relay_waits_for_nothing()
    {
        RelayWork work = Create(2).Next();

        Assert.That((work.Ask.Count, work.Search, work.Wake), Is.EqualTo((0, false, (TimeSpan?)null)));
    }

    [Test]
    public void Several_addresses_of_a_relay_are_one_relay_and_this_node_is_none()
    {
        RelayTable table = Create(2, [A, Self], configure: relays => relays.StaticRelays.Add(AddressOf(A, 4002).ToString()));

        (PeerId relay, IReadOnlyList<Multiaddress> addresses) = table.Next().Ask.Single();

        Assert.That((relay, addresses), Is.EqualTo((A, new[] { AddressOf(A), AddressOf(A, 4002) })));
    }

    [Test]
    public void A_reservation_is_renewed_when_about_half_of_it_is_over([Range(1, 20)] int seed)
    {
        RelayTable table = Create(1, [A], seed: seed);
        Ask(table);
        Grant(table, A, TimeSpan.FromMinutes(7));

        TimeSpan wake = AdvanceToWake(table);

        Assert.That(wake, Is.InRange(TimeSpan.FromMinutes(3.15), TimeSpan.FromMinutes(3.85)));
        Assert.That(Ask(table), Is.EqualTo(new[] { A }));
        Assert.That(Of(table, A).State, Is.EqualTo(RelayState.Reserved), "it is held while it is renewed");
        Assert.That(Ask(table), Is.Empty, "one renewal at a time");
    }

    [TestCase(24 * 60, 4, 5)]
    [TestCase(120, 4, 5)]
    [TestCase(1, 0.45, 0.55)]
    [TestCase(0.05, 0.0225, 0.0275)]
    public void A_renewal_is_never_later_than_after_five_minutes(double ttlMinutes, double least, double most)
    {
        RelayTable table = Create(1, [A]);
        Ask(table);
        Grant(table, A, TimeSpan.FromMinutes(ttlMinutes));

        Assert.That(table.Next().Wake!.Value.TotalMinutes, Is.InRange(least, most));
    }

    [Test]
    public void Who_forgets_a_reservation_when_the_time_of_its_first_renewal_is_over_is_asked_right_then()
    {
        // As js-libp2p's relay does: what it has renewed twice is gone when the first renewal would have run out.
        RelayTable table = Create(1, [A]);
        Ask(table);
        Grant(table, A, TimeSpan.FromHours(2));
        DateTimeOffset? forgottenAt = null;
        var gaps = new List<TimeSpan>();
        int renewals = 0;
        for (DateTimeOffset end = Time.GetUtcNow() + TimeSpan.FromDays(1); Time.GetUtcNow() < end;)
        {
            AdvanceToWake(table);
            Assert.That(Ask(table), Is.EqualTo(new[] { A }));
            DateTimeOffset now = Time.GetUtcNow();
            if (now >= forgottenAt)
            {
                gaps.Add(now - forgottenAt.Value);
                forgottenAt = null; // a new reservation
            }
            else
            {
                forgottenAt ??= now + TimeSpan.FromHours(2);
            }

            renewals++;
            Grant(table, A, TimeSpan.FromHours(2));
        }

        Assert.That(gaps, Has.Count.GreaterThan(8).And.All.LessThan(TimeSpan.FromSeconds(1)));
        Assert.That(renewals, Is.LessThan(24 * 15 + 24), "every four to five minutes, and once more for each of them");
    }

    [Test]
    public void Nodes_that_reserved_together_do_not_renew_together()
    {
        var wakes = new HashSet<TimeSpan>();
        for (int seed = 0; seed < 50; seed++)
        {
            RelayTable table = Create(1, [A], seed: seed);
            Settle(table);
            wakes.Add(table.Next().Wake!.Value);
        }

        Assert.That(wakes, Has.Count.GreaterThan(45));
    }

    [Test]
    public void A_lost_connection_is_made_again_within_half_a_second_and_not_by_all_at_once()
    {
        var waits = new List<TimeSpan>();
        for (int seed = 0; seed < 50; seed++)
        {
            RelayTable table = Create(1, [A, B], seed: seed);
            PeerId held = Ask(table).Single();
            Grant(table, held);
            Time.Advance(RelayTiming.Lasting);
            Assert.That(table.Disconnected(held), Is.True);
            Assert.That((Of(table, held).State, Of(table, held).Reason), Is.EqualTo((RelayState.Waiting, RelayReason.ConnectionLost)));
            Assert.That(Ask(table), Is.Empty, "the other one is not asked in its place: what others know of this node leads through the first");
            waits.Add(AdvanceToWake(table));
            Assert.That(Ask(table), Is.EqualTo(new[] { held }));
        }

        Assert.That(waits, Has.All.LessThan(TimeSpan.FromMilliseconds(501)));
        Assert.That(waits.Distinct().Count(), Is.GreaterThan(25));
    }

    [Test]
    public void When_it_is_not_there_any_more_another_one_is_asked()
    {
        RelayTable table = Create(1, [A, B]);
        PeerId held = Ask(table).Single();
        Grant(table, held);
        Time.Advance(RelayTiming.Lasting);
        table.Disconnected(held);
        AdvanceToWake(table);
        Ask(table);

        table.Failed(held, Unreachable);

        Assert.That(Ask(table), Is.EqualTo(new[] { held == A ? B : A }));
    }

    [Test]
    public void Of_two_that_are_held_one_dies_and_the_other_stays_until_the_first_is_back()
    {
        RelayTable table = Create(2, [A, B]);
        Settle(table);
        table.Disconnected(A);
        Assert.That(Of(table, B).State, Is.EqualTo(RelayState.Reserved));

        var asked = new List<PeerId>();
        for (int i = 0; i < 200 && asked.Count < 10; i++)
        {
            AdvanceToWake(table);
            foreach (PeerId relay in Ask(table))
            {
                if (relay == A)
                    table.Failed(A, Unreachable);
                else
                    Grant(table, relay);
                asked.Add(relay);
            }
        }

        Assert.That(asked.Count(relay => relay == A), Is.GreaterThan(5));
        Assert.That(Of(table, B).State, Is.EqualTo(RelayState.Reserved));
    }

    [Test]
    public void A_disconnected_peer_that_is_no_relay_is_nothing_to_the_table()
    {
        RelayTable table = Create(1, [A]);
        Assert.That((table.Disconnected(C), table.Disconnected(A)), Is.EqualTo((false, false)));
    }

    [Test]
    public void A_reservation_that_could_not_be_renewed_in_time_is_over()
    {
        RelayTable table = Create(1, [A]);
        Ask(table);
        Grant(table, A, TimeSpan.FromMinutes(1));
        Time.Advance(TimeSpan.FromSeconds(30));
        Assert.That(Ask(table), Is.EqualTo(new[] { A }), "and the answer does not come");
        Assert.That(table.Addresses, Has.Count.EqualTo(1));

        Time.Advance(TimeSpan.FromSeconds(30));
        table.Next();

        Assert.That((table.Addresses.Count, table.Counts.Held, table.Expects(A)), Is.EqualTo((0, 0, true)), "it may still be granted");
        Grant(table, A);
        Assert.That(Of(table, A).State, Is.EqualTo(RelayState.Reserved));
    }

    [Test]
    public void A_failed_renewal_is_tried_several_times_before_the_reservation_ends()
    {
        RelayTable table = Create(1, [A, B]);
        PeerId held = Ask(table).Single();
        Grant(table, held, TimeSpan.FromMinutes(1));
        DateTimeOffset end = Time.GetUtcNow() + TimeSpan.FromMinutes(1);

        int tries = 0;
        while (true)
        {
            AdvanceToWake(table);
            PeerId[] asked = Ask(table);
            if (Time.GetUtcNow() >= end)
                break;
            Assert.That(asked, Is.SubsetOf(new[] { held }), "no other is asked while it is held");
            foreach (PeerId relay in asked)
            {
                tries++;
                table.Failed(relay, new RelayFailure(RelayReason.NoAnswer, "silence"));
            }
        }

        Assert.That(tries, Is.GreaterThan(4));
    }

    [Test]
    public void Circuits_are_expected_from_relays_that_are_held_or_being_asked_only()
    {
        RelayTable table = Create(1, [A]);
        Assert.That((table.Expects(A), table.Expects(B)), Is.EqualTo((false, false)));
        Ask(table);
        Assert.That((table.Expects(A), table.Expects(B)), Is.EqualTo((true, false)));
        table.Failed(A, Refused);
        Assert.That(table.Expects(A), Is.False);
        table.Asking(A, AddressOf(A));
        Grant(table, A, TimeSpan.FromMinutes(1));
        Assert.That(table.Expects(A), Is.True);
        Time.Advance(TimeSpan.FromMinutes(1));
        Assert.That(table.Expects(A), Is.False, "also before anybody has looked");
    }

    [Test]
    public void What_is_advertised_is_where_it_was_dialed_and_what_the_relay_says_with_its_own_id_and_at_most_four()
    {
        RelayTable table = Create(1, [A]);
        Ask(table);
        Multiaddress[] said =
        [
            Multiaddress.Parse("/ip4/192.0.2.7/tcp/1"), AddressOf(A), AddressOf(B, 9), AddressOf(A, 2), Multiaddress.Parse("/ip4/192.0.2.7/tcp/3"), AddressOf(A, 4),
        ];

        table.Granted(new Reservation(A, Time.GetUtcNow() + TimeSpan.FromHours(1), said, null, null), AddressOf(A));

        Assert.That(table.Addresses.Select(static address => address.ToString()), Is.EqualTo(new[]
        {
            $"/ip4/192.0.2.1/tcp/4001/p2p/{A}/p2p-circuit",
            $"/ip4/192.0.2.7/tcp/1/p2p/{A}/p2p-circuit",
            $"/ip4/192.0.2.1/tcp/2/p2p/{A}/p2p-circuit",
            $"/ip4/192.0.2.7/tcp/3/p2p/{A}/p2p-circuit",
        }));
    }

    [TestCase(105, 4)]
    [TestCase(106, 3)]
    public void What_a_relay_says_of_itself_takes_up_to_512_bytes_of_what_is_told(int nameLength, int told)
    {
        RelayTable table = Create(1, [A]);
        Ask(table);
        Multiaddress[] said = [.. Enumerable.Range(1, 3).Select(port => Multiaddress.Parse($"/dns4/{new string('a', 50)}.{new string('b', nameLength - 51)}/tcp/{port}"))];

        table.Granted(new Reservation(A, Time.GetUtcNow() + TimeSpan.FromHours(1), said, null, null), AddressOf(A));

        Assert.That(table.Addresses, Has.Count.EqualTo(told));
        Assert.That(table.Addresses.Sum(address => address.ToByteArray().Length), Is.LessThanOrEqualTo(512));
        Assert.That(table.Addresses[0].ToString(), Does.StartWith(AddressOf(A).ToString()));
    }

    [Test]
    public void What_the_application_tries_elsewhere_is_no_failure_of_a_relay_that_is_looked_after()
    {
        RelayTable table = Create(1, [A]);
        table.Asking(A, AddressOf(A, 9));
        table.Failed(A, Unreachable, AddressOf(A, 9));
        Assert.That((Of(table, A).State, Of(table, A).Failures), Is.EqualTo((RelayState.Candidate, 0)));
        Assert.That(Ask(table), Is.EqualTo(new[] { A }));
        table.Failed(A, Unreachable);
        table.Asking(A, AddressOf(A));
        table.Failed(A, Unreachable, AddressOf(A));
        Assert.That(Of(table, A).Failures, Is.EqualTo(2), "where it is known to be, it is");
    }

    [Test]
    public void All_addresses_of_a_static_relay_are_tried([Values(9, 32)] int count)
    {
        RelayTable table = Create(1, configure: relays => relays.StaticRelays = [.. Enumerable.Range(1, count).Select(port => AddressOf(A, port).ToString())]);
        Assert.That(table.Next().Ask.Single().Addresses, Has.Count.EqualTo(count));
    }

    [Test]
    public void A_node_that_is_stopped_holds_nothing_and_starts_anew()
    {
        RelayTable table = Create(2, [A, B]);
        Ask(table);
        Grant(table, A);
        table.End();
        Assert.That((table.Counts.Held, table.Addresses.Count, table.Expects(A), table.Expects(B)), Is.EqualTo((0, 0, false, false)));

        table.Begin();
        Assert.That(Ask(table), Is.EquivalentTo(new[] { A, B }));
    }

    [Test]
    public void The_applications_own_reservation_is_beside_those_wanted_is_not_renewed_and_is_forgotten()
    {
        RelayTable table = Create(1, [A]);
        table.Asking(C, AddressOf(C));
        Grant(table, C, TimeSpan.FromMinutes(1));
        Assert.That(Ask(table), Is.EqualTo(new[] { A }));
        Grant(table, A, TimeSpan.FromDays(1));
        Assert.That((Of(table, C).Origin, Of(table, C).State), Is.EqualTo((RelayOrigin.Application, RelayState.Reserved)));
        Assert.That(Of(table, C).Addresses, Is.EqualTo(new[] { AddressOf(C) }));
        table.Asking(A, AddressOf(A, 5));
        table.Withdrawn(A);
        Assert.That(Of(table, A).Addresses, Is.EqualTo(new[] { AddressOf(A) }), "of a relay that is looked after, what the application tries is not kept");

        Assert.That(AdvanceToWake(table), Is.EqualTo(TimeSpan.FromMinutes(1)));
        Assert.That(Ask(table), Is.Empty);
        Assert.That(table.Known.Select(status => status.Relay), Is.EqualTo(new[] { A }));
    }

    [Test]
    public void Every_change_is_told_once_and_in_order()
    {
        RelayTable table = Create(1, [A]);
        Ask(table);
        table.Failed(A, Refused);
        AdvanceToWake(table);
        Settle(table);
        table.Disconnected(A);

        var changes = new List<(RelayState, RelayReason, Status?)>();
        while (table.TryTakeChange(out (long Number, KnownRelay Relay) change))
            changes.Add((change.Relay.State, change.Relay.Reason, change.Relay.Refusal));

        Assert.That(changes, Is.EqualTo(new (RelayState, RelayReason, Status?)[]
        {
            (RelayState.Reserving, RelayReason.None, null),
            (RelayState.Waiting, RelayReason.Refused, Status.PermissionDenied),
            (RelayState.Reserving, RelayReason.Refused, Status.PermissionDenied),
            (RelayState.Reserved, RelayReason.None, null),
            (RelayState.Waiting, RelayReason.ConnectionLost, null),
        }));
    }
}
