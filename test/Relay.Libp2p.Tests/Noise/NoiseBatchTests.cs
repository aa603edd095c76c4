using System.Security.Cryptography;
using Relay.Libp2p.Noise;
using Relay.Libp2p.Tests.Scripting;

namespace Relay.Libp2p.Tests.Noise;

public class NoiseBatchTests
{
    private static readonly byte[] Key = RandomNumberGenerator.GetBytes(32);

    private readonly BufferPool _pool = new();

    private static byte[] Open(ReadOnlySpan<byte> wire, ReferenceCipher cipher)
    {
        List<byte> plaintext = [];
        while (!wire.IsEmpty)
        {
            int length = wire[0] << 8 | wire[1];
            plaintext.AddRange(cipher.Open([], wire.Slice(2, length).ToArray()));
            wire = wire[(2 + length)..];
        }

        return [.. plaintext];
    }

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    public void What_there_is_room_for_is_taken_whole_and_sealed_in_place(int seed)
    {
        var random = new Random(seed);
        using var batch = new NoiseBatch(new CipherState(Key), _pool);
        var opening = new ReferenceCipher(Key);
        for (int round = 0; round < 30; round++)
        {
            List<byte> sent = [];
            while (batch.Room > 0)
            {
                byte[] piece = new byte[Math.Min(batch.Room, random.Next(1, random.Next(2) == 0 ? 60 : 70_000))];
                random.NextBytes(piece);
                Assert.That(batch.Write(piece), Is.EqualTo(piece.Length), $"seed {seed}, round {round}, after {sent.Count} bytes");
                sent.AddRange(piece);
            }

            Assert.That(batch.Write([1]), Is.Zero, "no room means no room");
            Assert.That(Open(batch.Seal().Span, opening), Is.EqualTo(sent));
            batch.Clear();
        }
    }

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(65518)]
    [TestCase(65519)]
    [TestCase(65520)]
    [TestCase(131035)]
    [TestCase(131036)]
    public void Room_is_told_to_the_byte(int written)
    {
        using var batch = new NoiseBatch(new CipherState(Key), _pool);
        Assert.That(batch.Write(new byte[written]), Is.EqualTo(written));
        int room = batch.Room;
        Assert.That(batch.Write(new byte[200_000]), Is.EqualTo(room));
        Assert.That(Open(batch.Seal().Span, new ReferenceCipher(Key)), Has.Length.EqualTo(written + room));
    }

    [Test]
    public void A_batch_rents_with_its_first_byte_and_gives_back_when_disposed()
    {
        var batch = new NoiseBatch(new CipherState(Key), _pool);
        Assert.That((batch.IsEmpty, _pool.Rented), Is.EqualTo((true, 0L)));
        batch.Write([1]);
        Assert.That((batch.IsEmpty, _pool.Rented), Is.EqualTo((false, 1L)));
        batch.Dispose();
        batch.Dispose();
        Assert.That((batch.IsEmpty, _pool.Rented), Is.EqualTo((true, 0L)));
    }
}
