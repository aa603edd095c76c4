using BenchmarkDotNet.Attributes;
using Relay.Multiformats;

namespace Relay.Benchmarks.Ids;

/// <summary>What does a multiaddress cost to read and to write, as text and as bytes?</summary>
/// <remarks>
/// A short one, as each accepted connection gets; one that ends in a peer id, as a reservation lists; and one through a circuit, the longest in use.
/// Addresses are made once per connection and per RESERVE, not per byte.
/// </remarks>
public class MultiaddressBenchmarks
{
    private const string Peer = "12D3KooWDpJ7As7BWAwRMfu1VU2WCqNjvq387JEYKDBj4kx6nXTN";
    private Multiaddress _address = null!;
    private byte[] _bytes = [];

    [Params(
        "/ip4/192.0.2.1/tcp/4001",
        "/ip4/192.0.2.1/tcp/4001/p2p/" + Peer,
        "/ip6/2001:db8::1/tcp/4001/p2p/" + Peer + "/p2p-circuit/p2p/" + Peer)]
    public string Text { get; set; } = "";

    [GlobalSetup]
    public void SetUp()
    {
        _address = Multiaddress.Parse(Text);
        _bytes = _address.ToByteArray();
    }

    [Benchmark]
    public Multiaddress ParseText() => Multiaddress.Parse(Text);

    [Benchmark]
    public Multiaddress ReadBytes() => Multiaddress.FromBytes(_bytes);

    [Benchmark]
    public string FormatText() => _address.ToString();

    [Benchmark]
    public byte[] WriteBytes() => _address.ToByteArray();
}
