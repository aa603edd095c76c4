namespace Relay.Tests;

/// <summary>Options of the membership service, as a configuration makes them.</summary>
internal static class NetworkOptions
{
    public static NetworkOnlyOption Default { get; } = new Config().ToOptions().OfType<NetworkOnlyOption>().Single();
}
