using Relay.Multiformats.Addresses;

namespace Relay.Multiformats;

public sealed partial class Multiaddress
{
    /// <summary>This address with <paramref name="tail"/> after it.</summary>
    /// <exception cref="ArgumentException">The two together are longer than an address may be (1024 bytes, 32 components).</exception>
    public Multiaddress Encapsulate(Multiaddress tail)
    {
        ArgumentNullException.ThrowIfNull(tail);
        if (_bytes.Length + tail._bytes.Length > MaxByteLength || _components.Length + tail._components.Length > MaxComponents)
            throw new ArgumentException($"It would be longer than {MaxByteLength} bytes or {MaxComponents} components.", nameof(tail));
        return new Multiaddress([.. _bytes, .. tail._bytes], [.. _components, .. tail._components]);
    }

    /// <summary>This address with <c>/p2p/ID</c> after it; itself when it ends in that already.</summary>
    /// <exception cref="ArgumentException">The result is longer than an address may be.</exception>
    public Multiaddress WithPeerId(PeerId id)
    {
        ArgumentNullException.ThrowIfNull(id);
        return id == PeerId ? this : Encapsulate(ForPeer(id));
    }

    /// <summary>
    /// This address without the <c>/p2p/ID</c> it ends in; itself when it ends in none; null when there is nothing else in it.
    /// </summary>
    public Multiaddress? WithoutPeerId() => PeerId is null ? this : Slice(0, _components.Length - 1);

    /// <summary>Takes the address apart around its last <c>/p2p-circuit</c>.</summary>
    /// <param name="relay">What stands before: how to reach the relay. Null when nothing does.</param>
    /// <param name="destination">What stands after: whom to reach through it. Null when nothing does.</param>
    /// <returns>False when the address has no <c>/p2p-circuit</c>; both are null then.</returns>
    public bool TrySplitCircuit(out Multiaddress? relay, out Multiaddress? destination)
    {
        int circuit = Array.FindLastIndex(_components, component => component.Protocol == MultiaddressProtocol.P2pCircuit);
        relay = circuit < 0 ? null : Slice(0, circuit);
        destination = circuit < 0 ? null : Slice(circuit + 1, _components.Length);
        return circuit >= 0;
    }

    private static Multiaddress ForPeer(PeerId id)
    {
        Span<byte> bytes = stackalloc byte[16 + PeerId.MaxByteLength];
        ProtocolTable.P2p.TryWrite(bytes, id.ToByteArray(), out int length);
        return new Multiaddress(bytes[..length].ToArray(), [new MultiaddressComponent(MultiaddressProtocol.P2p, id.ToString())]);
    }

    /// <summary>
    /// The components from <paramref name="start"/> up to <paramref name="end"/> as an address, or null when those are none.
    /// </summary>
    private Multiaddress? Slice(int start, int end)
        => start == end ? null : new Multiaddress(_bytes[OffsetOf(start)..OffsetOf(end)], _components[start..end]);

    /// <summary>Where in the bytes a component begins; for the number of components, where the last one ends.</summary>
    private int OffsetOf(int component)
    {
        ReadOnlySpan<byte> rest = _bytes;
        for (int i = 0; i < component; i++)
            TryTakeValue(ref rest, out _, out _, out _);
        return _bytes.Length - rest.Length;
    }

    /// <summary>The bytes of a component's value.</summary>
    private ReadOnlySpan<byte> ValueOf(int component)
    {
        ReadOnlySpan<byte> rest = _bytes.AsSpan(OffsetOf(component));
        TryTakeValue(ref rest, out _, out ReadOnlySpan<byte> value, out _);
        return value;
    }
}
