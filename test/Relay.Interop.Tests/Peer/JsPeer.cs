using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;

namespace Relay.Interop.Tests.Peer;

/// <summary>
/// A real js-libp2p peer in a process of its own. It ends when it is disposed of, and by itself when the test process is gone:
/// then its standard input closes.
/// </summary>
internal sealed partial class JsPeer : IAsyncDisposable
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(20);
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    private readonly Process _process;
    private readonly JsRpc _rpc;
    private readonly Task _life;
    private PeerAddresses _own = new(string.Empty, []);

    private JsPeer(Process process)
    {
        _process = process;
        _rpc = new JsRpc(process.StandardInput, process.StandardOutput, Transcript);
        _life = LiveAsync();
    }

    public string PeerId => _own.PeerId;

    /// <summary>The addresses it announces, each with its peer id.</summary>
    public IReadOnlyList<string> Addresses => _own.Addresses;

    /// <summary>The first of <see cref="Addresses"/>.</summary>
    public string Address => Addresses[0];

    public PeerTranscript Transcript { get; } = new();

    public int ProcessId { get; private init; }

    /// <summary>How the process ended: null until it has, and when it had to be killed.</summary>
    public int? ExitCode { get; private set; }

    /// <summary>Starts the process and the node in it.</summary>
    public static async Task<JsPeer> StartAsync(JsInstallation installation, JsPeerOptions options)
    {
        var start = new ProcessStartInfo(installation.NodeBinary, [installation.PeerScript])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = Utf8,
            StandardOutputEncoding = Utf8,
            StandardErrorEncoding = Utf8,
        };
        // For whoever hunts a fault: RELAY_INTEROP_DEBUG=libp2p:* puts js-libp2p's own log into the output of failed tests.
        if (Environment.GetEnvironmentVariable("RELAY_INTEROP_DEBUG") is { Length: > 0 } debug)
            start.Environment["DEBUG"] = debug;

        Process process = Process.Start(start)!;
        var peer = new JsPeer(process) { ProcessId = process.Id };
        try
        {
            await peer.StartNodeAsync(options);
            return peer;
        }
        catch
        {
            await peer.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the node, after <see cref="StopNodeAsync"/> a new one in the same process.</summary>
    public async Task StartNodeAsync(JsPeerOptions options) => _own = await CallAsync<PeerAddresses>("start", options);

    /// <summary>Stops the node in good order; the process stays.</summary>
    public Task StopNodeAsync() => CallAsync<JsonNode>("stop");

    public Task<T> CallAsync<T>(string command, object? args = null, TimeSpan? timeout = null) =>
        _rpc.CallAsync<T>(command, args, timeout ?? DefaultTimeout);

    /// <summary>Waits for an event that fits; see <see cref="JsRpc.EventAsync{T}"/>.</summary>
    public Task<T> EventAsync<T>(string name, Func<T, bool> fits, TimeSpan? timeout = null) =>
        _rpc.EventAsync(name, fits, timeout ?? DefaultTimeout);

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        try
        {
            await _life.WaitAsync(TimeSpan.FromSeconds(5));
        }
        catch (TimeoutException)
        {
            _process.Kill(entireProcessTree: true);
            await _life;
            ExitCode = null;
        }
        _process.Dispose();
    }

    private async Task LiveAsync()
    {
        try
        {
            await Task.WhenAll(_rpc.ReadAsync(), ReadErrorsAsync(), _process.WaitForExitAsync());
        }
        finally
        {
            await _process.WaitForExitAsync();
            ExitCode = _process.ExitCode;
            _rpc.Abandon($"the js-libp2p process ended with {ExitCode}\n{Transcript}");
        }
    }

    private async Task ReadErrorsAsync()
    {
        while (await _process.StandardError.ReadLineAsync() is { } line)
            Transcript.Add("! ", line);
    }
}
