using Relay.Multiformats;

namespace Relay.LoadTest.Options;

/// <summary>A relay that somebody else runs on this machine.</summary>
/// <param name="Name">What it is called in the results.</param>
/// <param name="Address">Where it listens; ends in <c>/p2p/ID</c>.</param>
/// <param name="Pid">Its process, to see what it uses.</param>
internal sealed record OtherAddress(string Name, Multiaddress Address, int Pid);
