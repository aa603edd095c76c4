// The relay as a daemon: everything it can be told comes from the settings table, as flags and environment variables.
using Relay.Settings;
using RelayHost;

var settings = new HostSettings();
if (Arguments.Read(settings, args, Environment.GetEnvironmentVariable, Console.Out, Console.Error) is { } exitCode)
    return exitCode;

return await Daemon.RunAsync(settings);
