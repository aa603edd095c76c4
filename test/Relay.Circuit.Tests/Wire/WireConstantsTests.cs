using Relay.Circuit.Wire;

namespace Relay.Circuit.Tests.Wire;

/// <summary>Numbers and names that are not ours to change.</summary>
[TestFixture]
internal sealed class WireConstantsTests
{
    [Test]
    public void Names_and_bounds()
    {
        Assert.That(CircuitProtocol.Hop, Is.EqualTo("/libp2p/circuit/relay/0.2.0/hop"));
        Assert.That(CircuitProtocol.Stop, Is.EqualTo("/libp2p/circuit/relay/0.2.0/stop"));
        Assert.That(CircuitProtocol.VoucherDomain, Is.EqualTo("libp2p-relay-rsvp"));
        Assert.That(CircuitProtocol.VoucherPayloadType.ToArray(), Is.EqualTo(new byte[] { 3, 2 }));
        Assert.That(CircuitProtocol.MaxMessageLength, Is.EqualTo(4096));
    }

    [Test]
    public void Message_types()
    {
        Assert.That(
            Enum.GetValues<HopMessage.Types.Type>().ToDictionary(t => t.ToString(), t => (int)t),
            Is.EqualTo(new Dictionary<string, int> { ["Reserve"] = 0, ["Connect"] = 1, ["Status"] = 2 }));
        Assert.That(
            Enum.GetValues<StopMessage.Types.Type>().ToDictionary(t => t.ToString(), t => (int)t),
            Is.EqualTo(new Dictionary<string, int> { ["Connect"] = 0, ["Status"] = 1 }));
    }

    [Test]
    public void Field_numbers()
    {
        Assert.That(Fields(HopMessage.Descriptor), Is.EqualTo("type 1, peer 2, reservation 3, limit 4, status 5"));
        Assert.That(Fields(StopMessage.Descriptor), Is.EqualTo("type 1, peer 2, limit 3, status 4"));
        Assert.That(Fields(Peer.Descriptor), Is.EqualTo("id 1, addrs 2"));
        Assert.That(Fields(Circuit.Wire.Reservation.Descriptor), Is.EqualTo("expire 1, addrs 2, voucher 3"));
        Assert.That(Fields(Limit.Descriptor), Is.EqualTo("duration 1, data 2"));
        Assert.That(Fields(Voucher.Descriptor), Is.EqualTo("relay 1, peer 2, expiration 3"));
    }

    [Test]
    public void The_public_statuses_are_those_of_the_wire()
    {
        int[] defined = [100, 200, 201, 202, 203, 204, 400, 401];
        Assert.That(Enum.GetValues<Status>().Select(s => (int)s), Is.EqualTo(defined));
        Assert.That(
            Enum.GetValues<Status>().ToDictionary(s => s.ToString(), s => (int)s),
            Is.EqualTo(Enum.GetValues<StatusCode>().Where(s => s != StatusCode.Unused).ToDictionary(s => s.ToString(), s => (int)s)));
    }

    private static string Fields(Google.Protobuf.Reflection.MessageDescriptor message)
        => string.Join(", ", message.Fields.InFieldNumberOrder().Select(f => $"{f.Name} {f.FieldNumber}"));
}
