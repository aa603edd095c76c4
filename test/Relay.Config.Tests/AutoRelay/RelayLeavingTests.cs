using Relay.AutoRelay;
using Relay.Circuit;
using Relay.Multiformats;

namespace Relay.Tests.AutoRelay;

/// <summary>A reservation that runs on while its relay withdraws, or while the connection it was made on is gone.</summary>
internal sealed class RelayLeavingTests : RelayTableTest
{
    private static readonly RelayFailure NotARelay = new(RelayReason.NotARelay, "it does not speak HOP");

    private void GrantOn(RelayTable table, PeerId relay, object connection, Multiaddress? dialedAt = null) => table.Granted(
        new Reservation(relay, Time.GetUtcNow() + TimeSpan.FromHours(1), [], null, null) { Connection = connection }, dialedAt ?? AddressOf(relay));

    [Test]
    public void A_relay_that_withdraws_is_replaced_and_advertised_no_more_at_once_while_its_circuits_go_on()
    {
        RelayTable table = Create(1, [A, B]);
        PeerId first = Ask(table).Single();
        PeerId second = first == A ? B : A;
        Grant(table, first);

        Assert.That(table.Pushed(first, servesHop: false), Is.True);

        Assert.That((Of(table, first).State, Of(table, first).Reason, table.Expects(first)), Is.EqualTo((RelayState.Leaving, RelayReason.NotARelay, true)));
        Assert.That(table.Addresses, Is.Empty, "HOP carries CONNECT, too: nobody can dial through it any more");
        Assert.That(table.Needs(first), Is.True, "circuits that are open run over the connection");
        Assert.That(Ask(table), Is.EqualTo(new[] { second }));
        Grant(table, second, TimeSpan.FromDays(1));
        Assert.That(table.Addresses, Has.Count.EqualTo(1));
        Assert.That(table.Pushed(first, servesHop: false), Is.False, "that was known");
        Time.Advance(TimeSpan.FromHours(1));
        Ask(table);
        Assert.That((table.Addresses.Count, table.Needs(first), table.Needs(second)), Is.EqualTo((1, false, true)));
    }

    [Test]
    public void With_nobody_else_it_is_asked_again_as_one_that_has_refused()
    {
        RelayTable table = Create(1, [A]);
        Ask(table);
        Grant(table, A);
        table.Pushed(A, servesHop: false);
        Assert.That(AdvanceToWake(table).TotalSeconds, Is.InRange(4, 6.001));
        Assert.That(Ask(table), Is.EqualTo(new[] { A }));
        table.Failed(A, NotARelay);
        Assert.That(table.Addresses, Is.Empty);
        AdvanceToWake(table);
        Ask(table);
        Grant(table, A);
        Assert.That((Of(table, A).State, table.Addresses.Count), Is.EqualTo((RelayState.Reserved, 1)));
    }

    [Test]
    public void A_relay_that_turns_out_to_serve_nobody_when_it_is_asked_to_renew_is_advertised_no_more_either()
    {
        RelayTable table = Create(1, [A]);
        Ask(table);
        Grant(table, A);
        AdvanceToWake(table);
        Ask(table);
        table.Failed(A, NotARelay);
        Assert.That((Of(table, A).State, table.Addresses.Count), Is.EqualTo((RelayState.Leaving, 0)));
        Assert.That(table.Pushed(A, servesHop: true), Is.True);
        Assert.That(table.Addresses, Has.Count.EqualTo(1), "what it holds leads here again");
    }

    [Test]
    public void One_that_has_refused_a_renewal_and_then_withdraws_is_advertised_no_more()
    {
        RelayTable table = Create(1, [A]);
        Ask(table);
        Grant(table, A);
        AdvanceToWake(table);
        Ask(table);
        table.Failed(A, Refused);
        Assert.That(table.Addresses, Has.Count.EqualTo(1), "it takes CONNECT until the reservation ends");
        Assert.That(table.Pushed(A, servesHop: false), Is.True);
        Assert.That(table.Addresses, Is.Empty);
    }

    [Test]
    public void A_withdrawal_while_it_was_asked_first_says_nothing_of_what_it_is_asked_later([Values] bool isGivenUp)
    {
        RelayTable table = Create(1, [A]);
        Ask(table);
        table.Pushed(A, servesHop: false);
        if (isGivenUp)
            table.Withdrawn(A);
        else
            table.Failed(A, NotARelay);
        AdvanceToWake(table);
        Assert.That(Ask(table), Is.EqualTo(new[] { A }));
        Grant(table, A);
        Assert.That((Of(table, A).State, table.Addresses.Count), Is.EqualTo((RelayState.Reserved, 1)));
    }

    [Test]
    public void Its_restart_is_a_lost_connection_like_any_other()
    {
        RelayTable table = Create(1, [A]);
        Ask(table);
        Grant(table, A);
        table.Pushed(A, servesHop: false);
        Time.Advance(RelayTiming.Lasting);
        table.Disconnected(A);
        Assert.That(Of(table, A).Reason, Is.EqualTo(RelayReason.ConnectionLost));
        Assert.That(AdvanceToWake(table), Is.LessThan(TimeSpan.FromMilliseconds(501)));
        Assert.That(Ask(table), Is.EqualTo(new[] { A }));
    }

    [Test]
    public void A_grant_that_was_on_its_way_when_it_withdrew_is_the_last([Values] bool isRenewal)
    {
        RelayTable table = Create(1, [A, B]);
        PeerId first = Ask(table).Single();
        if (isRenewal)
        {
            Grant(table, first, TimeSpan.FromMinutes(20));
            AdvanceToWake(table);
            Assert.That(Ask(table), Is.EqualTo(new[] { first }));
        }

        table.Pushed(first, servesHop: false);
        Grant(table, first);
        Assert.That(Of(table, first).State, Is.EqualTo(RelayState.Leaving));
        Assert.That(Ask(table), Is.EqualTo(new[] { first == A ? B : A }));
    }

    [Test]
    public void Unless_it_serves_again_before_that_arrives()
    {
        RelayTable table = Create(1, [A]);
        Ask(table);
        table.Pushed(A, servesHop: false);
        table.Pushed(A, servesHop: true);
        Grant(table, A);
        Assert.That(Of(table, A).State, Is.EqualTo(RelayState.Reserved));
    }

    [Test]
    public void When_it_serves_again_it_is_asked_again_unless_it_has_been_replaced([Values] bool isReplaced)
    {
        RelayTable table = Create(1, [A, B]);
        PeerId first = Ask(table).Single();
        Grant(table, first);
        table.Pushed(first, servesHop: false);
        PeerId second = Ask(table).Single();
        if (isReplaced)
            Grant(table, second, TimeSpan.FromDays(1));
        else
            table.Failed(second, NotARelay);

        Assert.That(table.Pushed(first, servesHop: true), Is.True);

        Time.Advance(TimeSpan.FromMilliseconds(500));
        Assert.That(Ask(table), Is.EqualTo(isReplaced ? [] : new[] { first }));
        if (isReplaced)
            return;
        Grant(table, first);
        Assert.That((Of(table, first).State, Of(table, first).Reason), Is.EqualTo((RelayState.Reserved, RelayReason.None)));
    }

    [Test]
    public void Who_was_no_relay_and_says_that_it_is_one_now_is_asked_within_half_a_second()
    {
        RelayTable table = Create(1, [A]);
        Ask(table);
        table.Failed(A, NotARelay);
        Assert.That(table.Pushed(A, servesHop: false), Is.False);
        Assert.That(table.Pushed(A, servesHop: true), Is.True);
        Assert.That(AdvanceToWake(table), Is.LessThan(TimeSpan.FromMilliseconds(501)));
        Assert.That(Ask(table), Is.EqualTo(new[] { A }));
    }

    [Test]
    public void Whatever_else_a_relay_pushes_changes_nothing()
    {
        RelayTable table = Create(1, [A]);
        Assert.That(table.Pushed(C, servesHop: false), Is.False, "not a relay");
        Ask(table);
        Assert.That(table.Pushed(A, servesHop: true), Is.False);
        table.Failed(A, Refused);
        Assert.That((table.Pushed(A, servesHop: true), table.Pushed(A, servesHop: false)), Is.EqualTo((false, false)), "a refusal is waited out: it could push without end");
        AdvanceToWake(table);
        Settle(table);
        Assert.That(table.Pushed(A, servesHop: true), Is.False);
    }

    [Test]
    public void When_the_connection_a_reservation_was_made_on_ends_it_is_made_again_at_once_on_the_one_that_is_left()
    {
        RelayTable table = Create(1, [A, B]);
        PeerId held = Ask(table).Single();
        object connection = new();
        GrantOn(table, held, connection);
        Assert.That(table.Moved(held, new object()), Is.False, "another one has ended");
        Assert.That(Ask(table), Is.Empty);

        Assert.That(table.Moved(held, connection), Is.True);

        Assert.That((Of(table, held).State, table.Addresses.Count), Is.EqualTo((RelayState.Reserved, 1)), "most relays count the peer, not its connections");
        Assert.That(Ask(table), Is.EqualTo(new[] { held }));
        GrantOn(table, held, new object());
        Assert.That(Ask(table), Is.Empty);
        Assert.That(table.Moved(held, connection), Is.False, "the one it is made on now is another");
    }

    [Test]
    public void The_end_of_an_earlier_connection_ends_no_reservation_that_was_made_since()
    {
        RelayTable table = Create(1, [A]);
        Ask(table);
        object before = new(), now = new();
        GrantOn(table, A, now);

        Assert.That(table.Disconnected(A, before), Is.False);
        Assert.That(Of(table, A).State, Is.EqualTo(RelayState.Reserved));
        Assert.That(table.Disconnected(A, now), Is.True);
    }

    [Test]
    public void One_that_is_adrift_ends_with_the_last_connection_whichever_that_is()
    {
        RelayTable table = Create(1, [A]);
        Ask(table);
        object reserved = new();
        GrantOn(table, A, reserved);
        table.Moved(A, reserved);
        Assert.That(table.Disconnected(A, new object()), Is.True);
    }

    [Test]
    public void And_so_is_one_of_the_applications_which_is_not_renewed_otherwise([Values] bool seeks)
    {
        RelayTable table = seeks ? Create(1) : new RelayTable(Self, option: null, hasSource: false, Time, new Random(1));
        table.Asking(A, AddressOf(A));
        object connection = new();
        GrantOn(table, A, connection);
        Assert.That(AdvanceToWake(table), Is.EqualTo(TimeSpan.FromHours(1)), "until it is over, and not when a renewal would be due");
        Ask(table);
        table.Asking(A, AddressOf(A));
        GrantOn(table, A, connection);
        table.Moved(A, connection);
        Assert.That(Ask(table), Is.EqualTo(new[] { A }));
        table.Failed(A, Unreachable);
        Assert.That(AdvanceToWake(table).TotalSeconds, Is.LessThan(1.3));
        Assert.That(Ask(table), Is.EqualTo(new[] { A }));
        GrantOn(table, A, new object());
        Assert.That(AdvanceToWake(table), Is.EqualTo(TimeSpan.FromHours(1)));
    }

    [Test]
    public void When_that_is_refused_it_is_lost()
    {
        RelayTable table = Create(1, [A, B]);
        PeerId held = Ask(table).Single();
        object connection = new();
        GrantOn(table, held, connection);
        table.Moved(held, connection);
        Ask(table);

        table.Failed(held, Refused);

        Assert.That((Of(table, held).State, table.Addresses.Count, table.Losses[RelayReason.ConnectionLost]), Is.EqualTo((RelayState.Waiting, 0, 1L)));
        Assert.That(Ask(table), Is.EqualTo(new[] { held == A ? B : A }));
        Assert.That(table.Disconnected(held), Is.False);
    }

    [Test]
    public void When_there_is_no_answer_it_is_asked_again()
    {
        RelayTable table = Create(1, [A]);
        Ask(table);
        object connection = new();
        GrantOn(table, A, connection);
        table.Moved(A, connection);
        Ask(table);
        table.Failed(A, Unreachable);
        Assert.That(Of(table, A).State, Is.EqualTo(RelayState.Reserved));
        Assert.That(AdvanceToWake(table).TotalSeconds, Is.LessThan(1.3));
        Assert.That(Ask(table), Is.EqualTo(new[] { A }));
    }

    [Test]
    public void A_renewal_on_the_same_connection_leaves_the_address_as_it_is()
    {
        var named = Multiaddress.Parse($"/dns4/relay.example/tcp/4001/p2p/{A}");
        RelayTable table = Create(1, [A]);
        Ask(table);
        object connection = new();
        GrantOn(table, A, connection, named);
        GrantOn(table, A, connection, AddressOf(A));
        Assert.That(table.Addresses.Single().ToString(), Does.StartWith("/dns4/relay.example/"));
        GrantOn(table, A, new object(), AddressOf(A));
        Assert.That(table.Addresses.Single().ToString(), Does.StartWith("/ip4/"));
    }
}
