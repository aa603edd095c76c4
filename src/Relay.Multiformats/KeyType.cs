namespace Relay.Multiformats;

/// <summary>The kinds of libp2p keys, with their numbers on the wire (libp2p specs, peer-ids).</summary>
public enum KeyType
{
    /// <summary>RSA, 2048 to 8192 bits. Signatures are PKCS #1 v1.5 over SHA-256.</summary>
    Rsa = 0,

    /// <summary>Ed25519 (RFC 8032). The kind every implementation has, and the one <see cref="IdentityKey"/> makes.</summary>
    Ed25519 = 1,

    /// <summary>ECDSA on the Bitcoin curve. Signatures are DER over SHA-256.</summary>
    Secp256k1 = 2,

    /// <summary>ECDSA on P-256, P-384 or P-521. Signatures are DER over SHA-256.</summary>
    Ecdsa = 3,
}
