using Relay.Libp2p.Noise;
using Relay.Libp2p.Tests.Scripting;

namespace Relay.Libp2p.Tests.Noise;

/// <summary>
/// The vector for Noise_XX_25519_ChaChaPoly_SHA256 of the Noise implementation cacophony (vectors/cacophony.txt, in the public domain), run through
/// the cryptographic state of the code under test and through the tests' own Noise, against which the handshakes are tested.
/// </summary>
public class NoiseVectorTests
{
    private const string Prologue = "4a6f686e2047616c74";
    private const string InitiatorStatic = "e61ef9919cde45dd5f82166404bd08e38bceb5dfdfded0a34c8df7ed542214d1";
    private const string InitiatorEphemeral = "893e28b9dc6ca8d611ab664754b8ceb7bac5117349a4439a6b0569da977c464a";
    private const string ResponderStatic = "4a3acbfdb163dec651dfa3194dece676d437029c62a408b4c5ea9114246e4893";
    private const string ResponderEphemeral = "bbdb4cdbd309f1a1f2e1456967fe288cadd6f712d65dc7b7793d5e63da6b375b";
    private const string HandshakeHash = "c8e5f64e846193be2a834104c2a009868d6c9f3bd3c186299888b488b2f1f58e";

    private static readonly (string Payload, string Message)[] Messages =
    [
        ("4c756477696720766f6e204d69736573",
            "ca35def5ae56cec33dc2036731ab14896bc4c75dbb07a61f879f8e3afa4c79444c756477696720766f6e204d69736573"),
        ("4d757272617920526f746862617264",
            "95ebc60d2b1fa672c1f46a8aa265ef51bfe38e7ccb39ec5be34069f14480884381cbad1f276e038c48378ffce2b65285e08d6b68aaa3629a5a8639392490e5b9"
            + "bd5269c2f1e4f488ed8831161f19b7815528f8982ffe09be9b5c412f8a0db50f8814c7194e83f23dbd8d162c9326ad"),
        ("462e20412e20486179656b",
            "c7195ffacac1307ff99046f219750fc47693e23c3cb08b89c2af808b444850a80ae475b9df0f169ae80a89be0865b57f58c9fea0d4ec82a286427402f113e4b6"
            + "ae769a1d95941d49b25030"),
        ("4361726c204d656e676572", "96763ed773f8e47bb3712f0e29b3060ffc956ffc146cee53d5e1df"),
        ("4a65616e2d426170746973746520536179", "3e40f15f6f3a46ae446b253bf8b1d9ffb6ed9b174d272328ff91a7e2e5c79c07f5"),
        ("457567656e2042f6686d20766f6e2042617765726b", "eb3f3515110702e047a6c9da4478b6ead94873c11c0f2d710ddb3f09fce024b3a58502ae3f"),
    ];

    [Test]
    public void The_tests_own_noise_gives_the_vectors_messages()
    {
        var initiator = new ReferenceNoise(true, Hex(InitiatorStatic), Hex(InitiatorEphemeral), Hex(Prologue));
        var responder = new ReferenceNoise(false, Hex(ResponderStatic), Hex(ResponderEphemeral), Hex(Prologue));
        for (int i = 0; i < 3; i++)
        {
            (ReferenceNoise writer, ReferenceNoise reader) = i % 2 == 0 ? (initiator, responder) : (responder, initiator);
            byte[] message = writer.Write(Hex(Messages[i].Payload));
            Assert.That(Convert.ToHexStringLower(message), Is.EqualTo(Messages[i].Message), $"message {i + 1}");
            Assert.That(Convert.ToHexStringLower(reader.Read(message)), Is.EqualTo(Messages[i].Payload));
        }

        Assert.That(Convert.ToHexStringLower(initiator.HandshakeHash), Is.EqualTo(HandshakeHash));
        Assert.That(responder.Split(), Is.EqualTo((initiator.Split().Receiving, initiator.Split().Sending)));
    }

    [Test]
    public void The_symmetric_state_gives_the_vectors_messages()
    {
        using var state = new SymmetricState();
        state.MixHash(Hex(Prologue));

        // -> e
        byte[] initiatorEphemeral = PublicKeyOf(Hex(InitiatorEphemeral));
        state.MixHash(initiatorEphemeral);
        byte[] first = [.. initiatorEphemeral, .. Encrypt(state, Messages[0].Payload, hasKey: false)];

        // <- e, ee, s, es
        byte[] responderEphemeral = PublicKeyOf(Hex(ResponderEphemeral));
        state.MixHash(responderEphemeral);
        state.MixKey(Agree(InitiatorEphemeral, ResponderEphemeral));
        byte[] responderStatic = Encrypt(state, Convert.ToHexString(PublicKeyOf(Hex(ResponderStatic))));
        state.MixKey(Agree(InitiatorEphemeral, ResponderStatic));
        byte[] second = [.. responderEphemeral, .. responderStatic, .. Encrypt(state, Messages[1].Payload)];

        // -> s, se
        byte[] initiatorStatic = Encrypt(state, Convert.ToHexString(PublicKeyOf(Hex(InitiatorStatic))));
        state.MixKey(Agree(InitiatorStatic, ResponderEphemeral));
        byte[] third = [.. initiatorStatic, .. Encrypt(state, Messages[2].Payload)];

        Assert.That(new[] { first, second, third }.Select(Convert.ToHexStringLower), Is.EqualTo(Messages.Take(3).Select(m => m.Message)));

        (CipherState initiator, CipherState responder) = state.Split();
        using (initiator)
        using (responder)
        {
            for (int i = 3; i < Messages.Length; i++)
            {
                byte[] message = [.. Hex(Messages[i].Payload), .. new byte[CipherState.TagLength]];
                (i % 2 == 0 ? initiator : responder).EncryptWithAd([], message);
                Assert.That(Convert.ToHexStringLower(message), Is.EqualTo(Messages[i].Message), $"message {i + 1}");
            }
        }
    }

    private static byte[] Hex(string hex) => Convert.FromHexString(hex);

    private static byte[] Encrypt(SymmetricState state, string plaintext, bool hasKey = true)
    {
        byte[] message = [.. Hex(plaintext), .. new byte[hasKey ? CipherState.TagLength : 0]];
        state.EncryptAndHash(message);
        return message;
    }

    private static byte[] Agree(string privateKey, string otherPrivateKey)
    {
        using X25519Key key = X25519Key.FromPrivate(Hex(privateKey));
        byte[] secret = new byte[X25519Key.Length];
        Assert.That(key.TryAgree(PublicKeyOf(Hex(otherPrivateKey)), secret), Is.True);
        return secret;
    }

    private static byte[] PublicKeyOf(byte[] privateKey)
    {
        using X25519Key key = X25519Key.FromPrivate(privateKey);
        return key.PublicKey;
    }
}
