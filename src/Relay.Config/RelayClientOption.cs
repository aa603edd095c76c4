namespace Relay;

/// <summary>The node can reserve on other relays and connect through them. Present whether or not it serves as one.</summary>
public sealed record RelayClientOption : NodeOption
{
    internal RelayClientOption()
    {
    }

    internal override IEnumerable<(string Name, string Value)> Describe() => [];
}
