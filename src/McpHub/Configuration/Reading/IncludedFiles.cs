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

    public string Resolve(string path) => path.Contains('\0') ? path : Path.GetFullPath(path, Folder);
}
