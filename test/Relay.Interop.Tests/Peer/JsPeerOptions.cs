namespace Relay.Interop.Tests.Peer;

/// <summary>What a js-libp2p peer is started with.</summary>
internal sealed record JsPeerOptions
{
    /// <summary>32 bytes that make the Ed25519 key; a new key when null.</summary>
    public byte[]? Seed { get; init; }

    /// <summary>What it listens on; nothing by default.</summary>
    public IReadOnlyList<string> Listen { get; init; } = [];

    /// <summary>Makes it a relay too.</summary>
    public JsRelayOptions? Relay { get; init; }

    /// <summary>Milliseconds between the pings that js-libp2p sends on every connection; its default of ten seconds when null.</summary>
    public int? PingInterval { get; init; }
}
