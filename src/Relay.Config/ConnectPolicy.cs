namespace Relay;

/// <summary>Who may open circuits through a relay for members only.</summary>
public enum ConnectPolicy
{
    /// <summary>Anyone, to a peer that holds a reservation, and who holds one is a member. EdgeVPN's way.</summary>
    Anyone,

    /// <summary>Members: the source of a circuit must be one, as its destination is.</summary>
    MembersOnly,
}
