namespace Relay.Hosting;

/// <summary>What the node of the application is built from. The services dispose it, and with it the source that was made for the node alone, after the node.</summary>
/// <param name="config">The configuration.</param>
/// <param name="source">The membership source that the configuration names; null when there is none, or the application's is used.</param>
internal sealed class NodeOrigin(Config config, IMembershipSource? source) : IDisposable
{
    public Config Config => config;

    public IMembershipSource? Source => source;

    public void Dispose()
    {
        IEnumerable<IMembershipSource> parts = source switch
        {
            null => [],
            CombinedMembershipSource combined => combined.Parts,
            _ => [source],
        };
        foreach (IDisposable part in parts.OfType<IDisposable>())
            part.Dispose();
    }
}
