namespace Relay.TestKit.Conformance;

/// <summary>One thing a circuit relay v2 must do, checked from outside, in bytes on raw streams.</summary>
/// <param name="Item">The row of <c>docs/spec-notes.md</c> it is about.</param>
/// <param name="Name">What must be so.</param>
/// <param name="RunAsync">Checks it, and throws <see cref="ConformanceException"/> when it is not so.</param>
public sealed record ConformanceCase(int Item, string Name, Func<ProbedRelay, Task> RunAsync)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Item:00} {Name}";
}
