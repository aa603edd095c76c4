using System.Runtime.CompilerServices;
using System.Text;
using Relay.Multiformats;

namespace Relay.Tests;

internal sealed class MemberListTests
{
    private static readonly string A = Peers.Member.ToString();
    private static readonly string B = Peers.OtherMember.ToString();

    private static IEnumerable<TestCaseData> Texts
    {
        get
        {
            yield return Text("one per line", $"{A}\n{B}\n");
            yield return Text("no end of line at the end", $"{A}\n{B}");
            yield return Text("CR LF", $"{A}\r\n{B}\r\n");
            yield return Text("CR", $"{A}\r{B}\r");
            yield return Text("byte order mark", $"\ufeff{A}\n{B}");
            yield return Text("blank lines and white space", $"\n  \n\t{A} \t\n\n   {B}\n\n");
            yield return Text("comments", $"# the members\n{A} # the first\n#{Peers.Stranger}\n{B}#the second\n  # end");
            yield return Text("CIDs", $"{Peers.Member.ToCidString()}\n{B}");
        }
    }

    [TestCaseSource(nameof(Texts))]
    public void Members_are_read_in_order(string text)
    {
        MemberList list = Parse(text);

        Assert.That(list.Members, Is.EqualTo(new[] { new Member(Peers.Member), new Member(Peers.OtherMember) }));
        Assert.That(list.Invalid, Is.Empty);
    }

    [TestCase("")]
    [TestCase("\n\r\n# nobody\n")]
    [TestCase("\ufeff")]
    public void A_file_without_entries_has_no_members_and_nothing_wrong(string text)
    {
        MemberList list = Parse(text);

        Assert.That((list.Members.Length, list.Invalid.Length), Is.EqualTo((0, 0)));
    }

    [Test]
    public void A_bad_line_is_reported_with_its_number_and_the_others_are_used()
    {
        MemberList list = Parse($"# members\n{A}\nnonsense\r\n\r\n{A} alice\n{B}\nd\u00e9j\u00e0");

        Assert.That(list.Members.Select(member => member.PeerId), Is.EqualTo(new[] { Peers.Member, Peers.OtherMember }));
        Assert.That(list.Invalid, Is.EqualTo(new[]
        {
            new InvalidMember(3, "is not a peer id"),
            new InvalidMember(5, "is not one peer id (a remark goes behind a #)"),
            new InvalidMember(7, "is not a peer id (it has bytes that are not ASCII)"),
        }));
    }

    [TestCase(129)]
    [TestCase(1_000_000)]
    public void A_line_longer_than_any_peer_id_is_none_and_the_next_one_is_read(int length)
    {
        MemberList list = Parse($"{new string('1', length)}\n{A}");

        Assert.That(list.Invalid, Is.EqualTo(new[] { new InvalidMember(1, "is not a peer id") }));
        Assert.That(list.Members, Is.EqualTo(new[] { new Member(Peers.Member) }));
    }

    [Test]
    public void The_longest_spelling_of_the_longest_peer_id_is_read()
    {
        PeerId longest = PeerId.FromBytes([0x00, 42, .. new byte[42]]);

        Assert.That(Parse("f0172" + Convert.ToHexStringLower(longest.ToByteArray())).Members, Is.EqualTo(new[] { new Member(longest) }));
    }

    [TestCase("\n")]
    [TestCase("")]
    public void A_plain_file_allocates_its_ids_and_its_list(string end)
    {
        const int count = 1000;
        byte[] file = Encoding.ASCII.GetBytes(string.Join('\n', Enumerable.Repeat(A, count)) + end);
        MemberList list = MemberList.Parse(file);

        long before = GC.GetAllocatedBytesForCurrentThread();
        list = MemberList.Parse(file);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        int entry = Unsafe.SizeOf<Member>();
        Assert.That(list.Members, Has.Length.EqualTo(count));
        Assert.That(allocated, Is.InRange(count * (64 + entry), count * (64 + entry) + 500), "an id has 64 bytes");
    }

    [Test]
    public void A_file_of_the_wrong_kind_is_reported_by_its_first_hundred_lines()
        => Assert.That(Parse(string.Concat(Enumerable.Repeat("x\n", 100_000))).Invalid.Select(line => line.Position), Is.EqualTo(Enumerable.Range(1, 100)));

    [Test]
    public void No_bytes_throw_and_what_is_read_are_peer_ids()
    {
        var random = new Random(7);
        byte[] good = Encoding.UTF8.GetBytes($"\ufeff# members\r\n{A} # one\n\n{B}\n{Peers.Member.ToCidString()}");
        for (int i = 0; i < 20_000; i++)
        {
            byte[] mutated = (byte[])good.Clone();
            for (int changes = random.Next(1, 8); changes > 0; changes--)
                mutated[random.Next(mutated.Length)] = (byte)random.Next(256);
            MemberList list = MemberList.Parse(mutated.AsSpan(0, random.Next(mutated.Length + 1)));
            Assert.That(list.Members, Has.None.Matches<Member>(member => member.PeerId is null));
        }
    }

    private static MemberList Parse(string text) => MemberList.Parse(Encoding.UTF8.GetBytes(text));

    private static TestCaseData Text(string name, string text) => new TestCaseData(text).SetArgDisplayNames(name);
}
