using Relay.AutoRelay;
using Relay.Multiformats;

namespace Relay.Tests.AutoRelay;

/// <summary>When a candidate source is asked, and what becomes of what it finds.</summary>
internal sealed class RelaySearchTests : RelayTableTest
{
    [Test]
    public void The_source_is_asked_when_static_relays_are_too_few()
    {
        Assert.That(Create(2, [A], hasSource: true).Next().Search, Is.True);
        Assert.That(Create(1, [A], hasSource: true).Next().Search, Is.False);
        Assert.That(Create(1, hasSource: true, configure: relays => relays.OnlyStaticRelays = true).Next().Search, Is.False);
    }

    [Test]
    public void It_is_asked_once_at_a_time_and_not_again_before_the_interval_is_over()
    {
        RelayTable table = Create(1, hasSource: true);
        Assert.That(table.Next().Search, Is.True);
        Time.Advance(TimeSpan.FromMinutes(5));
        Assert.That(table.Next().Search, Is.False, "it has not come back");
        table.EndSearch();
        Assert.That(table.Next().Search, Is.True);
        table.EndSearch();
        Assert.That(table.Next().Search, Is.False);
        Assert.That(AdvanceToWake(table), Is.EqualTo(TimeSpan.FromSeconds(30)));
        Assert.That(table.Next().Search, Is.True);
    }

    [Test]
    public void What_it_finds_waits_for_better_ones_until_the_boot_delay_is_over()
    {
        RelayTable table = Create(1, hasSource: true);
        table.Next();
        table.Found(AddressOf(A));
        Assert.That(Ask(table), Is.Empty);
        Assert.That(AdvanceToWake(table), Is.EqualTo(TimeSpan.FromSeconds(10)));
        Assert.That(Ask(table), Is.EqualTo(new[] { A }));
    }

    [Test]
    public void Or_until_there_are_four_for_each_one_wanted([Values(3, 4)] int found)
    {
        RelayTable table = Create(1, hasSource: true);
        table.Next();
        for (int i = 0; i < found; i++)
            table.Found(AddressOf(Peers.Create(200 + i)));
        Assert.That(Ask(table), Has.Length.EqualTo(found == 4 ? 1 : 0));
    }

    [Test]
    public void Or_until_the_source_has_no_more()
    {
        RelayTable table = Create(1, hasSource: true);
        table.Next();
        table.Found(AddressOf(A));
        table.EndSearch();
        Assert.That(Ask(table), Is.EqualTo(new[] { A }));
    }

    [Test]
    public void Static_relays_come_first()
    {
        RelayTable table = Create(2, [A, B], hasSource: true, configure: relays => relays.BootDelay = TimeSpan.Zero);
        table.Found(AddressOf(C));
        Assert.That(Ask(table), Is.EquivalentTo(new[] { A, B }));
        table.Failed(A, Refused);
        Assert.That(Ask(table), Is.EqualTo(new[] { C }));
    }

    [Test]
    public void What_is_not_found_again_is_forgotten_unless_it_is_held()
    {
        RelayTable table = Create(2, hasSource: true, configure: relays => relays.BootDelay = TimeSpan.Zero);
        table.Next();
        table.Found(AddressOf(A));
        table.Found(AddressOf(B));
        table.EndSearch();
        Ask(table);
        Grant(table, A, TimeSpan.FromDays(1));
        table.Failed(B, Refused);
        Time.Advance(TimeSpan.FromMinutes(10));
        Ask(table);
        table.Failed(B, Refused);
        Assert.That(table.Next().Search, Is.True);
        table.EndSearch();
        Assert.That(table.Known.Select(status => status.Relay), Is.EquivalentTo(new[] { A, B }), "a source that says nothing takes nothing away");

        Time.Advance(TimeSpan.FromSeconds(30));
        Ask(table);
        table.Failed(B, Refused);
        Assert.That(table.Next().Search, Is.True);
        table.Found(AddressOf(C));
        table.EndSearch();
        Assert.That(table.Known.Select(status => status.Relay), Is.EquivalentTo(new[] { A, C }));
    }

    [Test]
    public void Addresses_without_an_id_through_a_relay_or_of_this_node_are_passed_over()
    {
        RelayTable table = Create(1, hasSource: true);
        table.Next();
        table.Found(Multiaddress.Parse("/ip4/192.0.2.1/tcp/1"));
        table.Found(Multiaddress.Parse($"/p2p/{A}"));
        table.Found(AddressOf(Self));
        table.Found(AddressOf(A).Encapsulate(Multiaddress.Parse($"/p2p-circuit/p2p/{B}")));
        Assert.That(table.Known, Is.Empty);
    }

    [Test]
    public void A_source_without_end_is_cut_off_at_128_relays()
    {
        RelayTable table = Create(1, hasSource: true);
        table.Next();
        for (int i = 1; i < 128; i++)
            Assert.That(table.Found(AddressOf(Peers.Create(1000 + i))), Is.True);
        Assert.That(table.Found(AddressOf(Peers.Create(2000))), Is.False);
        Assert.That(table.Known, Has.Count.EqualTo(128));
    }
}
