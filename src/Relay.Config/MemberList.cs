using System.Collections.Immutable;
using System.Text;
using Relay.Multiformats;

namespace Relay;

/// <summary>
/// A members file, parsed: UTF-8, one peer id per line (base58 or CIDv1), <c>#</c> starts a comment, blank lines and a byte order mark are
/// skipped. Lines end in LF, CR LF or CR.
/// </summary>
internal sealed class MemberList
{
    private const int UsualLineLength = 53; // an Ed25519 id in base58 and a line feed
    private const int MaxEntryLength = 128; // in characters; the longest spelling of a peer id has 93
    private const int MaxReported = 100; // of the lines that are no peer id; a file of the wrong kind has them by the million

    private MemberList(ImmutableArray<Member> members, ImmutableArray<InvalidMember> invalid)
    {
        Members = members;
        Invalid = invalid;
    }

    /// <summary>The members, in the order of the file.</summary>
    public ImmutableArray<Member> Members { get; }

    /// <summary>The lines that are no peer id; the first hundred of them.</summary>
    public ImmutableArray<InvalidMember> Invalid { get; }

    /// <summary>Parses a file. Never throws.</summary>
    public static MemberList Parse(ReadOnlySpan<byte> file)
    {
        // For a plain file the list has the right size at once. It takes no more than three quarters of what the file does, whatever that has in it.
        int usual = (file.Length + 1) / UsualLineLength; // the last line may lack its line feed
        ImmutableArray<Member>.Builder members = ImmutableArray.CreateBuilder<Member>(usual);
        ImmutableArray<InvalidMember>.Builder invalid = ImmutableArray.CreateBuilder<InvalidMember>();
        ReadOnlySpan<byte> rest = file.StartsWith("\ufeff"u8) ? file[3..] : file;
        for (int number = 1; !rest.IsEmpty; number++)
        {
            ReadOnlySpan<byte> line = TakeLine(ref rest);
            int comment = line.IndexOf((byte)'#');
            ReadOnlySpan<byte> entry = (comment < 0 ? line : line[..comment]).Trim(" \t"u8);
            if (entry.IsEmpty)
                continue;

            if (TryParse(entry, out PeerId? peer, out string? reason))
                members.Add(new Member(peer!));
            else if (invalid.Count < MaxReported)
                invalid.Add(new InvalidMember(number, reason!));
        }

        return new MemberList(members.DrainToImmutable(), invalid.DrainToImmutable());
    }

    private static ReadOnlySpan<byte> TakeLine(ref ReadOnlySpan<byte> rest)
    {
        int end = rest.IndexOfAny((byte)'\n', (byte)'\r');
        ReadOnlySpan<byte> line = end < 0 ? rest : rest[..end];
        int terminator = end < 0 ? 0 : rest[end..].StartsWith("\r\n"u8) ? 2 : 1;
        rest = rest[(line.Length + terminator)..];
        return line;
    }

    // The reason never repeats text of the line: it ends up in logs, and the line could be anything.
    private static bool TryParse(ReadOnlySpan<byte> entry, out PeerId? peer, out string? reason)
    {
        peer = null;
        reason = null;
        Span<char> text = stackalloc char[MaxEntryLength];
        if (entry.IndexOfAny((byte)' ', (byte)'\t') >= 0)
            reason = "is not one peer id (a remark goes behind a #)";
        else if (!Ascii.IsValid(entry))
            reason = "is not a peer id (it has bytes that are not ASCII)";
        else if (!Encoding.ASCII.TryGetChars(entry, text, out int length) || !PeerId.TryParse(text[..length], out peer))
            reason = "is not a peer id";
        return reason is null;
    }
}
