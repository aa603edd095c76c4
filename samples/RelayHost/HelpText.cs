using Relay.Settings;

namespace RelayHost;

/// <summary>What <c>--help</c> prints: the settings table.</summary>
internal static class HelpText
{
    private const int Width = 100;
    private const string Indent = "      ";

    public static void Write(TextWriter output)
    {
        output.WriteLine("RelayHost: a libp2p circuit relay v2 service for the members of a network.");
        output.WriteLine();
        output.WriteLine("Usage: RelayHost [flags]");
        output.WriteLine();
        output.WriteLine("Values are written --flag value or --flag=value; true or false flags may stand alone, meaning true.");
        output.WriteLine("Each flag has an environment variable, named beside it. A flag wins over its variable, a variable");
        output.WriteLine("over the file, the file over the default. Anything wrong ends the program with exit code 2.");
        output.WriteLine();
        output.WriteLine("  --config FILE");
        WriteWrapped(output, "A JSON file with the section Relay, as in appsettings.json; keys are listed in docs/configuration.md.");
        output.WriteLine();
        output.WriteLine("  --print-config");
        WriteWrapped(output, "Prints every setting with its effective value and where that came from, and ends.");
        foreach (Setting setting in SettingsTable.Rows)
            Write(output, setting);
    }

    private static void Write(TextWriter output, Setting setting)
    {
        output.WriteLine();
        output.WriteLine($"  {setting.Flag}  {setting.Variable}{(setting.IsRepeatable ? "  (repeatable)" : "")}");
        WriteWrapped(output, setting.Description);
        WriteWrapped(output, $"Accepted: {setting.Accepted}.");
        WriteWrapped(output, $"Default: {(setting.Default.Length > 0 ? setting.Default : setting.WhenEmpty)}; {setting.Reason}.");
    }

    private static void WriteWrapped(TextWriter output, string text)
    {
        string line = Indent;
        foreach (string word in text.Split(' '))
        {
            if (line.Length + word.Length > Width)
            {
                output.WriteLine(line.TrimEnd());
                line = Indent;
            }

            line += word + " ";
        }

        output.WriteLine(line.TrimEnd());
    }
}
