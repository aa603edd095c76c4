namespace Relay.Multiformats.Tests;

public sealed class MultiaddressPartsTests
{
    private const string RelayId = "QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N";
    private const string PeerText = "12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA";

    private static readonly PeerId Peer = PeerId.Parse(PeerText);

    [Test]
    public void Encapsulating_appends()
    {
        Multiaddress relay = Multiaddress.Parse($"/ip4/192.0.2.1/tcp/4001/p2p/{RelayId}");
        Multiaddress circuit = relay.Encapsulate(Multiaddress.Parse($"/p2p-circuit/p2p/{PeerText}"));

        Assert.That(circuit, Is.EqualTo(Multiaddress.Parse($"/ip4/192.0.2.1/tcp/4001/p2p/{RelayId}/p2p-circuit/p2p/{PeerText}")));
        Assert.That(circuit.ToString(), Is.EqualTo($"/ip4/192.0.2.1/tcp/4001/p2p/{RelayId}/p2p-circuit/p2p/{PeerText}"));
        Assert.That(circuit.PeerId, Is.EqualTo(Peer));
        Assert.That(relay.ToString(), Is.EqualTo($"/ip4/192.0.2.1/tcp/4001/p2p/{RelayId}"), "the address itself is unchanged");
    }

    [Test]
    public void Encapsulating_keeps_to_the_bounds_of_an_address()
    {
        Multiaddress half = Multiaddress.Parse(string.Concat(Enumerable.Repeat("/ws", Multiaddress.MaxComponents / 2)));
        Multiaddress full = half.Encapsulate(half);
        Multiaddress named = Multiaddress.Parse(string.Concat(Enumerable.Repeat($"/sni/{new string('a', 250)}", 4)));

        Assert.That(full.Components, Has.Count.EqualTo(Multiaddress.MaxComponents));
        Assert.That(() => full.Encapsulate(half), Throws.ArgumentException);
        Assert.That(() => full.WithPeerId(Peer), Throws.ArgumentException);
        Assert.That(() => named.Encapsulate(named), Throws.ArgumentException);
    }

    [Test]
    public void A_peer_id_is_put_at_the_end_once()
    {
        Multiaddress address = Multiaddress.Parse("/ip4/192.0.2.1/tcp/4001");
        Multiaddress with = address.WithPeerId(Peer);

        Assert.That(with, Is.EqualTo(Multiaddress.Parse($"/ip4/192.0.2.1/tcp/4001/p2p/{PeerText}")));
        Assert.That(with.ToString(), Is.EqualTo($"/ip4/192.0.2.1/tcp/4001/p2p/{PeerText}"));
        Assert.That(with.PeerId, Is.EqualTo(Peer));
        Assert.That(with.WithPeerId(Peer), Is.SameAs(with));
        Assert.That(with.WithPeerId(PeerId.Parse(RelayId)).ToString(), Is.EqualTo($"/ip4/192.0.2.1/tcp/4001/p2p/{PeerText}/p2p/{RelayId}"));
    }

    [Test]
    public void The_longest_peer_id_can_be_put_at_the_end()
    {
        PeerId longest = PeerId.FromBytes([0x00, 42, .. Enumerable.Repeat((byte)0xff, 42)]);

        Assert.That(Multiaddress.Parse("/tcp/1").WithPeerId(longest), Is.EqualTo(Multiaddress.Parse($"/tcp/1/p2p/{longest}")));
    }

    [Test]
    public void A_peer_id_is_taken_off_the_end_only()
    {
        Multiaddress address = Multiaddress.Parse("/ip4/192.0.2.1/tcp/4001");
        Multiaddress circuit = Multiaddress.Parse($"/ip4/192.0.2.1/tcp/4001/p2p/{RelayId}/p2p-circuit");

        Assert.That(address.WithPeerId(Peer).WithoutPeerId(), Is.EqualTo(address));
        Assert.That(address.WithoutPeerId(), Is.SameAs(address));
        Assert.That(circuit.WithoutPeerId(), Is.SameAs(circuit));
        Assert.That(Multiaddress.Parse($"/p2p/{PeerText}").WithoutPeerId(), Is.Null);
    }

    [TestCase($"/ip4/192.0.2.1/tcp/4001/p2p/{RelayId}/p2p-circuit/p2p/{PeerText}", $"/ip4/192.0.2.1/tcp/4001/p2p/{RelayId}", $"/p2p/{PeerText}")]
    [TestCase($"/ip4/192.0.2.1/tcp/4001/p2p/{RelayId}/p2p-circuit", $"/ip4/192.0.2.1/tcp/4001/p2p/{RelayId}", null)]
    [TestCase($"/p2p-circuit/p2p/{PeerText}", null, $"/p2p/{PeerText}")]
    [TestCase("/p2p-circuit", null, null)]
    [TestCase($"/tcp/1/p2p-circuit/p2p/{RelayId}/p2p-circuit/webrtc/p2p/{PeerText}", $"/tcp/1/p2p-circuit/p2p/{RelayId}", $"/webrtc/p2p/{PeerText}")]
    public void A_circuit_is_split_around_the_last_p2p_circuit(string text, string? relay, string? destination)
    {
        Multiaddress address = Multiaddress.Parse(text);

        Assert.That(address.IsCircuit, Is.True);
        Assert.That(address.TrySplitCircuit(out Multiaddress? before, out Multiaddress? after), Is.True);
        Assert.That(before?.ToString(), Is.EqualTo(relay));
        Assert.That(after?.ToString(), Is.EqualTo(destination));
        Assert.That(before, Is.EqualTo(relay is null ? null : Multiaddress.Parse(relay)), "the bytes as well as the text");
        Assert.That(after, Is.EqualTo(destination is null ? null : Multiaddress.Parse(destination)), "the bytes as well as the text");
    }

    [Test]
    public void What_is_no_circuit_is_not_split()
    {
        Multiaddress address = Multiaddress.Parse("/ip4/192.0.2.1/tcp/4001");

        Assert.That(address.IsCircuit, Is.False);
        Assert.That(address.TrySplitCircuit(out Multiaddress? relay, out Multiaddress? destination), Is.False);
        Assert.That((relay, destination), Is.EqualTo(((Multiaddress?)null, (Multiaddress?)null)));
    }
}
