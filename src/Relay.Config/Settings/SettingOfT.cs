namespace Relay.Settings;

/// <summary>A setting with values of one type.</summary>
internal sealed class Setting<T>(
    string path, string flag, string variable, SettingKind<T> kind, Func<HostSettings, T> get, Action<HostSettings, T> set)
    : Setting(path, flag, variable)
{
    /// <summary>What is unwise about a value that is accepted, as <c>is less than a handshake needs</c>; null for nothing.</summary>
    public Func<T, string?>? WhatIsUnwise { get; init; }

    public override string Type => kind.Type;

    public override string Unit => kind.Unit;

    public override string Range => kind.Range;

    public override bool IsSwitch => kind is SwitchKind;

    public override bool IsRepeatable => kind is AddressListKind;

    public override string Accepted => kind.Accepted;

    public override string Default => Format(new HostSettings());

    public override string Format(HostSettings settings) => kind.Format(get(settings));

    internal override Action<HostSettings>? Read(string source, string text, ICollection<SettingError> errors)
    {
        if (text.Length == 0)
        {
            errors.Add(new SettingError(source, text, "must not be empty", Accepted));
            return null;
        }

        if (!kind.TryParse(text, out T? value, out string? problem))
        {
            errors.Add(new SettingError(source, text, problem, Accepted));
            return null;
        }

        int before = errors.Count;
        foreach (SettingProblem wrong in kind.Check(value))
            errors.Add(new SettingError(source, wrong.Index is null ? text : wrong.Value, wrong.Rule, Accepted));
        return errors.Count > before ? null : settings => set(settings, value);
    }

    internal override void Check(HostSettings settings, ICollection<ConfigError> errors)
    {
        foreach (SettingProblem wrong in kind.Check(get(settings)))
            errors.Add(new ConfigError(wrong.Index is { } index ? $"{Path}:{index}" : Path, wrong.Value, wrong.Rule, kind.AcceptedInCode));
    }

    internal override void Weigh(HostSettings settings, ICollection<ConfigWarning> warnings)
    {
        T value = get(settings);
        if (WhatIsUnwise?.Invoke(value) is { } concern)
            warnings.Add(new ConfigWarning(Path, kind.Format(value), concern));
    }
}
