namespace McpHub.Server.Output;

/// <summary>What a caller may have, as a table.</summary>
internal static class AccessTable
{
    public static void Write(TextWriter output, IReadOnlyList<AccessRow> rows)
    {
        if (rows.Count == 0)
        {
            output.WriteLine("There is nothing to be had.");
            return;
        }

        Tables.Write(
            output, ["Kind", "Name", "Server", "Allowed", "Rule"],
            rows.Select(r => new[] { r.Kind, r.Entry.Name, r.Entry.Source.Name, r.Answer, r.Rule.Length == 0 ? "no policy" : r.Rule }));
        output.WriteLine($"{rows.Count(r => r.IsVisible)} of {rows.Count} are there for this caller.");
    }
}
