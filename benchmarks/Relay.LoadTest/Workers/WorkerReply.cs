namespace Relay.LoadTest.Workers;

/// <summary>What a worker has done.</summary>
internal sealed record WorkerReply
{
    /// <summary>How long all of it took.</summary>
    public double Seconds { get; init; }

    /// <summary>How long each part took, where the command has parts.</summary>
    public double[] Milliseconds { get; init; } = [];

    /// <summary>How many bytes a flood has carried, each one to the far end.</summary>
    public long Bytes { get; init; }

    /// <summary>The ids of the peers that were made.</summary>
    public string[] Peers { get; init; } = [];

    /// <summary>Why it could not be done; null when it was.</summary>
    public string? Error { get; init; }
}
