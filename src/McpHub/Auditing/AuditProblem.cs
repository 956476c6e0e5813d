namespace McpHub.Auditing;

/// <summary>Something in the files of an audit that its gateway did not write, or that is not there any more.</summary>
/// <param name="File">The file's name.</param>
/// <param name="Line">The line in the file, from 1; 0 for the file as a whole.</param>
/// <param name="What">What is wrong, as a clause.</param>
internal sealed record AuditProblem(string File, int Line, string What)
{
    public override string ToString() => Line == 0 ? $"{File}: {What}" : $"{File}, line {Line}: {What}";
}
