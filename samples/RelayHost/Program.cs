// The relay as a daemon: everything it can be told comes from the settings table, as flags, environment variables and a file.
using Microsoft.Extensions.Configuration;
using RelayHost;

(IConfigurationRoot? configuration, int exitCode) = Arguments.Read(args, Environment.GetEnvironmentVariables, Console.Out, Console.Error);
return configuration is null ? exitCode : await Daemon.RunAsync(configuration);
