using BenchmarkDotNet.Attributes;
using Relay.Circuit;
using Relay.Circuit.Wire;
using Relay.LoadTest.Measuring;
using Relay.Multiformats;

namespace Relay.Benchmarks.Wire;

/// <summary>
/// How much of a RESERVE is its signature: what do a voucher, and the signature alone, cost beside the fastest Ed25519 there is on the machine?
/// </summary>
/// <remarks>
/// The baseline is one signature by the system's libcrypto, over as many bytes as a voucher signs. Sealing is what each RESERVE costs the relay, opening what
/// it costs the client. Needs a libcrypto of version 3.
/// </remarks>
public class VoucherBenchmarks
{
    private static readonly DateTimeOffset Expiration = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);

    private readonly IdentityKey _key = IdentityKey.FromSeed(new byte[32]);
    private readonly byte[] _message = new byte[SystemSignature.TypicalMessageLength];
    private SystemSignature _libcrypto = null!;
    private ReservationVoucher _voucher = null!;
    private byte[] _signature = [];
    private byte[] _sealed = [];

    [GlobalSetup]
    public void SetUp()
    {
        _libcrypto = SystemSignature.TryCreate() ?? throw new PlatformNotSupportedException("There is no libcrypto.so.3.");
        _voucher = new ReservationVoucher(_key.PeerId, SeededPeers.Make(1, seed: 1)[0], Expiration);
        _signature = _key.Sign(_message);
        _sealed = SealVoucher();
        if (!OpenVoucher())
            throw new InvalidOperationException("The voucher does not open.");
    }

    [GlobalCleanup]
    public void CleanUp() => _libcrypto.Dispose();

    [Benchmark(Baseline = true)]
    public void SignByLibcrypto() => _libcrypto.Sign(_message);

    [Benchmark]
    public byte[] Sign() => _key.Sign(_message);

    [Benchmark]
    public bool Verify() => _key.PublicKey.Verify(_message, _signature);

    [Benchmark]
    public byte[] SealVoucher() => SignedEnvelope
        .Seal(_key, CircuitProtocol.VoucherDomain, CircuitProtocol.VoucherPayloadType, VoucherCodec.EncodePayload(_voucher))
        .ToByteArray();

    [Benchmark]
    public bool OpenVoucher() => VoucherCodec.TryOpen(_sealed, out _, out _);
}
