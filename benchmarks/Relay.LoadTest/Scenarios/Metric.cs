namespace Relay.LoadTest.Scenarios;

/// <summary>Something that is measured. <c>docs/performance.md</c> says of each what it means.</summary>
internal sealed record Metric(string Name, string Unit, bool LessIsBetter = true)
{
    public static readonly Metric Throughput = new("throughput", "MB/s", LessIsBetter: false);
    public static readonly Metric CpuPerGiB = new("relay CPU", "s/GiB");
    public static readonly Metric Rate = new("rate", "1/s", LessIsBetter: false);
    public static readonly Metric CpuPerRequest = new("relay CPU each", "us");
    public static readonly Metric Signatures = new("relay CPU each, in libcrypto signatures", "x");
    public static readonly Metric Connect = new("CONNECT to OK", "ms");
    public static readonly Metric RelayPing = new("ping, to the relay", "ms");
    public static readonly Metric CircuitPing = new("ping, through a circuit", "ms");
    public static readonly Metric UnderLoad = new("ping p99 under load / idle", "x");
    public static readonly Metric UnderSwap = new("ping p99 under swaps / before", "x");
    public static readonly Metric Rss = new("RSS", "MB");
    public static readonly Metric PeakRss = new("RSS, highest", "MB");
    public static readonly Metric RssEach = new("RSS each, above the level before", "kB");
    public static readonly Metric Heap = new("heap", "MB");

    /// <summary>What that many percent stay below.</summary>
    public Metric Percentile(int percent) => this with { Name = $"{Name}, p{percent}" };
}
