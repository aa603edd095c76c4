namespace Relay.TestKit.Conformance;

/// <summary>A relay does not do as it must.</summary>
public sealed class ConformanceException : Exception
{
    /// <summary>Creates the exception.</summary>
    public ConformanceException(string message, bool isUndecided = false)
        : base(message) => IsUndecided = isUndecided;

    /// <summary>Whether the relay, as it is configured, cannot show it either way: its limits are too wide to be reached in a test.</summary>
    public bool IsUndecided { get; }
}
