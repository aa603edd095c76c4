using Relay.Multiformats;

namespace Relay.Libp2p.Noise;

/// <summary>What a finished handshake gives: the secured channel, who is at its other end, and the muxer agreed on early (null: not yet).</summary>
internal sealed record NoiseSession(NoiseChannel Channel, PublicKey RemoteKey, PeerId RemotePeer, string? Muxer);
