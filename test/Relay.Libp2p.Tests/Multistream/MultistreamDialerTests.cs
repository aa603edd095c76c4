using Relay.Libp2p.Multistream;
using Relay.Libp2p.Tests.Scripting;

namespace Relay.Libp2p.Tests.Multistream;

[CancelAfter(60_000)]
public class MultistreamDialerTests
{
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

    private Task<string?> ProposeAsync(params string[] protocols) =>
        MultistreamSelect.ProposeAsync(_near, protocols, CancellationToken.None).AsTask();

    [Test]
    public async Task Header_and_first_proposal_go_out_together()
    {
        Task<string?> proposing = ProposeAsync("/a/1");
        Assert.That(await _far.ReadBytesAsync(26), Is.EqualTo(MultistreamScript.Encode(MultistreamScript.Header, "/a/1")), "before any answer");
        await _far.SayAsync(MultistreamScript.Header);
        await _far.SayAsync("/a/1");
        Assert.That(await proposing.InTime(), Is.EqualTo("/a/1"));
    }

    [Test]
    public async Task What_follows_the_answer_belongs_to_the_protocol()
    {
        await _far.WriteAsync((byte[])[.. MultistreamScript.Encode(MultistreamScript.Header, "/a/1"), 1, 2, 3]);
        Assert.That(await ProposeAsync("/a/1"), Is.EqualTo("/a/1"));
        Assert.That(await _near.ReadBytesAsync(3), Is.EqualTo(new byte[] { 1, 2, 3 }));
    }

    [Test]
    public async Task After_na_the_next_is_proposed()
    {
        Task<string?> proposing = ProposeAsync("/a/1", "/b/1");
        await _far.SayAsync(MultistreamScript.Header, "na");
        await _far.ReadBytesAsync(26);
        Assert.That(await _far.HearAsync(), Is.EqualTo("/b/1"));
        await _far.SayAsync("/b/1");
        Assert.That(await proposing.InTime(), Is.EqualTo("/b/1"));
    }

    [Test]
    public async Task When_all_are_refused_there_is_none()
    {
        await _far.SayAsync(MultistreamScript.Header, "na", "na");
        Assert.That(await ProposeAsync("/a/1", "/b/1"), Is.Null);
    }

    [Test]
    public async Task Two_lazy_nodes_agree()
    {
        Task<string?> answering = MultistreamSelect.AnswerAsync(_far, p => p == "/b", () => [], CancellationToken.None).AsTask();
        Assert.That(await ProposeAsync("/a", "/b").InTime(), Is.EqualTo("/b"));
        Assert.That(await answering.InTime(), Is.EqualTo("/b"));
    }

    [TestCase("/multistream/1.0.0", "/b/1", "answered '/b/1'")]
    [TestCase("/multistream/1.0.0", "ls", "answered 'ls'")]
    [TestCase("/a/1", "/a/1", "opened the negotiation with '/a/1'")]
    [TestCase("na", "na", "opened the negotiation with 'na'")]
    public async Task Another_answer_is_a_fault(string first, string second, string what)
    {
        await _far.SayAsync(first, second);
        Assert.That(Assert.ThrowsAsync<HandshakeException>(() => ProposeAsync("/a/1").InTime())!.Message, Does.Contain(what));
    }

    [TestCase(0)]
    [TestCase(10)]
    [TestCase(20)]
    [TestCase(22)]
    public async Task The_end_before_the_answer_is_a_fault(int length)
    {
        await _far.WriteAsync(MultistreamScript.Encode(MultistreamScript.Header, "/a/1").AsMemory(0, length));
        await _far.CloseWriteAsync();
        Assert.That(Assert.ThrowsAsync<HandshakeException>(() => ProposeAsync("/a/1").InTime())!.Message, Does.Contain("closed the stream"));
    }
}
