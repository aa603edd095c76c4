using Relay.Multiformats.Addresses;

namespace Relay.Multiformats;

/// <summary>One step of a <see cref="Multiaddress"/>.</summary>
/// <param name="Protocol">Which protocol.</param>
/// <param name="Value">Its value in the canonical spelling; empty for a protocol that has none.</param>
public readonly record struct MultiaddressComponent(MultiaddressProtocol Protocol, string Value)
{
    /// <summary>The component as it stands in an address: <c>/tcp/4001</c>, <c>/ws</c>.</summary>
    public override string ToString()
    {
        string name = ProtocolTable.TryGet((ulong)Protocol, out ProtocolRow? row) ? row.Name : Protocol.ToString();
        return string.IsNullOrEmpty(Value) ? $"/{name}" : $"/{name}/{Value}";
    }
}
