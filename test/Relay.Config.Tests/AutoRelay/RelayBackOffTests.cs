using Relay.AutoRelay;
using Relay.Circuit;
using Relay.Multiformats;

namespace Relay.Tests.AutoRelay;

/// <summary>What happens after a failure: how long a relay is left alone, and who is asked instead.</summary>
internal sealed class RelayBackOffTests : RelayTableTest
{
    /// <summary>The waits between requests that all fail.</summary>
    private List<double> Waits(RelayTable table, RelayFailure failure, int count)
    {
        var waits = new List<double>();
        while (waits.Count < count)
        {
            Assert.That(Ask(table), Is.EqualTo(new[] { A }));
            table.Failed(A, failure);
            waits.Add(AdvanceToWake(table).TotalSeconds);
        }

        return waits;
    }

    [Test]
    public void A_relay_that_does_not_admit_the_node_is_asked_again_within_seconds_however_often_it_has_refused()
    {
        List<double> waits = Waits(Create(1, [A]), Refused, 8);

        double[] expected = [5, 10, 10, 10, 10, 10, 10, 10];
        for (int i = 0; i < expected.Length; i++)
            Assert.That(waits[i], Is.InRange(expected[i] * 0.8, expected[i] * 1.2 + 0.001), $"the wait after refusal {i + 1}");
    }

    [Test]
    public void A_refusal_for_want_of_room_is_waited_out_longer_each_time_up_to_a_bound_and_varied_by_a_fifth(
        [Values(Status.ReservationRefused, Status.ResourceLimitExceeded)] Status status)
    {
        List<double> waits = Waits(Create(1, [A]), Refused with { Refusal = status }, 8);

        double[] expected = [5, 10, 20, 40, 60, 60, 60, 60];
        for (int i = 0; i < expected.Length; i++)
            Assert.That(waits[i], Is.InRange(expected[i] * 0.8, expected[i] * 1.2 + 0.001), $"the wait after refusal {i + 1}");
        Assert.That(waits.Distinct().Count(), Is.EqualTo(8), "no two alike");
    }

    [Test]
    public void A_relay_that_is_not_there_is_tried_sooner_at_first()
    {
        List<double> waits = Waits(Create(1, [A]), Unreachable, 8);

        double[] expected = [1, 2, 4, 8, 16, 32, 60, 60];
        for (int i = 0; i < expected.Length; i++)
            Assert.That(waits[i], Is.InRange(expected[i] * 0.8, expected[i] * 1.2 + 0.001), $"the wait after try {i + 1}");
    }

    [Test]
    public void Who_answers_wrongly_is_left_alone_as_long_as_may_be()
    {
        Assert.That(Waits(Create(1, [A]), new RelayFailure(RelayReason.WrongAnswer, "no"), 3), Is.All.InRange(48, 72));
    }

    [Test]
    public void Who_is_no_relay_yet_is_asked_again_soon_at_first()
    {
        List<double> waits = Waits(Create(1, [A]), new RelayFailure(RelayReason.NotARelay, "no"), 6);

        double[] expected = [5, 10, 20, 40, 60, 60];
        for (int i = 0; i < expected.Length; i++)
            Assert.That(waits[i], Is.InRange(expected[i] * 0.8, expected[i] * 1.2 + 0.001), $"the wait after try {i + 1}");
    }

    [Test]
    public void A_relay_that_grants_and_drops_is_waited_out_longer_each_time_and_another_one_is_used()
    {
        RelayTable table = Create(1, [A]);
        var waits = new List<double>();
        for (int i = 0; i < 8; i++)
        {
            Assert.That(Ask(table), Is.EqualTo(new[] { A }));
            Grant(table, A);
            Assert.That(Of(table, A).State, Is.EqualTo(RelayState.Reserved));
            Time.Advance(RelayTiming.Lasting - TimeSpan.FromTicks(1));
            table.Disconnected(A);
            Assert.That((Of(table, A).State, Of(table, A).Failures), Is.EqualTo((RelayState.Waiting, i + 1)));
            waits.Add(AdvanceToWake(table).TotalSeconds);
        }

        double[] expected = [1, 2, 4, 8, 16, 32, 60, 60];
        for (int i = 0; i < expected.Length; i++)
            Assert.That(waits[i], Is.InRange(expected[i] * 0.8, expected[i] * 1.2 + 0.001), $"the wait after loss {i + 1}");

        RelayTable two = Create(1, [A, B]);
        PeerId first = Ask(two).Single();
        Grant(two, first);
        two.Disconnected(first);
        Assert.That(Ask(two), Is.EqualTo(new[] { first == A ? B : A }));
    }

    [Test]
    public void One_that_was_held_for_half_a_minute_is_come_back_to_at_once_again()
    {
        RelayTable table = Create(1, [A]);
        for (int i = 0; i < 5; i++)
        {
            Ask(table);
            Grant(table, A);
            table.Disconnected(A);
            AdvanceToWake(table);
        }

        Ask(table);
        Grant(table, A);
        Time.Advance(RelayTiming.Lasting);
        table.Disconnected(A);
        Assert.That(Of(table, A).Failures, Is.Zero);
        Assert.That(AdvanceToWake(table), Is.LessThan(TimeSpan.FromMilliseconds(501)));
    }

    [Test]
    public void The_waits_are_configured()
    {
        RelayTable table = Create(1, [A], configure: relays =>
            (relays.RetryBackOff, relays.MaxRetryBackOff) = (TimeSpan.FromMilliseconds(200), TimeSpan.FromMilliseconds(300)));
        List<double> waits = Waits(table, Refused, 20);
        Assert.That(waits[0], Is.InRange(0.16, 0.241));
        Assert.That(waits, Is.All.LessThan(0.361));
        Assert.That(Waits(Create(1, [A], configure: relays => relays.RetryBackOff = TimeSpan.FromHours(2)), Refused, 3), Is.All.GreaterThan(5700));
    }

    [Test]
    public void A_grant_ends_the_waiting_for_good()
    {
        RelayTable table = Create(1, [A]);
        Waits(table, Refused, 5);
        Settle(table);
        Time.Advance(RelayTiming.Lasting);
        table.Disconnected(A);
        AdvanceToWake(table);
        Assert.That(Waits(table, Refused, 1)[0], Is.LessThan(6.001));
    }

    [Test]
    public void A_refused_node_asks_another_relay_at_once()
    {
        RelayTable table = Create(1, [A, B]);
        PeerId first = Ask(table).Single();
        table.Failed(first, Refused);

        Assert.That(Ask(table), Is.EqualTo(new[] { first == A ? B : A }));
        Assert.That((Of(table, first).State, Of(table, first).Refusal), Is.EqualTo((RelayState.Waiting, Status.PermissionDenied)));
    }

    [Test]
    public void When_a_renewal_is_refused_another_relay_is_found_before_the_reservation_ends()
    {
        RelayTable table = Create(1, [A, B]);
        PeerId first = Ask(table).Single();
        PeerId second = first == A ? B : A;
        Grant(table, first, TimeSpan.FromMinutes(8));
        AdvanceToWake(table);
        Assert.That(Ask(table), Is.EqualTo(new[] { first }));

        table.Failed(first, Refused);

        Assert.That((Of(table, first).State, table.Expects(first)), Is.EqualTo((RelayState.Leaving, true)), "it still runs, and is advertised");
        Assert.That(Ask(table), Is.EqualTo(new[] { second }));
        Grant(table, second, TimeSpan.FromHours(10));
        Assert.That(table.Addresses, Has.Count.EqualTo(2));
        Time.Advance(TimeSpan.FromMinutes(3));
        Assert.That(Ask(table), Is.Empty, "the one that refused is not needed any more");
        Time.Advance(TimeSpan.FromMinutes(2));
        Ask(table);
        Assert.That((Of(table, first).State, table.Addresses.Count), Is.EqualTo((RelayState.Candidate, 1)), "and has run out");
    }

    [Test]
    public void With_nobody_else_to_ask_the_one_that_refused_the_renewal_is_asked_again()
    {
        RelayTable table = Create(1, [A]);
        Ask(table);
        Grant(table, A, TimeSpan.FromMinutes(20));
        AdvanceToWake(table);
        Ask(table);
        table.Failed(A, Refused);

        Assert.That(AdvanceToWake(table).TotalSeconds, Is.InRange(4, 6.001));
        Assert.That(Ask(table), Is.EqualTo(new[] { A }));
        Grant(table, A);
        Assert.That((Of(table, A).State, Of(table, A).Reason, Of(table, A).Failures), Is.EqualTo((RelayState.Reserved, RelayReason.None, 0)));
    }

    [Test]
    public void Whoever_gave_up_asking_has_learned_nothing()
    {
        RelayTable table = Create(1, [A]);
        Ask(table);
        table.Withdrawn(A);
        Assert.That((Of(table, A).State, Of(table, A).Failures), Is.EqualTo((RelayState.Candidate, 0)));
        Assert.That(Ask(table), Is.EqualTo(new[] { A }));
    }
}
