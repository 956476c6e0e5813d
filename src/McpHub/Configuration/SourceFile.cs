using System.Text;

namespace McpHub.Configuration;

/// <summary>A file that a configuration was made of, and what it held.</summary>
/// <param name="Path">The file, absolute; or a folder, for the names in it.</param>
/// <param name="Content">Its content; <see langword="null"/> when it could not be read.</param>
internal readonly record struct SourceFile(string Path, byte[]? Content)
{
    /// <summary>More than this is no configuration; it keeps <c>${file:/dev/zero}</c> from filling the memory.</summary>
    public const int MaxBytes = 16 * 1024 * 1024;

    private const string SizeLimit = "16 MB";

    // One that is too large stays so, whatever it holds.
    private static readonly byte[] TooLarge = "too large"u8.ToArray();

    public bool HasChanged()
    {
        TryRead(Path, out var now, out _);
        return now != this;
    }

    public bool Equals(SourceFile other) =>
        Path == other.Path && (Content is null) == (other.Content is null) && Content.AsSpan().SequenceEqual(other.Content);

    public override int GetHashCode() => Path.GetHashCode(StringComparison.Ordinal);

    /// <summary>Reads the file; gives <see langword="null"/> and the reason when that cannot be done.</summary>
    public static byte[]? TryRead(string path, out SourceFile source, out string? reason)
    {
        try
        {
            var content = ReadUpToLimit(path);
            source = new SourceFile(path, content ?? TooLarge);
            reason = content is null ? $"is larger than {SizeLimit}" : null;
            return content;
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            reason = "does not exist";
        }
        catch (UnauthorizedAccessException)
        {
            // Also what .NET throws when the path is a directory.
            var isFolder = Directory.Exists(path);
            reason = isFolder ? "is a folder" : "may not be read by this user";
            source = new SourceFile(path, isFolder ? TryReadNames(path) : null);
            return null;
        }
        catch (Exception failure) when (failure is IOException or ArgumentException or NotSupportedException)
        {
            reason = "cannot be read";
        }

        source = new SourceFile(path, null);
        return null;
    }

    /// <summary>The names of the files of a folder, in order.</summary>
    public static IEnumerable<string> NamesIn(string folder) =>
        Directory.EnumerateFiles(folder).Select(file => System.IO.Path.GetFileName(file)!).Order(StringComparer.Ordinal);

    /// <summary>A folder is another one with other files in it; what is in them is theirs to say.</summary>
    private static byte[]? TryReadNames(string folder)
    {
        try
        {
            return Encoding.UTF8.GetBytes(string.Join('\0', NamesIn(folder)));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static byte[]? ReadUpToLimit(string path)
    {
        // An editor may be about to replace the file: sharing everything keeps the gateway out of its way.
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var content = new MemoryStream();
        var buffer = new byte[16 * 1024];
        for (int read; (read = file.Read(buffer)) > 0;)
        {
            if (content.Length + read > MaxBytes)
            {
                return null;
            }

            content.Write(buffer, 0, read);
        }

        return content.ToArray();
    }
}
