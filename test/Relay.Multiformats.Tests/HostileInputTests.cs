using Relay.Multiformats.Tests.Vectors;

namespace Relay.Multiformats.Tests;

/// <summary>
/// What a stranger may send: good input with a few bytes or characters changed, and plain noise. Every parser says no without an
/// exception, and what it takes it gives back in one form. The seeds make a failure repeatable.
/// </summary>
public sealed class HostileInputTests
{
    private const int Rounds = 5_000;

    private static readonly string[] Texts =
    [
        .. AddressVectors.All.Select(vector => vector.Text),
        "12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA",
        "QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N",
        "bafzbeie5745rpv2m6tjyuugywy4d5ewrqgqqhfnf445he3omzpjbx5xqxe",
        "k51qzi5uqu5dhb6l8spkdx7yxafegfkee5by8h7lmjh2ehc2sgg34z7c15vzqs",
    ];

    private static readonly byte[][] Bytes =
    [
        .. AddressVectors.All.Select(vector => Convert.FromHexString(vector.Hex)),
        .. KeyVectors.Signatures().Select(data => (byte[])data.Arguments[0]!),
        .. Texts[^4..].Select(text => PeerId.Parse(text).ToByteArray()),
        Convert.FromHexString(KeyVectors.SpecEd25519Private),
        SignedEnvelope.Seal(IdentityKey.FromSeed(new byte[32]), "domain", [0x03, 0x02], [1, 2, 3]).ToByteArray(),
    ];

    [TestCase(1)]
    [TestCase(2)]
    public void Peer_ids_in_text(int seed) => EachText(seed, text =>
    {
        if (PeerId.TryParse(text, out PeerId? id, out string? error))
            Assert.That(PeerId.Parse(id.ToString()) == id && PeerId.Parse(id.ToCidString()) == id);
        else
            Assert.That(error, Is.Not.Empty);
    });

    [TestCase(1)]
    [TestCase(2)]
    public void Multiaddresses_in_text(int seed) => EachText(seed, text =>
    {
        if (Multiaddress.TryParse(text, out Multiaddress? address, out string? error))
            AssertSurvives(address);
        else
            Assert.That(error, Is.Not.Empty);
    });

    [TestCase(1)]
    [TestCase(2)]
    public void Multibase_text(int seed) => EachText(seed, text =>
    {
        if (Multibase.TryDecode(text, out byte[]? bytes, out string? error))
            Assert.That(Multibase.Encode(bytes, text[0]), Is.EqualTo(text).IgnoreCase);
        else
            Assert.That(error, Is.Not.Empty);
    });

    [TestCase(1)]
    [TestCase(2)]
    public void Multiaddresses_in_bytes(int seed) => EachBytes(seed, bytes =>
    {
        if (!Multiaddress.TryFromBytes(bytes, out Multiaddress? address, out string? error))
        {
            Assert.That(error, Is.Not.Empty);
            return;
        }
        Assert.That(address.ToByteArray(), Is.EqualTo(bytes));
        AssertSurvives(address);
    });

    [TestCase(1)]
    [TestCase(2)]
    public void Peer_ids_in_bytes(int seed) => EachBytes(seed, bytes =>
    {
        if (!PeerId.TryFromBytes(bytes, out PeerId? id, out _))
            return;
        Assert.That(id.ToByteArray(), Is.EqualTo(bytes));
        Assert.That(PeerId.Parse(id.ToString()), Is.EqualTo(id));
        if (id.TryGetPublicKey(out PublicKey? key))
            Assert.That(key.ToPeerId(), Is.EqualTo(id));
    });

    [TestCase(1)]
    [TestCase(2)]
    public void Public_keys(int seed) => EachBytes(seed, bytes =>
    {
        if (PublicKey.TryFromProtobuf(bytes, out PublicKey? key, out _))
            Assert.That(PublicKey.FromProtobuf(key.ToProtobuf()), Is.EqualTo(key));
    });

    [TestCase(1)]
    [TestCase(2)]
    public void Public_keys_whose_data_alone_is_changed(int seed)
    {
        Random random = new(seed);
        PublicKey[] keys = [.. KeyVectors.Signatures().Select(data => PublicKey.FromProtobuf((byte[])data.Arguments[0]!))];
        byte[][] signatures = [.. KeyVectors.Signatures().Select(data => (byte[])data.Arguments[2]!)];
        for (int i = 0; i < Rounds / 4; i++)
        {
            int pick = random.Next(keys.Length);
            byte[] bytes = KeyEncoding.Protobuf(keys[pick].Type, Change(random, keys[pick].Data.ToArray()));
            if (!PublicKey.TryFromProtobuf(bytes, out PublicKey? key, out _))
                continue;
            Assert.That(key.ToProtobuf(), Is.EqualTo(bytes));
            Assert.That(key.Verify(KeyVectors.Message, Change(random, signatures[pick])), Is.False);
        }
    }

    [TestCase(1)]
    [TestCase(2)]
    public void Private_keys(int seed) => EachBytes(seed, bytes =>
    {
        try
        {
            IdentityKey.FromProtobuf(bytes);
        }
        catch (FormatException e)
        {
            Assert.That(e.Message, Is.Not.Empty);
        }
    });

    [TestCase(1)]
    [TestCase(2)]
    public void Envelopes(int seed) => EachBytes(seed, bytes =>
    {
        if (SignedEnvelope.TryOpen(bytes, "domain", [0x03, 0x02], out SignedEnvelope? envelope, out _))
            Assert.That(envelope.Payload.ToArray(), Is.EqualTo(new byte[] { 1, 2, 3 }));
    });

    private static void AssertSurvives(Multiaddress address)
    {
        string text = address.ToString();
        Assert.That(text, Has.Length.LessThanOrEqualTo(Multiaddress.MaxTextLength));
        Assert.That(Multiaddress.Parse(text), Is.EqualTo(address));
        Assert.That(Multiaddress.FromBytes(address.ToByteArray()).ToString(), Is.EqualTo(text));
        Assert.That(address.TrySplitCircuit(out _, out _), Is.EqualTo(address.IsCircuit));
        address.TryGetEndPoint(out _);
        address.WithoutPeerId();
    }

    private static void EachText(int seed, Action<string> check)
    {
        Random random = new(seed);
        for (int i = 0; i < Rounds; i++)
        {
            char[] text = random.Next(4) == 0 ? Noise(random) : Texts[random.Next(Texts.Length)].ToCharArray();
            for (int changes = random.Next(4); changes > 0 && text.Length > 0; changes--)
            {
                int at = random.Next(text.Length);
                text = random.Next(4) switch
                {
                    0 => [.. text[..at], .. text[(at + 1)..]],
                    1 => [.. text[..at], Character(random), .. text[at..]],
                    2 => [.. text[..at], Character(random), .. text[(at + 1)..]],
                    _ => [.. text[..at], .. Texts[random.Next(Texts.Length)]],
                };
            }
            check(new string(text));
        }
    }

    private static void EachBytes(int seed, Action<byte[]> check)
    {
        Random random = new(seed);
        for (int i = 0; i < Rounds; i++)
        {
            byte[] bytes = Bytes[random.Next(Bytes.Length)];
            if (random.Next(4) == 0)
                random.NextBytes(bytes = new byte[random.Next(64)]);
            check(Change(random, bytes));
        }
    }

    private static byte[] Change(Random random, byte[] bytes)
    {
        bytes = (byte[])bytes.Clone();
        for (int changes = random.Next(1, 4); changes > 0 && bytes.Length > 0; changes--)
        {
            int at = random.Next(bytes.Length);
            bytes[at] ^= (byte)(1 << random.Next(8));
            bytes = random.Next(6) switch
            {
                0 => bytes[..at],
                1 => [.. bytes[..at], (byte)random.Next(256), .. bytes[at..]],
                2 => [.. bytes[..at], .. bytes[(at + 1)..]],
                3 => [.. bytes[..at], .. Bytes[random.Next(Bytes.Length)]],
                _ => bytes,
            };
        }
        return bytes;
    }

    private static char[] Noise(Random random) => [.. Enumerable.Range(0, random.Next(80)).Select(_ => Character(random))];

    // Mostly what text is made of; now and then anything at all, lone surrogates too.
    private static char Character(Random random)
        => random.Next(8) == 0 ? (char)random.Next(0x10000) : "/0123456789abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ.:-_+=% \n\0"[random.Next(69)];
}
