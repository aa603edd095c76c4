namespace Relay.Multiformats.Tests.Vectors;

/// <summary>Keys and signatures that other implementations made.</summary>
internal static class KeyVectors
{
    // libp2p/specs, peer-ids/peer-ids.md, "Test vectors": keys in protobuf form.
    public const string SpecEd25519Private =
        "080112407e0830617c4a7de83925dfb2694556b12936c477a0e1feb2e148ec9da60fee7d1ed1e8fae2c4a144b8be8fd4b47bf3d3b34b871c3cacf6010f0e42d474fce27e";

    public const string SpecEd25519Public = "080112201ed1e8fae2c4a144b8be8fd4b47bf3d3b34b871c3cacf6010f0e42d474fce27e";

    public const string SpecSecp256k1Private = "0802122053dadf1d5a164d6b4acdb15e24aa4c5b1d3461bdbd42abedb0a4404d56ced8fb";

    public const string SpecSecp256k1Public = "08021221037777e994e452c21604f91de093ce415f5432f701dd8cd1a7a6fea0e630bfca99";

    public const string SpecEcdsaPublic =
        "0803125b3059301306072a8648ce3d020106082a8648ce3d03010703420004de3d300fa36ae0e8f5d530899d83abab44abf3161f162a4bc901d8e6ecda020e8b6d5f8da30525e71d6851510c098e5c47c646a597fb4dcec034e9f77c409e62";

    public const string SpecRsaPublic =
        "080012a60430820222300d06092a864886f70d01010105000382020f003082020a0282020100e1beab071d08200bde24eef00d049449b07770ff9910257b2d7d5dda242ce8f0e2f12e1af4b32d9efd2c090f66b0f29986dbb645dae9880089704a94e5066d594162ae6ee8892e6ec70701db0a6c445c04778eb3de1293aa1a23c3825b85c6620a2bc3f82f9b0c309bc0ab3aeb1873282bebd3da03c33e76c21e9beb172fd44c9e43be32e2c99827033cf8d0f0c606f4579326c930eb4e854395ad941256542c793902185153c474bed109d6ff5141ebf9cd256cf58893a37f83729f97e7cb435ec679d2e33901d27bb35aa0d7e20561da08885ef0abbf8e2fb48d6a5487047a9ecb1ad41fa7ed84f6e3e8ecd5d98b3982d2a901b4454991766da295ab78822add5612a2df83bcee814cf50973e80d7ef38111b1bd87da2ae92438a2c8cbcc70b31ee319939a3b9c761dbc13b5c086d6b64bf7ae7dacc14622375d92a8ff9af7eb962162bbddebf90acb32adb5e4e4029f1c96019949ecfbfeffd7ac1e3fbcc6b6168c34be3d5a2e5999fcbb39bba7adbca78eab09b9bc39f7fa4b93411f4cc175e70c0a083e96bfaefb04a9580b4753c1738a6a760ae1afd851a1a4bdad231cf56e9284d832483df215a46c1c21bdf0c6cfe951c18f1ee4078c79c13d63edb6e14feaeffabc90ad317e4875fe648101b0864097e998f0ca3025ef9638cd2b0caecd3770ab54a1d9c6ca959b0f5dcbc90caeefc4135baca6fd475224269bbe1b0203010001";

    // Made with @libp2p/crypto 5.1.23 (js); the id with @libp2p/peer-id 6.0.15.
    public const string JsRsaPublic =
        "080012a60230820122300d06092a864886f70d01010105000382010f003082010a0282010100d57307af2be2857c7ce43954c9d456dcedc169005f80fc0a6ddecde0e25ba001cad7bd9f22b08f9e852cd5ced91350b74e2dec19ad4863fcd73c01db0389bb2a667e018bbda685f7a39c56752e27d34f2311ab05e86cd61873414275b92fd53cd346981f00082da8949b6d0d17b5fa48e944944d7b97951c0b762969903967c970739d9e3e09e636b1999579d7ddfa5ee0c38dd74334b43f7b04d6b21f47cae83a6db416f7d3ad4282a6241e2c1712ccfb554b7533bd15af904b502c2dd0db4ccfe55c1a397bb6ada1dc512fb223ad071c8a5b4a6aa331eddc109de420f31af0988b0913223ce4f413d817c6dabb160a0ac011f9e83d4b6f787b4cc561d115710203010001";

    public const string JsRsaId = "QmcnzMyJhsL4qKKA4Vuned4biMnjBA4yGsaTmW9LLjiPc3";

    /// <summary>The message of the signatures below, but for two of js-libp2p's.</summary>
    public static readonly byte[] Message = "Libp2p is the _best_!"u8.ToArray();

    /// <summary>The message of js-libp2p's signatures that go made.</summary>
    public static readonly byte[] JsMessage = "hello! and welcome to some awesome crypto primitives"u8.ToArray();

    /// <summary>Signatures by other implementations: public key in protobuf form, message, signature.</summary>
    public static IEnumerable<TestCaseData> Signatures()
    {
        // libp2p/go-libp2p, core/crypto/test_data/{0,2,3}.{pub,sig}.
        yield return Case(
            "go, RSA 2048",
            "080012a60230820122300d06092a864886f70d01010105000382010f003082010a0282010100f2b75b418c28ed7aabfe17e90dfb93c13f2ec6381d072f862fb75808b96d227eef2083d31f4a78069f85ad6a8c73896ea385a386430d1cc09a90a230f00911515c5538c4b62d897fc665df1150456aec75cdb2310c88f2079c82f56a79375c79e4f840f0eb15213f1972d6a248d684453ce5d3e3ec091f38c2f95c3ab5a1dfb603a9f955ebd9a75814ec5b725bb8882b047dbbae000ad88a5236596ad800c4ccfae3c74d69f8c665741d47972213dd4fdc83d39bab7ccce49f65e2dee7c76cd79c3500aafe7207ad41d843d89ac11e6653b872dfb2c5d790ec4eb6d954aa6e14a55463659edf0a2513c0aad9b8349f259a9b605b3d71dec43b69ee6be851a7530203010001",
            Message,
            "6e111325f710ad394633cfd37e467e18c5137fb63d182c9b8ea34386727c833160dc010dee126ee2baf33515ff598730fbc3d3816ec5dbc626f8b17208432620f7915fbe1b6e5ace206d3fb98c3f93dab0e8c19f0c1592ed2c8a354bccd3c0d6de54747dc5e4fc234b87f7f4e0a63c7b6512ca3ca6a5a588e8639ee1820f2150fdb4bb00215e50b3227f4d1d21be8ea1e8c80eb3192749ad8cd5dc9bd2b3184015a06b8d6ffb6e0726aaa4aa7d3e7102c69a07f7340332bad47fdcfee22ba25c28233344436aba3e92c0276dcce8f2e56c44b66857591ce815d87db6e87b2b74b94812a95e85b6eeab706434d8b0687fa717594cd6a5a82024a15d1a0aedebfe");
        yield return Case(
            "go, secp256k1",
            "08021221023540ad842af8a43551a94d8383a555a99226506b88f953d2e70316a3a1b3d6a2",
            Message,
            "3044022031a7d633c2f3e45a16128d43751afaa8dc9ba24092c5f5b3cad2c8fe4cf388f2022049ea8d219f458683d24775d543ea8fb290704347fb35493c403bc2c259b29d9e");
        yield return Case(
            "go, ECDSA P-256",
            "0803125b3059301306072a8648ce3d020106082a8648ce3d03010703420004e29a8674f3614e0ccb72406bfe2137e9f8c5f7d62d137f0a2edd233e35374777fd1f9aed4d2cfa7371caafc6ef02db83b81f77cfe1bcd8c715acf0b9a2778ea9",
            Message,
            "3046022100846a6685b9e72b560cb2fc4a75f9cbc38a90aaeaa7f3f25ee719832db7b93a65022100cd992bb7bd2bcc28c7db04987d10adc490fe348270954f7696cb0dffff0dfc3d");

        // libp2p/js-libp2p, packages/crypto/test/fixtures/go-key-{ed25519,secp256k1}.ts: made with go-libp2p-crypto.
        yield return Case(
            "js fixture by go, Ed25519",
            "08011220a3b0c32ffed03105c066203f3acaab9992a419d4195b921a75a59406cf5ad97e",
            JsMessage,
            "a07d1e3ed5bdef5c574ccda9fb95bb396055afd51684e53cc41275c20cae871f27a8ae674e3725de25acdeef993fc59843a7bfd7a1d4d8a3514d2de4974f6501");
        yield return Case(
            "js fixture by go, secp256k1",
            "08021221029c0ce5d53646ed47112560297a3e59b78b8cbd4bae37c7a0c236eeb91d0fbeaf",
            JsMessage,
            "304402200e4c629e9f5d99439115e60989cd40087f6978c36078b0b50cf3d30af5c38d4102204110342c8e7f0809897c1c7a66e49e1c6b7cb0a6ed6993640ec2fe742c1899a9");

        // Made with @libp2p/crypto 5.1.23 (js). Its ECDSA keys are not in PKIX form, and it gives them no peer id: none here.
        yield return Case(
            "js, Ed25519",
            "080112202e7e7fc246e9f8bc6d10d3613dbb4601f7b24ffeab0bf25481368afdfce105aa",
            Message,
            "ba6701d571ce80b088fe92b3da331aa8745e174f37689fb342154cd9ed85771f72f70b1fc5c5016015d2e20a1146bdae2a4320187beea353c7e7249a2f0a5c09");
        yield return Case(
            "js, RSA 2048",
            JsRsaPublic,
            Message,
            "741d4dd3a3b814853bb980bf78152ecac3d5530cbf9c98b06c7e9f9cf5061e688f150f75c43bca40f8280a442ddf6f5c64da8eb94acaeec135f5f0ed9bd821493958f77a803c64bbbb7b15f45f8424e9b566c64354a290f0977dc01406f764bd6f29f2d5f4eb17c5db5d6e09d9f66a8099eb0f9f56139865a9030d6cd049cf1037dd7500b2271681be354816767fa07ef8e6cd55b7383d7cb5812d6ef72ca0982be2c4cc340d4ac39d0f614d32ab020651dc0e07ca69bb4b1e30c6a1f21ca0e44366cbabf1464963dc1ca8ac303bfe005c8d3e67d693ba59397ddfdf127490afb500f3fa115d715123585e9137ddc991d8c1a2f894ffe711b6059f9e47297915");
        yield return Case(
            "js, secp256k1",
            "08021221029ab716c2c42de8feddfb0b13bb6e0fe60d85d8626398dd5d295385a3b3d80ceb",
            Message,
            "304402206532c53b523175d4641d29d278d8d1e4e78fa92a44b525445e8859fdb052f05b02200e2df914742715389576ef7b962442df536ff3927c32127ce7f5d17c9726c8b0");

        // Made with the Python package cryptography 48.0.0 (OpenSSL), and put into the protobuf form by hand.
        yield return Case(
            "OpenSSL, ECDSA P-384",
            "080312783076301006072a8648ce3d020106052b8104002203620004c1cac58ae523a6598777949722ea53572b34fdb66b4ab66254c32d504931901fcc8fb85cd7a2a7818317aada45b48f4422a89f68e461090a38ada31cab57342d2bbf28442be9bcd7503367fa6d3b23fa118a168e484e5d0a6df0f09ebd697c97",
            Message,
            "30660231009d3ebe57e9f20dbf64af32396588184f5f353c334b546bedf6433a4804a31a089e9661e02c0d87d7247b38b2e58f41f8023100e3b0b2560677f98ba2d0fa16cf42ae293b233e3f502a518b61ee77a07d47ad3d4a4d5c8a316547093217d502ae22663a");
        yield return Case(
            "OpenSSL, ECDSA P-521",
            "0803129e0130819b301006072a8648ce3d020106052b810400230381860004018b75e7ba1052a9e061e235382eedd85f0add56657495075359f2082d9f70baf6a0ef207cd2dac1170907636205c1f39306165e0270adb0c87c04afdce1e764631c01d111392033df58037483043d2a27875c3af28e355bb8df98b5c83fedeb0bc3c78ddbfeb3a33c89cdc1731dd7b1767917bdfae84a4628a4a307f1dd9bbe1e3223b8",
            Message,
            "30818802420085ae6f29ba5cea7ba60311c0b834cc84ef4c94105c856a398801f29f3885aec9ccfa47e05239327931522e91cae0c1af10ccb957c58e8f5f14397c23c4fcd74f2d02420125afab88e9eb64e263de216d573be68e0ee7ff38defa535541c593e96266c3ac6f871d89ab961cda8a88538aed3e32b8434f8f47857fa2ab507a6aa4020bf3ca9e");
    }

    private static TestCaseData Case(string origin, string publicKey, byte[] message, string signature)
        => new TestCaseData(Convert.FromHexString(publicKey), message, Convert.FromHexString(signature)).SetArgDisplayNames(origin);
}
