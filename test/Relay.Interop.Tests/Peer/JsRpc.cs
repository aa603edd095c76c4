using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Relay.Interop.Tests.Peer;

/// <summary>
/// Commands to a peer process and its replies and events, one JSON object per line. Commands may run at the same time.
/// </summary>
internal sealed class JsRpc(TextWriter output, TextReader input, PeerTranscript transcript)
{
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(10); // the peer keeps the deadlines; this is for one that hangs

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter<StreamEnd>(JsonNamingPolicy.CamelCase) },
    };

    private readonly Lock _lock = new();
    private readonly Dictionary<int, TaskCompletionSource<JsonNode>> _pending = [];
    private readonly List<(string Name, JsonNode Data)> _events = [];
    private readonly List<EventWaiter> _waiters = [];
    private JsPeerException? _gone;
    private int _lastId;

    public async Task<T> CallAsync<T>(string command, object? args, TimeSpan timeout)
    {
        JsonNode result = await CallAsync(command, args, timeout);
        return result.Deserialize<T>(Json) ?? throw new JsonException($"The result of {command} is null.");
    }

    public async Task<JsonNode> CallAsync(string command, object? args, TimeSpan timeout)
    {
        JsonObject withTimeout = JsonSerializer.SerializeToNode(args ?? new object(), Json)!.AsObject();
        withTimeout["timeout"] = (long)timeout.TotalMilliseconds;
        var reply = new TaskCompletionSource<JsonNode>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (_gone is not null)
                throw _gone;
            int id = ++_lastId;
            _pending.Add(id, reply);
            string line = new JsonObject { ["id"] = id, ["command"] = command, ["args"] = withTimeout }.ToJsonString(Json);
            transcript.Add("> ", line);
            output.WriteLine(line);
            output.Flush();
        }
        return await reply.Task.WaitAsync(timeout + Slack);
    }

    /// <summary>
    /// The first event of that name that fits and was not handed out before, now or when it comes. It and those of its name before it are used up.
    /// </summary>
    public async Task<T> EventAsync<T>(string name, Func<T, bool> fits, TimeSpan timeout)
    {
        var waiter = new EventWaiter(name, data => fits(data.Deserialize<T>(Json)!));
        lock (_lock)
        {
            if (_gone is not null)
                throw _gone;
            int found = _events.FindIndex(one => one.Name == name && waiter.Fits(one.Data));
            if (found < 0)
            {
                _waiters.Add(waiter);
            }
            else
            {
                waiter.Found.SetResult(_events[found].Data);
                DropEventsNeedsLock(name, found);
            }
        }
        JsonNode data = await waiter.Found.Task.WaitAsync(timeout);
        return data.Deserialize<T>(Json)!;
    }

    /// <summary>Handles what the peer writes until it ends.</summary>
    public async Task ReadAsync()
    {
        while (await input.ReadLineAsync() is { } line)
        {
            transcript.Add("< ", line);
            JsonNode message = JsonNode.Parse(line)!;
            if (message["event"] is { } name)
                Raise(name.GetValue<string>(), message["data"]!);
            else
                Complete(message);
        }
    }

    /// <summary>Fails what waits and what comes later: the peer is gone.</summary>
    public void Abandon(string reason)
    {
        lock (_lock)
        {
            _gone ??= new JsPeerException("PeerGone", reason);
            foreach (TaskCompletionSource<JsonNode> reply in _pending.Values)
                reply.TrySetException(_gone);
            foreach (EventWaiter waiter in _waiters)
                waiter.Found.TrySetException(_gone);
            _pending.Clear();
            _waiters.Clear();
        }
    }

    private void Complete(JsonNode message)
    {
        TaskCompletionSource<JsonNode>? reply;
        lock (_lock)
            _pending.Remove(message["id"]!.GetValue<int>(), out reply);
        if (message["error"] is { } error)
            reply?.SetException(new JsPeerException(error["name"]!.GetValue<string>(), error["message"]!.GetValue<string>()));
        else
            reply?.SetResult(message["result"]!);
    }

    private void Raise(string name, JsonNode data)
    {
        lock (_lock)
        {
            EventWaiter? waiter = _waiters.Find(one => one.Name == name && one.Fits(data));
            _events.Add((name, data));
            if (waiter is not null)
            {
                _waiters.Remove(waiter);
                waiter.Found.TrySetResult(data);
                DropEventsNeedsLock(name, _events.Count - 1);
            }
        }
    }

    private void DropEventsNeedsLock(string name, int last)
    {
        for (int i = last; i >= 0; i--)
        {
            if (_events[i].Name == name)
                _events.RemoveAt(i);
        }
    }

    private sealed record EventWaiter(string Name, Func<JsonNode, bool> Fits)
    {
        public TaskCompletionSource<JsonNode> Found { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
