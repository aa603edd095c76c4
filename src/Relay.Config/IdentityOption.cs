namespace Relay;

/// <summary>Who the node is.</summary>
public sealed record IdentityOption : NodeOption
{
    internal IdentityOption()
    {
    }

    /// <summary>The file of the private key, created when missing; null for a new identity at every start.</summary>
    public string? KeyFile { get; internal init; }

    internal override IEnumerable<(string Name, string Value)> Describe() =>
        [("KeyFile", KeyFile ?? "none, a new identity at every start")];
}
