using Relay.Members;
using Relay.Multiformats;

namespace Relay.Tests.Members;

/// <summary>The algebra of <see cref="PeerSet"/> against asking about each peer.</summary>
[TestFixture]
internal sealed class PeerSetProperties
{
    private static readonly PeerId[] Everyone = Peers.CreateMany(6);

    [FsCheck.NUnit.Property(MaxTest = 1000)]
    public void Combined_sets_hold_whom_they_should(byte one, byte other)
    {
        PeerSet a = Make(one);
        PeerSet b = Make(other);
        foreach (PeerId peer in Everyone)
        {
            Assert.That(Has(a.Or(b), peer), Is.EqualTo(Has(a, peer) || Has(b, peer)));
            Assert.That(Has(a.And(b), peer), Is.EqualTo(Has(a, peer) && Has(b, peer)));
            Assert.That(Has(a.Except(b), peer), Is.EqualTo(Has(a, peer) && !Has(b, peer)));
        }
    }

    private static PeerSet Make(byte bits)
    {
        IEnumerable<PeerId> peers = Everyone.Where((_, i) => (bits & (1 << i)) != 0);
        return bits >= 128 ? PeerSet.AllBut(peers) : PeerSet.Only(peers);
    }

    private static bool Has(PeerSet set, PeerId peer) => set.Peers.Contains(peer) != set.IsComplement;
}
