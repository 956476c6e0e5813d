namespace McpHub.FunctionalTests.Interop;

/// <summary>A temporary folder with what the file server is asked about.</summary>
public sealed class FileServerFolder : IDisposable
{
    private static readonly byte[] Png = Convert.FromBase64String(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==");

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mcphub-files-");

    public FileServerFolder()
    {
        // Its times are asked for, so it is never written again.
        Directory.CreateDirectory(Root);
        File.WriteAllText(PathOf("untouched.txt"), "untouched\n");
        Reset();
    }

    /// <summary>The folder that the file server may use.</summary>
    public string Root => Path.Combine(_folder.FullName, "shared");

    public string PathOf(string name) => Path.Combine(Root, name);

    /// <summary>A file for a memory server, outside of <see cref="Root"/>.</summary>
    public string MemoryFile(string name) => Path.Combine(_folder.FullName, name + ".jsonl");

    /// <summary>Undoes whatever was done.</summary>
    public void Reset()
    {
        foreach (var entry in new DirectoryInfo(Root).EnumerateFileSystemInfos().Where(e => e.Name != "untouched.txt"))
        {
            if (entry is DirectoryInfo directory)
            {
                directory.Delete(recursive: true);
            }
            else
            {
                entry.Delete();
            }
        }

        File.WriteAllText(PathOf("notes.txt"), "first\nsecond „quoted“ 漢字 🚀\nthird\tand \\ \"last\"\n");
        File.WriteAllBytes(PathOf("dot.png"), Png);
        File.WriteAllBytes(PathOf("data.bin"), [0, 1, 2, 250, 251, 252]);
        Directory.CreateDirectory(PathOf("inner/empty"));
        File.WriteAllText(PathOf("inner/code.ts"), "export const answer = 42;\n");
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
