using System.Security.Cryptography;
using Curve = Org.BouncyCastle.Math.EC.Rfc7748.X25519;

namespace Relay.Libp2p.Noise;

/// <summary>X25519 in managed code, for everywhere.</summary>
internal sealed class ManagedX25519Key : X25519Key
{
    private readonly byte[] _key;

    public ManagedX25519Key(ReadOnlySpan<byte> key)
    {
        _key = key.ToArray();
        Curve.ScalarMultBase(_key, 0, PublicKey, 0);
    }

    public override byte[] PublicKey { get; } = new byte[Length];

    public override bool TryAgree(byte[] remotePublicKey, byte[] secret) => Curve.CalculateAgreement(_key, 0, remotePublicKey, 0, secret, 0);

    public override void Dispose() => CryptographicOperations.ZeroMemory(_key);
}
