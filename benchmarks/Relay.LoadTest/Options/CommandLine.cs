using System.Globalization;
using Relay.LoadTest.Scenarios;
using Relay.Multiformats;

namespace Relay.LoadTest.Options;

/// <summary>Reads the command line.</summary>
internal static class CommandLine
{
    public const string Help = """
        Loads relays, side by side and in turns, and prints what that costs them.

          --full                  enough of everything for figures to keep; half an hour
          --scenarios A,B         only these: bulk-raw bulk-full reserve arrive latency acl-swap memory-idle memory-circuits
          --relays own,js         which relays to start: samples/RelayHost, js-libp2p's (needs npm), or none
          --relay ADDR --pid PID  also a relay that runs already, on this machine; repeatable, each with a --name NAME if need be
          --rounds N              how often everything is done; the results are medians
          --megabytes N           what one bulk measurement carries
          --circuits N,M          how many circuits carry it
          --chunk N               bytes of one write of a sender
          --buffer-size N         bytes of the buffers of our relay
          --concurrency N,M       how many RESERVEs at once
          --requests N            how many RESERVEs make a measurement
          --new-peers N           how many new peers make one
          --pings N               how many pings make one
          --ping-seconds N        and how long they may take
          --load-circuits N       how many circuits are busy when latency is measured under load
          --members N             how many members there are when they are swapped
          --idle N,M              numbers of idle reservations to look at the memory of, rising
          --open-circuits N,M     numbers of open circuits to look at the memory of
          --out FOLDER            where results.json, results.md and results.svg go; artifacts/loadtest
        """;

    /// <exception cref="FormatException">The arguments say something that cannot be done.</exception>
    public static LoadTestOptions Read(IReadOnlyList<string> args)
    {
        LoadTestOptions options = args.Contains("--full") ? LoadTestOptions.Full : new LoadTestOptions();
        for (int i = 0; i < args.Count; i++)
        {
            string flag = args[i];
            if (flag == "--full")
                continue;
            if (++i == args.Count)
                throw new FormatException($"{flag} needs a value.");
            options = Apply(options, flag, args[i]);
        }

        if (options.Relays.Count + options.Others.Count == 0)
            throw new FormatException("There is no relay to load.");
        if (options.Others.FirstOrDefault(static other => other.Pid == 0) is { } unknown)
            throw new FormatException($"--relay {unknown.Address} needs a --pid.");
        return options;
    }

    private static LoadTestOptions Apply(LoadTestOptions options, string flag, string value) => flag switch
    {
        "--scenarios" => options with { Scenarios = Names(value, ScenarioCatalog.Names) },
        "--relays" => options with { Relays = value == "none" ? [] : Names(value, new LoadTestOptions().Relays) },
        "--relay" => options with { Others = [.. options.Others, new OtherAddress("other", Address(value), Pid: 0)] },
        "--pid" => WithLastOther(options, other => other with { Pid = Number(value) }),
        "--name" => WithLastOther(options, other => other with { Name = value }),
        "--rounds" => options with { Rounds = Number(value) },
        "--megabytes" => options with { Megabytes = Number(value) },
        "--circuits" => options with { Circuits = Numbers(value) },
        "--chunk" => options with { ChunkLength = Number(value) },
        "--buffer-size" => options with { BufferSize = Number(value) },
        "--concurrency" => options with { Concurrency = Numbers(value) },
        "--requests" => options with { Requests = Number(value) },
        "--new-peers" => options with { NewPeers = Number(value) },
        "--pings" => options with { Pings = Number(value) },
        "--ping-seconds" => options with { PingSeconds = Number(value) },
        "--load-circuits" => options with { LoadCircuits = Number(value) },
        "--members" => options with { Members = Number(value) },
        "--idle" => options with { Idle = Numbers(value, least: 0) },
        "--open-circuits" => options with { OpenCircuits = Numbers(value) },
        "--out" => options with { Output = value },
        _ => throw new FormatException($"There is no flag {flag}; --help lists them."),
    };

    private static LoadTestOptions WithLastOther(LoadTestOptions options, Func<OtherAddress, OtherAddress> change) =>
        options.Others.Count == 0
            ? throw new FormatException("--pid and --name belong to a --relay before them.")
            : options with { Others = [.. options.Others.SkipLast(1), change(options.Others[^1])] };

    private static Multiaddress Address(string text) =>
        Multiaddress.Parse(text) is { PeerId: not null } address ? address : throw new FormatException($"{text} does not end in /p2p/ID.");

    private static string[] Names(string text, IReadOnlyList<string> known)
    {
        string[] names = text.Split(',');
        return names.FirstOrDefault(name => !known.Contains(name)) is { } unknown
            ? throw new FormatException($"'{unknown}' is none of {string.Join(", ", known)}.")
            : names;
    }

    private static int[] Numbers(string text, int least = 1) => [.. text.Split(',').Select(one => Number(one, least))];

    private static int Number(string text) => Number(text, least: 1);

    private static int Number(string text, int least) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= least
            ? number
            : throw new FormatException($"'{text}' is not a number of {least} or more.");
}
