using Microsoft.Data.Sqlite;
using Relay.Multiformats;

namespace MembersFromDatabase;

#region table
/// <summary>The table <c>members</c> of a SQLite database: one row for each peer that may reserve.</summary>
internal sealed class MemberTable(string connectionString)
{
    public Task CreateAsync() => ExecuteAsync("CREATE TABLE members (peer_id TEXT PRIMARY KEY NOT NULL)");

    public Task AddAsync(PeerId peer) => ExecuteAsync("INSERT INTO members VALUES ($peer)", peer);

    public Task RemoveAsync(PeerId peer) => ExecuteAsync("DELETE FROM members WHERE peer_id = $peer", peer);

    public async ValueTask<IEnumerable<PeerId>> ReadAsync(CancellationToken cancellationToken)
    {
        await using var connection = new SqliteConnection(connectionString);
        await connection.OpenAsync(cancellationToken);
        await using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT peer_id FROM members";
        await using SqliteDataReader rows = await command.ExecuteReaderAsync(cancellationToken);
        var members = new List<PeerId>();
        while (await rows.ReadAsync(cancellationToken))
            members.Add(PeerId.Parse(rows.GetString(0)));
        return members;
    }

    private async Task ExecuteAsync(string sql, PeerId? peer = null)
    {
        await using var connection = new SqliteConnection(connectionString);
        await connection.OpenAsync();
        await using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        if (peer is not null)
            command.Parameters.AddWithValue("$peer", peer.ToString());
        await command.ExecuteNonQueryAsync();
    }
}
#endregion
