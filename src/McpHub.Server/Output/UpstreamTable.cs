using System.Globalization;
using McpHub.Configuration;
using McpHub.Hosting;

namespace McpHub.Server.Output;

/// <summary>The servers and how they are, as a table, and beneath it what is wrong with some.</summary>
internal static class UpstreamTable
{
    public static void Write(TextWriter output, HubConfig config, HubRuntime runtime, bool details = false)
    {
        var rows = UpstreamRow.Of(config, runtime);
        if (rows.Length == 0)
        {
            output.WriteLine("No servers are configured; only the gateway's own tools are served.");
            return;
        }

        var columns = new List<(string Head, Func<UpstreamRow, string?> Cell)>
        {
            ("Server", r => r.Config.Name),
            ("Transport", r => r.Transport),
            ("State", r => r.Status),
            ("Revision", r => r.Revision is null ? "" : $"{r.Revision} ({r.Era})"),
            ("Version", r => r.ServerVersion),
            ("Tools", r => Number(r.Tools)),
            ("Prompts", r => Number(r.Prompts)),
            ("Resources", r => Number(r.Resources)),
            ("Started in", r => UpstreamRow.Seconds(r.StartTime)),
        };
        if (!details)
        {
            columns.RemoveAll(c => c.Head is "Version" or "Prompts" or "Resources");
        }

        Tables.Write(output, [.. columns.Select(c => c.Head)], rows.Select(r => columns.Select(c => c.Cell(r) ?? "").ToArray()));

        // Beneath and not in a column of their own: reasons are long, and terminals are narrow.
        foreach (var row in rows.Where(r => r.IsDown))
        {
            output.WriteLine($"{Printable.Line(row.Config.Name)}: {Printable.Line(row.Reason)}");
        }
    }

    private static string Number(int? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "";
}
