using Relay.Libp2p.Noise;
using Relay.Libp2p.Tests.Scripting;

namespace Relay.Libp2p.Tests.Noise;

/// <summary>Early muxer negotiation (connections spec, inlined-muxer-negotiation): the first of the initiator's list that both have.</summary>
[CancelAfter(60_000)]
public class NoiseMuxerTests
{
    private static async Task<NoiseSession> ShakeHandsAsync(HandshakeUnderTest side, bool isInitiator, params string[]? muxers)
    {
        await new NoiseScript(side.Far, !isInitiator) { Muxers = muxers }.RunAsync();
        return await side.Session.InTime();
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task A_remote_without_a_list_negotiates_later(bool isInitiator)
    {
        await using var side = new HandshakeUnderTest(isInitiator);
        Assert.That((await ShakeHandsAsync(side, isInitiator, null)).Muxer, Is.Null);
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task A_remote_with_an_empty_list_negotiates_later(bool isInitiator)
    {
        await using var side = new HandshakeUnderTest(isInitiator);
        Assert.That((await ShakeHandsAsync(side, isInitiator, [])).Muxer, Is.Null);
    }

    [TestCase(true, "/b")]
    [TestCase(false, "/c")]
    public async Task The_initiators_order_decides(bool isInitiator, string expected)
    {
        await using var side = new HandshakeUnderTest(isInitiator, null, "/a", "/b", "/c");
        Assert.That((await ShakeHandsAsync(side, isInitiator, "/x", "/c", "/b")).Muxer, Is.EqualTo(expected));
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task Lists_with_nothing_in_common_end_the_handshake(bool isInitiator)
    {
        await using var side = new HandshakeUnderTest(isInitiator);
        await new NoiseScript(side.Far, !isInitiator) { Muxers = ["/mplex/6.7.0", "/yamux/2.0.0"] }.RunAsync();
        Assert.That(side.Failure().Message, Does.Contain("multiplexer"));
    }
}
