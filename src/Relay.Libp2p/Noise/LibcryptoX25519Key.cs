using Relay.Multiformats.Crypto;

namespace Relay.Libp2p.Noise;

/// <summary>X25519 by libcrypto, which holds the key.</summary>
internal sealed class LibcryptoX25519Key : X25519Key
{
    private readonly LibcryptoKey _key;

    public LibcryptoX25519Key(ReadOnlySpan<byte> key)
    {
        _key = LibcryptoKey.FromPrivate(LibcryptoKey.X25519, key);
        PublicKey = _key.ExportPublic();
    }

    public override byte[] PublicKey { get; }

    public override bool TryAgree(byte[] remotePublicKey, byte[] secret) => _key.TryAgree(remotePublicKey, secret);

    public override void Dispose() => _key.Dispose();
}
