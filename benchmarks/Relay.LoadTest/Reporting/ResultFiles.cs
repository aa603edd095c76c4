using System.Runtime.InteropServices;
using System.Text.Json;

namespace Relay.LoadTest.Reporting;

/// <summary>The results as files: <c>results.json</c> with every single number, <c>results.md</c>, <c>results.svg</c>.</summary>
internal static class ResultFiles
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static void Write(Results results, string folder, TextWriter output)
    {
        string table = Table.Write(results);
        output.WriteLine();
        output.WriteLine(table);

        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "results.md"), table);
        File.WriteAllText(Path.Combine(folder, "results.svg"), Plot.Write(results));
        File.WriteAllText(Path.Combine(folder, "results.json"), JsonSerializer.Serialize(ToJson(results), Json));
        output.WriteLine($"Written to {Path.GetFullPath(folder)}: results.json, results.md, results.svg");
    }

    private static object ToJson(Results results) => new
    {
        results.StartedAt,
        Machine = new { Processors = Environment.ProcessorCount, Os = RuntimeInformation.OSDescription, Runtime = Environment.Version.ToString() },
        Options = new
        {
            results.Options.Scenarios,
            results.Options.Rounds,
            results.Options.Megabytes,
            results.Options.ChunkLength,
            results.Options.BufferSize,
            results.Options.LoadCircuits,
        },
        results.SignatureCpu,
        Measurements = results.Measurements.Select(static one => new
        {
            one.Scenario,
            one.Case,
            Metric = one.Metric.Name,
            one.Metric.Unit,
            one.Relay,
            one.Round,
            one.Value,
            one.Use?.Seconds,
            one.Use?.RelayCpu,
            one.Use?.LoadCpu,
            one.Use?.OtherCpu,
        }),
        results.Failures,
    };
}
