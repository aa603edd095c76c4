namespace Relay.Benchmarks.Acl;

/// <summary>Who asks.</summary>
public enum Probe
{
    /// <summary>Members.</summary>
    Hit,

    /// <summary>Strangers.</summary>
    Miss,
}
