using System.Diagnostics.CodeAnalysis;
using Relay.Multiformats;

namespace Relay.Settings;

/// <summary>A list of multiaddresses.</summary>
/// <param name="form">What each address must look like, in one phrase.</param>
/// <param name="whatIsWrong">What keeps a well-formed address from being used; null for nothing.</param>
/// <param name="keepsNone">Whether a list of none is another thing than no list.</param>
internal sealed class AddressListKind(string form, Func<Multiaddress, string?> whatIsWrong, bool keepsNone = false)
    : ListKind<Multiaddress>(MaxCount, "addresses")
{
    private const int MaxCount = 32;

    public override string AcceptedInCode => $"up to {MaxCount} multiaddresses, each {form}";

    protected override bool KeepsNone => keepsNone;

    protected override bool TryRead(string text, [NotNullWhen(true)] out Multiaddress? item, [NotNullWhen(false)] out string? problem)
    {
        problem = Multiaddress.TryParse(text, out item, out string? error) ? whatIsWrong(item) : $"is not a multiaddress ({error})";
        return problem is null;
    }

    protected override bool MayRepeat(Multiaddress item) => item.HasPort("0");
}
