using System.Net;
using Relay.Circuit;
using Relay.Multiformats;

namespace Relay.Tests;

internal sealed class AclRulesTests
{
    private static readonly IPNetwork Office = IPNetwork.Parse("192.0.2.0/24");
    private static readonly IPNetwork OfficeOfSix = IPNetwork.Parse("2001:db8:1::/48");

    [Test]
    public void Without_rules_everyone_is_admitted() => Assert.That(Reserves(AclRules.None, Peers.Stranger), Is.True);

    [Test]
    public void Rules_that_only_deny_admit_the_rest()
    {
        AclRules rules = AclRules.None.Deny(Peers.Stranger);
        Assert.That((Reserves(rules, Peers.Stranger), Reserves(rules, Peers.Member)), Is.EqualTo((false, true)));
    }

    [Test]
    public void A_rule_that_allows_refuses_the_rest()
    {
        AclRules rules = AclRules.None.Allow(Peers.Member);
        Assert.That((Reserves(rules, Peers.Stranger), Reserves(rules, Peers.Member)), Is.EqualTo((false, true)));
    }

    [Test]
    public void Deny_wins_whatever_allows_and_in_whatever_order()
    {
        var members = new NetworkOnlyAcl();
        members.ReplaceMembers([Peers.Member]);
        AclRules[] all =
        [
            AclRules.None.Allow(Peers.Member).Allow(Office).Allow(members).Deny(Peers.Member),
            AclRules.None.Deny(Peers.Member).Allow(members).Allow(Office).Allow(Peers.Member),
            AclRules.None.Allow(Peers.Member).Deny(Office),
            AclRules.None.Allow(Peers.Member).DenyMembers(members),
        ];
        Assert.That(all.Select(rules => Reserves(rules, Peers.Member)), Is.All.False);
    }

    [TestCase("/ip4/192.0.2.255/tcp/1", true)]
    [TestCase("/ip4/192.0.3.0/tcp/1", false)]
    [TestCase("/ip6/2001:db8:1:ffff::1/tcp/1", true)]
    [TestCase("/ip6/2001:db8:2::1/tcp/1", false)]
    [TestCase("/ip6/::ffff:192.0.2.7/tcp/1", true)]
    [TestCase("/dns4/relay.example/tcp/1", false)]
    public void Networks_are_matched_by_the_address_the_peer_is_connected_from(string address, bool isInside)
    {
        Multiaddress from = Multiaddress.Parse(address);
        AclRules allowing = AclRules.None.Allow(Office, OfficeOfSix);
        AclRules denying = AclRules.None.Deny(Office, OfficeOfSix);

        Assert.That(allowing.AllowReserve(Peers.Member, from).IsAllowed, Is.EqualTo(isInside));
        Assert.That(denying.AllowReserve(Peers.Member, from).IsAllowed, Is.EqualTo(!isInside));
        Assert.That(denying.AllowConnect(Peers.Member, from, Peers.OtherMember).IsAllowed, Is.EqualTo(!isInside));
    }

    [TestCase("0.0.0.0/0", "203.0.113.9", true)]
    [TestCase("0.0.0.0/0", "2001:db8::1", false)]
    [TestCase("::/0", "2001:db8::1", true)]
    [TestCase("::/0", "203.0.113.9", false)]
    [TestCase("203.0.113.9/32", "203.0.113.9", true)]
    [TestCase("203.0.113.9/32", "203.0.113.8", false)]
    [TestCase("2001:db8::1/128", "2001:db8::1", true)]
    [TestCase("::ffff:203.0.113.0/120", "203.0.113.9", true)]
    public void The_widest_and_the_narrowest_networks_hold_what_they_should(string network, string ip, bool isInside)
    {
        Multiaddress from = Multiaddress.Parse($"/ip{(ip.Contains(':', StringComparison.Ordinal) ? 6 : 4)}/{ip}/tcp/1");
        Assert.That(AclRules.None.Deny(IPNetwork.Parse(network)).AllowReserve(Peers.Member, from).IsAllowed, Is.EqualTo(!isInside));
    }

    [Test]
    public void Any_rule_that_allows_is_enough_and_membership_is_one()
    {
        var members = new NetworkOnlyAcl();
        AclRules rules = AclRules.None.Allow(members).Allow(Peers.OtherMember);
        Assert.That(Reserves(rules, Peers.Stranger), Is.True, "bootstrap window");

        members.ReplaceMembers([Peers.Member]);
        Assert.That(
            (Reserves(rules, Peers.Member), Reserves(rules, Peers.OtherMember), Reserves(rules, Peers.Stranger)), Is.EqualTo((true, true, false)));
    }

    [Test]
    public void The_verdict_of_a_filter_keeps_its_reason_and_its_ttl()
    {
        var members = new NetworkOnlyAcl { BootstrapReservationTtl = TimeSpan.FromMinutes(10) };
        AclVerdict verdict = AclRules.None.Allow(members).AllowReserve(Peers.Member, Peers.Address);
        Assert.That(verdict, Is.EqualTo(AclVerdict.Allow("bootstrap window open", TimeSpan.FromMinutes(10))));
    }

    [TestCase(false)]
    [TestCase(true)]
    public void Of_several_filters_that_admit_the_one_holds_that_bounds_the_reservation_least(bool isReversed)
    {
        var shorter = new NetworkOnlyAcl { BootstrapReservationTtl = TimeSpan.FromMinutes(10) };
        var longer = new NetworkOnlyAcl { BootstrapReservationTtl = TimeSpan.FromMinutes(20) };
        var unbound = new NetworkOnlyAcl();
        unbound.ReplaceMembers([Peers.Member]);

        AclRules rules = Of(shorter, longer, unbound);
        Assert.That(rules.AllowReserve(Peers.Member, Peers.Address), Is.EqualTo(AclVerdict.Allow("member")));
        Assert.That(rules.AllowReserve(Peers.Stranger, Peers.Address), Is.EqualTo(AclVerdict.Allow("bootstrap window open", TimeSpan.FromMinutes(20))));

        AclRules Of(params NetworkOnlyAcl[] filters) =>
            (isReversed ? filters.Reverse() : filters).Aggregate(AclRules.None, static (all, filter) => all.Allow(filter));
    }

    [Test]
    public void While_it_is_not_known_who_is_denied_by_membership_everyone_is()
    {
        var denied = new NetworkOnlyAcl();
        AclRules rules = AclRules.None.DenyMembers(denied);
        Assert.That(Reserves(rules, Peers.Member), Is.False);

        denied.ReplaceMembers([Peers.Stranger]);
        Assert.That((Reserves(rules, Peers.Member), Reserves(rules, Peers.Stranger)), Is.EqualTo((true, false)));
    }

    [Test]
    public void Neither_end_of_a_circuit_may_be_denied_and_connecting_is_open_otherwise()
    {
        AclRules rules = AclRules.None.Allow(Peers.Member).Deny(Peers.Stranger);
        Assert.Multiple(() =>
        {
            Assert.That(rules.AllowConnect(Peers.OtherMember, Peers.Address, Peers.Member).IsAllowed, Is.True);
            Assert.That(rules.AllowConnect(Peers.Stranger, Peers.Address, Peers.Member).IsAllowed, Is.False);
            Assert.That(rules.AllowConnect(Peers.Member, Peers.Address, Peers.Stranger).IsAllowed, Is.False);
        });
    }

    [Test]
    public void A_filter_decides_about_circuits_too()
    {
        var members = new NetworkOnlyAcl { ConnectPolicy = ConnectPolicy.MembersOnly };
        members.ReplaceMembers([Peers.Member]);
        AclRules rules = AclRules.None.Allow(members);
        Assert.That(rules.AllowConnect(Peers.Member, Peers.Address, Peers.Member).IsAllowed, Is.True);
        Assert.That(rules.AllowConnect(Peers.Stranger, Peers.Address, Peers.Member).IsAllowed, Is.False);
    }

    [Test]
    public void Adding_a_rule_leaves_the_rules_it_is_added_to_as_they_were()
    {
        AclRules open = AclRules.None;
        _ = open.Deny(Peers.Stranger).Allow(Peers.Member).Deny(Office);
        Assert.That(Reserves(open, Peers.Stranger), Is.True);
    }

    [Test]
    public void Null_is_nobody()
    {
        Assert.That(() => AclRules.None.Deny((PeerId)null!), Throws.ArgumentException);
        Assert.That(() => AclRules.None.Allow((IRelayAclFilter)null!), Throws.ArgumentNullException);
        Assert.That(() => AclRules.None.DenyMembers(null!), Throws.ArgumentNullException);
    }

    [Test]
    public void Rules_by_peer_and_membership_allocate_nothing()
    {
        var members = new NetworkOnlyAcl();
        members.ReplaceMembers([Peers.Member]);
        AclRules rules = AclRules.None.Deny(Peers.Stranger).Allow(members).Allow(Peers.OtherMember);
        Ask();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Ask();
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);

        void Ask()
        {
            for (int i = 0; i < 100; i++)
            {
                _ = rules.AllowReserve(Peers.Member, Peers.Address);
                _ = rules.AllowConnect(Peers.Stranger, Peers.Address, Peers.Member);
            }
        }
    }

    private static bool Reserves(AclRules rules, PeerId peer) => rules.AllowReserve(peer, Peers.Address).IsAllowed;
}
