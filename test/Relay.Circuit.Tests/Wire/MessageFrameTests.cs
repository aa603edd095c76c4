using Relay.Circuit.Host;
using Relay.Circuit.Wire;
using Relay.TestKit;
using Relay.TestKit.Network;
using Relay.TestKit.Wire;

namespace Relay.Circuit.Tests.Wire;

[TestFixture]
internal sealed class MessageFrameTests
{
    private IHostStream _writer = null!;
    private IHostStream _reader = null!;

    [SetUp]
    public void OpenStream() => (_writer, _reader) = InMemoryStream.CreatePair();

    [Test]
    public async Task Reading_a_message_leaves_what_follows_it()
    {
        await _writer.SendAsync([.. RawMessage.Frame([1, 2, 3]), 4, 5]);

        Assert.That((await ReadAsync()).Bytes.ToArray(), Is.EqualTo(new byte[] { 1, 2, 3 }));
        Assert.That(await _reader.ReceiveAsync(2), Is.EqualTo(new byte[] { 4, 5 }));
    }

    [Test]
    public async Task A_message_may_come_byte_by_byte()
    {
        Task<ReceivedMessage> reading = ReadAsync();
        byte[] message = new byte[300];
        new Random(3).NextBytes(message);
        foreach (byte next in RawMessage.Frame(message))
            await _writer.SendAsync([next]);

        Assert.That((await reading).Bytes.ToArray(), Is.EqualTo(message));
    }

    [Test]
    public async Task The_longest_message_is_read_and_one_byte_more_is_refused_by_its_prefix()
    {
        await _writer.SendAsync(RawMessage.Frame(new byte[4096]));
        Assert.That((await ReadAsync()).Bytes.Length, Is.EqualTo(4096));

        await _writer.SendAsync([0x81, 0x20]); // 4097, and not one byte of the message
        Assert.That(await ReadAsync(), Is.EqualTo(ReceivedMessage.Faulty(ReasonCode.MessageTooLong)));
    }

    [TestCase("80", "8000")]
    [TestCase("8080", "80808000")]
    [TestCase("ffff", "ffffffffffffffffff01")]
    public async Task A_prefix_that_is_not_minimal_or_too_long_is_refused_as_soon_as_that_shows(string taken, string sent)
    {
        byte[] bytes = Convert.FromHexString(sent);
        await _writer.SendAsync(bytes);

        Assert.That((await ReadAsync()).Fault, Is.EqualTo(ReasonCode.MessageTooLong));
        Assert.That(await _reader.ReceiveAsync(bytes.Length - 2), Is.EqualTo(bytes[2..]), $"only {taken} and one byte were needed");
    }

    [TestCase("")]
    [TestCase("80")]
    [TestCase("0201")]
    public async Task A_message_that_does_not_end_before_the_stream_does_is_truncated(string hex)
    {
        await _writer.SendAsync(Convert.FromHexString(hex));
        await _writer.FinishAsync();
        Assert.That((await ReadAsync()).Fault, Is.EqualTo(ReasonCode.MessageTruncated));
    }

    [Test]
    public void Writing_puts_the_length_in_front()
    {
        Assert.That(MessageFrame.Encode(HopMessages.Reserve()), Is.EqualTo(new byte[] { 2, 8, 0 }));
        Assert.That(MessageFrame.Encode(new HopMessage()), Is.EqualTo(new byte[] { 0 }));
    }

    private Task<ReceivedMessage> ReadAsync() => MessageFrame.ReadAsync(_reader, CancellationToken.None).InTime();
}
