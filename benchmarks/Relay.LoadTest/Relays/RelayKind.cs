namespace Relay.LoadTest.Relays;

/// <summary>A relay to compare: its name, and how to get one. What is started anew each time can be measured from its first byte of memory on.</summary>
/// <param name="Name">What it is called in the results.</param>
/// <param name="StartAsync">Gets one; the caller disposes it.</param>
internal sealed record RelayKind(string Name, Func<Task<RelayUnderTest>> StartAsync);
