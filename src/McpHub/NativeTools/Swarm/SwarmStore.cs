using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using McpHub.Configuration;
using McpHub.State;
using Microsoft.Data.Sqlite;
using ModelContextProtocol;
using Transaction = McpHub.State.EmbeddedDatabase.Transaction;

namespace McpHub.NativeTools.Swarm;

/// <summary>
/// The agents and tasks of the pack <c>swarm</c>, in the embedded database. Thread-safe. The file is opened when it is needed for the
/// first time. Events are published when a change is written down, and before the call that made it is answered. What a client did wrong is an <see cref="McpException"/>, whose message it is shown.
/// </summary>
internal sealed class SwarmStore(HubConfig config, ICacheEventBus events, TimeProvider time) : IDisposable
{
    public const string DefaultRole = "worker";

    /// <summary>The name of the database in the state folder.</summary>
    public const string FileName = "swarm.db";

    private const int MostAgents = 1000;
    private const int MostOpenTasks = 10_000;

    // What is done is kept for a look back; the oldest make room.
    private const int MostEndedTasks = 1000;

    // With the longest texts, an answer has 6 MB.
    private const int MostListed = 500;
    private const int MostCapabilities = 50;
    private const int LongestName = 100;
    private const int LongestDescription = 2000;
    private const int LongestResult = 10_000;

    private const string AgentColumns =
        "SELECT a.id, a.name, a.role, a.capabilities, a.created, (SELECT count(*) FROM tasks t WHERE t.agent = a.id AND t.status = 'assigned') AS open FROM agents a";

    private const string TaskColumns = "SELECT id, agent, description, priority, status, result, created, completed FROM tasks";

    private static readonly string[] Migrations =
    [
        """
        CREATE TABLE agents (
          id TEXT PRIMARY KEY, name TEXT NOT NULL, role TEXT NOT NULL, capabilities TEXT NOT NULL, created INTEGER NOT NULL);
        CREATE TABLE tasks (
          id TEXT PRIMARY KEY, agent TEXT REFERENCES agents (id) ON DELETE SET NULL, description TEXT NOT NULL, priority INTEGER NOT NULL,
          status TEXT NOT NULL, result TEXT, created INTEGER NOT NULL, completed INTEGER);
        CREATE INDEX tasks_of_agent ON tasks (agent, status);
        CREATE INDEX open_tasks ON tasks (priority DESC, created, id) WHERE completed IS NULL;
        CREATE INDEX ended_tasks ON tasks (completed, id) WHERE completed IS NOT NULL;
        """,
    ];

    private readonly Lock _opening = new();
    private EmbeddedDatabase? _database;
    private bool _isDisposed;

    public SwarmAgent CreateAgent(string name, string role, IReadOnlyList<string> capabilities)
    {
        Check("name", name, LongestName);
        Check("role", role, LongestName);
        if (capabilities.Count > MostCapabilities)
        {
            throw new McpException($"'capabilities' has {capabilities.Count} words; {MostCapabilities} is the most.");
        }

        foreach (var capability in capabilities)
        {
            Check("capabilities", capability, LongestName);
        }

        var agent = Database.Write(t =>
        {
            if (Count(t, "SELECT count(*) FROM agents") >= MostAgents)
            {
                throw new McpException($"There are {MostAgents} agents, which is the most; scale a role down first.");
            }

            return Find(t, Insert(t, name, role, capabilities))!;
        });
        events.Publish(new AgentCreated(agent.AgentId));
        return agent;
    }

    /// <param name="role">Only those of this role.</param>
    /// <param name="status">Only <c>idle</c> or <c>busy</c> ones.</param>
    public IReadOnlyList<SwarmAgent> ListAgents(string? role, string? status)
    {
        CheckChoice("status", status, "idle", "busy");
        return Database.Read(t => t.Rows(
            ReadAgent,
            $"SELECT * FROM ({AgentColumns}) WHERE ($0 IS NULL OR role = $0) AND ($1 IS NULL OR (open > 0) = ($1 = 'busy')) ORDER BY created, id",
            role, status));
    }

    public SwarmAgent GetAgent(string agentId) => Database.Read(t => Find(t, agentId)) ?? throw NoAgent(agentId);

    /// <param name="agentId">Whose task it is; the agent with the least to do if absent.</param>
    /// <param name="capability">What the agent must be able to do, if none is named.</param>
    public SwarmTask AssignTask(string description, string? agentId, string? capability, int priority)
    {
        Check("description", description, LongestDescription);
        CheckRange("priority", priority, 0, 9);
        var task = Database.Write(t =>
        {
            var agent = agentId is null ? Choose(t, capability) : Find(t, agentId) ?? throw NoAgent(agentId);
            if (Count(t, "SELECT count(*) FROM tasks WHERE completed IS NULL") >= MostOpenTasks)
            {
                throw new McpException($"There are {MostOpenTasks} tasks to do, which is the most; complete some first.");
            }

            var id = NewId("task");
            t.Run(
                "INSERT INTO tasks (id, agent, description, priority, status, created) VALUES ($0, $1, $2, $3, 'assigned', $4)",
                id, agent.AgentId, description, priority, Now());
            return FindTask(t, id)!;
        });
        events.Publish(new TaskAssigned(task.TaskId, task.AgentId!));
        return task;
    }

    public SwarmTask CompleteTask(string taskId, string? result, bool failed)
    {
        if (result?.Length > LongestResult)
        {
            throw new McpException($"'result' has {result.Length} characters; {LongestResult} is the most.");
        }

        var task = Database.Write(t =>
        {
            var changed = t.Run(
                "UPDATE tasks SET status = $1, result = $2, completed = $3 WHERE id = $0 AND status = 'assigned'",
                taskId, failed ? "failed" : "completed", result, Now());
            var task = FindTask(t, taskId) ?? throw new McpException($"There is no task '{taskId}'.");
            if (changed == 0)
            {
                throw new McpException($"The task '{taskId}' has already {task.Status}.");
            }

            if (Count(t, "SELECT count(*) FROM tasks WHERE completed IS NOT NULL") > MostEndedTasks)
            {
                t.Run("DELETE FROM tasks WHERE id = (SELECT id FROM tasks WHERE completed IS NOT NULL ORDER BY completed, id LIMIT 1)");
            }

            return task;
        });
        events.Publish(new TaskCompleted(task.TaskId, task.AgentId));
        return task;
    }

    /// <summary>Those to do first, by priority and age, and then those that ended, the last one first.</summary>
    /// <param name="limit">How many at most, 1 to 500.</param>
    /// <param name="offset">How many to leave out.</param>
    public IReadOnlyList<SwarmTask> ListTasks(string? agentId, string? status, int limit, int offset)
    {
        CheckChoice("status", status, "assigned", "completed", "failed");
        CheckRange("limit", limit, 1, MostListed);
        CheckRange("offset", offset, 0, int.MaxValue);
        return Database.Read(t => t.Rows(
            ReadTask,
            $"{TaskColumns} WHERE ($0 IS NULL OR agent = $0) AND ($1 IS NULL OR status = $1) ORDER BY completed IS NOT NULL, CASE WHEN completed IS NULL THEN priority END DESC, completed DESC, created, id LIMIT $2 OFFSET $3",
            agentId, status, limit, offset));
    }

    /// <summary>Makes agents of a role, or removes idle ones, until there are so many.</summary>
    public SwarmScale Scale(string role, int count)
    {
        Check("role", role, LongestName);
        CheckRange("count", count, 0, MostAgents);
        var scale = Database.Write(t =>
        {
            var present = Count(t, "SELECT count(*) FROM agents WHERE role = $0", role);
            var others = Count(t, "SELECT count(*) FROM agents WHERE role <> $0", role);
            if (others + count > MostAgents)
            {
                throw new McpException($"There are {others} agents of other roles; with {count} more there would be more than {MostAgents}.");
            }

            var created = Enumerable.Range(present + 1, Math.Max(0, count - present)).Select(i => Insert(t, $"{role} {i}", role, [])).ToArray();
            var removed = t.Rows(
                static r => r.GetString(0),
                $"SELECT id FROM ({AgentColumns}) WHERE role = $0 AND open = 0 ORDER BY created DESC, id LIMIT $1",
                role, Math.Max(0, present - count));
            foreach (var id in removed)
            {
                t.Run("DELETE FROM agents WHERE id = $0", id);
            }

            return new SwarmScale(role, present + created.Length - removed.Count, created, removed);
        });
        if (scale.Created.Count + scale.Removed.Count > 0)
        {
            events.Publish(new SwarmScaled(role, scale.Agents, [.. scale.Created, .. scale.Removed]));
        }

        return scale;
    }

    public SwarmStatus Status() => Database.Read(t =>
    {
        var agents = t.Rows(ReadAgent, AgentColumns);
        var tasks = t.Rows(static r => (Status: r.GetString(0), Count: r.GetInt32(1)), "SELECT status, count(*) FROM tasks GROUP BY status")
            .ToDictionary(r => r.Status, r => r.Count);
        return new SwarmStatus(
            agents.Count,
            agents.Count(a => a.OpenTasks == 0),
            agents.Count(a => a.OpenTasks > 0),
            tasks.GetValueOrDefault("assigned"),
            tasks.GetValueOrDefault("completed"),
            tasks.GetValueOrDefault("failed"),
            agents.GroupBy(a => a.Role).OrderBy(g => g.Key, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Count()));
    });

    public void Dispose()
    {
        lock (_opening)
        {
            _isDisposed = true;
            _database?.Dispose();
        }
    }

    private EmbeddedDatabase Database
    {
        get
        {
            lock (_opening)
            {
                ObjectDisposedException.ThrowIf(_isDisposed, this);
                return _database ??= Open();
            }
        }
    }

    private EmbeddedDatabase Open()
    {
        try
        {
            return StateFolder.Of(config) is { } folder
                ? EmbeddedDatabase.Open(Path.Combine(folder, FileName), Migrations)
                : throw new IOException("The user has no data folder; set gateway.state.path.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            // It names files of the machine, which are no business of a client's; the log has all of it.
            throw new McpException("The swarm can't be kept; the gateway's log says why.", e);
        }
    }

    private string Insert(Transaction t, string name, string role, IReadOnlyList<string> capabilities)
    {
        var id = NewId("agent");
        t.Run(
            "INSERT INTO agents (id, name, role, capabilities, created) VALUES ($0, $1, $2, $3, $4)",
            id, name, role, JsonSerializer.Serialize(capabilities), Now());
        return id;
    }

    private static SwarmAgent Choose(Transaction t, string? capability) =>
        t.Row(
            ReadAgent,
            $"SELECT * FROM ({AgentColumns}) WHERE $0 IS NULL OR EXISTS (SELECT 1 FROM json_each(capabilities) WHERE value = $0) ORDER BY open, created, id LIMIT 1",
            capability)
        ?? throw new McpException(capability is null ? "There are no agents; create one first." : $"No agent is capable of '{capability}'.");

    private static SwarmAgent? Find(Transaction t, string agentId) => t.Row(ReadAgent, $"{AgentColumns} WHERE a.id = $0", agentId);

    private static SwarmTask? FindTask(Transaction t, string taskId) => t.Row(ReadTask, $"{TaskColumns} WHERE id = $0", taskId);

    private static int Count(Transaction t, string sql, params ReadOnlySpan<object?> parameters) =>
        Convert.ToInt32(t.Value(sql, parameters), CultureInfo.InvariantCulture);

    private static SwarmAgent ReadAgent(SqliteDataReader row)
    {
        var open = row.GetInt32(5);
        return new SwarmAgent(
            row.GetString(0), row.GetString(1), row.GetString(2), JsonSerializer.Deserialize<string[]>(row.GetString(3)) ?? [],
            open > 0 ? "busy" : "idle", open, DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(4)));
    }

    private static SwarmTask ReadTask(SqliteDataReader row) => new(
        row.GetString(0),
        row.IsDBNull(1) ? null : row.GetString(1),
        row.GetString(2),
        row.GetInt32(3),
        row.GetString(4),
        row.IsDBNull(5) ? null : row.GetString(5),
        DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(6)),
        row.IsDBNull(7) ? null : DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(7)));

    private long Now() => time.GetUtcNow().ToUnixTimeMilliseconds();

    private static string NewId(string kind) => $"{kind}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}";

    private static McpException NoAgent(string agentId) => new($"There is no agent '{agentId}'.");

    private static void Check(string name, string? value, int longest)
    {
        // A client may send null, whatever the schema says.
        if (string.IsNullOrWhiteSpace(value))
        {
            throw new McpException($"'{name}' is empty.");
        }

        if (value.Length > longest)
        {
            throw new McpException($"'{name}' has {value.Length} characters; {longest} is the most.");
        }
    }

    private static void CheckRange(string name, int value, int least, int most)
    {
        if (value < least || value > most)
        {
            throw new McpException($"'{name}' is {value}; it has to be {least} to {most}.");
        }
    }

    private static void CheckChoice(string name, string? value, params string[] choices)
    {
        if (value is not null && !choices.Contains(value))
        {
            throw new McpException($"'{name}' is '{value}'; it has to be one of {string.Join(", ", choices)}.");
        }
    }
}
