namespace Relay.Libp2p.Tests;

/// <summary>No test of this project may leave behind a failed task that nobody asked.</summary>
[SetUpFixture]
public sealed class UnobservedExceptions : UnobservedExceptionWatch;
