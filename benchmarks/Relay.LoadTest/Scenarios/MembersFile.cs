using Relay.Multiformats;

namespace Relay.LoadTest.Scenarios;

/// <summary>A members file in a temporary folder, in two versions that differ in one line, so that each swap is a rebuild. Deleted when disposed.</summary>
internal sealed class MembersFile : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("relay-load-test");
    private readonly string[] _versions;
    private int _version;

    /// <param name="count">How many members.</param>
    /// <param name="guest">One of them that really exists.</param>
    public MembersFile(int count, string guest)
    {
        Guest = guest;
        Path = System.IO.Path.Combine(_folder.FullName, "members.txt");
        string[] members = [guest, .. MakeUp(count)];
        _versions = [string.Join('\n', members[..^1]), string.Join('\n', members[..^2].Append(members[^1]))];
        Swap();
    }

    public string Path { get; }

    public string Guest { get; }

    /// <summary>Replaces the file, in one step, with its other version.</summary>
    public void Swap()
    {
        string next = Path + ".next";
        File.WriteAllText(next, _versions[Interlocked.Increment(ref _version) % _versions.Length]);
        File.Move(next, Path, overwrite: true);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static IEnumerable<string> MakeUp(int count)
    {
        var random = new Random(1);
        byte[] multihash = [0x00, 0x24, 0x08, 0x01, 0x12, 0x20, .. new byte[32]]; // an Ed25519 key, embedded
        for (int i = 0; i < count; i++)
        {
            random.NextBytes(multihash.AsSpan(6));
            yield return PeerId.FromBytes(multihash).ToString();
        }
    }
}
