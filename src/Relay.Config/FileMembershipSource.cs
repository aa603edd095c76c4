using System.Security.Cryptography;

namespace Relay;

/// <summary>
/// Members from a file: UTF-8, one peer id per line, <c>#</c> starts a comment, blank lines are skipped. Authoritative: the file is the
/// truth, and a file without any entry means nobody. Thread-safe.
/// </summary>
/// <remarks>
/// The file is read again at every refresh, and parsed again only when its content has changed. A line that is no peer id is reported with
/// its number, and the others are used; when no line is one, the file is unusable and the members stay as they were. The same holds when
/// the file is missing or cannot be read, except at start, when that is an error. Replace the file in one step (write another, then rename
/// it), so that no refresh sees half of it.
/// </remarks>
public sealed class FileMembershipSource : IMembershipSource
{
    /// <summary>The size above which a file is refused: 64 MiB, more than a million members.</summary>
    public const int MaxFileSize = 64 << 20;

    private readonly TimeProvider _timeProvider;
    private Reading? _last;

    /// <summary>Creates the source; reads nothing yet.</summary>
    /// <param name="path">The file. A relative path starts at the working directory of now.</param>
    /// <param name="timeProvider">Stamps the snapshots; the system's when null.</param>
    /// <exception cref="ArgumentException">The path is empty, or none.</exception>
    public FileMembershipSource(string path, TimeProvider? timeProvider = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        FilePath = Path.GetFullPath(path);
        _timeProvider = timeProvider ?? TimeProvider.System;
    }

    /// <summary>The full path of the file.</summary>
    public string FilePath { get; }

    /// <inheritdoc/>
    /// <exception cref="MembershipException">The file is missing, cannot be read or is too large.</exception>
    public async ValueTask<MembershipSnapshot> ReadAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset takenAt = _timeProvider.GetUtcNow();
        byte[] content = await ReadFileAsync(cancellationToken).ConfigureAwait(false);
        byte[] hash = SHA256.HashData(content);
        Reading? last = Volatile.Read(ref _last);
        if (last is null || !last.Hash.AsSpan().SequenceEqual(hash))
        {
            last = new Reading(hash, MemberList.Parse(content));
            Volatile.Write(ref _last, last);
        }

        return new MembershipSnapshot(MembershipKind.Authoritative, takenAt, last.List.Members, last.List.Invalid);
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
            return await ReadToEndAsync(file, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new MembershipException(MembershipError.Unreadable, $"The members file {FilePath} cannot be read: {e.Message}", e);
        }
    }

    // The length of a file is a hint: files grow while they are read, and devices have none.
    private async Task<byte[]> ReadToEndAsync(FileStream file, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[file.CanSeek ? Math.Clamp(file.Length + 1, 1, MaxFileSize + 1) : 4096];
        int length = 0;
        int read;
        while ((read = await file.ReadAsync(buffer.AsMemory(length), cancellationToken).ConfigureAwait(false)) > 0)
        {
            length += read;
            if (length > MaxFileSize)
            {
                throw new MembershipException(
                    MembershipError.Unreadable, $"The members file {FilePath} is larger than {MaxFileSize >> 20} MiB.");
            }

            if (length == buffer.Length)
                Array.Resize(ref buffer, (int)Math.Min(2L * length, MaxFileSize + 1));
        }

        return buffer[..length];
    }

    private sealed record Reading(byte[] Hash, MemberList List);
}
