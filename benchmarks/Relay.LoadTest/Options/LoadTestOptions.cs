using Relay.LoadTest.Relays;
using Relay.LoadTest.Scenarios;

namespace Relay.LoadTest.Options;

/// <summary>What a run does. The defaults take less than two minutes on a machine that has nothing else to do.</summary>
internal sealed record LoadTestOptions
{
    /// <summary>Which scenarios, by name, in this order.</summary>
    public IReadOnlyList<string> Scenarios { get; init; } = ScenarioCatalog.Names;

    /// <summary>Which of the relays that the harness starts itself.</summary>
    public IReadOnlyList<string> Relays { get; init; } = [OwnRelay.KindName, JsRelay.KindName];

    /// <summary>Relays that somebody else runs.</summary>
    public IReadOnlyList<OtherAddress> Others { get; init; } = [];

    /// <summary>How often everything is done; the results are medians. Memory is measured once.</summary>
    public int Rounds { get; init; } = 2;

    /// <summary>Megabytes (2^20) that one bulk measurement carries.</summary>
    public int Megabytes { get; init; } = 128;

    /// <summary>Bytes of one write of a sender.</summary>
    public int ChunkLength { get; init; } = 64 * 1024;

    /// <summary>Bytes of our relay's buffers.</summary>
    public int BufferSize { get; init; } = 64 * 1024;

    /// <summary>How many circuits carry bytes at once, in each raw measurement; with a full stack, those of up to 64.</summary>
    public IReadOnlyList<int> Circuits { get; init; } = [1, 16];

    /// <summary>How many RESERVEs are under way at once.</summary>
    public IReadOnlyList<int> Concurrency { get; init; } = [1, 8, 32];

    /// <summary>How many RESERVEs make a measurement.</summary>
    public int Requests { get; init; } = 1000;

    /// <summary>How many new peers make one.</summary>
    public int NewPeers { get; init; } = 200;

    /// <summary>How many pings make one, or a quarter as many circuits opened one after the other.</summary>
    public int Pings { get; init; } = 500;

    /// <summary>Seconds after which they are enough, for relays that take long.</summary>
    public int PingSeconds { get; init; } = 3;

    /// <summary>How many circuits are busy while pings are measured under load.</summary>
    public int LoadCircuits { get; init; } = 50;

    /// <summary>How many members there are when they are swapped.</summary>
    public int Members { get; init; } = 100_000;

    /// <summary>Numbers of idle reservations, rising.</summary>
    public IReadOnlyList<int> Idle { get; init; } = [0, 100, 1000];

    /// <summary>Numbers of open circuits to look at the memory of.</summary>
    public IReadOnlyList<int> OpenCircuits { get; init; } = [64];

    /// <summary>Where the results go.</summary>
    public string Output { get; init; } = Path.Combine("artifacts", "loadtest");

    /// <summary>Every size, and enough of each for figures to keep. Takes half an hour on a machine that has nothing else to do.</summary>
    public static LoadTestOptions Full { get; } = new()
    {
        Rounds = 5,
        Megabytes = 512,
        Circuits = [1, 4, 16, 64, 1000],
        Requests = 3000,
        NewPeers = 500,
        Pings = 5000,
        PingSeconds = 20,
        Idle = [0, 100, 1000, 10_000],
        OpenCircuits = [64, 1000],
    };
}
