namespace Relay;

/// <summary>
/// An entry of a membership source that could not be read. It carries no text of the entry, which could be anything, a secret included.
/// </summary>
/// <param name="Position">Where it stands: of a file, the line number, from 1.</param>
/// <param name="Reason">Why it could not be read.</param>
public readonly record struct InvalidMember(int Position, string Reason)
{
    /// <summary>The position and the reason.</summary>
    public override string ToString() => $"{Position}: {Reason}";

    internal string Describe() => $"entry {Position} {Reason}";
}
