using System.Text;
using Relay.Libp2p.Multistream;
using Relay.Libp2p.Tests.Scripting;
using Relay.TestKit.Wire;

namespace Relay.Libp2p.Tests.Multistream;

[CancelAfter(60_000)]
public class MultistreamListenerTests
{
    private static readonly string[] Known = ["/a/1", "/b/1"];

    private MemoryDuplex _near = null!;
    private MemoryDuplex _far = null!;

    [SetUp]
    public void Connect() => (_near, _far) = MemoryDuplex.CreatePair();

    [TearDown]
    public async Task Disconnect()
    {
        await _near.DisposeAsync();
        await _far.DisposeAsync();
    }

    private Task<string?> AnswerAsync(CancellationToken cancellationToken = default) =>
        MultistreamSelect.AnswerAsync(_near, Known.Contains, () => Known, cancellationToken).AsTask();

    private async Task<string> FailAsync(byte[] bytes)
    {
        Task<string?> answering = AnswerAsync();
        await _far.WriteAsync(bytes);
        await _far.CloseWriteAsync();
        return Assert.ThrowsAsync<HandshakeException>(() => answering.InTime())!.Message;
    }

    [Test]
    public async Task A_known_protocol_is_echoed_behind_the_header()
    {
        Task<string?> answering = AnswerAsync();
        await _far.WriteAsync(Convert.FromHexString("132f6d756c746973747265616d2f312e302e300a052f622f310a"));
        byte[] answer = await _far.ReadBytesAsync(26);
        Assert.That(Convert.ToHexStringLower(answer), Is.EqualTo("132f6d756c746973747265616d2f312e302e300a052f622f310a"));
        Assert.That(await answering, Is.EqualTo("/b/1"));
    }

    [Test]
    public async Task A_lazy_dialers_first_bytes_belong_to_the_protocol()
    {
        await _far.WriteAsync((byte[])[.. MultistreamScript.Encode(MultistreamScript.Header, "/a/1"), 1, 2, 3]);
        Assert.That(await AnswerAsync(), Is.EqualTo("/a/1"));
        Assert.That(await _near.ReadBytesAsync(3), Is.EqualTo(new byte[] { 1, 2, 3 }));
    }

    [Test]
    public async Task What_is_not_known_is_answered_na_and_the_next_proposal_heard()
    {
        Task<string?> answering = AnswerAsync();
        await _far.SayAsync(MultistreamScript.Header, "/tls/1.0.0");
        Assert.That((await _far.HearAsync(), await _far.HearAsync()), Is.EqualTo((MultistreamScript.Header, "na")));
        await _far.SayAsync("/a/1");
        Assert.That(await _far.HearAsync(), Is.EqualTo("/a/1"));
        Assert.That(await answering, Is.EqualTo("/a/1"));
    }

    [Test]
    public async Task A_dialer_may_ask_for_the_list()
    {
        Task<string?> answering = AnswerAsync();
        await _far.SayAsync(MultistreamScript.Header, "ls", "/a/1");
        await _far.HearAsync();
        Assert.That(await _far.HearAsync(), Is.EqualTo("\u0005/a/1\n\u0005/b/1\n"));
        Assert.That(await answering, Is.EqualTo("/a/1"));
    }

    [Test]
    public async Task A_dialer_that_gives_up_is_no_fault()
    {
        Task<string?> answering = AnswerAsync();
        await _far.SayAsync(MultistreamScript.Header, "/x");
        await _far.CloseWriteAsync();
        Assert.That(await answering.InTime(), Is.Null);
    }

    [Test]
    public async Task A_dialer_that_says_nothing_is_no_fault()
    {
        await _far.CloseWriteAsync();
        Assert.That(await AnswerAsync().InTime(), Is.Null);
    }

    [Test]
    public async Task A_name_of_1023_bytes_is_heard_and_one_more_is_too_long()
    {
        Task<string?> answering = AnswerAsync();
        await _far.SayAsync(MultistreamScript.Header, new string('x', 1023));
        Assert.That((await _far.HearAsync(), await _far.HearAsync()), Is.EqualTo((MultistreamScript.Header, "na")));
        await _far.SayAsync(new string('x', 1024));
        Assert.That(Assert.ThrowsAsync<HandshakeException>(() => answering.InTime())!.Message, Does.Contain("1025 bytes"));
    }

    [Test]
    public async Task Another_header_is_refused() =>
        Assert.That(await FailAsync(MultistreamScript.Encode("/multistream/2.0.0", "/a/1")), Does.Contain("/multistream/2.0.0"));

    [Test]
    public async Task A_message_without_its_newline_is_refused() =>
        Assert.That(await FailAsync(RawMessage.Frame("/multistream/1.0.0"u8.ToArray())), Does.Contain("newline"));

    [TestCase("00")]
    [TestCase("8000")]
    public async Task A_message_without_content_is_refused(string hex) =>
        Assert.That(await FailAsync(Convert.FromHexString(hex)), Does.Contain("0 bytes"));

    [TestCase("ffffffffffffffff7f")]
    [TestCase("80808001")]
    [TestCase("ff7f")]
    public async Task A_length_beyond_the_bound_is_refused_before_anything_is_kept(string hex) =>
        Assert.That(await FailAsync(Convert.FromHexString(hex)), Does.Contain("1024"));

    [TestCase("13")]
    [TestCase("132f6d756c74")]
    [TestCase("80")]
    public async Task The_end_within_a_message_is_a_fault(string hex) =>
        Assert.That(await FailAsync(Convert.FromHexString(hex)), Does.Contain("within a negotiation message"));

    [Test]
    public async Task Garbage_shows_up_harmless_in_the_message()
    {
        byte[] garbage = [.. "/\u001b[31m\u0000\r"u8, 0xFF, 0xFE, (byte)'\n'];
        string message = await FailAsync(RawMessage.Frame(garbage));
        Assert.That(message.All(c => c is >= ' ' and <= '~'), Is.True, message);
    }

    [Test]
    public async Task Proposals_without_end_are_cut_off()
    {
        Task<string?> answering = AnswerAsync();
        await _far.SayAsync([MultistreamScript.Header, .. Enumerable.Range(0, 64).Select(i => i % 2 == 0 ? "ls" : $"/x/{i}")]);
        Assert.That(Assert.ThrowsAsync<HandshakeException>(() => answering.InTime())!.Message, Does.Contain("64 protocols"));
    }

    [Test]
    public async Task The_last_proposal_allowed_is_taken()
    {
        Task<string?> answering = AnswerAsync();
        await _far.SayAsync([MultistreamScript.Header, .. Enumerable.Repeat("/x", 63), "/a/1"]);
        Assert.That(await answering.InTime(), Is.EqualTo("/a/1"));
    }

    [Test]
    public async Task Silence_is_ended_by_the_callers_token()
    {
        using var deadline = new CancellationTokenSource();
        Task<string?> answering = AnswerAsync(deadline.Token);
        await _far.SayAsync(MultistreamScript.Header);
        Assert.That(await _far.HearAsync(), Is.EqualTo(MultistreamScript.Header));
        await deadline.CancelAsync();
        Assert.CatchAsync<OperationCanceledException>(() => answering.InTime());
    }

    [Test]
    public void The_constants_are_those_of_the_spec()
    {
        Assert.That((MultistreamSelect.Header, MultistreamSelect.NotAvailable, MultistreamSelect.List), Is.EqualTo(("/multistream/1.0.0", "na", "ls")));
        Assert.That(Encoding.UTF8.GetByteCount(MultistreamSelect.Header), Is.EqualTo(18));
    }
}
