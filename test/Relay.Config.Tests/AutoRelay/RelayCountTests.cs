using Relay.AutoRelay;

namespace Relay.Tests.AutoRelay;

/// <summary>What is counted: every reservation that is lost, and how many are wanted.</summary>
internal sealed class RelayCountTests : RelayTableTest
{
    private static (long Connections, long Times) Losses(RelayTable table) =>
        (table.Losses.GetValueOrDefault(RelayReason.ConnectionLost), table.Losses.GetValueOrDefault(RelayReason.Expired));

    [Test]
    public void A_reservation_that_is_lost_is_counted_also_while_it_is_being_renewed([Values] bool isBeingRenewed, [Values] bool byTime)
    {
        RelayTable table = Create(1, [A]);
        Ask(table);
        Grant(table, A, TimeSpan.FromMinutes(20));
        if (isBeingRenewed)
        {
            AdvanceToWake(table);
            Assert.That(Ask(table), Is.EqualTo(new[] { A }));
        }

        if (byTime)
            Time.Advance(TimeSpan.FromMinutes(20));
        else
            table.Disconnected(A);
        table.Next();

        Assert.That(Losses(table), Is.EqualTo(byTime ? (0, 1) : (1, 0)));
    }

    [Test]
    public void And_so_is_one_that_its_relay_has_refused_to_renew([Values] bool byTime)
    {
        RelayTable table = Create(1, [A]);
        Ask(table);
        Grant(table, A, TimeSpan.FromMinutes(20));
        AdvanceToWake(table);
        Ask(table);
        table.Failed(A, Refused);
        Assert.That(Losses(table), Is.EqualTo((0, 0)));
        if (byTime)
            Time.Advance(TimeSpan.FromMinutes(20));
        else
            table.Disconnected(A);
        table.Next();
        Assert.That(Losses(table), Is.EqualTo(byTime ? (0, 1) : (1, 0)));
    }

    [Test]
    public void And_all_of_them_when_nobody_looks()
    {
        RelayTable table = Create(1, [A]);
        for (int i = 0; i < 2000; i++)
        {
            Grant(table, A);
            table.Disconnected(A);
        }

        Assert.That(Losses(table), Is.EqualTo((2000, 0)));
    }

    [Test]
    public void A_node_that_stops_has_lost_nothing()
    {
        RelayTable table = Create(1, [A]);
        Settle(table);
        table.End();
        Assert.That(Losses(table), Is.EqualTo((0, 0)));
    }

    [Test]
    public void Nothing_is_wanted_where_there_is_nobody_to_ask()
    {
        RelayTable table = Create(2);
        Assert.That(table.Counts.Wanted, Is.Zero);
        table.Asking(C, AddressOf(C));
        Assert.That(table.Counts.Wanted, Is.Zero, "that is the application's own");
        Assert.That(Create(2, hasSource: true).Counts.Wanted, Is.EqualTo(2));
        Assert.That(Create(2, [A]).Counts.Wanted, Is.EqualTo(2), "it is what is wanted, not what can be had");
    }

    [Test]
    public void Nor_by_a_node_that_is_stopped()
    {
        RelayTable table = Create(2, [A]);
        table.End();
        Assert.That(table.Counts.Wanted, Is.Zero);
        table.Begin();
        Assert.That(table.Counts.Wanted, Is.EqualTo(2));
    }
}
