using System.Net;
using Relay.Circuit;
using Relay.Multiformats;
using Relay.TestKit;

namespace Relay.Tests.Nodes;

[TestFixture]
internal sealed class NodeBuilderTests : NodeTest
{
    [Test]
    public void Options_of_an_enabled_and_of_a_disabled_relay_both_build_a_node()
    {
        var members = new StaticMembershipSource([]);
        Assert.Multiple(() =>
        {
            Assert.That(Build(CreateConfig(), builder => builder.WithMembership(members)).Relay, Is.Not.Null);
            Assert.That(Build(CreateConfig(relay => relay.Disabled = true)).Relay, Is.Null);
        });
    }

    [Test]
    public void A_relay_for_members_only_without_members_does_not_build_and_says_both_ways_out()
    {
        InvalidOperationException? error = Assert.Throws<InvalidOperationException>(() => Build(CreateConfig()));
        Assert.That(error!.Message, Does.Contain("WithMembership").And.Contain("NetworkOnly = false"));
    }

    [Test]
    public void Rules_that_admit_everyone_do_not_build_a_relay_for_members_only_without_a_source()
    {
        AclRules[] open =
        [
            AclRules.None,
            AclRules.None.Deny(Peers.Stranger),
            AclRules.None.Deny(IPNetwork.Parse("192.0.2.0/24")),
            AclRules.None.DenyMembers(new NetworkOnlyAcl()),
            AclRules.None.Allow(AclRules.None.Deny(Peers.Stranger)),
            AclRules.None.Allow(Peers.Member).Allow(new NetworkOnlyAcl()).Allow(AclRules.None),
        ];
        foreach (AclRules rules in open)
        {
            InvalidOperationException? error = Assert.Throws<InvalidOperationException>(() => Build(CreateConfig(), builder => builder.WithAcl(rules)));
            Assert.That(error!.Message, Does.Contain("admit everyone").And.Contain("WithMembership").And.Contain("NetworkOnly = false"));
            Assert.That(() => Build(CreateConfig(relay => relay.NetworkOnly = false), builder => builder.WithAcl(rules)), Throws.Nothing);
        }
    }

    [Test]
    public void Rules_that_say_who_is_admitted_build_one()
    {
        AclRules[] closed =
        [
            AclRules.None.Allow(Peers.Member),
            AclRules.None.Allow(IPNetwork.Parse("192.0.2.0/24")),
            AclRules.None.Allow(new NetworkOnlyAcl()),
            AclRules.None.Allow(new ScriptedAcl()),
            AclRules.None.Allow(AclRules.None.Allow(Peers.Member)).Deny(Peers.Stranger),
        ];
        foreach (AclRules rules in closed)
            Assert.That(() => Build(CreateConfig(), builder => builder.WithAcl(rules)), Throws.Nothing);
    }

    [Test]
    public void Beside_a_source_rules_may_only_deny_unless_the_source_feeds_one_of_them()
    {
        var source = new StaticMembershipSource([Peers.Member]);
        Assert.That(() => Build(CreateConfig(), builder => builder.WithMembership(source).WithAcl(AclRules.None.Deny(Peers.Stranger))), Throws.Nothing);
        AclRules open = AclRules.None.Allow(new NetworkOnlyAcl()).Allow(AclRules.None.Deny(Peers.Stranger));
        InvalidOperationException? error = Assert.Throws<InvalidOperationException>(
            () => Build(CreateConfig(), builder => builder.WithMembership(source).WithAcl(open)));
        Assert.That(error!.Message, Does.Contain("admit everyone"));
    }

    [Test]
    public void One_source_does_not_feed_two_member_lists_however_deep_they_are()
    {
        var source = new StaticMembershipSource([Peers.Member]);
        var members = new NetworkOnlyAcl();
        AclRules[] twice =
        [
            AclRules.None.Allow(members).Allow(new NetworkOnlyAcl()),
            AclRules.None.Allow(members).Allow(AclRules.None.Allow(new NetworkOnlyAcl())),
            AclRules.None.Allow(AclRules.None.Allow(members)).Allow(AclRules.None.Allow(AclRules.None.Allow(new NetworkOnlyAcl()))),
        ];
        foreach (AclRules rules in twice)
        {
            InvalidOperationException? error = Assert.Throws<InvalidOperationException>(
                () => Build(CreateConfig(), builder => builder.WithMembership(source).WithAcl(rules)));
            Assert.That(error!.Message, Does.Contain("2 rules").And.Contain("UnionMembershipSource"));
        }

        Assert.That(() => Build(CreateConfig(), builder => builder.WithMembership(source).WithAcl(AclRules.None.Allow(members).Allow(members))), Throws.Nothing);
    }

    [Test]
    public async Task A_source_feeds_the_members_that_a_rule_within_a_rule_allows()
    {
        var members = new NetworkOnlyAcl();
        AclRules rules = AclRules.None.Allow(AclRules.None.Allow(members).Deny(Peers.OtherMember)).Allow(Peers.Self);
        RelayNode node = await StartAsync(
            CreateConfig(), builder => builder.WithMembership(new StaticMembershipSource([Peers.Member, Peers.OtherMember])).WithAcl(rules));
        Assert.That(
            new[] { Peers.Member, Peers.OtherMember, Peers.Self, Peers.Stranger }.Select(peer => rules.AllowReserve(peer, Peers.Address).IsAllowed),
            Is.EqualTo(new[] { true, false, true, false }));
        Assert.That(node.Membership!.MemberCount, Is.EqualTo(2));
    }

    [Test]
    public void That_only_members_may_connect_needs_somebody_who_knows_them()
    {
        Config config = CreateConfig(relay => relay.ConnectPolicy = ConnectPolicy.MembersOnly);
        IRelayAclFilter[] unknowing =
        [
            AclRules.None.Allow(IPNetwork.Parse("192.0.2.0/24")),
            AclRules.None.Allow(Peers.Member).Allow(AclRules.None.Allow(new ScriptedAcl())),
            AclRules.None.Allow(Peers.Member).DenyMembers(new NetworkOnlyAcl()),
            new ScriptedAcl(),
        ];
        foreach (IRelayAclFilter acl in unknowing)
        {
            InvalidOperationException? error = Assert.Throws<InvalidOperationException>(() => Build(config, builder => builder.WithAcl(acl)));
            Assert.That(error!.Message, Does.Contain("MembersOnly").And.Contain("WithMembership").And.Contain("NetworkOnlyAcl").And.Contain("Anyone"));
            Assert.That(() => Build(config, builder => builder.WithAcl(acl).WithMembership(new StaticMembershipSource([]))), Throws.Nothing);
        }

        Assert.That(() => Build(config, builder => builder.WithAcl(new NetworkOnlyAcl())), Throws.Nothing);
        Assert.That(() => Build(config, builder => builder.WithAcl(AclRules.None.Allow(AclRules.None.Allow(new NetworkOnlyAcl())))), Throws.Nothing);
    }

    [Test]
    public void Custom_knobs_reach_the_relay()
    {
        RelayNode node = Build(CreateConfig(relay =>
        {
            relay.NetworkOnly = false;
            relay.MaxData = 4096;
            relay.MaxDuration = null;
            relay.MaxCircuits = 3;
            relay.MaxTotalCircuits = 5;
            relay.ReservationTtl = TimeSpan.FromMinutes(7);
            relay.BufferSize = 2048;
            relay.MaxReservations = 9;
            relay.MaxReservationsPerIp = 4;
            relay.MaxCircuitBandwidth = 1 << 20;
            relay.MaxTotalBandwidth = 1 << 24;
            relay.CircuitIdleTimeout = TimeSpan.FromMinutes(2);
            relay.MemoryBudget = 1L << 40;
        }));
        var expected = new CircuitRelayOptions
        {
            MaxData = 4096,
            MaxDuration = null,
            MaxCircuits = 3,
            MaxTotalCircuits = 5,
            ReservationTtl = TimeSpan.FromMinutes(7),
            BufferSize = 2048,
            MaxReservations = 9,
            MaxReservationsPerIp = 4,
            MaxCircuitBandwidth = 1 << 20,
            MaxTotalBandwidth = 1 << 24,
            CircuitIdleTimeout = TimeSpan.FromMinutes(2),
            MemoryBudget = 1L << 40,
        };
        Assert.That(node.Relay!.Options.ToString(), Is.EqualTo(expected.ToString()));
    }

    [Test]
    public void What_a_decision_calls_its_limit_is_the_name_of_its_setting()
    {
        string[] deadlines = [nameof(CircuitRelayOptions.HopTimeout), nameof(CircuitRelayOptions.StopOpenTimeout), nameof(CircuitRelayOptions.StopTimeout)]; // no settings, and no decision's limit
        IEnumerable<string> options = typeof(CircuitRelayOptions).GetProperties().Select(property => property.Name).Except(deadlines);
        Assert.That(options, Is.SubsetOf(typeof(RelayServiceConfig).GetProperties().Select(property => property.Name)));

        RelayNode node = Build(CreateConfig(relay => (relay.NetworkOnly, relay.MaxCircuits, relay.MaxTotalCircuits) = (false, 3, 5)));
        Assert.That((node.Relay!.Options.MaxCircuits, node.Relay.Options.MaxTotalCircuits), Is.EqualTo((3, 5)), "and the setting's value is the limit's");
    }

    [Test]
    public void The_relay_of_a_default_config_has_the_engines_defaults()
    {
        RelayNode node = Build(CreateConfig(relay => relay.NetworkOnly = false));
        Assert.That(node.Relay!.Options.ToString(), Is.EqualTo(new CircuitRelayOptions().ToString()));
    }

    [Test]
    public void Two_options_of_one_kind_are_refused()
    {
        IReadOnlyList<NodeOption> options = CreateConfig().ToOptions();
        ArgumentException? error = Assert.Throws<ArgumentException>(() => _ = new NodeBuilder([.. options, options[0]]));
        Assert.That(error!.Message, Does.Contain(options[0].GetType().Name));
    }

    [Test]
    public void An_announce_address_of_another_peer_is_refused()
    {
        Config config = CreateConfig(relay => relay.Disabled = true);
        config.AnnounceAddresses.Add($"/ip4/203.0.113.1/tcp/4001/p2p/{Peers.Member}");
        InvalidOperationException? error = Assert.Throws<InvalidOperationException>(() => Build(config));
        Assert.That(error!.Message, Does.Contain(Peers.Member.ToString()));
    }

    [Test]
    public void A_key_file_is_created_once_and_gives_the_same_identity_from_then_on()
    {
        string directory = Directory.CreateTempSubdirectory().FullName;
        try
        {
            Config config = CreateConfig(relay => relay.Disabled = true);
            config.PrivateKeyFile = Path.Combine(directory, "relay.key");
            PeerId first = Build(config).PeerId;
            Assert.That(Build(config).PeerId, Is.EqualTo(first));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Test]
    public void Without_a_key_file_every_node_is_somebody_new()
    {
        Config config = CreateConfig(relay => relay.Disabled = true);
        PeerId first = Build(config).PeerId;
        Assert.That(Build(config).PeerId, Is.Not.EqualTo(first));
    }
}
