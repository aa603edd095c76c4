using Relay.Multiformats;

namespace Relay.Tests.Costs;

/// <summary>A question to access control allocates nothing, however many members there are.</summary>
[NonParallelizable]
internal sealed class AclCostTests
{
    private const int Questions = 10_000;
    private static readonly Multiaddress Address = Multiaddress.Parse("/ip4/192.0.2.1/tcp/4001");

    [Test]
    public void A_lookup_allocates_nothing([Values(0, 1, 16, 1000, 10_000)] int members)
    {
        PeerId[] known = [.. Enumerable.Range(0, members).Select(MakePeer)];
        PeerId stranger = MakePeer(-1);
        var acl = new NetworkOnlyAcl { ConnectPolicy = ConnectPolicy.MembersOnly };
        acl.ReplaceMembers(known);

        int allowed = 0;
        long allocated = Measure(() =>
        {
            for (int i = 0; i < Questions; i++)
            {
                PeerId asked = members > 0 && i % 2 == 0 ? known[i % members] : stranger;
                allowed += acl.AllowReserve(asked, Address).IsAllowed ? 1 : 0;
                allowed += acl.AllowConnect(asked, Address, stranger).IsAllowed ? 1 : 0;
            }
        });

        Assert.That(allocated, Is.Zero);
        Assert.That(allowed, members == 0 ? Is.Zero : Is.Positive);
    }

    [Test]
    public void So_does_one_in_the_bootstrap_window()
    {
        var acl = new NetworkOnlyAcl();
        PeerId stranger = MakePeer(-1);

        long allocated = Measure(() =>
        {
            for (int i = 0; i < Questions; i++)
                acl.AllowReserve(stranger, Address);
        });

        Assert.That(allocated, Is.Zero);
    }

    // The first time is the compiler's.
    private static long Measure(Action action)
    {
        action();
        long before = GC.GetAllocatedBytesForCurrentThread();
        action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static PeerId MakePeer(int number)
    {
        byte[] key = new byte[32];
        BitConverter.TryWriteBytes(key, number);
        return PeerId.FromBytes([0x00, 0x24, 0x08, 0x01, 0x12, 0x20, .. key]);
    }
}
