using Relay.Multiformats;

namespace Relay.Settings;

/// <summary>What the settings table fills: the <see cref="Relay.Config"/> of the node, and what the host around it needs to know.</summary>
public sealed class HostSettings
{
    /// <summary>The name that the configuration section has by convention.</summary>
    public const string DefaultSection = "Relay";

    /// <summary>The configuration of the node.</summary>
    public Config Config { get; init; } = new();

    /// <summary>The paths of the settings that a section has set, be it to their defaults; of what was set in code nothing is known.</summary>
    internal IReadOnlyCollection<string> Written { get; set; } = [];

    /// <summary>
    /// The members file: one peer id per line, for a <see cref="FileMembershipSource"/>. Null, the default, when there is none. A setting
    /// of the host, not of <see cref="Relay.Config"/>: in code, who the members are is an object, not a number.
    /// </summary>
    public string? MembersFile { get; set; }

    /// <summary>
    /// Where the HTTP API of an EdgeVPN node is, for an <see cref="EdgeVpnMembershipSource"/>: <c>http://</c>, <c>https://</c> or
    /// <c>unix:///PATH</c>. Null, the default, when there is none. Beside a <see cref="MembersFile"/>, members are those of either. Until the API has shown
    /// <see cref="MembershipConfig.MinimumMembers"/>, the bootstrap window is open and everyone may reserve, also beside a file that names members;
    /// <see cref="MembershipConfig.BootstrapTimeout"/> bounds it.
    /// </summary>
    public string? MembersApi { get; set; }

    /// <summary>
    /// The peer id of the node whose API <see cref="MembersApi"/> is, see <see cref="EdgeVpnMembershipSource.ApiPeer"/>. Null, the default, when it is not known.
    /// </summary>
    public string? MembersApiPeer { get; set; }

    /// <summary>
    /// The source that <see cref="MembersFile"/> and <see cref="MembersApi"/> name; null when neither is set. An
    /// <see cref="EdgeVpnMembershipSource"/>, be it a part of a union, is the caller's to dispose; a process that ends with its node need not.
    /// </summary>
    /// <exception cref="ArgumentException"><see cref="MembersApi"/> is no address of an API.</exception>
    /// <exception cref="FormatException"><see cref="MembersApiPeer"/> is no peer id.</exception>
    public IMembershipSource? CreateMembershipSource(TimeProvider? timeProvider = null)
    {
        FileMembershipSource? file = MembersFile is { } path ? new FileMembershipSource(path, timeProvider) : null;
        EdgeVpnMembershipSource? api = MembersApi is { } address
            ? new EdgeVpnMembershipSource(new Uri(address), timeProvider) { ApiPeer = MembersApiPeer is { } peer ? PeerId.Parse(peer) : null }
            : null;
        return file is not null && api is not null ? new UnionMembershipSource(file, api) : (IMembershipSource?)file ?? api;
    }

    /// <summary>
    /// How long open circuits may go on when the process is told to stop; from zero to 24 hours. Default 500 ms: with the time that stopping
    /// takes, the process ends within two seconds. A setting of the host: in code, it is the argument of <see cref="RelayNode.DrainAsync"/>.
    /// </summary>
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromMilliseconds(500);
}
