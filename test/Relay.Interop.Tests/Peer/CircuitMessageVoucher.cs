namespace Relay.Interop.Tests.Peer;

/// <summary>A reservation voucher in its signed envelope, opened with js-libp2p's code.</summary>
/// <param name="Fields">The field numbers of the envelope.</param>
/// <param name="Signer">The peer id of the key that the envelope carries.</param>
/// <param name="PayloadType">Hexadecimal.</param>
/// <param name="SignatureValid">Whether the key signed it, for the domain of reservation vouchers.</param>
/// <param name="PayloadFields">The field numbers of the voucher itself.</param>
/// <param name="Expiration">Unix seconds.</param>
internal sealed record CircuitMessageVoucher(
    IReadOnlyList<int> Fields, string Signer, string PayloadType, bool SignatureValid, IReadOnlyList<int> PayloadFields, string? Relay, string? Peer, long? Expiration);
