namespace Relay.Multiformats.Tests.Vectors;

/// <summary>Keys and signatures of Ed25519 that other implementations are tested with.</summary>
internal static class Ed25519Vectors
{
    /// <summary>RFC 8032, section 7.1: tests 1 to 3 and SHA(abc).</summary>
    public static readonly (string Seed, string PublicKey, string Message, string Signature)[] Rfc8032 =
    [
        (
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"),
        (
            "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"),
        (
            "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
            "af82",
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"),
        (
            "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
            "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
            "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704"),
    ];

    /// <summary>The eight points whose order divides eight, in their canonical encodings.</summary>
    public static readonly string[] SmallOrder =
    [
        "0100000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    ];

    /// <summary>Encodings that RFC 8032, section 5.1.3 refuses: y of p or more, and the negative zero. All are of points of the curve.</summary>
    public static readonly string[] NotCanonical =
    [
        "0100000000000000000000000000000000000000000000000000000000000080", // x = -0, y = 1
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", // x = -0, y = -1
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", // y = p
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", // y = p + 1
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", // y = p + 3
        "f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    ];

    /// <summary>
    /// Signatures of the message 00 whose commitment, or whose key, is off by a point of small order: eight times the equation of RFC 8032 holds, the
    /// equation itself does not. Made by a script with the arithmetic of the RFC's appendix; the seed is the bytes 0 to 31.
    /// </summary>
    public static readonly (string PublicKey, string Signature)[] OffBySmallOrder =
    [
        ("03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8", "3fbab131038f81863b07a60ce054de779ba34508ff9c7b322f95a1db7e0ce62a99eb60852c669a231b1b15b38d840c7fdcb9f9d0f30372d41895027ed31e090c"),
        ("03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8", "369ec7ca6845da4d3f39279740c771b6c9785f8a50f0a7c6f6a0d2dd2cac699c0ef86d2b73ce8b2bccee319476a2659eed3fb71974fc999ceadf9dc9e61ad909"),
        ("03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8", "1137f723d3f337b17e78737b2b0e8b3480b47f8a09e97096cef64b668934a43f55ec951699d9e1564fba8a09b0dcb1cd526c499c2e637b06ac61862f61bac80b"),
        ("03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8", "911207c0017d4da497d06f32327b45e01afd34de31221c066a8ea9a342405192754d0698e2f8028c16522350f4272151ebdfde9b64806017927c33d02abab601"),
        ("03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8", "8ac4a6466b362af8440078ba43726cbd0576cbc8ca769b6838183fb83261ab0e3c8317e8a2f7c1bbc375b79190793d80de81ba4b48eac39442385bfcf89a3108"),
        ("03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8", "35a401b61693354447e23c5315445f5901cb88407e489839ee8e388f5a180576848d1f4a11629c3828668b1d4b970db7e60fb1429be390cd93391866f6f10405"),
        ("03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8", "2627b7880c477ff9cf79fd78b7feb4da8cd84d9fe7f7bd2852d1358a23417b2dd9a29e62f6b9ce2387dcfdb0e7356120592fb10d2e73ea7fb5a253102a101006"),
        ("b154bd62188ae283dd187fefe8c31f5e276edf083b4cff11c9d5cff856c74440", "3e292b9b1ce75be437167e98ae0fee5cbde06a468de462a6f491dee2222ddfe29ad07548d4138b2c0e4b9c89c0020925e5b3d13ee0c39b415d38cfcbb2e1b10f"),
        ("62d5a653bcdb4ced227281ab7f0f2d1eebed4fb114b1aead9758cf56aeebd493", "8e632e16ac3304fb0ad254bcc24f261569a7028aca69dce959a42dfb598fbc4c42fb04d58a3e911265564c28e56b0dcfa0d1e3c7ad1ad1f5f9ecccc709b04e04"),
        ("ea5ef8400c31ef41e28f22e718b43f66981b29cf645af2a0e223799bedaace47", "e4dc7c5c62d0dcf49fe1648d03522a4a2ac982c57bb44720942a5fb21847ca5dadd7ce620912206c89269e2fbe1c6a6f6b2a5c5564ff231d780b86de6839450a"),
    ];
}
