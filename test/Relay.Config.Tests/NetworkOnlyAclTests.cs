using System.Collections.Frozen;
using System.Reflection;
using Relay.Circuit;
using Relay.Multiformats;
using Relay.TestKit;

namespace Relay.Tests;

internal sealed class NetworkOnlyAclTests
{
    [Test]
    public void The_bootstrap_window_admits_anyone_until_the_first_members()
    {
        IRelayAclFilter acl = new NetworkOnlyAcl();

        Assert.That(acl.AllowReserve(Peers.Stranger, Peers.Address), Is.EqualTo(AclVerdict.Allow("bootstrap window open")));
    }

    [Test]
    public void A_member_is_admitted()
    {
        var acl = new NetworkOnlyAcl();
        acl.ReplaceMembers([Peers.Member]);

        Assert.That(acl.AllowReserve(PeerId.Parse(Peers.Member.ToString()), Peers.Address), Is.EqualTo(AclVerdict.Allow("member")));
    }

    [Test]
    public void A_stranger_is_refused()
    {
        var acl = new NetworkOnlyAcl();
        acl.ReplaceMembers([Peers.Member]);

        Assert.That(acl.AllowReserve(Peers.Stranger, Peers.Address), Is.EqualTo(AclVerdict.Deny("not a member")));
    }

    [Test]
    public void Connect_is_open_to_anyone_even_when_nobody_is_a_member()
    {
        var acl = new NetworkOnlyAcl();
        acl.ReplaceMembers([]);

        Assert.That(acl.AllowConnect(Peers.Stranger, Peers.Address, Peers.Member).IsAllowed, Is.True);
    }

    [Test]
    public void With_members_only_a_source_must_be_a_member_and_every_change_of_that_is_told()
    {
        var acl = new NetworkOnlyAcl();
        int told = 0;
        acl.Changed += () => told++;
        acl.ConnectPolicy = ConnectPolicy.MembersOnly;
        acl.ConnectPolicy = ConnectPolicy.MembersOnly;
        Assert.That(told, Is.EqualTo(1));
        Assert.That(acl.AllowConnect(Peers.Stranger, Peers.Address, Peers.Member), Is.EqualTo(AclVerdict.Allow("bootstrap window open")));

        acl.ReplaceMembers([Peers.Member]);

        Assert.That(acl.AllowConnect(Peers.Member, Peers.Address, Peers.Stranger), Is.EqualTo(AclVerdict.Allow("member")));
        Assert.That(acl.AllowConnect(Peers.Stranger, Peers.Address, Peers.Member), Is.EqualTo(AclVerdict.Deny("not a member")));
    }

    [Test]
    public void The_set_it_is_given_is_copied()
    {
        var acl = new NetworkOnlyAcl();
        var members = new HashSet<PeerId> { Peers.Member };
        acl.ReplaceMembers(members);

        members.Clear();
        members.Add(Peers.Stranger);

        Assert.That(acl.AllowReserve(Peers.Member, Peers.Address).IsAllowed, Is.True);
        Assert.That(acl.AllowReserve(Peers.Stranger, Peers.Address).IsAllowed, Is.False);
    }

    [Test]
    public void No_members_at_all_ends_the_window_and_admits_nobody()
    {
        var acl = new NetworkOnlyAcl();
        acl.ReplaceMembers([]);

        Assert.That(acl.IsWindowOpen, Is.False);
        Assert.That(acl.AllowReserve(Peers.Member, Peers.Address).IsAllowed, Is.False);
    }

    [Test]
    public void Who_is_left_out_of_the_next_set_is_no_member_any_more()
    {
        var acl = new NetworkOnlyAcl();
        acl.ReplaceMembers([Peers.Member]);
        acl.ReplaceMembers([Peers.OtherMember]);

        Assert.That(acl.AllowReserve(Peers.Member, Peers.Address).IsAllowed, Is.False);
        Assert.That(acl.MemberCount, Is.EqualTo(1));
    }

    [Test]
    public void A_change_is_announced_and_the_same_set_again_is_neither_announced_nor_rebuilt()
    {
        var acl = new NetworkOnlyAcl();
        int changes = 0;
        acl.Changed += () => changes++;

        acl.ReplaceMembers([Peers.Member, Peers.OtherMember]);
        FrozenSet<PeerId>? first = acl.Members;
        acl.ReplaceMembers([Peers.OtherMember, Peers.Member, Peers.Member]);

        Assert.That(acl.Members, Is.SameAs(first));
        Assert.That(changes, Is.EqualTo(1));

        acl.ReplaceMembers([Peers.OtherMember, Peers.Stranger]);
        Assert.That(changes, Is.EqualTo(2));
    }

    [Test]
    public void A_duplicate_does_not_hide_that_a_member_left()
    {
        var acl = new NetworkOnlyAcl();
        acl.ReplaceMembers([Peers.Member, Peers.OtherMember]);
        acl.ReplaceMembers([Peers.Member, Peers.Member]);

        Assert.That(acl.AllowReserve(Peers.OtherMember, Peers.Address).IsAllowed, Is.False);
    }

    [Test]
    public void Null_is_no_member_and_leaves_the_set_as_it_was()
    {
        var acl = new NetworkOnlyAcl();

        Assert.That(() => acl.ReplaceMembers([Peers.Member, null!]), Throws.ArgumentException);
        Assert.That(() => acl.ReplaceMembers(null!), Throws.ArgumentNullException);
        Assert.That(acl.IsWindowOpen, Is.True);
    }

    [Test]
    public void With_a_source_attached_the_members_cannot_be_replaced_by_hand()
    {
        var acl = new NetworkOnlyAcl();
        acl.AttachSource(MembershipKind.Sightings);

        Assert.That(() => acl.ReplaceMembers([Peers.Stranger]), Throws.InvalidOperationException);
        Assert.That(acl.IsWindowOpen, Is.True);
    }

    [Test]
    public void Only_one_source_can_be_attached()
    {
        var acl = new NetworkOnlyAcl();
        acl.AttachSource(MembershipKind.Authoritative);

        Assert.That(() => acl.AttachSource(MembershipKind.Authoritative), Throws.InvalidOperationException);
    }

    [Test]
    public void An_authoritative_source_closes_the_window_before_it_has_spoken()
    {
        var acl = new NetworkOnlyAcl();
        acl.AttachSource(MembershipKind.Authoritative);

        Assert.That(acl.AllowReserve(Peers.Member, Peers.Address).IsAllowed, Is.False);
    }

    [Test]
    public void The_members_are_one_fact_in_one_field()
    {
        IEnumerable<FieldInfo> sets = typeof(NetworkOnlyAcl).GetFields(BindingFlags.Instance | BindingFlags.NonPublic)
            .Where(field => typeof(IEnumerable<PeerId>).IsAssignableFrom(field.FieldType));

        // The second says nothing about members: it is who is refused while there are none.
        Assert.That(sets.Select(field => (field.Name, field.FieldType)), Is.EqualTo(new[]
        {
            ("_members", typeof(FrozenSet<PeerId>)), ("_deniedInWindow", typeof(FrozenSet<PeerId>)),
        }));
    }

    [Test]
    public void Who_is_explicitly_no_member_is_refused_in_spite_of_the_open_window()
    {
        var acl = new NetworkOnlyAcl();
        int changes = 0;
        acl.Changed += () => changes++;

        Assert.That((acl.DenyInWindow([Peers.Stranger]), acl.DenyInWindow([Peers.Stranger])), Is.EqualTo((true, false)));

        Assert.That(acl.AllowReserve(Peers.Stranger, Peers.Address), Is.EqualTo(AclVerdict.Deny("revoked")));
        Assert.That(acl.AllowReserve(Peers.Member, Peers.Address).IsAllowed, Is.True);
        Assert.That(changes, Is.EqualTo(1));
    }

    [Test]
    public void Reservations_in_the_window_are_as_short_as_configured_and_those_of_members_are_not()
    {
        var acl = new NetworkOnlyAcl { BootstrapReservationTtl = TimeSpan.FromMinutes(10) };
        Assert.That(acl.AllowReserve(Peers.Member, Peers.Address).ReservationTtl, Is.EqualTo(TimeSpan.FromMinutes(10)));

        acl.ReplaceMembers([Peers.Member]);
        Assert.That(acl.AllowReserve(Peers.Member, Peers.Address).ReservationTtl, Is.Null);
    }

    [TestCase(true)]
    [TestCase(false)]
    public void A_lookup_allocates_nothing(bool windowIsOpen)
    {
        IRelayAclFilter acl = new NetworkOnlyAcl();
        PeerId[] peers = Peers.CreateMany(1000);
        if (!windowIsOpen)
            ((NetworkOnlyAcl)acl).ReplaceMembers(peers[..500]);

        int warmUp = Lookups();
        long before = GC.GetAllocatedBytesForCurrentThread();
        int admitted = Lookups();
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.That(allocated, Is.Zero);
        Assert.That((warmUp, admitted), Is.EqualTo(windowIsOpen ? (1000, 1000) : (500, 500)));

        int Lookups()
        {
            int allowed = 0;
            foreach (PeerId peer in peers)
            {
                if (acl.AllowReserve(peer, Peers.Address).IsAllowed && acl.AllowConnect(peer, Peers.Address, peer).IsAllowed)
                    allowed++;
            }

            return allowed;
        }
    }

    [Test]
    public async Task Lookups_during_replacements_always_see_one_whole_set()
    {
        PeerId[] peers = Peers.CreateMany(64);
        PeerId[] even = [Peers.Member, .. peers.Where((_, i) => i % 2 == 0)];
        PeerId[] odd = [Peers.Member, .. peers.Where((_, i) => i % 2 == 1)];
        var acl = new NetworkOnlyAcl();
        acl.ReplaceMembers(even);
        using var stop = new CancellationTokenSource();

        Task<long>[] readers = [.. Enumerable.Range(0, 2).Select(_ => Task.Run(ReadUntilStopped))];
        Task[] writers = [.. new[] { even, odd }.Select(set => Task.Run(() => Write(set)))];
        await Task.WhenAll(writers).InTime();
        await stop.CancelAsync();
        long[] lookups = await Task.WhenAll(readers).InTime();

        Assert.That(lookups, Has.All.GreaterThan(0));
        Assert.That(acl.MemberCount, Is.EqualTo(33));

        void Write(PeerId[] set)
        {
            for (int i = 0; i < 2000; i++)
                acl.ReplaceMembers(set);
        }

        long ReadUntilStopped()
        {
            long count = 0;
            do
            {
                Assert.That(acl.AllowReserve(Peers.Member, Peers.Address).IsAllowed, Is.True, "a member of every set was refused");
                Assert.That(acl.AllowReserve(Peers.Stranger, Peers.Address).IsAllowed, Is.False, "a member of no set was admitted");
                count++;
            }
            while (!stop.IsCancellationRequested);
            return count;
        }
    }
}
