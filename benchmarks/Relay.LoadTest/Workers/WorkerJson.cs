using System.Text.Json;
using System.Text.Json.Serialization;

namespace Relay.LoadTest.Workers;

/// <summary>Commands and replies as lines of text.</summary>
internal static class WorkerJson
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    public static string Write(WorkerCommand command) => JsonSerializer.Serialize(command, Options);

    public static string Write(WorkerReply reply) => JsonSerializer.Serialize(reply, Options);

    public static WorkerCommand ReadCommand(string line) => JsonSerializer.Deserialize<WorkerCommand>(line, Options)!;

    public static WorkerReply ReadReply(string line) => JsonSerializer.Deserialize<WorkerReply>(line, Options)!;
}
