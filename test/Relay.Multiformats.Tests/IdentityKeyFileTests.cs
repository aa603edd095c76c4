using System.Runtime.Versioning;
using Relay.Multiformats.Tests.Vectors;

namespace Relay.Multiformats.Tests;

public sealed class IdentityKeyFileTests
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private string _directory = "";
    private string _path = "";

    [SetUp]
    public void CreateDirectory()
    {
        _directory = Directory.CreateTempSubdirectory("identity-").FullName;
        _path = Path.Combine(_directory, "relay.key");
    }

    [TearDown]
    public void DeleteDirectory() => Directory.Delete(_directory, recursive: true);

    [Test]
    public void A_saved_key_is_loaded()
    {
        IdentityKey key = IdentityKey.Generate();
        key.Save(_path);

        Assert.That(IdentityKey.Load(_path).PeerId, Is.EqualTo(key.PeerId));
        Assert.That(File.ReadAllBytes(_path), Is.EqualTo(key.ToProtobuf()));
        Assert.That(Directory.GetFileSystemEntries(_directory), Is.EqualTo(new[] { _path }), "nothing else is left behind");
    }

    [Test, Platform(Exclude = "Win"), UnsupportedOSPlatform("windows")]
    public void A_key_file_is_for_its_owner_only()
    {
        IdentityKey.Generate().Save(_path);
        Assert.That(File.GetUnixFileMode(_path), Is.EqualTo(OwnerOnly));

        string created = Path.Combine(_directory, "created.key");
        IdentityKey.LoadOrCreate(created);
        Assert.That(File.GetUnixFileMode(created), Is.EqualTo(OwnerOnly));
    }

    [Test, Platform(Exclude = "Win"), UnsupportedOSPlatform("windows")]
    public void Saving_over_a_file_that_others_can_read_ends_that()
    {
        File.WriteAllText(_path, "old");
        File.SetUnixFileMode(_path, OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        IdentityKey key = IdentityKey.Generate();
        key.Save(_path);

        Assert.That(File.GetUnixFileMode(_path), Is.EqualTo(OwnerOnly));
        Assert.That(IdentityKey.Load(_path).PeerId, Is.EqualTo(key.PeerId));
    }

    [Test, Platform(Exclude = "Win"), UnsupportedOSPlatform("windows")]
    public void At_no_moment_can_others_read_any_file_of_the_directory()
    {
        IdentityKey key = IdentityKey.Generate();
        using CancellationTokenSource done = new();
        Task<int> watch = Task.Run(() =>
        {
            int seen = 0;
            while (!done.IsCancellationRequested)
            {
                foreach (FileInfo file in new DirectoryInfo(_directory).EnumerateFiles())
                {
                    UnixFileMode mode = file.UnixFileMode;
                    if ((int)mode != -1 && (mode & ~OwnerOnly) != 0) // -1: gone meanwhile
                        throw new AssertionException($"{file.Name} has mode {mode}");
                    seen++;
                }
            }
            return seen;
        });
        for (int i = 0; i < 100; i++)
            key.Save(_path);
        done.Cancel();

        Assert.That(async () => await watch, Is.Positive);
    }

    [Test]
    public void A_reader_sees_the_old_key_or_the_new_one()
    {
        IdentityKey[] keys = [IdentityKey.Generate(), IdentityKey.Generate()];
        keys[0].Save(_path);
        using CancellationTokenSource done = new();
        Task read = Task.Run(() =>
        {
            while (!done.IsCancellationRequested)
                Assert.That(keys.Select(key => key.PeerId), Does.Contain(IdentityKey.Load(_path).PeerId));
        });
        for (int i = 0; i < 100; i++)
            keys[i % 2].Save(_path);
        done.Cancel();

        Assert.That(async () => await read, Throws.Nothing);
    }

    [Test]
    public void A_missing_key_is_created_once()
    {
        IdentityKey created = IdentityKey.LoadOrCreate(_path);
        IdentityKey loaded = IdentityKey.LoadOrCreate(_path);

        Assert.That(loaded.PeerId, Is.EqualTo(created.PeerId));
        Assert.That(Directory.GetFileSystemEntries(_directory), Is.EqualTo(new[] { _path }));
    }

    [Test]
    public void Of_many_that_start_at_once_one_makes_the_key_and_all_have_it()
    {
        const int starters = 8;
        for (int round = 0; round < 25; round++)
        {
            string path = Path.Combine(_directory, $"{round}.key");
            using Barrier barrier = new(starters);
            IdentityKey[] keys = new IdentityKey[starters];
            Thread[] threads = [.. Enumerable.Range(0, starters).Select(i => new Thread(() =>
            {
                barrier.SignalAndWait();
                keys[i] = IdentityKey.LoadOrCreate(path);
            }))];
            Array.ForEach(threads, thread => thread.Start());
            Array.ForEach(threads, thread => thread.Join());

            PeerId stored = IdentityKey.Load(path).PeerId;
            Assert.That(keys.Select(key => key.PeerId), Is.All.EqualTo(stored), $"round {round}");
        }
        Assert.That(Directory.GetFileSystemEntries(_directory), Has.Length.EqualTo(25), "no temporary file is left");
    }

    [Test]
    public void A_missing_file_is_named()
        => Assert.That(() => IdentityKey.Load(_path), Throws.TypeOf<FileNotFoundException>().With.Message.Contains(_path));

    [TestCase("", "is empty")]
    [TestCase("6e6f2d6b6579", "is not a protobuf message", Description = "text")]
    [TestCase(KeyVectors.SpecSecp256k1Private, "of type Secp256k1; an identity key is Ed25519")]
    [TestCase(KeyVectors.SpecEd25519Public, "not 32", Description = "a public key")]
    public void A_file_that_holds_no_identity_key_is_named_with_the_reason_and_left_alone(string hex, string reason)
    {
        byte[] content = Convert.FromHexString(hex);
        File.WriteAllBytes(_path, content);

        Assert.That(() => IdentityKey.Load(_path), Throws.TypeOf<InvalidDataException>().With.Message.Contains(reason).And.Message.Contains(_path));
        Assert.That(() => IdentityKey.LoadOrCreate(_path), Throws.TypeOf<InvalidDataException>().With.Message.Contains(reason));
        Assert.That(File.ReadAllBytes(_path), Is.EqualTo(content));
    }

    [Test]
    public void A_file_too_long_to_be_a_key_is_refused()
    {
        File.WriteAllBytes(_path, new byte[1 << 20]);

        Assert.That(() => IdentityKey.Load(_path), Throws.TypeOf<InvalidDataException>().With.Message.Contains("too long to be a key"));
    }

    [Test]
    public void What_cannot_be_written_leaves_nothing_behind()
    {
        IdentityKey key = IdentityKey.Generate();
        string missing = Path.Combine(_directory, "missing", "relay.key");
        Directory.CreateDirectory(_path);

        Assert.That(() => key.Save(missing), Throws.InstanceOf<DirectoryNotFoundException>());
        Assert.That(() => IdentityKey.LoadOrCreate(missing), Throws.InstanceOf<DirectoryNotFoundException>());
        Assert.That(() => key.Save(_path), Throws.InstanceOf<IOException>().Or.InstanceOf<UnauthorizedAccessException>(), "there is a directory of that name");
        Assert.That(Directory.GetFileSystemEntries(_directory), Is.EqualTo(new[] { _path }));
    }
}
