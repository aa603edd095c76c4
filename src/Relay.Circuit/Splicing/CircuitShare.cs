namespace Relay.Circuit.Splicing;

/// <summary>What both directions of a circuit have had of the <see cref="SharedRate"/>, which guards it.</summary>
internal sealed class CircuitShare
{
    /// <summary>The bytes it has had, counted on from where the others are whenever it had fallen behind: rest is not saved up.</summary>
    public long Taken { get; set; }
}
