using System.Text.Json;

namespace McpHub.Testing;

/// <summary>One event of a stream, or a comment, as it stands on the wire; <see langword="null"/> for what it hasn't.</summary>
internal sealed record ClientEvent(string? Id, string? Type, string? Data, int? Retry, string? Comment)
{
    public JsonElement Message => JsonElement.Parse(Data!);

    /// <summary>The value of a progress notification.</summary>
    public double Progress => Message.GetProperty("params").GetProperty("progress").GetDouble();

    /// <summary>The text of a tool's result.</summary>
    public string? Text => Message.GetProperty("result").GetProperty("content")[0].GetProperty("text").GetString();
}
