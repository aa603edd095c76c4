namespace Relay;

// Starting points, named after what the relay is for. Each is a new configuration, to be changed further.
public sealed partial class Config
{
    /// <summary>
    /// A relay that carries the traffic of a cluster: EdgeVPN's limits, wide enough for model files, for members only. The same as <c>new Config()</c>.
    /// </summary>
    public static Config Cluster() => new();

    /// <summary>
    /// A relay that introduces peers to each other, so that they can punch a hole and talk directly: libp2p's own limits, too small to carry traffic.
    /// </summary>
    /// <remarks>
    /// 128 KiB per direction, 2 min and 2 KiB of buffer a circuit, 16 circuits a peer: go-libp2p's defaults. Members only, as everything here; a public one
    /// says <c>NetworkOnly = false</c>.
    /// </remarks>
    public static Config Introductions() => new()
    {
        Connection =
        {
            RelayService =
            {
                MaxData = 128 << 10,
                MaxDuration = TimeSpan.FromMinutes(2),
                MaxCircuits = 16,
                BufferSize = 2 << 10,
            },
        },
    };

    /// <summary>
    /// A relay that has its machine and its link to itself: no circuit is cut off, and none takes more than its share.
    /// </summary>
    /// <remarks>
    /// No limit on a circuit's data and duration, so that peers see an ordinary connection, without limits; 16 MiB per second and direction for each circuit,
    /// and a circuit that is silent for an hour ends. Set <see cref="RelayServiceConfig.MaxTotalBandwidth"/> to half of what the link carries. Members only.
    /// </remarks>
    public static Config Dedicated() => new()
    {
        Connection =
        {
            RelayService =
            {
                MaxData = null,
                MaxDuration = null,
                MaxCircuitBandwidth = 16 << 20,
                CircuitIdleTimeout = TimeSpan.FromHours(1),
            },
        },
    };
}
