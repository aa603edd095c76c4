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
}
