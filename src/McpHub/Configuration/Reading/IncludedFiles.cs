using System.Text;

namespace McpHub.Configuration.Reading;

/// <summary>Reads the files that a configuration draws in, and keeps account of them for the watcher.</summary>
internal sealed class IncludedFiles(string folder, SourceFile configuration)
{
    private readonly List<SourceFile> _sources = [configuration];

    /// <summary>The folder of the configuration file, which relative paths start from.</summary>
    public string Folder { get; } = folder;

    public IReadOnlyList<SourceFile> Sources => _sources;

    /// <summary>
    /// Returns the text of a file, or <see langword="null"/> and the reason. A file that is missing is kept account of too.
    /// </summary>
    public string? ReadText(string path, out string? reason)
    {
        var content = SourceFile.TryRead(Resolve(path), out var source, out reason);
        if (!_sources.Contains(source))
        {
            _sources.Add(source);
        }

        return content is null ? null : Encoding.UTF8.GetString(TextEncodingCheck.WithoutMark(content).Span);
    }

    /// <summary>
    /// Returns the names of the files of a folder that end so, in order, or <see langword="null"/> and the reason. The folder is kept
    /// account of: with another file in it, it is another source.
    /// </summary>
    public IReadOnlyList<string>? ListFolder(string path, string extension, out string? reason)
    {
        var folder = Resolve(path);
        SourceFile.TryRead(folder, out var source, out reason);
        if (!_sources.Contains(source))
        {
            _sources.Add(source);
        }

        if (!Directory.Exists(folder))
        {
            reason = "is no folder that is there";
            return null;
        }

        try
        {
            return SourceFile.NamesIn(folder).Where(name => name.EndsWith(extension, StringComparison.OrdinalIgnoreCase)).ToList();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            reason = "is a folder that cannot be read";
            return null;
        }
    }

    public string Resolve(string path) => path.Contains('\0') ? path : Path.GetFullPath(path, Folder);
}
