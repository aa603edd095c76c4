using System.Globalization;

namespace Relay.Benchmarks.Acl;

/// <summary>How many members there are, and who asks.</summary>
public readonly record struct AclCase(int Members, Probe Probe)
{
    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Members} {Probe.ToString().ToLowerInvariant()}");
}
