using System.Collections.ObjectModel;
using Relay.Settings;

namespace Relay;

/// <summary>
/// Everything that can be configured about a relay node, with its defaults visible: filled in code or bound from a configuration section,
/// then turned into the options of a node by <see cref="ToOptions"/>.
/// </summary>
/// <remarks>
/// Mutable and not thread-safe: fill it on one thread. A node never reads it; it works from the copy that <see cref="ToOptions"/> makes.
/// </remarks>
public sealed partial class Config
{
    /// <summary>What <see cref="ToOptions"/> listens on when <see cref="ListenAddresses"/> is empty.</summary>
    internal const string DefaultListenAddress = "/ip4/0.0.0.0/tcp/0";

    /// <summary>Alone in <see cref="ListenAddresses"/>: listen nowhere. The node only dials, and is reached through relays, if at all.</summary>
    public const string ListenNowhere = SettingText.None;

    /// <summary>
    /// The multiaddresses to listen on, each <c>/ip4|ip6|dns|dns4|dns6/HOST/tcp/PORT</c> (TCP is the only transport that listens). Port 0
    /// takes a free port.
    /// </summary>
    /// <remarks>
    /// Default: empty, which <see cref="ToOptions"/> reads as <c>/ip4/0.0.0.0/tcp/0</c>, EdgeVPN's default: every IPv4 interface, any free
    /// port. A relay that others find by a fixed address names its port. The list starts empty because binders append to what they find.
    /// <see cref="ListenNowhere"/> alone in it listens nowhere, for a node behind NAT that only dials.
    /// Range: up to 32 addresses, no fixed port twice on one host. Each costs a listening socket.
    /// </remarks>
    public IList<string> ListenAddresses
    {
        get;
        set => field = value ?? throw new ArgumentNullException(nameof(value));
    } = [];

    /// <summary>
    /// The multiaddresses that identify and reservations advertise <em>instead of</em> the listen addresses: how others reach this node
    /// from outside.
    /// </summary>
    /// <remarks>
    /// Default: empty, which advertises the public listen addresses, or the private ones when none is public (a relay on a LAN). Set it
    /// behind Docker or a 1:1 NAT, where the node cannot see its own outside address. Range: up to 32 addresses of any transport, not
    /// <c>/p2p-circuit</c>, not an unspecified address (<c>0.0.0.0</c>, <c>::</c>), not port 0; a <c>/p2p/ID</c> at the end must be this
    /// node's own. Each makes every identify and RESERVE answer longer.
    /// </remarks>
    public IList<string> AnnounceAddresses
    {
        get;
        set => field = value ?? throw new ArgumentNullException(nameof(value));
    } = [];

    /// <summary>
    /// The file with this node's identity, an Ed25519 private key in libp2p's protobuf form. Created, readable by its owner only, when it
    /// is missing.
    /// </summary>
    /// <remarks>
    /// Default: null, a new identity (and so a new peer id) at every start, which the log says. Set it wherever others know the relay by
    /// its address: that address ends in the peer id. Range: a path; relative ones start at the working directory.
    /// </remarks>
    public string? PrivateKeyFile { get; set; }

    internal bool ListensNowhere => ListenAddresses is [ListenNowhere];

    /// <summary>Connections and what is served over them.</summary>
    public ConnectionConfig Connection
    {
        get;
        set => field = value ?? throw new ArgumentNullException(nameof(value));
    } = new();

    /// <summary>
    /// Validates the whole configuration and copies it into the options of a node; later changes to this object change nothing in them.
    /// </summary>
    /// <returns>
    /// The options, always in this order: <see cref="IdentityOption"/>, <see cref="ListenAddressesOption"/>,
    /// <see cref="AnnounceAddressesOption"/> (when there is something to announce), <see cref="ConnectionLimitsOption"/>,
    /// <see cref="RelayClientOption"/>, <see cref="AutoRelayOption"/> (when <see cref="AutoRelayConfig.Enabled"/>, unless the node is
    /// <see cref="Reachability.Public"/>), <see cref="RelayServiceOption"/> (unless <see cref="RelayServiceConfig.Disabled"/>),
    /// <see cref="NetworkOnlyOption"/> (with the relay service, when <see cref="RelayServiceConfig.NetworkOnly"/>).
    /// </returns>
    /// <exception cref="ConfigValidationException">Something is wrong; it lists every error, not just the first.</exception>
    public IReadOnlyList<NodeOption> ToOptions()
    {
        IReadOnlyList<ConfigError> errors = SettingsTable.Check(new HostSettings { Config = this });
        if (errors.Count > 0)
            throw new ConfigValidationException(errors);

        return new ReadOnlyCollection<NodeOption>([.. NodeOptions.From(this)]);
    }

    /// <summary>
    /// Says what is unwise in this configuration: what works, and is probably not what was meant. A host logs it at start. A configuration
    /// with errors has none; <see cref="ToOptions"/> says the errors.
    /// </summary>
    public IReadOnlyList<ConfigWarning> GetWarnings()
    {
        var settings = new HostSettings { Config = this };
        return SettingsTable.Check(settings).Count > 0 ? [] : SettingsTable.Weigh(settings);
    }
}
