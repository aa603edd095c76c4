namespace Relay.Tests;

/// <summary>Options of the membership service, as a configuration makes them.</summary>
internal static class NetworkOptions
{
    public static NetworkOnlyOption Default { get; } = new Config().ToOptions().OfType<NetworkOnlyOption>().Single();

    /// <summary>For tests that move time while reads wait for their answers: none times out on the way.</summary>
    public static NetworkOnlyOption Patient { get; } = Default with { ReadTimeout = TimeSpan.FromMinutes(10) };
}
