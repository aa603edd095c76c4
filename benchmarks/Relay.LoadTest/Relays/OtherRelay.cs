namespace Relay.LoadTest.Relays;

/// <summary>A relay that somebody else runs on this machine, with limits of their choice. It is never started anew, and never ended.</summary>
internal sealed class OtherRelay : RelayUnderTest;
