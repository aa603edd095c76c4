using System.Text;
using System.Text.Json;
using Relay.Members;
using Relay.Multiformats;

namespace Relay.Tests.Members;

internal sealed class AliveBucketTests
{
    // The peer of the seed 00 01 ... 1f, and what EdgeVPN writes about it: an entry of an unsigned ledger, a signed one, its tombstone.
    private const string Peer = "12D3KooWA4Xop1JaT3MHxwYMkCepYsv4iPVopMXwCz5iHYdBfeSB";
    private const string Unsigned = "{\"" + Peer + "\":\"\\\"2026-08-12T13:29:21Z\\\"\",\"12D3KooWAAA\":\"\\\"2026-08-12T13:29:21Z\\\"\"}";

    private const string Signed = "{\"" + Peer + "\":{\"Value\":\"\\\"2026-08-12T13:29:21Z\\\"\",\"Owner\":\"" + Peer + "\",\"Version\":1786541361000000000,"
        + "\"UpdatedAt\":1786541361,\"Deleted\":false,\"Sig\":\"5TLJ3NvQ//wv4TBo6YycEoQ8qdyQWTU0luPdjgp5WGzpcwFU3zPBZDmsimDbvPdkVC78SvUiIpOwTGmW+e1RDw==\"}}";

    private const string Tombstone = "{\"" + Peer + "\":{\"Value\":\"\",\"Owner\":\"" + Peer + "\",\"Version\":1786541361000000001,\"UpdatedAt\":1786541362,"
        + "\"Deleted\":true,\"Sig\":\"vn7mHL9PxusoqCsKjgO/+fBMWxxmZ89v0Jx5VTBC3h8EoCL96FJGMvsqjmRKKKQs4go/GMvubQcw18ImnFzKBg==\"}}";

    private static readonly DateTimeOffset Seen = new(2026, 8, 12, 13, 29, 21, TimeSpan.Zero);

    [Test]
    public void An_entry_of_an_unsigned_ledger_is_a_string_in_a_string_and_what_is_no_peer_id_is_reported()
    {
        AliveBucket bucket = Parse(Unsigned);
        Assert.That(bucket.Members, Is.EqualTo(new[] { new Member(PeerId.Parse(Peer), Seen) }));
        Assert.That(bucket.Invalid, Is.EqualTo(new[] { new InvalidMember(2, "is not a peer id") }));
    }

    [Test]
    public void An_entry_of_a_signed_ledger_is_an_object() =>
        Assert.That(Parse(Signed).Members, Is.EqualTo(new[] { new Member(PeerId.Parse(Peer), Seen) }));

    [Test]
    public void A_tombstone_is_a_revocation_of_its_time() =>
        Assert.That(Parse(Tombstone).Members, Is.EqualTo(new[] { new Member(PeerId.Parse(Peer), Seen.AddSeconds(1), Revoked: true) }));

    [TestCase("\"2026-08-12T13:29:21Z\"")]
    [TestCase("\"\\\"2026-08-12T15:29:21+02:00\\\"\"")]
    [TestCase("\"\\\"2026-08-12T13:29:21.000000000Z\\\"\"")]
    public void Other_ways_to_write_the_time_are_read(string value) =>
        Assert.That(Parse($"{{\"{Peer}\":{value}}}").Members, Is.EqualTo(new[] { new Member(PeerId.Parse(Peer), Seen) }));

    [TestCase("\"\\\"2026-08-12T13:29:21\\\"\"")]
    [TestCase("\"\\\"2026-08-12\\\"\"")]
    [TestCase("\"\\\"1786541361\\\"\"")]
    [TestCase("\"\\\"2026-13-12T13:29:21Z\\\"\"")]
    [TestCase("\"\\\"\"")]
    [TestCase("\"\"")]
    [TestCase("1786541361")]
    [TestCase("true")]
    [TestCase("null")]
    [TestCase("[\"x\", {}]")]
    [TestCase("{}")]
    [TestCase("{\"Value\": {\"Value\": 1}, \"Deleted\": \"true\"}")]
    public void An_entry_without_a_time_is_reported_and_the_next_one_read(string value)
    {
        AliveBucket bucket = Parse($"{{\"{Peer}\":{value},\"{Peers.Member}\":\"\\\"2026-08-12T13:29:21Z\\\"\"}}");
        Assert.That(bucket.Invalid, Is.EqualTo(new[] { new InvalidMember(1, "has no time") }));
        Assert.That(bucket.Members, Is.EqualTo(new[] { new Member(Peers.Member, Seen) }));
    }

    [Test]
    public void A_fraction_of_any_length_is_cut_to_what_a_clock_can_show()
    {
        DateTimeOffset? at = Parse($"{{\"{Peer}\":\"\\\"2026-08-12T13:29:21.123456789Z\\\"\"}}").Members.Single().LastSeen;
        Assert.That(at, Is.EqualTo(Seen.AddTicks(1234567)));
    }

    [Test]
    public void At_most_a_hundred_bad_entries_are_reported()
    {
        string json = "{" + string.Join(",", Enumerable.Range(0, 500).Select(i => $"\"x{i}\":1")) + "}";
        Assert.That(Parse(json).Invalid, Has.Length.EqualTo(100));
    }

    [Test]
    public void Whatever_bytes_come_the_answer_is_a_bucket_or_a_JSON_error()
    {
        var random = new Random(42);
        byte[][] originals = [.. new[] { Unsigned, Signed, Tombstone }.Select(Encoding.UTF8.GetBytes)];
        for (int i = 0; i < 20_000; i++)
        {
            byte[] json = [.. originals[i % originals.Length]];
            for (int changes = random.Next(1, 6); changes > 0; changes--)
                json[random.Next(json.Length)] = (byte)random.Next(256);
            try
            {
                AliveBucket.Parse(json.AsSpan(0, random.Next(2) == 0 ? json.Length : random.Next(json.Length)));
            }
            catch (JsonException)
            {
                // as it should
            }
        }
    }

    private static AliveBucket Parse(string json) => AliveBucket.Parse(Encoding.UTF8.GetBytes(json));
}
