// The relay as a daemon: everything it can be told comes from the settings table, as flags, environment variables and a file.
using RelayHost;

(Relay.Settings.HostSettings? settings, int exitCode) = Arguments.Read(args, Environment.GetEnvironmentVariable, Console.Out, Console.Error);
return settings is null ? exitCode : await Daemon.RunAsync(settings);
