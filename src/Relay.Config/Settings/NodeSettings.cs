namespace Relay.Settings;

/// <summary>The settings of the node itself: its addresses, its identity, its members.</summary>
internal static class NodeSettings
{
    public static IEnumerable<Setting> Rows =>
    [
        new Setting<IList<string>>(
            "ListenAddresses",
            "--listen-maddrs",
            "EDGEVPNLISTENMADDRS",
            new AddressListKind(AddressRules.ListenForm, AddressRules.WhatKeepsItFromListening, keepsNone: true),
            settings => settings.Config.ListenAddresses,
            (settings, value) => settings.Config.ListenAddresses = value)
        {
            WhenEmpty = Config.DefaultListenAddress,
            Description = "The multiaddresses to listen on; port 0 takes a free port. Without any, /ip4/0.0.0.0/tcp/0: every IPv4 "
                + "interface, any free port. A relay that others find by a fixed address names its port. The word none listens nowhere: the "
                + "node only dials, as one behind NAT may.",
            Reason = "EdgeVPN's: works on every machine",
        },
        new Setting<IList<string>>(
            "AnnounceAddresses",
            "--announce-maddrs",
            "EDGEVPNANNOUNCEMADDRS",
            new AddressListKind(AddressRules.AnnounceForm, AddressRules.WhatKeepsItFromBeingAnnounced),
            settings => settings.Config.AnnounceAddresses,
            (settings, value) => settings.Config.AnnounceAddresses = value)
        {
            WhenEmpty = "the listen addresses",
            Description = "The multiaddresses to advertise instead of the listen addresses: how others reach the node from outside, "
                + "behind Docker or a 1:1 NAT. Without any, the public listen addresses, or the private ones when none is public.",
            Reason = "what the node can see of itself; a private address only where nothing else is, as on a LAN",
        },
        new Setting<string?>(
            "PrivateKeyFile",
            "--privkey-file",
            "EDGEVPN_PRIVKEY_FILE",
            new FileKind(),
            settings => settings.Config.PrivateKeyFile,
            (settings, value) => settings.Config.PrivateKeyFile = value)
        {
            WhenEmpty = "none, a new identity at every start",
            Description = "The file of the node's identity, an Ed25519 private key in libp2p's protobuf form; created, readable by its "
                + "owner only, when missing. Without it the node has a new peer id, and so a new address, at every start.",
            Reason = "a key is a secret, and where secrets are kept is the operator's decision",
            WhatIsUnwise = KeyFilePermissions.WhatIsUnwise,
        },
        new Setting<string?>(
            "MembersFile",
            "--members-file",
            "EDGEVPN_MEMBERS_FILE",
            new FileKind(),
            settings => settings.MembersFile,
            (settings, value) => settings.MembersFile = value)
        {
            Description = "The file of the members, one peer id per line, # starts a comment; read again at every refresh. A relay for "
                + "members only needs it. A line that is no peer id is reported with its number and skipped. A file with nothing but comments admits nobody; one "
                + "without a byte is unusable, as if it were missing.",
            Reason = "nobody can guess who the members are",
        },
        new Setting<string?>(
            "MembersApi",
            "--members-api",
            "EDGEVPN_MEMBERS_API",
            new ApiKind(),
            settings => settings.MembersApi,
            (settings, value) => settings.MembersApi = value)
        {
            Description = "The HTTP API of a running EdgeVPN or LocalAI node, whose alive bucket says who the members are; beside a members file, "
                + "members are those of either. Until it has shown a member, the bootstrap window is open and everyone may reserve, also beside a members "
                + "file: see Connection:RelayService:Membership:BootstrapTimeout. The API has no access control: keep it on loopback or on a unix socket.",
            Reason = "without one, the members file says who they are",
        },
        new Setting<string?>(
            "MembersApiPeer",
            "--members-api-peer",
            "EDGEVPN_MEMBERS_API_PEER",
            new PeerKind(),
            settings => settings.MembersApiPeer,
            (settings, value) => settings.MembersApiPeer = value)
        {
            Description = "The peer id of the node whose API MembersApi is. Its own heartbeat then neither closes the bootstrap window nor counts as a sign that "
                + "the network is there. Without it, set Connection:RelayService:Membership:MinimumMembers to 2 at least.",
            Reason = "the API does not say whose it is",
        },
    ];
}
