using System.Diagnostics.CodeAnalysis;

namespace Relay.Settings;

/// <summary>The address of an EdgeVPN API, or null for none. Whether anybody answers there shows when it is asked.</summary>
internal sealed class ApiKind : SettingKind<string?>
{
    public override string Type => "address";

    public override string Accepted => "http://HOST:PORT, https://HOST:PORT or unix:///PATH, without credentials";

    public override string AcceptedInCode => $"{Accepted}; or null for none";

    public override bool TryParse(string text, out string? value, [NotNullWhen(false)] out string? problem)
    {
        value = text;
        problem = null;
        return true;
    }

    public override string Format(string? value) => value ?? string.Empty;

    public override IEnumerable<SettingProblem> Check(string? value)
    {
        if (value is not null && (!Uri.TryCreate(value, UriKind.Absolute, out Uri? api) || !EdgeVpnMembershipSource.IsApi(api)))
            yield return new SettingProblem(value, "is not the address of an API");
    }
}
