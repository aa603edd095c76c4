using System.Collections.Concurrent;
using System.Security.Cryptography;
using Relay.Members;

namespace Relay;

/// <summary>
/// Members from a file: UTF-8, one peer id per line, <c>#</c> starts a comment, blank lines are skipped. Authoritative: the file is the
/// truth, and a file with comments or blank lines and no entry means nobody. Thread-safe.
/// </summary>
/// <remarks>
/// <para>The file is watched, and read at every refresh as well, for where it cannot be; it is parsed again only when its content has changed.
/// A line that is no peer id is reported with its number, and the others are used; when no line is one, the file is unusable and the members
/// stay as they were. The same holds when the file is missing or cannot be read, or has no byte at all, as one that is being rewritten; except at
/// start, when that is an error.</para>
/// <para>Replace the file in one step (write another, then rename it), so that nobody sees half of it. One that is written in place is believed
/// when two looks, <see cref="SettleTime"/> apart, find the same; so is the first one.</para>
/// </remarks>
public sealed class FileMembershipSource : IMembershipSource
{
    /// <summary>The size above which a file is refused: 64 MiB, more than a million members.</summary>
    public const int MaxFileSize = 64 << 20;

    /// <summary>How long a file that has changed must stay as it is before it is believed: 200 ms, in which an editor has written it.</summary>
    public static readonly TimeSpan SettleTime = TimeSpan.FromMilliseconds(200);

    internal const int MostLooks = 10; // at a file that keeps changing

    private readonly TimeProvider _timeProvider;
    private readonly bool _watch;
    private readonly ConcurrentDictionary<FileWatch, bool> _watches = [];
    private Reading? _last;

    /// <summary>Creates the source; reads nothing yet.</summary>
    /// <param name="path">The file. A relative path starts at the working directory of now.</param>
    /// <param name="timeProvider">Stamps the snapshots; the system's when null.</param>
    /// <param name="watch">Whether to watch the file; when false, it is only read at every refresh.</param>
    /// <exception cref="ArgumentException">The path is empty, or none.</exception>
    public FileMembershipSource(string path, TimeProvider? timeProvider = null, bool watch = true)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        FilePath = Path.GetFullPath(path);
        _timeProvider = timeProvider ?? TimeProvider.System;
        _watch = watch;
    }

    /// <summary>The full path of the file.</summary>
    public string FilePath { get; }

    /// <inheritdoc/>
    /// <exception cref="MembershipException">The file is missing, cannot be read, is empty, is too large or does not stop changing.</exception>
    public async ValueTask<MembershipSnapshot> ReadAsync(CancellationToken cancellationToken)
    {
        foreach (FileWatch watch in _watches.Keys)
            watch.Arm(); // those that could not be before, or have failed since
        DateTimeOffset takenAt = _timeProvider.GetUtcNow();
        byte[] content = await ReadFileAsync(cancellationToken).ConfigureAwait(false);
        byte[] hash = SHA256.HashData(content);
        Reading? last = Volatile.Read(ref _last);
        if (last is null || !last.Hash.AsSpan().SequenceEqual(hash))
        {
            (content, hash) = await SettleAsync(hash, cancellationToken).ConfigureAwait(false);
            if (content.Length == 0)
            {
                throw new MembershipException(
                    MembershipError.NothingUsable,
                    $"The members file {FilePath} is empty. When nobody is a member, write a comment into it, a line that starts with #.");
            }

            last = new Reading(hash, MemberList.Parse(content));
            Volatile.Write(ref _last, last);
        }

        return new MembershipSnapshot(MembershipKind.Authoritative, takenAt, last.List.Members, last.List.Invalid);
    }

    /// <inheritdoc/>
    public IDisposable OnChanged(Action callback)
    {
        ArgumentNullException.ThrowIfNull(callback);
        if (!_watch)
            return Subscription.None;

        var watch = new FileWatch(FilePath, callback);
        _watches.TryAdd(watch, true);
        watch.Arm();
        return new Subscription(() =>
        {
            _watches.TryRemove(watch, out _);
            watch.Dispose();
        });
    }

    /// <summary>The path.</summary>
    public override string ToString() => $"members file {FilePath}";

    // A file that is written in place is half of itself for a moment.
    private async Task<(byte[] Content, byte[] Hash)> SettleAsync(byte[] hash, CancellationToken cancellationToken)
    {
        for (int look = 1; look < MostLooks; look++)
        {
            await Task.Delay(SettleTime, _timeProvider, cancellationToken).ConfigureAwait(false);
            byte[] content = await ReadFileAsync(cancellationToken).ConfigureAwait(false);
            byte[] again = SHA256.HashData(content);
            if (again.AsSpan().SequenceEqual(hash))
                return (content, hash);
            hash = again;
        }

        throw new MembershipException(MembershipError.Unreadable, $"The members file {FilePath} does not stop changing.");
    }

    private async Task<byte[]> ReadFileAsync(CancellationToken cancellationToken)
    {
        try
        {
            var options = new FileStreamOptions
            {
                Share = FileShare.ReadWrite | FileShare.Delete,
                Options = FileOptions.Asynchronous | FileOptions.SequentialScan,
            };
            await using var file = new FileStream(FilePath, options);
            return await BoundedRead.ToEndAsync(file, file.CanSeek ? file.Length : null, MaxFileSize, cancellationToken).ConfigureAwait(false)
                ?? throw new MembershipException(
                    MembershipError.Unreadable, $"The members file {FilePath} is larger than {MaxFileSize >> 20} MiB.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new MembershipException(MembershipError.Unreadable, $"The members file {FilePath} cannot be read: {e.Message}", e);
        }
    }

    private sealed record Reading(byte[] Hash, MemberList List);
}
