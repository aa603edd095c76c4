using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Relay.Interop.Tests.Peer;
using Relay.LoadTest.Processes;
using Relay.Multiformats;

namespace Relay.LoadTest.Relays;

/// <summary>
/// The relay of js-libp2p, <c>js/relay.mjs</c>, with its limits out of the way, on the node binary and the packages that the interop tests pin.
/// </summary>
internal sealed class JsRelay : RelayUnderTest
{
    public const string KindName = "js";

    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan AnswerPatience = TimeSpan.FromSeconds(20);

    private readonly ChildProcess _process;

    [SetsRequiredMembers]
    private JsRelay(ChildProcess process, Multiaddress address)
    {
        _process = process;
        Name = KindName;
        Address = address;
        Pid = process.Pid;
    }

    /// <summary>Installs js-libp2p unless that was done before. Null when there is no npm.</summary>
    public static JsInstallation? Install(TextWriter progress) =>
        JsInstallation.FindNpm() is { } npm ? JsInstallation.Ensure(Folder, npm, progress) : null;

    public static async Task<RelayUnderTest> StartAsync(JsInstallation installation)
    {
        ChildProcess process = ChildProcess.Start(KindName, installation.NodeBinary, [Path.Combine(Folder, "relay.mjs")]);
        return new JsRelay(process, Multiaddress.Parse(await process.ReadAfterAsync("listening ", StartPatience)));
    }

    public override async Task<long?> HeapAsync()
    {
        await _process.WriteLineAsync("");
        return long.Parse(await _process.ReadLineAsync(AnswerPatience), CultureInfo.InvariantCulture);
    }

    public override ValueTask DisposeAsync() => _process.DisposeAsync();

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "js");
}
