using System.Net;
using System.Security.Cryptography;

namespace Relay.Multiformats.Tests;

public sealed class MultiaddressProperties
{
    [FsCheck.NUnit.Property]
    public bool An_address_of_any_components_survives_text_and_bytes(byte[] choices, int number)
    {
        string text = string.Concat(choices.Take(Multiaddress.MaxComponents).Select((choice, i) => Component(choice, number ^ (i * 0x9e3779b))));
        if (!Multiaddress.TryParse(text, out Multiaddress? address, out string? error))
            return text.Length == 0 || error.Contains("more than", StringComparison.Ordinal);
        return address.ToString() == text
            && Multiaddress.FromBytes(address.ToByteArray()) == address
            && string.Concat(address.Components) == text;
    }

    [FsCheck.NUnit.Property]
    public bool Splitting_and_joining_a_circuit_gives_it_back(byte[] before, byte[] after, int number)
    {
        string relay = string.Concat(before.Take(12).Select(choice => Component(choice, number)));
        string destination = string.Concat(after.Take(12).Where(choice => choice % Kinds != CircuitKind).Select(choice => Component(choice, ~number)));
        if (!Multiaddress.TryParse($"{relay}/p2p-circuit{destination}", out Multiaddress? address))
            return true;
        bool split = address.TrySplitCircuit(out Multiaddress? first, out Multiaddress? last);
        return split && (first?.ToString() ?? "") == relay && (last?.ToString() ?? "") == destination;
    }

    [FsCheck.NUnit.Property]
    public bool Taking_off_the_peer_id_undoes_putting_it_on(byte[] choices, int number)
    {
        string text = "/tcp/1" + string.Concat(choices.Take(12).Select(choice => Component(choice, number)));
        Multiaddress? address = Multiaddress.Parse(text).WithoutPeerId();
        if (address is null || address.PeerId is not null)
            return true;
        PeerId id = Id(number);
        return address.WithPeerId(id).PeerId == id && address.WithPeerId(id).WithoutPeerId() == address;
    }

    [FsCheck.NUnit.Property]
    public bool An_end_point_survives_the_round_trip(byte[] seed, ushort port, bool isIPv6)
    {
        byte[] digest = SHA256.HashData(seed);
        IPEndPoint endpoint = new(new IPAddress(digest.AsSpan(0, isIPv6 ? 16 : 4)), port);
        Multiaddress address = Multiaddress.FromEndPoint(endpoint);
        return address.TryGetEndPoint(out IPEndPoint? found) && found.Equals(endpoint) && Multiaddress.Parse(address.ToString()) == address;
    }

    [FsCheck.NUnit.Property]
    public bool A_peer_id_survives_text_and_bytes(byte[] key)
    {
        PeerId hashed = PeerId.FromBytes([0x12, 0x20, .. SHA256.HashData(key)]);
        bool embeds = PeerId.TryFromBytes([0x00, (byte)key.Length, .. key], out PeerId? embedding);
        return Survives(hashed) && (embeds ? Survives(embedding!) : key.Length is 0 or > 42);
    }

    private const int Kinds = 13;
    private const int CircuitKind = 8;

    private static bool Survives(PeerId id)
        => PeerId.Parse(id.ToString()) == id && PeerId.Parse(id.ToCidString()) == id && PeerId.FromBytes(id.ToByteArray()) == id;

    private static PeerId Id(int number) => IdFrom(SHA256.HashData(BitConverter.GetBytes(number)), number);

    private static PeerId IdFrom(byte[] digest, int number)
        => PeerId.FromBytes(number % 2 == 0 ? [0x12, 0x20, .. digest] : [0x00, 0x24, 0x08, 0x01, 0x12, 0x20, .. digest]);

    private static string Component(byte choice, int number)
    {
        byte[] digest = SHA256.HashData(BitConverter.GetBytes(number));
        return (choice % Kinds) switch
        {
            0 => $"/ip4/{new IPAddress(digest.AsSpan(0, 4))}",
            1 => $"/ip6/{new IPAddress(digest.AsSpan(0, 16))}",
            2 => $"/tcp/{(ushort)number}",
            3 => $"/udp/{(ushort)number}",
            4 => $"/dns4/{Convert.ToHexStringLower(digest, 0, 1 + (number & 15))}.example",
            5 => $"/p2p/{Id(number)}",
            6 => $"/certhash/u{System.Buffers.Text.Base64Url.EncodeToString([0x12, 0x20, .. digest])}",
            7 => "/quic-v1",
            CircuitKind => "/p2p-circuit",
            9 => "/tls/ws",
            10 => "/webtransport",
            11 => $"/sni/{(char)(0x4e00 + (number & 0xfff))}.example",
            _ => "/dnsaddr/bootstrap.example",
        };
    }
}
