using Relay.LoadTest.Options;
using Relay.LoadTest.Scenarios;

namespace Relay.LoadTest.Reporting;

/// <summary>What a run has found.</summary>
internal sealed class Results
{
    public required LoadTestOptions Options { get; init; }

    /// <summary>CPU seconds of one Ed25519 signature by the system's libcrypto; null when it has none.</summary>
    public required double? SignatureCpu { get; init; }

    public DateTimeOffset StartedAt { get; } = DateTimeOffset.UtcNow;

    public List<Measurement> Measurements { get; } = [];

    /// <summary>What could not be measured, and why.</summary>
    public List<string> Failures { get; } = [];
}
