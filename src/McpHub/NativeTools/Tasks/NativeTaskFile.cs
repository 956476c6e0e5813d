using System.Globalization;
using System.Text.Json;
using McpHub.Protocol;
using McpHub.State;

namespace McpHub.NativeTools.Tasks;

/// <summary>
/// The tasks on disk: a file of JSON lines to which every change is appended, and forced to the disk before the client hears of it.
/// Held by one process alone. Not thread-safe.
/// </summary>
/// <remarks>
/// Lines rather than a database: a task has two of them in its whole life, all of them fit into memory, they are read once, and never
/// asked for by anything but the id. A database would bring a native library, and be no safer for it. A line that a crash cut off is
/// the last one, and its client was not answered.
/// </remarks>
internal sealed class NativeTaskFile : IDisposable
{
    public const string FileName = "tasks.jsonl";

    // Below this the file isn't worth writing anew.
    private const int FewLines = 256;

    private readonly string _path;
    private FileStream _file;
    private int _lines;

    private NativeTaskFile(string path, FileStream file)
    {
        _path = path;
        _file = file;
    }

    /// <summary>Opens the file of a folder, or makes one.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="tasks">The tasks of before, as they were when the process that made them ended.</param>
    /// <exception cref="IOException">It cannot be had, for example because another process holds it.</exception>
    public static NativeTaskFile Open(string folder, out IReadOnlyList<NativeTaskRecord> tasks)
    {
        StateFolder.Create(folder);
        var path = Path.Combine(folder, FileName);
        var file = new NativeTaskFile(path, OpenStream(path, FileMode.OpenOrCreate));
        tasks = file.Read();
        return file;
    }

    /// <summary>Keeps a task, or what has become of it.</summary>
    /// <param name="task">The task.</param>
    /// <param name="all">All tasks, this one too: what the file holds beyond them may be dropped.</param>
    public void Append(NativeTaskRecord task, IReadOnlyCollection<NativeTaskRecord> all)
    {
        if (_lines > FewLines && _lines > 4 * all.Count)
        {
            Rewrite(all);
            return;
        }

        WriteLine(_file, task);
        _file.Flush(flushToDisk: true);
        _lines++;
    }

    /// <summary>Makes the file one of these tasks alone. Whenever the process ends meanwhile, the old file or the new one is there.</summary>
    public void Rewrite(IReadOnlyCollection<NativeTaskRecord> all)
    {
        var aside = _path + ".new";
        using (var file = OpenStream(aside, FileMode.Create))
        {
            foreach (var task in all)
            {
                WriteLine(file, task);
            }

            file.Flush(flushToDisk: true);
        }

        // Windows replaces no file that is open.
        _file.Dispose();
        File.Move(aside, _path, overwrite: true);
        _file = OpenStream(_path, FileMode.OpenOrCreate);
        _file.Seek(0, SeekOrigin.End);
        _lines = all.Count;
    }

    public void Dispose() => _file.Dispose();

    private List<NativeTaskRecord> Read()
    {
        var tasks = new Dictionary<string, NativeTaskRecord>();
        using var reader = new StreamReader(_file, leaveOpen: true);
        while (reader.ReadLine() is { } line)
        {
            if (TryParse(line) is { } task)
            {
                tasks[task.Id] = task;
            }
        }

        return [.. tasks.Values];
    }

    /// <returns><see langword="null"/> for a line that is none of ours, or was cut off.</returns>
    private static NativeTaskRecord? TryParse(string line)
    {
        try
        {
            var json = JsonElement.Parse(line);
            return new NativeTaskRecord(
                json.GetProperty("id").GetString()!,
                json.GetProperty("created").GetDateTimeOffset(),
                TimeSpan.FromMilliseconds(json.GetProperty("ttlMs").GetInt64()),
                json.GetProperty("pollMs").GetInt32())
            {
                Status = json.GetProperty("status").GetString()!,
                UpdatedAt = json.GetProperty("updated").GetDateTimeOffset(),
                Outcome = json.TryGetProperty("outcome", out var outcome) ? System.Text.Encoding.UTF8.GetBytes(outcome.GetRawText()) : default,
            };
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or FormatException or InvalidOperationException or OverflowException)
        {
            return null;
        }
    }

    private static void WriteLine(FileStream file, NativeTaskRecord task)
    {
        using var line = Utf8Buffer.Rent(task.Outcome.Length + 256);
        var copy = new ObjectCopy(line);
        copy.Member("id"u8, JsonText.Encode(task.Id));
        copy.Member("created"u8, Time(task.CreatedAt));
        copy.Member("updated"u8, Time(task.UpdatedAt));
        copy.Begin("ttlMs"u8);
        line.Write((long)task.TimeToLive.TotalMilliseconds);
        copy.Begin("pollMs"u8);
        line.Write(task.PollIntervalMs);
        copy.Member("status"u8, JsonText.Encode(task.Status));
        if (!task.Outcome.IsEmpty)
        {
            copy.Member("outcome"u8, task.Outcome.Span);
        }

        copy.End();
        line.ToOneLine();
        line.Write((byte)'\n');
        file.Write(line.Span);
    }

    private static byte[] Time(DateTimeOffset time) => JsonText.Encode(time.ToString("O", CultureInfo.InvariantCulture));

    /// <remarks>Not shared: two processes that append to one file would drop each other's tasks.</remarks>
    private static FileStream OpenStream(string path, FileMode mode) => StateFolder.OpenFile(path, mode, FileAccess.ReadWrite);
}
