using System.Net;
using Relay;
using Relay.Multiformats;
using Relay.TestKit;

namespace Packages.Tests.Snippets;

/// <summary>The snippets of docs/membership.md.</summary>
internal sealed class MembershipSnippets
{
    [Test]
    public async Task Rules_stand_beside_members()
    {
        var config = new Config { ListenAddresses = { "/ip4/127.0.0.1/tcp/0" } };
        var builder = new NodeBuilder(config.ToOptions());
        PeerId badPeer = IdentityKey.Generate().PeerId;
        var source = new StaticMembershipSource([badPeer]);

        #region rules beside members
        builder.WithMembership(source)
            .WithAcl(AclRules.None.Deny(IPNetwork.Parse("203.0.113.0/24")).Deny(badPeer));       // members, but not these
        builder.WithMembership(source)
            .WithAcl(AclRules.None.Allow(new NetworkOnlyAcl()).Allow(IPNetwork.Parse("10.0.0.0/8"))); // members, or whoever is on this network
        #endregion

        await using RelayNode node = builder.Build();
        await node.StartAsync().InTime();
        Assert.That(node.Membership!.MemberCount, Is.EqualTo(1));
    }
}
