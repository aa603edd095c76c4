namespace Relay.Interop.Tests.Nodes;

/// <summary>What js-libp2p peers need to know of a .NET node, as text.</summary>
internal static class RelayNodeExtensions
{
    /// <summary>The first address it listens on, with its peer id.</summary>
    public static string Address(this RelayNode node) => node.ListenAddresses[0].ToString();

    public static string Id(this RelayNode node) => node.PeerId.ToString();

    /// <summary>Where it is reached behind a relay on which it has reserved.</summary>
    public static string AddressBehind(this RelayNode node, string relay) => $"{relay}/p2p-circuit/p2p/{node.PeerId}";

    /// <summary>Waits until it carries that many circuits.</summary>
    public static Task HasCircuitsAsync(this RelayNode relay, int count) =>
        TestKit.Eventually.EqualsAsync(count, () => relay.Counts.Circuits, "the number of circuits");

    /// <summary>Waits until it has granted that many reservations that hold.</summary>
    public static Task HasReservationsAsync(this RelayNode relay, int count) =>
        TestKit.Eventually.EqualsAsync(count, () => relay.Counts.Reservations, "the number of reservations");
}
