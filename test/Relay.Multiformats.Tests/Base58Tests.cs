using System.Numerics;
using Oracle = SimpleBase.Base58;

namespace Relay.Multiformats.Tests;

public sealed class Base58Tests
{
    private const string Alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    private const string Id = "12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA";

    // draft-msporny-base58, test vectors.
    [TestCase("48656c6c6f20576f726c6421", "2NEpo7TZRRrLZSi2U")]
    [TestCase(
        "54686520717569636b2062726f776e20666f78206a756d7073206f76657220746865206c617a7920646f672e",
        "USm3fpXnKG5EUBx2ndxBDMPVciP5hGey2Jh4NDv6gmeo1LkMeiKrLJUUBk6Z")]
    [TestCase("0000287fb4cd", "11233QC4")]
    // Bitcoin Core, src/test/data/base58_encode_decode.json.
    [TestCase("", "")]
    [TestCase("61", "2g")]
    [TestCase("626262", "a3gV")]
    [TestCase("73696d706c792061206c6f6e6720737472696e67", "2cFupjhnEsSn59qHXstmK2ffpLv2")]
    [TestCase("00eb15231dfceb60925886b67d065299925915aeb172c06647", "1NS17iag9jJgTHD1VXjvLCEnZuQ3rJDE9L")]
    [TestCase("516b6fcd0f", "ABnLTmg")]
    [TestCase("bf4f89001e670274dd", "3SEo3LWLoPntC")]
    [TestCase("572e4794", "3EFU7m")]
    [TestCase("ecac89cad93923c02321", "EJDM8drfXA6uyA")]
    [TestCase("10c8511e", "Rt5zm")]
    [TestCase("00000000000000000000", "1111111111")]
    [TestCase("000111d38e5fc9071ffcd20b4a763cc9ae4f252bb4e48fd66a835e252ada93ff480d6dd43dc62a641155a5", Alphabet)]
    public void Published_vectors_hold_in_both_directions(string hex, string text)
    {
        byte[] bytes = Convert.FromHexString(hex);

        Assert.That(Base58.Encode(bytes), Is.EqualTo(text));
        Assert.That(Decode(text), Is.EqualTo(bytes));
    }

    [Test]
    public void A_zero_byte_is_a_1_and_a_1_a_zero_byte([Range(0, 64)] int length)
    {
        Assert.That(Base58.Encode(new byte[length]), Is.EqualTo(new string('1', length)));
        Assert.That(Decode(new string('1', length)), Is.EqualTo(new byte[length]));
    }

    [Test]
    public void Bytes_of_every_length_become_the_text_that_another_codec_makes_and_come_back()
    {
        Random random = new(58);
        for (int length = 0; length <= Base58.MaxNumberLength; length++)
        {
            foreach (byte[] bytes in Samples(random, length))
            {
                string text = Base58.Encode(bytes);
                Assert.That(text, Is.EqualTo(Oracle.Bitcoin.Encode(bytes)), Convert.ToHexString(bytes));
                Assert.That(Decode(text), Is.EqualTo(bytes), text);
            }
        }
    }

    [Test]
    public void Text_of_every_length_is_the_number_that_its_digits_say_and_comes_back()
    {
        Random random = new(85);
        for (int length = 0; length <= PeerId.MaxTextLength; length++)
        {
            string[] texts =
            [
                new string('z', length),
                new string('2', length),
                new string('1', length / 2) + new string('z', length - length / 2),
                string.Concat("2", new string('1', length)), // a power of 58
                .. Enumerable.Range(0, 20).Select(_ => new string(random.GetItems<char>(Alphabet, length))),
                .. Enumerable.Range(0, 20).Select(_ => new string(random.GetItems<char>("12z", length))),
            ];
            foreach (string text in texts)
            {
                byte[]? bytes = Decode(text);
                Assert.That(bytes, Is.EqualTo(BytesByDigit(text)).And.EqualTo(Oracle.Bitcoin.Decode(text)), text);
                Assert.That(Base58.Encode(bytes), Is.EqualTo(text));
            }
        }
    }

    [Test]
    public void A_character_outside_the_alphabet_is_refused_wherever_it_is()
    {
        char[] others = [.. Enumerable.Range(0, 0x180).Select(i => (char)i).Except(Alphabet), '\u2603', '\uFF11', '\uD83D', '\uDE80', '\uFFFF'];
        byte[] destination = new byte[PeerId.MaxTextLength];
        foreach (string text in new[] { Id, new string('1', 30), new string('z', 31) })
        {
            for (int at = 0; at <= text.Length; at++)
            {
                foreach (char other in others)
                {
                    if (Base58.TryDecode(text.Insert(at, other.ToString()), destination, out int length) || length != 0)
                        Assert.Fail($"U+{(int)other:x4} at {at} is taken");
                }
            }
        }
    }

    [Test]
    public void Of_all_characters_only_the_58_are_digits()
        => Assert.That(
            Enumerable.Range(0, 0x10000).Select(i => (char)i).Where(c => Base58.TryDecode([c], new byte[1], out _)),
            Is.EqualTo(Alphabet));

    [TestCase("")]
    [TestCase("1")]
    [TestCase("11111111111111111111")]
    [TestCase("z")]
    [TestCase("5R", Description = "256, the first number of two bytes")]
    [TestCase("jpXCZedGfVQ", Description = "2^64 - 1, the last number of one limb")]
    [TestCase("jpXCZedGfVR", Description = "2^64, the first number of two")]
    [TestCase("11233QC4")]
    [TestCase(Id)]
    public void A_destination_may_be_just_long_enough_and_no_shorter(string text)
    {
        byte[] bytes = BytesByDigit(text);
        byte[] roomy = [.. Enumerable.Repeat((byte)0xaa, bytes.Length + 9)];

        Assert.That(Base58.TryDecode(text, roomy, out int length), Is.True);
        Assert.That(roomy, Is.EqualTo((byte[])[.. bytes, .. Enumerable.Repeat((byte)0xaa, 9)]), "what is behind stays as it was");
        Assert.That(length, Is.EqualTo(bytes.Length));
        Assert.That(Base58.TryDecode(text, new byte[bytes.Length], out length), Is.True);
        Assert.That(length, Is.EqualTo(bytes.Length));
        for (int shorter = 0; shorter < bytes.Length; shorter++)
        {
            Assert.That(Base58.TryDecode(text, new byte[shorter], out length), Is.False);
            Assert.That(length, Is.Zero);
        }
    }

    [Test]
    public void A_number_has_at_most_128_bytes_however_long_the_destination()
    {
        byte[] longest = [.. Enumerable.Repeat((byte)0xff, Base58.MaxNumberLength)];
        BigInteger next = new BigInteger(longest, isUnsigned: true) + 1;
        byte[] destination = new byte[1000];

        Assert.That(Decode(Oracle.Bitcoin.Encode(longest)), Is.EqualTo(longest));
        Assert.That(Decode("111" + Oracle.Bitcoin.Encode(longest)), Is.EqualTo((byte[])[0, 0, 0, .. longest]));
        Assert.That(Base58.TryDecode(Oracle.Bitcoin.Encode(next.ToByteArray(isUnsigned: true, isBigEndian: true)), destination, out _), Is.False);
        Assert.That(Base58.TryDecode(new string('z', 10_000_000), destination, out _), Is.False);
        Assert.That(Base58.TryDecode(new string('1', 10_000_000), destination, out _), Is.False);
        Assert.That(() => Base58.Encode(new byte[Base58.MaxNumberLength + 1]), Throws.InstanceOf<ArgumentException>());
    }

    [Test]
    public void Decoding_allocates_nothing_and_encoding_only_the_text()
    {
        byte[] bytes = new byte[64];
        bool decoded = Base58.TryDecode(Id, bytes, out int length);
        string text = Base58.Encode(bytes.AsSpan(0, length));

        long before = GC.GetAllocatedBytesForCurrentThread();
        decoded &= Base58.TryDecode(Id, bytes, out length);
        decoded &= !Base58.TryDecode("l", bytes, out _);
        long whileDecoding = GC.GetAllocatedBytesForCurrentThread() - before;
        text = Base58.Encode(bytes.AsSpan(0, length));
        long inAll = GC.GetAllocatedBytesForCurrentThread() - before;
        _ = new string('x', Id.Length);
        long ofText = GC.GetAllocatedBytesForCurrentThread() - before - inAll;

        Assert.That(decoded);
        Assert.That(text, Is.EqualTo(Id));
        Assert.That(whileDecoding, Is.Zero);
        Assert.That(inAll, Is.EqualTo(ofText));
    }

    private static byte[]? Decode(string text)
    {
        byte[] destination = [.. Enumerable.Repeat((byte)0xaa, 200)];
        return Base58.TryDecode(text, destination, out int length) ? destination[..length] : null;
    }

    private static IEnumerable<byte[]> Samples(Random random, int length)
    {
        yield return [.. Enumerable.Repeat((byte)0xff, length)];
        for (int i = 0; i < 20; i++)
        {
            byte[] bytes = new byte[length];
            random.NextBytes(bytes.AsSpan(random.Next(length + 1))); // what is ahead stays zero
            yield return bytes;
            yield return random.GetItems<byte>([0, 0, 1, 0xff], length); // carries, and limbs that are zero
        }
    }

    private static byte[] BytesByDigit(string text)
    {
        BigInteger number = BigInteger.Zero;
        foreach (char c in text)
            number = number * 58 + Alphabet.IndexOf(c);
        byte[] zeros = new byte[text.TakeWhile(c => c == '1').Count()];
        return number.IsZero ? zeros : [.. zeros, .. number.ToByteArray(isUnsigned: true, isBigEndian: true)];
    }
}
