using System.Collections.Immutable;
using System.Text.Json;
using Relay.Multiformats;

namespace Relay.Members;

/// <summary>
/// The alive bucket of an EdgeVPN ledger as its API writes it: a JSON object of peer id to entry, or null for an empty one. An entry is a
/// string that holds a JSON string that holds a time, <c>"\"2026-08-12T13:29:21Z\""</c>; or, where entries are signed, an object with that as
/// its <c>Value</c>, and <c>Deleted</c> when it is a tombstone. Immutable.
/// </summary>
internal sealed class AliveBucket
{
    private const int MaxReported = 100; // of the entries that are none; a bucket of the wrong kind has them by the thousand

    private readonly ImmutableArray<Member>.Builder _members = ImmutableArray.CreateBuilder<Member>();
    private readonly ImmutableArray<InvalidMember>.Builder _invalid = ImmutableArray.CreateBuilder<InvalidMember>();

    private AliveBucket(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.Null))
            throw new JsonException("It is no JSON object.");
        bool isEmpty = reader.TokenType == JsonTokenType.Null; // what Go writes for a bucket that is not there
        for (int number = 1; !isEmpty && reader.Read() && reader.TokenType == JsonTokenType.PropertyName; number++)
            Add(number, ref reader);
        while (reader.Read())
        {
            // Nothing may follow, and the reader says so.
        }

        Members = _members.DrainToImmutable();
        Invalid = _invalid.DrainToImmutable();
    }

    /// <summary>The entries.</summary>
    public ImmutableArray<Member> Members { get; }

    /// <summary>The entries that could not be read, by their place in the bucket; the first hundred of them.</summary>
    public ImmutableArray<InvalidMember> Invalid { get; }

    /// <summary>Parses a bucket.</summary>
    /// <exception cref="JsonException">It is not even an object.</exception>
    public static AliveBucket Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            return new AliveBucket(ref reader);
        }
        catch (InvalidOperationException e) // a string that is no UTF-8
        {
            throw new JsonException(e.Message, e);
        }
    }

    private void Add(int number, ref Utf8JsonReader reader)
    {
        bool isPeer = PeerId.TryParse(reader.GetString()!, out PeerId? peer);
        Entry entry = ReadEntry(ref reader);
        string? problem = !isPeer ? "is not a peer id"
            : entry.IsDeleted || entry.SeenAt is not null ? null
            : "has no time";
        if (problem is null)
            _members.Add(new Member(peer!, entry.SeenAt, entry.IsDeleted));
        else if (_invalid.Count < MaxReported)
            _invalid.Add(new InvalidMember(number, problem));
    }

    private static Entry ReadEntry(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.String)
            return new Entry(TimeOf(reader.GetString()!), false);
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return default;
        }

        DateTimeOffset? value = null;
        DateTimeOffset? updatedAt = null;
        bool isDeleted = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = reader.GetString()!;
            reader.Read();
            if (name == "Value" && reader.TokenType == JsonTokenType.String)
                value = TimeOf(reader.GetString()!);
            else if (name == "Deleted")
                isDeleted = reader.TokenType == JsonTokenType.True;
            else if (name == "UpdatedAt" && reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out long seconds) && seconds is >= 0 and < 1L << 37)
                updatedAt = DateTimeOffset.FromUnixTimeSeconds(seconds);
            else
                reader.Skip();
        }

        return new Entry(isDeleted ? updatedAt : value, isDeleted);
    }

    private static DateTimeOffset? TimeOf(string value)
    {
        ReadOnlySpan<char> text = value.Length > 1 && value[0] == '"' && value[^1] == '"' ? value.AsSpan(1, value.Length - 2) : value;
        return Rfc3339.TryParse(text, out DateTimeOffset time) ? time : null;
    }

    private readonly record struct Entry(DateTimeOffset? SeenAt, bool IsDeleted);
}
