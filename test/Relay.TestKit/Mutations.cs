namespace Relay.TestKit;

/// <summary>Damages good bytes, the same way in every run: bits flipped, bytes set, inserted, removed, doubled, cut off.</summary>
public static class Mutations
{
    /// <summary><paramref name="count"/> damaged copies of <paramref name="seeds"/>, each with up to four damages.</summary>
    public static IEnumerable<byte[]> Of(byte[][] seeds, int seed, int count)
    {
        var random = new Random(seed);
        for (int i = 0; i < count; i++)
        {
            List<byte> bytes = [.. seeds[random.Next(seeds.Length)]];
            for (int damage = random.Next(1, 5); damage > 0 && bytes.Count > 0; damage--)
                Damage(bytes, random);
            yield return [.. bytes];
        }
    }

    private static void Damage(List<byte> bytes, Random random)
    {
        int at = random.Next(bytes.Count);
        switch (random.Next(7))
        {
            case 0:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1:
                bytes[at] = (byte)random.Next(256);
                break;
            case 2:
                bytes[at] = random.Next(2) == 0 ? (byte)0xff : (byte)0;
                break;
            case 3:
                bytes.Insert(at, (byte)random.Next(256));
                break;
            case 4:
                bytes.RemoveAt(at);
                break;
            case 5:
                bytes.AddRange(bytes.GetRange(at, bytes.Count - at));
                break;
            default:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
        }
    }
}
