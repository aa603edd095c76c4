using NUnit.Framework;
using Relay.Circuit;
using Relay.Circuit.Host;
using Relay.TestKit.Wire;

namespace Relay.TestKit.Contracts;

public abstract partial class CircuitRelayContract
{
    /// <summary>What no request is, and its answer.</summary>
    protected static IEnumerable<TestCaseData> BadRequests()
    {
        yield return Case("a length over the bound", "8120", Status.MalformedMessage);
        yield return Case("a length of 2^63 - 1", "ffffffffffffffff7f", Status.MalformedMessage);
        yield return Case("a length that does not end", "ffffffffffffffffffffff", Status.MalformedMessage);
        yield return Case("a length with needless bytes", "82000800", Status.MalformedMessage);
        yield return Case("an empty message", "00", Status.MalformedMessage);
        yield return Case("garbage", "08ffffffffffffffff", Status.MalformedMessage);
        yield return Case("no type", "021200", Status.MalformedMessage);
        yield return Case("an unknown type", "020807", Status.MalformedMessage);
        yield return Case("a type of the wrong kind", "030a0100", Status.MalformedMessage);
        yield return Case("a status", "0408022864", Status.UnexpectedMessage);
        yield return Case("CONNECT without a peer", "020801", Status.MalformedMessage);
        yield return Case("CONNECT with an empty peer", "0408011200", Status.MalformedMessage);
        yield return Case("CONNECT with a peer id that is none", "09080112050a03ffffff", Status.MalformedMessage);

        static TestCaseData Case(string name, string hex, Status status)
            => new TestCaseData(Convert.FromHexString(hex), status).SetArgDisplayNames(name);
    }

    [TestCaseSource(nameof(BadRequests))]
    public async Task What_is_no_request_is_told_so_in_order(byte[] bytes, Status status)
    {
        StartRelay();
        await using IHostStream stream = await OpenHopAsync(await AddPeerAsync());

        await stream.SendAsync(bytes);

        RawMessage answer = await ReceiveLastAsync(stream);
        AssertRefusal(answer);
        Assert.That(RawHop.StatusOf(answer), Is.EqualTo(status));
        await AssertServesAsync();
    }

    [Test]
    public async Task A_request_cut_short_by_FIN_is_malformed([Values("", "8a", "0a0801")] string hex)
    {
        StartRelay();
        await using IHostStream stream = await OpenHopAsync(await AddPeerAsync());

        await stream.SendAsync(Convert.FromHexString(hex));
        await stream.FinishAsync();

        Assert.That(RawHop.StatusOf(await stream.ReceiveMessageAsync()), Is.EqualTo(Status.MalformedMessage));
        Assert.That(await stream.ReceiveAllAsync(), Is.Empty);
        await AssertServesAsync();
    }

    [Test]
    public async Task Half_a_request_and_silence_is_reset_when_its_time_is_over([Values("", "8a", "0a0801")] string hex)
    {
        StartRelay(new CircuitRelayOptions { HopTimeout = TimeSpan.FromSeconds(45) });
        IHostStream stream = await OpenHopAsync(await AddPeerAsync());
        await stream.SendAsync(Convert.FromHexString(hex));
        await Time.TimerIsArmedAsync(TimeSpan.FromSeconds(45));

        Time.Advance(TimeSpan.FromSeconds(45) - TimeSpan.FromTicks(1));
        Assert.That(Relay.Counts.HopStreams, Is.EqualTo(1));
        Time.Advance(TimeSpan.FromTicks(1));

        Assert.That(await stream.ReceiveUntilResetAsync(), Is.EqualTo((0L, HostStreamError.Reset)));
        await AssertServesAsync();
    }

    [Test]
    public async Task A_client_that_is_still_sending_hears_the_answer()
    {
        StartRelay();
        await using IHostStream stream = await OpenHopAsync(await AddPeerAsync());

        // More than a window full: it cannot have sent everything before the relay takes it.
        await stream.SendAsync(Convert.FromHexString("8080808001")).InTime();
        await stream.SendAsync(new byte[200_000]).InTime();

        Assert.That(RawHop.StatusOf(await ReceiveLastAsync(stream)), Is.EqualTo(Status.MalformedMessage));
    }

    [Test]
    public async Task A_client_that_never_closes_is_let_go_of()
    {
        StartRelay();
        IHostStream stream = await OpenHopAsync(await AddPeerAsync());
        await stream.SendAsync([0]);
        Assert.That(RawHop.StatusOf(await stream.ReceiveMessageAsync()), Is.EqualTo(Status.MalformedMessage));

        await Time.TimerIsArmedAsync(TimeSpan.FromSeconds(10));
        Time.Advance(TimeSpan.FromSeconds(10));

        await Eventually.EqualsAsync(0, () => Relay.Counts.HopStreams, "the number of HOP streams");
        await stream.DisposeAsync();
    }

    [Test]
    public async Task A_peer_cannot_connect_to_itself()
    {
        StartRelay();
        (IRelayHost Host, ScriptedDestination Stop) destination = await AddDestinationAsync();
        Assert.That(await ConnectRefusedAsync(destination.Host, destination.Host), Is.EqualTo(Status.MalformedMessage));
    }

    [Test]
    public async Task Nobody_reaches_the_relay_itself_through_it()
    {
        StartRelay();
        Assert.That(await ConnectRefusedAsync(await AddPeerAsync(), RelayHost), Is.EqualTo(Status.NoReservation));
    }
}
