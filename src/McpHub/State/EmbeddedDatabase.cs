using System.Globalization;
using Microsoft.Data.Sqlite;

namespace McpHub.State;

/// <summary>
/// One SQLite file of the state folder, for what has to be found again after a restart. One transaction at a time, on the thread that
/// asks for it: it is for small ones. Thread-safe, also towards other processes with the same file.
/// </summary>
internal sealed class EmbeddedDatabase : IDisposable
{
    // For another process that has the file at the same moment.
    private const int BusySeconds = 5;

    private readonly Lock _lock = new();
    private readonly SqliteConnection _connection;

    private EmbeddedDatabase(SqliteConnection connection) => _connection = connection;

    /// <summary>Opens the file, makes it if it isn't there, and brings its tables up to date.</summary>
    /// <param name="path">The file. A new one is for its owner alone.</param>
    /// <param name="migrations">What makes the tables, in order; each is run once in the life of a file, so that the list may only grow.</param>
    /// <exception cref="InvalidOperationException">There is no SQLite, or the file is of a newer gateway.</exception>
    /// <exception cref="IOException">The file can't be used; the message says why.</exception>
    public static EmbeddedDatabase Open(string path, IReadOnlyList<string> migrations)
    {
        SqliteLibrary.Load();
        StateFolder.Create(Path.GetDirectoryName(path)!);
        if (!File.Exists(path))
        {
            // SQLite would make it by the process's own mask.
            StateFolder.OpenFile(path, FileMode.OpenOrCreate, FileAccess.ReadWrite).Dispose();
        }

        var settings = new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, DefaultTimeout = BusySeconds };
        var connection = new SqliteConnection(settings.ConnectionString);
        try
        {
            connection.Open();

            // In this mode a commit is safe from the end of the process, and needs no wait for the disk.
            Run(connection, null, "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON;");
            Migrate(connection, path, migrations);
            return new EmbeddedDatabase(connection);
        }
        catch (SqliteException e)
        {
            connection.Dispose();
            throw new IOException($"The database {path} can't be used: {e.Message} Set gateway.state.path to a folder that the gateway may write to.", e);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Reads; what other processes write meanwhile does not wait for it, and is not seen.</summary>
    public T Read<T>(Func<Transaction, T> work) => Run(work, isRead: true);

    /// <summary>Runs statements as one: all of them, or none.</summary>
    public T Write<T>(Func<Transaction, T> work) => Run(work, isRead: false);

    public void Dispose()
    {
        lock (_lock)
        {
            _connection.Dispose();
        }
    }

    private T Run<T>(Func<Transaction, T> work, bool isRead)
    {
        lock (_lock)
        {
            using var transaction = _connection.BeginTransaction(deferred: isRead);
            var result = work(new Transaction(_connection, transaction));
            transaction.Commit();
            return result;
        }
    }

    private static void Migrate(SqliteConnection connection, string path, IReadOnlyList<string> migrations)
    {
        using var transaction = connection.BeginTransaction(deferred: false);
        var done = Convert.ToInt32(new Transaction(connection, transaction).Value("PRAGMA user_version"), CultureInfo.InvariantCulture);
        if (done > migrations.Count)
        {
            throw new InvalidOperationException(
                $"The database {path} is of a newer version of the gateway ({done}; this one knows {migrations.Count}). Start that one, or move the file away.");
        }

        foreach (var migration in migrations.Skip(done))
        {
            Run(connection, transaction, migration);
        }

        Run(connection, transaction, $"PRAGMA user_version = {migrations.Count.ToString(CultureInfo.InvariantCulture)}");
        transaction.Commit();
    }

    private static void Run(SqliteConnection connection, SqliteTransaction? transaction, string sql)
    {
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <summary>Statements of one transaction, with parameters <c>$0</c>, <c>$1</c>, … in their order.</summary>
    internal readonly struct Transaction(SqliteConnection connection, SqliteTransaction transaction)
    {
        /// <summary>Runs a statement.</summary>
        /// <returns>How many rows it changed.</returns>
        public int Run(string sql, params ReadOnlySpan<object?> parameters)
        {
            using var command = Command(sql, parameters);
            return command.ExecuteNonQuery();
        }

        /// <summary>The first column of the first row; <see langword="null"/> if there is none.</summary>
        public object? Value(string sql, params ReadOnlySpan<object?> parameters)
        {
            using var command = Command(sql, parameters);
            return command.ExecuteScalar() is { } value and not DBNull ? value : null;
        }

        /// <summary>All rows, each read by <paramref name="read"/>.</summary>
        public IReadOnlyList<T> Rows<T>(Func<SqliteDataReader, T> read, string sql, params ReadOnlySpan<object?> parameters)
        {
            using var command = Command(sql, parameters);
            using var reader = command.ExecuteReader();
            var rows = new List<T>();
            while (reader.Read())
            {
                rows.Add(read(reader));
            }

            return rows;
        }

        /// <summary>The first row; <see langword="null"/> if there is none.</summary>
        public T? Row<T>(Func<SqliteDataReader, T> read, string sql, params ReadOnlySpan<object?> parameters)
            where T : class
        {
            var rows = Rows(read, sql, parameters);
            return rows.Count > 0 ? rows[0] : null;
        }

        private SqliteCommand Command(string sql, ReadOnlySpan<object?> parameters)
        {
            var command = connection.CreateCommand();
            command.Transaction = transaction;
            command.CommandText = sql;
            for (var i = 0; i < parameters.Length; i++)
            {
                command.Parameters.AddWithValue("$" + i.ToString(CultureInfo.InvariantCulture), parameters[i] ?? DBNull.Value);
            }

            return command;
        }
    }
}
