using System.Buffers.Binary;
using System.Security.Cryptography;
using Relay.Libp2p.Noise;
using Relay.Libp2p.Tests.Scripting;

namespace Relay.Libp2p.Tests.Noise;

[CancelAfter(60_000)]
public class NoiseChannelTests
{
    private static readonly byte[] There = RandomNumberGenerator.GetBytes(32);
    private static readonly byte[] Back = RandomNumberGenerator.GetBytes(32);

    private BufferPool _pool = null!;
    private MemoryDuplex _far = null!;
    private SecuredPeer _peer = null!;
    private NoiseChannel _channel = null!;

    [SetUp]
    public void Connect()
    {
        _pool = new BufferPool();
        (MemoryDuplex near, _far) = MemoryDuplex.CreatePair();
        _peer = new SecuredPeer(_far, Back, There);
        _channel = new NoiseChannel(near, new CipherState(There), new CipherState(Back), _pool);
    }

    [TearDown]
    public async Task Disconnect()
    {
        _channel.ReleaseReceiveBuffer();
        await _channel.DisposeAsync();
        await _peer.DisposeAsync();
        Assert.That(_pool.Rented, Is.Zero);
    }

    private async Task<HandshakeException> ReadFailureAsync()
    {
        await _far.CloseWriteAsync();
        return Assert.ThrowsAsync<HandshakeException>(async () =>
        {
            while (!(await _channel.ReadAsync(CancellationToken.None).InTime()).IsEmpty)
            {
            }
        })!;
    }

    [TestCase(1, 1)]
    [TestCase(65519, 1)]
    [TestCase(65520, 2)]
    [TestCase(131036, 2)]
    [TestCase(200_000, 4)]
    public async Task Plaintext_travels_in_messages_of_at_most_65535_bytes(int length, int messages)
    {
        byte[] sent = RandomNumberGenerator.GetBytes(length);
        await _channel.WriteAsync(sent, CancellationToken.None);
        byte[] wire = await _far.ReadBytesAsync(length + messages * 18);
        int count = 0;
        for (int at = 0; at < wire.Length; at += 2 + BinaryPrimitives.ReadUInt16BigEndian(wire.AsSpan(at)))
            count++;
        Assert.That(count, Is.EqualTo(messages));
    }

    [Test]
    public async Task The_longest_message_is_read_however_it_is_cut()
    {
        byte[] sent = RandomNumberGenerator.GetBytes(SecuredPeer.MaxPlaintext);
        byte[] wire = [.. _peer.Seal(sent), .. _peer.Seal([7])];
        Task sending = Task.Run(async () =>
        {
            foreach (byte[] chunk in wire.Chunk(997))
                await _far.WriteAsync(chunk);
        });
        Assert.That((await _channel.ReadAsync(CancellationToken.None).InTime()).ToArray(), Is.EqualTo(sent));
        Assert.That((await _channel.ReadAsync(CancellationToken.None).InTime()).ToArray(), Is.EqualTo(new byte[] { 7 }));
        await sending;
    }

    [Test]
    public async Task A_message_without_content_is_passed_over()
    {
        await _peer.Stream.WriteAsync((byte[])[.. _peer.Seal([]), .. _peer.Seal([]), .. _peer.Seal([1])]);
        Assert.That((await _channel.ReadAsync(CancellationToken.None).InTime()).ToArray(), Is.EqualTo(new byte[] { 1 }));
    }

    [Test]
    public async Task A_channel_at_rest_holds_no_buffer()
    {
        await _channel.WriteAsync(new byte[100], CancellationToken.None);
        await _peer.SendBytesAsync([1]);
        await _channel.ReadAsync(CancellationToken.None);
        Task waiting = _channel.ReadAsync(CancellationToken.None).AsTask();
        Assert.That(_pool.Rented, Is.Zero);
        await _far.CloseWriteAsync();
        await waiting.InTime();
    }

    [TestCase(0)]
    [TestCase(15)]
    public async Task A_message_shorter_than_its_tag_is_refused(int length)
    {
        await _far.WriteAsync(NoiseScript.Frame(new byte[length]));
        Assert.That((await ReadFailureAsync()).Message, Does.Contain("shorter than its tag"));
    }

    [TestCase("replayed")]
    [TestCase("out of order")]
    [TestCase("tampered")]
    [TestCase("cut")]
    [TestCase("reflected")]
    public async Task A_message_that_is_not_the_next_one_of_the_remote_is_refused(string how)
    {
        byte[] first = _peer.Seal([1, 2, 3]);
        byte[] second = _peer.Seal([4, 5, 6]);
        if (how == "tampered")
            first[3] ^= 0x80;
        else if (how == "cut")
            first = NoiseScript.Frame(first[2..^1]);
        else if (how == "out of order")
            (first, second) = (second, first);
        else if (how == "replayed")
            second = first;
        else
            first = await ReflectAsync();
        await _far.WriteAsync((byte[])[.. first, .. second]);
        Assert.That((await ReadFailureAsync()).Message, Does.Contain("does not decrypt"));
    }

    private async Task<byte[]> ReflectAsync()
    {
        await _channel.WriteAsync(new byte[] { 1, 2, 3 }, CancellationToken.None);
        return await _far.ReadBytesAsync(2 + 3 + 16);
    }

    [Test]
    public async Task The_end_within_a_message_is_no_orderly_end()
    {
        await _far.WriteAsync(_peer.Seal([1, 2, 3])[..^1]);
        Assert.That((await ReadFailureAsync()).Message, Does.Contain("within a Noise message"));
    }

    [Test]
    public async Task The_end_after_a_message_is_an_orderly_end()
    {
        await _far.WriteAsync(_peer.Seal([1, 2, 3]));
        await _far.CloseWriteAsync();
        Assert.That((await _channel.ReadAsync(CancellationToken.None).InTime()).Length, Is.EqualTo(3));
        Assert.That((await _channel.ReadAsync(CancellationToken.None).InTime()).IsEmpty, Is.True);
    }

    [Test]
    public async Task Reading_as_a_stream_hands_out_every_byte_and_leaves_the_rest_to_the_muxer()
    {
        await _peer.SendBytesAsync([1, 2, 3, 4, 5]);
        Assert.That(await new NoiseChannelStream(_channel).ReadBytesAsync(2), Is.EqualTo(new byte[] { 1, 2 }));
        Assert.That((await _channel.ReadAsync(CancellationToken.None)).ToArray(), Is.EqualTo(new byte[] { 3, 4, 5 }));
    }
}
