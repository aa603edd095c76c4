using System.Buffers.Binary;
using Org.BouncyCastle.Crypto.Modes;
using Org.BouncyCastle.Crypto.Parameters;

namespace Relay.Libp2p.Tests.Scripting;

/// <summary>A Noise CipherState written for the tests, on another ChaCha20-Poly1305 than the code under test uses.</summary>
internal sealed class ReferenceCipher(byte[] key)
{
    private const int TagLength = 16;
    private ulong _nonce;

    public byte[] Seal(byte[] associatedData, byte[] plaintext) => Process(isSealing: true, associatedData, plaintext);

    /// <exception cref="Org.BouncyCastle.Crypto.InvalidCipherTextException">The bytes were not sealed so.</exception>
    public byte[] Open(byte[] associatedData, byte[] sealedText) => Process(isSealing: false, associatedData, sealedText);

    private byte[] Process(bool isSealing, byte[] associatedData, byte[] input)
    {
        byte[] nonce = new byte[12];
        BinaryPrimitives.WriteUInt64LittleEndian(nonce.AsSpan(4), _nonce++);
        var cipher = new ChaCha20Poly1305();
        cipher.Init(isSealing, new AeadParameters(new KeyParameter(key), 8 * TagLength, nonce, associatedData));
        byte[] output = new byte[cipher.GetOutputSize(input.Length)];
        int length = cipher.ProcessBytes(input, 0, input.Length, output, 0);
        cipher.DoFinal(output, length);
        return output;
    }
}
