using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Collections.Frozen;

namespace Relay.Multiformats.Tests;

public sealed class PeerIdHashTests
{
    [Test]
    public void A_lookup_allocates_nothing()
    {
        PeerId[] members = [.. Enumerable.Range(0, 1000).Select(Numbered)];
        FrozenSet<PeerId> frozen = members.ToFrozenSet();
        ConcurrentDictionary<PeerId, int> table = new(members.Select((id, i) => KeyValuePair.Create(id, i)));
        PeerId[] probes = [.. Enumerable.Range(500, 1000).Select(Numbered)]; // half of them are in
        int Look()
        {
            int hits = 0;
            foreach (PeerId probe in probes)
            {
                if (frozen.Contains(probe) && table.ContainsKey(probe))
                    hits++;
            }
            return hits;
        }
        Look();

        long before = GC.GetAllocatedBytesForCurrentThread();
        int hits = Look();
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.That(hits, Is.EqualTo(500));
        Assert.That(allocated, Is.Zero);
    }

    [Test]
    public void Comparing_allocates_nothing()
    {
        PeerId one = Numbered(1);
        PeerId other = Numbered(1);
        bool equal = one == other && one.CompareTo(other) == 0 && one.GetHashCode() == other.GetHashCode();

        long before = GC.GetAllocatedBytesForCurrentThread();
        equal &= one == other && one.CompareTo(other) == 0 && one.GetHashCode() == other.GetHashCode();
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
        Assert.That(equal);
    }

    [TestCase("002408011220")]
    [TestCase("1220")]
    [TestCase("0025080212210200")]
    public void An_id_of_a_usual_form_is_one_object_of_64_bytes(string head)
    {
        byte[] bytes = [.. Convert.FromHexString(head), .. new byte[39]];
        bytes = bytes[..(2 + bytes[1])];
        PeerId.TryFromBytes(bytes, out _);

        long before = GC.GetAllocatedBytesForCurrentThread();
        PeerId.TryFromBytes(bytes, out PeerId? id);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.That(id, Is.Not.Null);
        Assert.That(allocated, Is.EqualTo(64));
    }

    // Keys that somebody counted up, in either end of each word, instead of drawing them at random.
    [TestCase(0)]
    [TestCase(7)]
    [TestCase(8)]
    [TestCase(12)]
    [TestCase(16)]
    [TestCase(28)]
    public void Ids_that_differ_little_spread_over_the_buckets(int offset)
    {
        const int count = 1 << 16;
        const int buckets = 1 << 10;
        int[] low = new int[buckets];
        int[] high = new int[buckets];
        HashSet<int> hashes = [];
        byte[] bytes = [0x12, 0x20, .. new byte[32]];
        for (int i = 0; i < count; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(2 + offset), i);
            uint hash = (uint)PeerId.FromBytes(bytes).GetHashCode();
            hashes.Add((int)hash);
            low[hash % buckets]++;
            high[hash >> 22]++;
        }

        // 64 are expected in each bucket, with a standard deviation of 8; of 65 536 values in 2^32, one half pair coincides.
        Assert.That(low.Max(), Is.LessThan(64 + 8 * 8));
        Assert.That(low.Min(), Is.GreaterThan(64 - 8 * 7));
        Assert.That(high.Max(), Is.LessThan(64 + 8 * 8));
        Assert.That(high.Min(), Is.GreaterThan(64 - 8 * 7));
        Assert.That(hashes, Has.Count.GreaterThan(count - 20));
    }

    [Test]
    public void Plain_ids_that_differ_little_spread_too()
    {
        HashSet<int> hashes = [];
        for (int length = 1; length <= 42; length++)
        {
            for (int last = 0; last < 256; last++)
            {
                byte[] key = new byte[length];
                key[^1] = (byte)last;
                hashes.Add(PeerId.FromBytes([0x00, (byte)length, .. key]).GetHashCode());
            }
        }
        Assert.That(hashes, Has.Count.GreaterThan(42 * 256 - 5));
    }

    private static PeerId Numbered(int number)
    {
        byte[] bytes = [0x00, 0x24, 0x08, 0x01, 0x12, 0x20, .. new byte[32]];
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(6), number);
        return PeerId.FromBytes(bytes);
    }
}
