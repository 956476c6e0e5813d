using System.Text;
using McpHub.Composition.Definitions;
using McpHub.Configuration;
using McpHub.Configuration.Reading;
using McpHub.Pipeline;
using McpHub.State;
using Microsoft.Extensions.Logging;

namespace McpHub.Composition.Authoring;

/// <summary>
/// The compositions that callers have defined, kept in the embedded database where the gateway has a folder for its state. Thread-safe.
/// </summary>
internal sealed partial class CallerCompositions(HubConfig config, ILogger<CallerCompositions> logger) : IDisposable
{
    /// <summary>The name of the database in the state folder.</summary>
    public const string FileName = "compositions.db";

    private static readonly string[] Migrations =
        ["CREATE TABLE compositions (name TEXT PRIMARY KEY, owner TEXT NOT NULL, author TEXT NOT NULL, definition TEXT NOT NULL);"];

    private readonly Lock _lock = new();
    private EmbeddedDatabase? _database;
    private volatile IReadOnlyList<CallerComposition> _all = [];
    private bool _isOpen;
    private bool _isDisposed;

    /// <summary>Something was defined or deleted.</summary>
    public event Action? Changed;

    /// <summary>All of them, in the order of their names; none before <see cref="Open"/>.</summary>
    public IReadOnlyList<CallerComposition> All => _all;

    /// <summary>Reads what was kept, once.</summary>
    public void Open()
    {
        lock (_lock)
        {
            if (_isOpen || _isDisposed)
            {
                return;
            }

            _isOpen = true;
            if (StateFolder.Of(config) is not { } folder)
            {
                return;
            }

            try
            {
                _database = EmbeddedDatabase.Open(Path.Combine(folder, FileName), Migrations);
                var rows = _database.Read(t => t.Rows(
                    r => (Owner: r.GetString(1), Author: r.GetString(2), Json: r.GetString(3)), "SELECT name, owner, author, definition FROM compositions ORDER BY name"));
                _all = [.. rows.Select(r => Restore(r.Owner, r.Author, r.Json)).OfType<CallerComposition>()];
            }
            catch (Exception e) when (e is IOException or InvalidOperationException or UnauthorizedAccessException)
            {
                LogNotKept(logger, e.Message);
            }
        }
    }

    /// <summary>Takes a definition, in the place of the author's own by the same name if there is one.</summary>
    /// <param name="caller">The author.</param>
    /// <param name="plan">The definition, checked.</param>
    /// <param name="limits">How many there may be.</param>
    /// <param name="mayReplace">Whether it may take the place of another.</param>
    /// <returns>Why not; <see langword="null"/> if it was taken.</returns>
    public Problem? Define(Caller caller, CompositionPlan plan, CallerCompositionsConfig limits, bool mayReplace)
    {
        lock (_lock)
        {
            Open();
            var name = plan.Definition.Name;
            var old = _all.FirstOrDefault(c => c.Name == name);
            if (old is not null && old.Owner != caller.Key)
            {
                return new Problem("is the name of another tool", "Choose another name.");
            }

            if (old is not null && !mayReplace)
            {
                return new Problem("is the name of a composition that you have defined before", "Say \"replace\": true to replace it, or choose another name.");
            }

            if (old is null && _all.Count(c => c.Owner == caller.Key) >= limits.PerCaller)
            {
                return new Problem($"is one more than the {limits.PerCaller} that a caller may have", "Delete one with hub_delete_composition first.");
            }

            if (old is null && _all.Count >= limits.Total)
            {
                return new Problem($"is one more than the {limits.Total} that the gateway keeps", "Ask whoever runs the gateway to raise gateway.callerCompositions.total.");
            }

            var made = new CallerComposition(caller.Key, caller.Subject, plan, ConfigJson.Of(plan.Definition.Node));
            _database?.Write(t => t.Run(
                "INSERT OR REPLACE INTO compositions (name, owner, author, definition) VALUES ($0, $1, $2, $3)", name, made.Owner, made.Author, made.Json));
            _all = [.. _all.Where(c => c != old).Append(made).OrderBy(c => c.Name, StringComparer.Ordinal)];
        }

        Changed?.Invoke();
        return null;
    }

    /// <returns>Whether the caller had one by this name.</returns>
    public bool Delete(Caller caller, string name)
    {
        lock (_lock)
        {
            Open();
            if (_all.FirstOrDefault(c => c.Name == name && c.Owner == caller.Key) is not { } old)
            {
                return false;
            }

            _database?.Write(t => t.Run("DELETE FROM compositions WHERE name = $0 AND owner = $1", name, caller.Key));
            _all = [.. _all.Where(c => c != old)];
        }

        Changed?.Invoke();
        return true;
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            _database?.Dispose();
            _database = null;
        }
    }

    private CallerComposition? Restore(string owner, string author, string json)
    {
        if (CompositionReader.Parse(Encoding.UTF8.GetBytes(json), out var issues) is { } plan)
        {
            return new CallerComposition(owner, author, plan, json);
        }

        LogInvalid(logger, issues.Count > 0 ? issues[0].ToString() : "");
        return null;
    }

    [LoggerMessage(230, LogLevel.Error, "The compositions of callers can't be kept, and are gone when the gateway ends: {Reason}")]
    private static partial void LogNotKept(ILogger logger, string reason);

    [LoggerMessage(231, LogLevel.Warning, "A composition that a caller has defined is no longer valid, and is left out: {Issue}")]
    private static partial void LogInvalid(ILogger logger, string issue);
}
