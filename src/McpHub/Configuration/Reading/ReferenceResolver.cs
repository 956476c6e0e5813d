namespace McpHub.Configuration.Reading;

/// <summary>Says what a reference stands for.</summary>
internal sealed class ReferenceResolver(IncludedFiles files, Func<string, string?> environment)
{
    private const string EnvPrefix = "env:";
    private const string FilePrefix = "file:";

    /// <summary>Returns the value of what stands between <c>${</c> and <c>}</c>, or <see langword="null"/> and the problem.</summary>
    public string? Resolve(string body, out Problem? problem)
    {
        problem = null;
        if (body.StartsWith(FilePrefix, StringComparison.Ordinal))
        {
            return ResolveFile(body[FilePrefix.Length..], out problem);
        }

        if (body is "workspaceFolder")
        {
            return WorkspaceFolder();
        }

        if (body is "userHome")
        {
            return Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        }

        var isExplicit = body.StartsWith(EnvPrefix, StringComparison.Ordinal);
        var (name, fallback) = Reference.Split(isExplicit ? body[EnvPrefix.Length..] : body);
        if (isExplicit ? name.Length == 0 || name.Contains('=') : !Reference.IsVariableName(name))
        {
            problem = Unknown(name);
            return null;
        }

        // As in a shell, ":-" also stands in for a variable that is set to nothing.
        var value = environment(name);
        if (fallback is not null && string.IsNullOrEmpty(value))
        {
            return fallback;
        }

        if (value is null)
        {
            problem = new Problem(
                $"needs the environment variable {VisibleText.Of(name)}, which is not set",
                $"Set {VisibleText.Of(name)}, or give a default: ${{{VisibleText.Of(name)}:-value}}.");
        }

        return value;
    }

    private string WorkspaceFolder() =>
        Path.GetFileName(files.Folder) is ".vscode" ? Path.GetDirectoryName(files.Folder)! : files.Folder;

    private string? ResolveFile(string path, out Problem? problem)
    {
        problem = null;
        string? reason = "has no name";
        if (path.Length > 0 && files.ReadText(path, out reason) is { } content)
        {
            return content.TrimEnd('\r', '\n');
        }

        problem = new Problem(
            $"needs the file {VisibleText.Of(path)}, which {reason}",
            "Give a readable file; a relative path starts at the folder of the configuration.");
        return null;
    }

    private static Problem Unknown(string name)
    {
        var shown = VisibleText.Of(name);
        return name.StartsWith("input:", StringComparison.Ordinal)
            ? new Problem(
                $"asks for the input {shown["input:".Length..]}, but a gateway has nobody to ask",
                "Use an environment variable instead, for example ${API_KEY}.")
            : new Problem(
                Reference.IsPlain(name) ? $"holds ${{{shown}}}, which is no known reference" : "holds a ${ that starts no known reference",
                "Use ${VAR}, ${VAR:-default}, ${env:VAR}, ${file:PATH}, ${workspaceFolder} or ${userHome}, or write $${ for a literal ${.");
    }
}
