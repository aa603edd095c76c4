// Micro-benchmarks: what single operations cost. `-- --list flat` names them, `-- --filter '*Acl*'` runs some, `-- --job dry` only tries them.
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;

ManualConfig config = ManualConfig.Create(DefaultConfig.Instance)
    .AddDiagnoser(MemoryDiagnoser.Default)
    .WithBuildTimeout(TimeSpan.FromMinutes(15)); // it builds everything once more, which on a busy machine takes longer than the two minutes it waits

// On a shared machine few short iterations, and ratios, say as much as many. A job named on the command line comes in place of this one.
if (!args.Any(static arg => arg is "--job" or "-j"))
    config.AddJob(Job.Default.WithWarmupCount(4).WithIterationCount(8).AsDefault());

BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args, config);
