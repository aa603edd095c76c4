using System.Text;
using Relay.TestKit;

namespace Relay.Tests;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class FileMembershipSourceTests
{
    private readonly ManualTimeProvider _time = new();
    private string _folder = null!;
    private string _path = null!;

    [SetUp]
    public void CreateFolder()
    {
        _folder = Directory.CreateTempSubdirectory("relay-members-").FullName;
        _path = Path.Combine(_folder, "members.txt");
    }

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task The_members_of_the_file_are_authoritative_and_stamped()
    {
        File.WriteAllText(_path, $"{Peers.Member}\n");

        DateTimeOffset before = _time.GetUtcNow();
        MembershipSnapshot snapshot = await ReadChangedAsync(new FileMembershipSource(_path, _time));

        Assert.That((snapshot.Kind, snapshot.TakenAt), Is.EqualTo((MembershipKind.Authoritative, before)));
        Assert.That(snapshot.Members, Is.EqualTo(new[] { new Member(Peers.Member) }));
    }

    [Test]
    public async Task Each_read_sees_the_file_as_it_is()
    {
        var source = new FileMembershipSource(_path, _time);
        File.WriteAllText(_path, $"{Peers.Member}\n");
        await ReadChangedAsync(source);

        string other = Path.Combine(_folder, "next.txt");
        File.WriteAllText(other, $"{Peers.OtherMember}\nnonsense\n");
        File.Move(other, _path, overwrite: true);
        MembershipSnapshot snapshot = await ReadChangedAsync(source);

        Assert.That(snapshot.Members, Is.EqualTo(new[] { new Member(Peers.OtherMember) }));
        Assert.That(snapshot.Invalid, Is.EqualTo(new[] { new InvalidMember(2, "is not a peer id") }));
    }

    [Test]
    public async Task A_file_that_has_not_changed_is_not_parsed_again()
    {
        var source = new FileMembershipSource(_path, _time);
        File.WriteAllText(_path, $"{Peers.Member}\n");
        MembershipSnapshot first = await ReadChangedAsync(source);

        File.WriteAllText(_path, $"{Peers.Member}\n");
        _time.Advance(TimeSpan.FromSeconds(30) - FileMembershipSource.SettleTime);
        MembershipSnapshot second = await ReadAsync(source);

        Assert.That(second.Members == first.Members, Is.True, "the very same array");
        Assert.That(second.TakenAt - first.TakenAt, Is.EqualTo(TimeSpan.FromSeconds(30)));
    }

    [Test]
    public void A_missing_file_and_a_folder_are_unreadable()
    {
        Assert.Multiple(() =>
        {
            Assert.That(ErrorOf(_path).Reason, Is.EqualTo(MembershipError.Unreadable));
            Assert.That(ErrorOf(_path).Message, Does.Contain(_path));
            Assert.That(ErrorOf(_folder).Reason, Is.EqualTo(MembershipError.Unreadable));
        });
    }

    [Test]
    public async Task A_file_of_exactly_the_largest_size_is_read_and_one_byte_more_is_refused()
    {
        using (FileStream file = File.Create(_path))
        {
            file.Write(Encoding.ASCII.GetBytes($"{Peers.Member}\n#"));
            file.SetLength(FileMembershipSource.MaxFileSize);
        }

        Assert.That((await ReadAsync(new FileMembershipSource(_path))).Members, Has.Length.EqualTo(1));

        using (FileStream file = File.OpenWrite(_path))
            file.SetLength(FileMembershipSource.MaxFileSize + 1);
        Assert.That(ErrorOf(_path).Message, Does.Contain("larger than 64 MiB"));
    }

    [Test]
    [Platform("Linux")]
    public void A_device_without_end_is_refused_at_the_largest_size() => Assert.That(ErrorOf("/dev/zero").Message, Does.Contain("larger than 64 MiB"));

    [Test]
    public void A_path_is_needed()
    {
        Assert.That(() => new FileMembershipSource(" "), Throws.ArgumentException);
        Assert.That(() => new FileMembershipSource(null!), Throws.ArgumentNullException);
    }

    [Test]
    public async Task The_service_keeps_the_last_good_members_while_the_file_is_bad_and_takes_it_when_it_is_good_again()
    {
        var acl = new NetworkOnlyAcl();
        using var changed = new SemaphoreSlim(0);
        File.WriteAllText(_path, $"{Peers.Member}\n");
        await using var service = new NetworkService(acl, new FileMembershipSource(_path, _time, watch: false), NetworkOptions.Default, Peers.Self, _time, null);
        Task start = service.StartAsync(CancellationToken.None);
        await SettleAsync();
        await start.InTime();
        acl.Changed += () => changed.Release();

        File.WriteAllText(_path, "nonsense\n");
        await RefreshAsync(MembershipError.NothingUsable, isChanged: true);
        File.Delete(_path);
        await RefreshAsync(MembershipError.Unreadable);
        Assert.That(acl.AllowReserve(Peers.Member, Peers.Address).IsAllowed, Is.True);
        Assert.That(acl.AllowReserve(Peers.Stranger, Peers.Address).IsAllowed, Is.False);

        File.WriteAllText(_path, $"{Peers.OtherMember}\n");
        await RefreshAsync(null, isChanged: true);
        await changed.WaitAsync().InTime();
        Assert.That(acl.AllowReserve(Peers.OtherMember, Peers.Address).IsAllowed, Is.True);
        Assert.That(acl.AllowReserve(Peers.Member, Peers.Address).IsAllowed, Is.False);

        async Task RefreshAsync(MembershipError? expected, bool isChanged = false)
        {
            _time.AdvanceToNext(); // by the refresh, or by the back-off
            if (isChanged)
                await SettleAsync();

            await Eventually.EqualsAsync(expected, () => service.Status.LastError?.Reason, "the last error");
        }
    }

    [Test]
    public async Task A_file_that_is_written_in_place_is_not_believed_before_it_is_whole()
    {
        var source = new FileMembershipSource(_path, _time);
        File.WriteAllText(_path, $"{Peers.Member}\n");
        await ReadChangedAsync(source);

        File.WriteAllText(_path, string.Empty); // the editor has begun
        Task<MembershipSnapshot> read = ReadAsync(source);
        await _time.TimerIsArmedAsync(FileMembershipSource.SettleTime);
        File.WriteAllText(_path, $"{Peers.Member}\n{Peers.OtherMember}\n");
        _time.Advance(FileMembershipSource.SettleTime);
        await _time.TimerIsArmedAsync(FileMembershipSource.SettleTime);
        Assert.That(read.IsCompleted, Is.False);
        _time.Advance(FileMembershipSource.SettleTime);

        Assert.That((await read).Members.Select(member => member.PeerId), Is.EqualTo(new[] { Peers.Member, Peers.OtherMember }));
    }

    [Test]
    public async Task A_file_that_does_not_stop_changing_is_unreadable()
    {
        var source = new FileMembershipSource(_path, _time);
        File.WriteAllText(_path, "# 0\n");
        await ReadChangedAsync(source);

        File.WriteAllText(_path, "# 1\n");
        Task<MembershipSnapshot> read = ReadAsync(source);
        for (int i = 2; i < FileMembershipSource.MostLooks + 1; i++)
        {
            await _time.TimerIsArmedAsync(FileMembershipSource.SettleTime);
            File.WriteAllText(_path, $"# {i}\n");
            _time.Advance(FileMembershipSource.SettleTime);
        }

        Assert.That(Assert.ThrowsAsync<MembershipException>(() => read)!.Message, Does.EndWith("does not stop changing."));
    }

    [Test]
    public async Task A_file_without_a_single_byte_is_unusable_and_one_with_a_byte_means_nobody()
    {
        var source = new FileMembershipSource(_path, _time);
        File.WriteAllText(_path, $"{Peers.Member}\n");
        await ReadChangedAsync(source);

        File.WriteAllText(_path, string.Empty);
        MembershipException error = Assert.ThrowsAsync<MembershipException>(() => ReadChangedAsync(source))!;
        Assert.That((error.Reason, error.Message), Is.EqualTo((MembershipError.NothingUsable, $"The members file {_path} is empty. When nobody is a member, "
            + "write a comment into it, a line that starts with #.")));

        File.WriteAllText(_path, "\n");
        Assert.That((await ReadChangedAsync(source)).Members, Is.Empty);
    }

    [Test]
    public void A_file_that_is_empty_from_the_start_is_unusable()
    {
        File.WriteAllText(_path, string.Empty);
        Assert.That(ErrorOf(_path).Reason, Is.EqualTo(MembershipError.NothingUsable));
    }

    [Test]
    public async Task The_first_look_at_a_file_is_not_believed_before_it_is_whole()
    {
        File.WriteAllText(_path, $"{Peers.Member}\n"); // the editor has begun
        Task<MembershipSnapshot> read = new FileMembershipSource(_path, _time).ReadAsync(CancellationToken.None).AsTask();
        await _time.TimerIsArmedAsync(FileMembershipSource.SettleTime);
        File.WriteAllText(_path, $"{Peers.Member}\n{Peers.OtherMember}\n");
        _time.Advance(FileMembershipSource.SettleTime);
        await _time.TimerIsArmedAsync(FileMembershipSource.SettleTime);
        Assert.That(read.IsCompleted, Is.False);
        _time.Advance(FileMembershipSource.SettleTime);

        Assert.That((await read.InTime()).Members.Select(member => member.PeerId), Is.EqualTo(new[] { Peers.Member, Peers.OtherMember }));
    }

    [TestCase("replaced")]
    [TestCase("written in place")]
    [TestCase("deleted")]
    [TestCase("linked anew")]
    public async Task A_watched_file_signals_when_it_is(string how)
    {
        File.WriteAllText(_path, $"{Peers.Member}\n");
        string other = Path.Combine(_folder, "next.txt");
        File.WriteAllText(other, $"{Peers.OtherMember}\n");
        var signalled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using IDisposable watching = new FileMembershipSource(_path).OnChanged(() => signalled.TrySetResult());

        switch (how)
        {
            case "replaced":
                File.Move(other, _path, overwrite: true);
                break;
            case "written in place":
                File.AppendAllText(_path, $"{Peers.OtherMember}\n");
                break;
            case "deleted":
                File.Delete(_path);
                break;
            default:
                Directory.Move(Directory.CreateDirectory(Path.Combine(_folder, "..2026_tmp")).FullName, Path.Combine(_folder, "..data"));
                break;
        }

        await signalled.Task.InTime();
    }

    [Test]
    public async Task A_file_whose_folder_comes_later_is_watched_from_the_next_read_on()
    {
        string folder = Path.Combine(_folder, "later");
        string path = Path.Combine(folder, "members.txt");
        var source = new FileMembershipSource(path, _time);
        var signalled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using IDisposable watching = source.OnChanged(() => signalled.TrySetResult());

        Directory.CreateDirectory(folder);
        File.WriteAllText(path, $"{Peers.Member}\n");
        await ReadChangedAsync(source);
        File.AppendAllText(path, "# more\n");

        await signalled.Task.InTime();
    }

    [Test]
    public async Task Nothing_is_signalled_after_the_watching_has_ended()
    {
        File.WriteAllText(_path, $"{Peers.Member}\n");
        var source = new FileMembershipSource(_path);
        int signals = 0;
        var signalled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        source.OnChanged(() => Interlocked.Increment(ref signals)).Dispose();
        using IDisposable other = source.OnChanged(() => signalled.TrySetResult());

        File.AppendAllText(_path, "# more\n");
        await signalled.Task.InTime();

        Assert.That(signals, Is.Zero);
    }

    // What differs from the last reading, as the first one does, is looked at twice.
    private async Task<MembershipSnapshot> ReadChangedAsync(FileMembershipSource source)
    {
        Task<MembershipSnapshot> read = ReadAsync(source);
        await SettleAsync();
        return await read;
    }

    private async Task SettleAsync()
    {
        await _time.TimerIsArmedAsync(FileMembershipSource.SettleTime);
        _time.Advance(FileMembershipSource.SettleTime);
    }

    private static Task<MembershipSnapshot> ReadAsync(FileMembershipSource source) => source.ReadAsync(CancellationToken.None).InTime();

    private static MembershipException ErrorOf(string path)
        => Assert.ThrowsAsync<MembershipException>(() => ReadAsync(new FileMembershipSource(path)))!;
}
