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

    public override bool IsRepeatable => kind is SettingKind<IList<string>>;

    public override string Accepted => kind.Accepted;

    public override string Default => Format(new HostSettings());

    public override string Format(HostSettings settings) => kind.Format(get(settings));

    internal override Action<HostSettings>? Read(string source, string text, ICollection<ConfigError> errors)
    {
        string? problem = "must not be empty";
        if (text.Length == 0 || !kind.TryParse(AcrossNegation(text), out T? value, out problem))
        {
            errors.Add(new ConfigError(Path, text, problem, Accepted) { Source = source });
            return null;
        }

        int before = errors.Count;
        foreach (SettingProblem wrong in kind.Check(value))
            errors.Add(new ConfigError(PathOf(wrong), wrong.Index is null ? text : wrong.Value, wrong.Rule, Accepted) { Source = source });
        return errors.Count > before ? null : settings => set(settings, value);
    }

    internal override void Check(HostSettings settings, ICollection<ConfigError> errors)
    {
        foreach (SettingProblem wrong in kind.Check(get(settings)))
            errors.Add(new ConfigError(PathOf(wrong), wrong.Value, wrong.Rule, kind.AcceptedInCode));
    }

    internal override void Weigh(HostSettings settings, ICollection<ConfigWarning> warnings)
    {
        T value = get(settings);
        if (WhatIsUnwise?.Invoke(value) is { } concern)
            warnings.Add(new ConfigWarning(Path, kind.Format(value), concern));
    }

    private string PathOf(SettingProblem wrong) => wrong.Index is { } index ? $"{Path}:{index}" : Path;
}
