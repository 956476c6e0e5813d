using System.Text;
using System.Text.Json;
using McpHub.Configuration;
using McpHub.Protocol;

namespace McpHub.Server.Output;

/// <summary>The outcome of <c>check</c> as JSON.</summary>
internal static class CheckReport
{
    private static readonly JsonWriterOptions Indented = JsonDefaults.Writer with { Indented = true };

    public static string ToJson(LoadedConfiguration loaded, IReadOnlyList<UpstreamRow> servers, IReadOnlyList<IssuerRow> issuers, IReadOnlyList<AccessRow>? access = null)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, Indented))
        {
            json.WriteStartObject();
            json.WriteBoolean("ok", loaded.Config is not null && !servers.Any(s => s.IsDown) && !issuers.Any(i => i.IsDown));
            json.WriteString("configuration", loaded.Result?.Path);
            json.WriteStartArray("issues");
            foreach (var issue in loaded.Result?.Issues ?? [])
            {
                WriteIssue(json, issue);
            }

            json.WriteEndArray();
            json.WriteStartArray("servers");
            foreach (var server in servers)
            {
                WriteServer(json, server);
            }

            json.WriteEndArray();
            json.WriteStartArray("issuers");
            foreach (var issuer in issuers)
            {
                json.WriteStartObject();
                json.WriteString("issuer", issuer.Issuer);
                json.WriteNumber("keys", issuer.Keys);
                json.WriteString("reason", issuer.Reason);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            if (access is not null)
            {
                WriteAccess(json, access);
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static void WriteIssue(Utf8JsonWriter json, ConfigurationIssue issue)
    {
        json.WriteStartObject();
        json.WriteString("severity", issue.Severity.ToString().ToLowerInvariant());
        json.WriteString("path", issue.Path);
        WriteNumber(json, "line", issue.Line);
        WriteNumber(json, "column", issue.Column);
        json.WriteString("value", issue.Value);
        json.WriteString("problem", issue.Problem);
        json.WriteString("mend", issue.Mend);
        json.WriteEndObject();
    }

    private static void WriteServer(Utf8JsonWriter json, UpstreamRow server)
    {
        json.WriteStartObject();
        json.WriteString("name", server.Config.Name);
        json.WriteString("transport", server.Transport);
        json.WriteString("state", server.Status);
        json.WriteString("era", server.Era);
        json.WriteString("revision", server.Revision);
        json.WriteString("serverVersion", server.ServerVersion);
        WriteNumber(json, "tools", server.Tools);
        WriteNumber(json, "prompts", server.Prompts);
        WriteNumber(json, "resources", server.Resources);
        WriteNumber(json, "startMilliseconds", (int?)server.StartTime?.TotalMilliseconds);
        json.WriteString("reason", server.Reason);
        json.WriteEndObject();
    }

    private static void WriteAccess(Utf8JsonWriter json, IReadOnlyList<AccessRow> access)
    {
        json.WriteStartArray("access");
        foreach (var row in access)
        {
            json.WriteStartObject();
            json.WriteString("kind", row.Kind);
            json.WriteString("name", row.Entry.Name);
            json.WriteString("server", row.Entry.Source.Name);
            json.WriteBoolean("visible", row.IsVisible);
            json.WriteString("answer", row.Answer);
            json.WriteString("rule", row.Rule);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, int? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
