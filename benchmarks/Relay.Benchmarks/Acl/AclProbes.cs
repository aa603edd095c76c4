using Relay.Circuit;
using Relay.Multiformats;

namespace Relay.Benchmarks.Acl;

/// <summary>Whom the ACL is asked about, in which order.</summary>
internal static class AclProbes
{
    /// <summary>Distinct probes. With 8 192 the branch predictor learns the sequence, and every design looks faster than it is.</summary>
    public const int Count = 65_536;

    private const int MemberSeed = 1;
    private const int StrangerSeed = 2;

    private static readonly Multiaddress Address = Multiaddress.Parse("/ip4/192.0.2.1/tcp/4001");

    public static PeerId[] Members(int count) => SeededPeers.Make(count, MemberSeed);

    /// <summary>Members in random order, or peers that are none; in either case objects that are not the set's own.</summary>
    public static PeerId[] Make(PeerId[] members, Probe probe)
    {
        if (probe == Probe.Miss)
            return SeededPeers.Make(Count, StrangerSeed);

        var random = new Random(StrangerSeed);
        var probes = new PeerId[Count];
        for (int i = 0; i < Count; i++)
            probes[i] = SeededPeers.Copy(members[random.Next(members.Length)]);
        return probes;
    }

    /// <summary>Asks about each once, through the interface, as the relay does.</summary>
    /// <returns>How many were admitted.</returns>
    public static int Ask(IRelayAclFilter acl, PeerId[] probes)
    {
        int admitted = 0;
        foreach (PeerId probe in probes)
        {
            if (acl.AllowReserve(probe, Address).IsAllowed)
                admitted++;
        }

        return admitted;
    }
}
