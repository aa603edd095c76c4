namespace Relay.LoadTest.Workers;

/// <summary>How often to do something, one after the other; at least once.</summary>
/// <param name="Count">So often at most.</param>
/// <param name="Seconds">And no longer than this, however slow it is.</param>
internal sealed record Repeat(int Count, double Seconds);
