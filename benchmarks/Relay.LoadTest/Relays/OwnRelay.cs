using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Relay.LoadTest.Measuring;
using Relay.LoadTest.Processes;
using Relay.Multiformats;

namespace Relay.LoadTest.Relays;

/// <summary>samples/RelayHost, with its limits out of the way.</summary>
internal sealed class OwnRelay : RelayUnderTest
{
    public const string KindName = "own";

    private const string Plenty = "20000";
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(30);

    private readonly ChildProcess _process;

    [SetsRequiredMembers]
    private OwnRelay(ChildProcess process, Multiaddress address)
    {
        _process = process;
        Name = KindName;
        Address = address;
        Pid = process.Pid;
    }

    /// <param name="bufferSize">Bytes of the buffer each direction of a circuit is copied through.</param>
    /// <param name="membersFile">Who may reserve, read again every second; null lets everyone.</param>
    public static async Task<RelayUnderTest> StartAsync(int bufferSize, string? membersFile = null)
    {
        string[] arguments =
        [
            "--listen-maddrs", "/ip4/127.0.0.1/tcp/0",
            "--relay-service-max-data", "unlimited",
            "--relay-service-max-duration", "unlimited",
            "--relay-service-max-circuits", Plenty,
            "--relay-service-max-total-circuits", Plenty,
            "--relay-service-max-reservations", Plenty,
            "--relay-service-max-reservations-per-ip", Plenty,
            "--relay-service-max-hop-streams-per-connection", Plenty,
            "--relay-service-reservation-rate-per-peer", "unlimited",
            "--relay-service-reservation-rate-per-ip", "unlimited",
            "--relay-service-circuit-rate-per-peer", "unlimited",
            "--relay-service-circuit-rate-per-ip", "unlimited",
            "--relay-service-buffer-size", bufferSize.ToString(CultureInfo.InvariantCulture),
            "--max-connections", Plenty,
            "--max-pending-handshakes", Plenty,
            "--max-streams-per-connection", Plenty,
            .. membersFile is null
                ? new[] { "--relay-service-network-only=false" }
                : ["--members-file", membersFile, "--relay-service-acl-refresh", "1s"],
        ];
        ChildProcess process = ChildProcess.Start(KindName, FindHost(), arguments, endsWithInput: false);
        return new OwnRelay(process, Multiaddress.Parse(await process.ReadAfterAsync("listening ", StartPatience)));
    }

    public override Task<long?> HeapAsync() => ManagedHeap.ReadAsync(Pid);

    public override ValueTask DisposeAsync() => _process.DisposeAsync();

    // Built with this program, in the same configuration: bin/RelayHost/release beside bin/Relay.LoadTest/release.
    private static string FindHost()
    {
        var here = new DirectoryInfo(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        return Path.Combine(here.Parent!.Parent!.FullName, "RelayHost", here.Name, "RelayHost");
    }
}
