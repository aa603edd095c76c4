namespace Relay.Hosting;

/// <summary>What comes of a setting that is changed while the node runs.</summary>
internal enum SettingEffect
{
    /// <summary>It is in force.</summary>
    Taken,

    /// <summary>It takes a new node.</summary>
    NeedsRestart,

    /// <summary>Nothing, here and in a new node: what it is a setting of is off.</summary>
    NotInUse,
}
