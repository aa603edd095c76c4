// The load test: relays in processes of their own, peers in others, and what the relays use of the machine meanwhile.
using System.Runtime.InteropServices;
using Relay.LoadTest;
using Relay.LoadTest.Options;
using Relay.LoadTest.Workers;

if (args is [Worker.Verb])
{
    await WorkerLoop.RunAsync(Console.In, Console.Out);
    return 0;
}

if (args.Contains("--help"))
{
    Console.WriteLine(CommandLine.Help);
    return 0;
}

LoadTestOptions options;
try
{
    options = CommandLine.Read(args);
}
catch (FormatException e)
{
    Console.Error.WriteLine(e.Message);
    return 2;
}

// A run that is told to end takes its processes with it: see ChildProcess. The runtime itself does nothing about these signals.
using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, static _ => Environment.Exit(1));
using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, static _ => Environment.Exit(1));
return await LoadTestRun.RunAsync(options, Console.Out, Console.Error) ? 0 : 1;
