namespace Relay.Multiformats.Tests;

public sealed class PeerIdTextTests
{
    [TestCase("12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA")]
    [TestCase("QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N")]
    [TestCase("bafzbeie5745rpv2m6tjyuugywy4d5ewrqgqqhfnf445he3omzpjbx5xqxe")]
    public void A_piece_of_a_longer_text_is_read_as_a_string_is(string text)
    {
        Assert.That(PeerId.TryParse($"/p2p/{text}/p2p-circuit".AsSpan(5, text.Length), out PeerId? id), Is.True);
        Assert.That(id, Is.EqualTo(PeerId.Parse(text)));
        Assert.That(PeerId.TryParse(text.AsSpan()[..^1], out id), Is.False);
        Assert.That(id, Is.Null);
    }

    [Test]
    public void Nothing_is_no_id_be_it_a_string_or_a_span()
    {
        Assert.That(PeerId.TryParse(null, out _), Is.False);
        Assert.That(PeerId.TryParse(null, out _, out _), Is.False);
        Assert.That(PeerId.TryParse([], out _), Is.False);
        Assert.That(PeerId.TryParse([], out _, out string? error), Is.False);
        Assert.That(error, Is.EqualTo("it is empty"));
    }

    [TestCase("12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA")]
    [TestCase("QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N")]
    public void Reading_allocates_the_id_alone_and_showing_it_the_text_alone(string text)
    {
        PeerId id = PeerId.Parse(text);
        byte[] bytes = id.ToByteArray();
        string shown = id.ToString();

        long start = GC.GetAllocatedBytesForCurrentThread();
        bool read = PeerId.TryParse(text.AsSpan(), out _);
        long ofReading = GC.GetAllocatedBytesForCurrentThread() - start;
        PeerId.TryFromBytes(bytes, out _);
        long ofTheId = GC.GetAllocatedBytesForCurrentThread() - start - ofReading;
        shown = id.ToString();
        long ofShowing = GC.GetAllocatedBytesForCurrentThread() - start - ofReading - ofTheId;
        _ = new string('x', text.Length);
        long ofTheText = GC.GetAllocatedBytesForCurrentThread() - start - ofReading - ofTheId - ofShowing;

        Assert.That(read);
        Assert.That(shown, Is.EqualTo(text));
        Assert.That(ofReading, Is.EqualTo(ofTheId).And.EqualTo(64));
        Assert.That(ofShowing, Is.EqualTo(ofTheText));
    }
}
