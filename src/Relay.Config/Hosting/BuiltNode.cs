namespace Relay.Hosting;

/// <summary>The node of the application, what it was built from, and the source that was made for it alone. The services dispose it, after the node.</summary>
/// <param name="node">The node, which is the services' to dispose.</param>
/// <param name="config">The configuration that it was built from.</param>
/// <param name="source">The membership source that the configuration names; null when there is none, or the application's is used.</param>
internal sealed class BuiltNode(RelayNode node, Config config, IMembershipSource? source) : IDisposable
{
    public RelayNode Node => node;

    public Config Config => config;

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
