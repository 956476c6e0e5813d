using System.Text.Json;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace McpHub.ConformanceServer.Resources;

/// <summary>Every resource of the fixture, in a fixed order, and its one template.</summary>
internal static class ResourceCatalog
{
    /// <summary>The resource that is meant to be subscribed to.</summary>
    public const string WatchedUri = "test://watched-resource";

    private const string TextUri = "test://static-text";
    private const string BinaryUri = "test://static-binary";
    private const string TemplatePrefix = "test://template/";
    private const string TemplateSuffix = "/data";

    private static readonly Resource[] Resources =
    [
        new() { Uri = TextUri, Name = "static-text", Description = "A text that never changes.", MimeType = "text/plain" },
        new() { Uri = BinaryUri, Name = "static-binary", Description = "An image that never changes.", MimeType = "image/png" },
        new() { Uri = WatchedUri, Name = "watched-resource", Description = "A text to subscribe to.", MimeType = "text/plain" },
    ];

    private static readonly ResourceTemplate Template = new()
    {
        UriTemplate = "test://template/{id}/data",
        Name = "template-data",
        Description = "Data for an id.",
        MimeType = "application/json",
    };

    public static ValueTask<ListResourcesResult> ListAsync(
        RequestContext<ListResourcesRequestParams> request, CancellationToken cancellationToken)
    {
        var result = new ListResourcesResult { Resources = [.. Resources] };
        return ValueTask.FromResult(result.WithCacheHint(request));
    }

    public static ValueTask<ListResourceTemplatesResult> ListTemplatesAsync(
        RequestContext<ListResourceTemplatesRequestParams> request, CancellationToken cancellationToken)
    {
        var result = new ListResourceTemplatesResult { ResourceTemplates = [Template] };
        return ValueTask.FromResult(result.WithCacheHint(request));
    }

    /// <exception cref="McpProtocolException">There is no such resource.</exception>
    public static ValueTask<ReadResourceResult> ReadAsync(
        RequestContext<ReadResourceRequestParams> request, CancellationToken cancellationToken)
    {
        var uri = request.Params.Uri;
        ResourceContents contents = uri switch
        {
            TextUri => Text(uri, "This is the content of the static text resource."),
            BinaryUri => BlobResourceContents.FromBytes(SampleMedia.Png, uri, "image/png"),
            WatchedUri => Text(uri, "Watched resource content."),
            _ when TemplateId(uri) is { } id => Text(uri, DataFor(id), "application/json"),
            _ => throw NotFound(request),
        };
        return ValueTask.FromResult(new ReadResourceResult { Contents = [contents] }.WithCacheHint(request));
    }

    private static TextResourceContents Text(string uri, string text, string mimeType = "text/plain") =>
        new() { Uri = uri, MimeType = mimeType, Text = text };

    private static string? TemplateId(string uri) =>
        uri.StartsWith(TemplatePrefix, StringComparison.Ordinal)
        && uri.EndsWith(TemplateSuffix, StringComparison.Ordinal)
        && uri.Length > TemplatePrefix.Length + TemplateSuffix.Length
            ? Uri.UnescapeDataString(uri[TemplatePrefix.Length..^TemplateSuffix.Length])
            : null;

    private static string DataFor(string id) =>
        $$"""{"id":{{Quote(id)}},"templateTest":true,"data":{{Quote($"Data for ID: {id}")}}}""";

    private static string Quote(string text) => $"\"{JsonEncodedText.Encode(text)}\"";

    /// <remarks>The code of its own that earlier revisions had for this became invalid params in 2026-07-28.</remarks>
    private static McpProtocolException NotFound(RequestContext<ReadResourceRequestParams> request)
    {
        var code = Revisions.IsModern(request) ? McpErrorCode.InvalidParams : McpErrorCode.ResourceNotFound;
        return new McpProtocolException("Resource not found", code) { Data = { ["uri"] = request.Params.Uri } };
    }
}
