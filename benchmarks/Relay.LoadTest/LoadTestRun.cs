using Relay.LoadTest.Measuring;
using Relay.LoadTest.Options;
using Relay.LoadTest.Relays;
using Relay.LoadTest.Reporting;
using Relay.LoadTest.Scenarios;
using Relay.LoadTest.Workers;

namespace Relay.LoadTest;

/// <summary>One run: every scenario, so many rounds, each relay in its turn.</summary>
internal sealed class LoadTestRun : IAsyncDisposable
{
    private readonly LoadTestOptions _options;
    private readonly TextWriter _progress;
    private readonly List<RelayKind> _kinds;
    private readonly Dictionary<RelayKind, RelayUnderTest> _warm = []; // those that go on from one scenario to the next
    private readonly Results _results;
    private Team _team = new();

    private LoadTestRun(LoadTestOptions options, List<RelayKind> kinds, TextWriter progress)
    {
        _options = options;
        _kinds = kinds;
        _progress = progress;
        _results = new Results { Options = options, SignatureCpu = Yardstick.SignatureCpu() };
    }

    /// <returns>Whether everything could be measured.</returns>
    public static async Task<bool> RunAsync(LoadTestOptions options, TextWriter output, TextWriter progress)
    {
        await using var run = new LoadTestRun(options, RelayKinds.Choose(options, progress), progress);
        foreach (Scenario scenario in options.Scenarios.SelectMany(name => ScenarioCatalog.Make(name, options)))
        {
            int rounds = scenario.NeedsFreshRelay ? 1 : options.Rounds;
            for (int round = 1; round <= rounds; round++)
                await run.RunRoundAsync(scenario, round);
        }

        ResultFiles.Write(run._results, options.Output, output);
        return run._results.Failures.Count == 0;
    }

    public async ValueTask DisposeAsync()
    {
        await _team.DisposeAsync();
        foreach (RelayUnderTest relay in _warm.Values)
            await relay.DisposeAsync();
    }

    // Each goes first as often as the others: what the machine does besides changes while the turns are taken.
    private async Task RunRoundAsync(Scenario scenario, int round)
    {
        foreach (RelayKind kind in round % 2 == 1 ? _kinds : Enumerable.Reverse(_kinds))
        {
            string what = $"{$"{scenario.Name} {scenario.Case}".TrimEnd()}, round {round}, {kind.Name}";
            _progress.WriteLine(what);
            try
            {
                await RunOnceAsync(scenario, round, kind);
            }
            catch (Exception e)
            {
                // Whatever is left of it must not be in what comes next: other workers, another relay.
                _progress.WriteLine(e.Message);
                _results.Failures.Add($"{what}: {e.Message}");
                await _team.DisposeAsync();
                _team = new Team();
                if (_warm.Remove(kind, out RelayUnderTest? relay))
                    await relay.DisposeAsync();
            }
        }
    }

    private async Task RunOnceAsync(Scenario scenario, int round, RelayKind kind)
    {
        RelayUnderTest relay = await GetAsync(kind, scenario.NeedsFreshRelay);
        try
        {
            var stage = new Stage(relay, _team, _results.SignatureCpu, (condition, metric, value, use) =>
            {
                string under = string.Join(", ", new[] { scenario.Case, condition }.Where(static part => part.Length > 0));
                _results.Measurements.Add(new Measurement(scenario.Name, under, metric, relay.Name, round, value, use));
            });
            await scenario.RunAsync(stage);
            await _team.LeaveAsync();
        }
        finally
        {
            if (scenario.NeedsFreshRelay)
                await relay.DisposeAsync();
        }
    }

    private async Task<RelayUnderTest> GetAsync(RelayKind kind, bool fresh)
    {
        if (!fresh && _warm.TryGetValue(kind, out RelayUnderTest? running))
            return running;
        RelayUnderTest relay = await kind.StartAsync();
        if (fresh)
            return relay;
        _warm.Add(kind, relay);
        await WarmUp.RunAsync(relay, _team);
        return relay;
    }
}
