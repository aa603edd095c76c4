namespace Relay.Members;

/// <summary>How what a source says counts in the whole.</summary>
internal enum Polarity
{
    /// <summary>It adds members, and may admit everyone while its bootstrap window is open.</summary>
    Open,

    /// <summary>It adds members.</summary>
    Positive,

    /// <summary>It takes members away; everyone, as long as it was never read.</summary>
    Negative,
}
