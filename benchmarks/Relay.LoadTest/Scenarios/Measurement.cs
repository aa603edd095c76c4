using Relay.LoadTest.Measuring;

namespace Relay.LoadTest.Scenarios;

/// <summary>One number.</summary>
/// <param name="Scenario">Which scenario gave it.</param>
/// <param name="Case">Under which conditions.</param>
/// <param name="Metric">What it is a number of.</param>
/// <param name="Relay">Of which relay.</param>
/// <param name="Round">In which round, from 1.</param>
/// <param name="Value">The number.</param>
/// <param name="Use">Who used the machine meanwhile; null for what is not measured over time.</param>
internal sealed record Measurement(string Scenario, string Case, Metric Metric, string Relay, int Round, double Value, MachineUse? Use);
