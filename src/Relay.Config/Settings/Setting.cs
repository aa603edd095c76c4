namespace Relay.Settings;

/// <summary>
/// One setting of a relay host: the same value under a configuration path, a flag and an environment variable. Flags and variables that
/// EdgeVPN has are named as EdgeVPN names them. Immutable; a row of <see cref="SettingsTable.Rows"/>.
/// </summary>
public abstract class Setting
{
    private protected Setting(string path, string flag, string variable)
    {
        Path = path;
        Flag = flag;
        Variable = variable;
    }

    /// <summary>The path below the configuration section, as <c>Connection:RelayService:MaxData</c>.</summary>
    public string Path { get; }

    /// <summary>The command-line flag, with its two dashes, as <c>--relay-service-max-data</c>.</summary>
    public string Flag { get; }

    /// <summary>The environment variable, as <c>EDGEVPN_RELAY_MAX_DATA</c>.</summary>
    public string Variable { get; }

    /// <summary>What the setting means, its unit and what raising it costs, in one paragraph.</summary>
    public required string Description { get; init; }

    /// <summary>Why the default is what it is, in a sentence.</summary>
    public required string Reason { get; init; }

    /// <summary>What it means that the value is empty, for a setting that may be: <c>a new identity at every start</c>.</summary>
    public string WhenEmpty { get; init; } = "none";

    /// <summary>
    /// Whether the flag and the variable ask the opposite of the path: <c>--relay-service=false</c> is <c>Disabled = true</c>.
    /// </summary>
    public bool IsNegated { get; init; }

    /// <summary>Whether a running node takes a new value without a restart.</summary>
    public bool IsLive => LiveIn is not null;

    /// <summary>Where a new value goes without a restart: an option of the node, or what the host keeps. Null when it goes nowhere.</summary>
    internal Type? LiveIn { get; init; }

    /// <summary>What kind of value it is: <c>duration</c>, <c>size</c>, <c>count</c>, <c>switch</c>, <c>word</c>, <c>addresses</c>, <c>networks</c>, <c>rate</c>, <c>file</c>.</summary>
    public abstract string Type { get; }

    /// <summary>What a plain number counts, as <c>bytes</c> or <c>circuits</c>; empty for values that name their unit or have none.</summary>
    public abstract string Unit { get; }

    /// <summary>The least and the largest value, as <c>from 1 to 65536</c>; empty for values without an order.</summary>
    public abstract string Range { get; }

    /// <summary>Whether the setting is on or off, so that its flag can stand alone, meaning <c>true</c>.</summary>
    public abstract bool IsSwitch { get; }

    /// <summary>Whether the flag can be repeated, each adding to a list.</summary>
    public abstract bool IsRepeatable { get; }

    /// <summary>What flag and variable accept, in one phrase: forms and range.</summary>
    public abstract string Accepted { get; }

    /// <summary>The default, as text that flag and variable accept; empty when it is an empty list or no file.</summary>
    public abstract string Default { get; }

    /// <summary>
    /// The value that <paramref name="settings"/> has now, as text that flag and variable accept; empty when it is an empty list or no
    /// file.
    /// </summary>
    public abstract string Format(HostSettings settings);

    /// <summary>The value that <paramref name="settings"/> has now, as text that the path accepts: see <see cref="IsNegated"/>.</summary>
    public string FormatAtPath(HostSettings settings) => AcrossNegation(Format(settings));

    /// <summary>Path, flag and variable.</summary>
    public override string ToString() => $"{Path} ({Flag}, {Variable})";

    /// <summary>Whether a flag has a name that an application would hardly give to one of its own.</summary>
    internal static bool IsOurs(string flag) =>
        flag.StartsWith("--relay-service", StringComparison.Ordinal) || flag.StartsWith("--autorelay", StringComparison.Ordinal);

    /// <summary>Whether a variable has a name that only a setting of the relay would have.</summary>
    internal static bool IsOurVariable(string variable) =>
        variable.StartsWith("EDGEVPN_RELAY_", StringComparison.OrdinalIgnoreCase)
        || variable.StartsWith("EDGEVPN_AUTORELAY", StringComparison.OrdinalIgnoreCase)
        || variable.StartsWith("EDGEVPNAUTORELAY", StringComparison.OrdinalIgnoreCase);

    /// <summary>Turns the text of a flag or variable into that of the path, and back.</summary>
    internal string AcrossNegation(string text) =>
        IsNegated && SwitchText.TryParse(text, out bool value) ? SwitchText.Format(!value) : text;

    /// <summary>Reads a value and prepares its assignment.</summary>
    /// <param name="source">Where the text came from.</param>
    /// <param name="text">The text, as the path has it.</param>
    /// <param name="errors">Takes what is wrong with it.</param>
    /// <returns>The assignment; null when something is wrong.</returns>
    internal abstract Action<HostSettings>? Read(string source, string text, ICollection<ConfigError> errors);

    /// <summary>Adds to <paramref name="errors"/> what is wrong with the value that <paramref name="settings"/> has now.</summary>
    internal abstract void Check(HostSettings settings, ICollection<ConfigError> errors);

    /// <summary>Adds to <paramref name="warnings"/> what is unwise about the value that <paramref name="settings"/> has now.</summary>
    internal abstract void Weigh(HostSettings settings, ICollection<ConfigWarning> warnings);
}
