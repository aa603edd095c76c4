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
        table.EndSearch(isComplete: true);
        Assert.That(table.Next().Search, Is.True);
        table.EndSearch(isComplete: true);
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
        table.EndSearch(isComplete: true);
        Assert.That(Ask(table), Is.EqualTo(new[] { A }));
    }

    [Test]
    public void Static_relays_come_first()
    {
        RelayTable table = Create(2, [A, B], hasSource: true, configure: relays => relays.BootDelay = TimeSpan.Zero);
        Assert.That(Ask(table), Is.EquivalentTo(new[] { A, B }));
        table.Failed(A, Refused);
        Assert.That(table.Next().Search, Is.True);
        table.Found(AddressOf(C));
        table.Found(AddressOf(A, 5));
        Time.Advance(TimeSpan.FromSeconds(6));
        Assert.That(Ask(table), Is.EqualTo(new[] { A }), "found again, it is a static relay all the same");
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
        table.EndSearch(isComplete: true);
        Ask(table);
        Grant(table, A, TimeSpan.FromDays(1));
        table.Failed(B, Refused);
        Time.Advance(TimeSpan.FromMinutes(10));
        Ask(table);
        table.Failed(B, Refused);
        Assert.That(table.Next().Search, Is.True);
        table.EndSearch(isComplete: true);
        Assert.That(table.Known.Select(status => status.Relay), Is.EquivalentTo(new[] { A, B }), "a source that says nothing takes nothing away");

        Time.Advance(TimeSpan.FromSeconds(30));
        Ask(table);
        table.Failed(B, Refused);
        Assert.That(table.Next().Search, Is.True);
        table.Found(AddressOf(C));
        table.EndSearch(isComplete: true);
        Assert.That(table.Known.Select(status => status.Relay), Is.EquivalentTo(new[] { A, C }));
    }

    [Test]
    public void A_search_that_failed_takes_nothing_away_and_one_that_ended_too_early_neither()
    {
        RelayTable table = Create(2, hasSource: true);
        table.Next();
        table.Found(AddressOf(A));
        table.EndSearch(isComplete: true);
        Assert.That(Ask(table), Is.EqualTo(new[] { A }));
        table.Failed(A, Refused);
        Time.Advance(TimeSpan.FromSeconds(30));
        Assert.That(table.Next().Search, Is.True);
        table.Failed(A, Refused);
        table.Found(AddressOf(B));
        table.EndSearch(isComplete: false);
        Assert.That(table.Known.Select(status => status.Relay), Is.EquivalentTo(new[] { A, B }));
    }

    [Test]
    public void Of_searches_that_fail_again_and_again_256_relays_are_kept_the_newest([Values(1, 2, 4)] int searches)
    {
        RelayTable table = Create(1, hasSource: true, configure: relays => relays.MaxRetryBackOff = TimeSpan.FromDays(1));
        for (int search = 0; search < searches; search++)
        {
            Assert.That(table.Next().Search, Is.True);
            for (int i = 0; i < RelayTable.MaxFound; i++)
                table.Found(AddressOf(Peers.Create(10_000 + (1000 * search) + i)));
            table.EndSearch(isComplete: false);
            foreach (PeerId relay in Ask(table))
                table.Failed(relay, new RelayFailure(RelayReason.WrongAnswer, "no"));
            while (Ask(table) is [PeerId relay])
                table.Failed(relay, new RelayFailure(RelayReason.WrongAnswer, "no"));
            Time.Advance(TimeSpan.FromSeconds(30));
        }

        Assert.That(table.Known, Has.Count.EqualTo(Math.Min(searches * RelayTable.MaxFound, RelayTable.MaxKept)));
        var newest = Enumerable.Range(0, RelayTable.MaxFound).Select(i => Peers.Create(10_000 + (1000 * (searches - 1)) + i)).ToHashSet();
        Assert.That(table.Known.Count(known => newest.Contains(known.Relay)), Is.EqualTo(RelayTable.MaxFound));
    }

    [Test]
    public void The_best_come_first_as_the_source_says([Range(1, 5)] int seed)
    {
        RelayTable table = Create(3, hasSource: true, seed: seed, configure: relays => relays.BootDelay = TimeSpan.Zero);
        PeerId[] inOrder = [.. Enumerable.Range(0, 8).Select(i => Peers.Create(300 + i))];
        table.Next();
        foreach (PeerId relay in inOrder)
            table.Found(AddressOf(relay));
        table.Found(AddressOf(inOrder[0], 4002));
        table.EndSearch(isComplete: true);

        Assert.That(table.Known.Select(known => known.Relay), Is.EqualTo(inOrder));
        Assert.That(Ask(table), Is.EqualTo(inOrder[..3]));
        table.Failed(inOrder[1], Refused);
        Assert.That(Ask(table), Is.EqualTo(inOrder[3..4]));
    }

    [Test]
    public void The_addresses_of_a_new_search_take_the_place_of_the_old_and_what_nothing_here_dials_takes_none()
    {
        var table = new RelayTable(
            Self, new Config().ToOptions().OfType<AutoRelayOption>().Single(), hasSource: true, Time, new Random(1), address => !address.ToString().Contains("/udp/", StringComparison.Ordinal));
        table.Begin();
        table.Next();
        for (int port = 1; port <= RelayEntry.MaxFound; port++)
            table.Found(Multiaddress.Parse($"/ip4/192.0.2.1/udp/{port}/quic-v1/p2p/{A}"));
        Assert.That(table.Known, Is.Empty);
        for (int port = 1; port <= RelayEntry.MaxFound + 1; port++)
            table.Found(AddressOf(A, port));
        table.EndSearch(isComplete: true);
        Assert.That(Of(table, A).Addresses, Is.EqualTo(Enumerable.Range(1, RelayEntry.MaxFound).Select(port => AddressOf(A, port))));

        Time.Advance(TimeSpan.FromSeconds(30));
        Assert.That(table.Next().Search, Is.True);
        table.Found(AddressOf(A, 100));
        table.Found(AddressOf(A, 101));
        Assert.That(Of(table, A).Addresses, Is.EqualTo(new[] { AddressOf(A, 100), AddressOf(A, 101) }));
    }

    [Test]
    public void A_static_relay_keeps_its_own_addresses_and_has_those_of_the_last_search_beside_them()
    {
        RelayTable table = Create(2, [A], hasSource: true);
        for (int search = 1; search <= 2; search++)
        {
            Assert.That(table.Next().Search, Is.True);
            table.Found(AddressOf(A, search));
            table.EndSearch(isComplete: true);
            Time.Advance(TimeSpan.FromSeconds(30));
        }

        Assert.That(Of(table, A).Addresses, Is.EqualTo(new[] { AddressOf(A), AddressOf(A, 2) }));
    }

    [Test]
    public void What_comes_when_no_search_runs_is_not_taken()
    {
        RelayTable table = Create(1, hasSource: true);
        Assert.That(table.Found(AddressOf(A)), Is.False);
        table.Next();
        table.EndSearch(isComplete: false);
        Assert.That((table.Found(AddressOf(A)), table.Known.Count), Is.EqualTo((false, 0)));
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
