using System.Text.Json.Nodes;
using McpHub.Testing.Interop;

namespace McpHub.FunctionalTests.Interop;

/// <summary>
/// What the gateway is meant to change, applied to requests and undone in answers: names and URIs on the endpoint of all servers
/// together, and what tells one revision from the other. Whatever else differs is a fault.
/// </summary>
/// <param name="server">The server.</param>
/// <param name="isRoot">Whether the endpoint is that of all servers together.</param>
/// <param name="sharedUris">The server's listed URIs that a server before it has too.</param>
internal sealed class DocumentedRenames(string server, bool isRoot, IReadOnlySet<string> sharedUris)
{
    private static readonly string[] NamedLists = ["tools", "prompts"];
    private static readonly string[] ResourceLists = ["resources", "resourceTemplates"];

    private string NamePrefix => server + "_";

    private string UriPrefix => $"mcphub://{server}/";

    /// <summary>The parameters of a request as the endpoint wants them.</summary>
    public JsonObject Request(string method, JsonObject parameters)
    {
        if (!isRoot)
        {
            return parameters;
        }

        var target = method == "completion/complete" ? (JsonObject)parameters["ref"]! : parameters;
        if (target["name"] is { } name)
        {
            target["name"] = NamePrefix + name;
        }

        if (target["uri"] is { } uri && sharedUris.Count > 0)
        {
            target["uri"] = UriPrefix + uri;
        }

        return parameters;
    }

    /// <summary>An answer of the gateway as the server would have given it.</summary>
    public JsonObject Answer(JsonObject answer, string revision)
    {
        var plain = WithoutId(answer);
        if (plain["result"] is JsonObject result)
        {
            if (revision == RawPeer.Modern)
            {
                UndoRevision(result);
            }

            if (isRoot)
            {
                UndoNames(result);
                UndoUris(result);
            }
        }

        return plain;
    }

    /// <summary>The server's own answer as a client of the revision may see it.</summary>
    public static JsonObject Direct(JsonObject answer, string revision)
    {
        var plain = WithoutId(answer);
        if (revision == RawPeer.Modern && plain["result"]?["tools"] is JsonArray tools)
        {
            foreach (var tool in tools)
            {
                // Task support has moved into an extension.
                ((JsonObject)tool!).Remove("execution");
            }
        }

        return plain;
    }

    private static JsonObject WithoutId(JsonObject answer)
    {
        var copy = (JsonObject)answer.DeepClone();
        Assert.True(copy.Remove("id"));
        return copy;
    }

    private static void UndoRevision(JsonObject result)
    {
        Assert.Equal("complete", (string?)result["resultType"]);
        result.Remove("resultType");
        result.Remove("ttlMs");
        result.Remove("cacheScope");
        var meta = Assert.IsType<JsonObject>(result["_meta"]);
        Assert.True(meta.Remove("io.modelcontextprotocol/serverInfo"));
        if (meta.Count == 0)
        {
            result.Remove("_meta");
        }
    }

    private void UndoNames(JsonObject result)
    {
        foreach (var list in NamedLists)
        {
            if (result[list] is JsonArray all)
            {
                var own = all.Select(e => (JsonObject)e!.DeepClone()).Where(e => ((string)e["name"]!).StartsWith(NamePrefix, StringComparison.Ordinal)).ToArray();
                foreach (var entry in own)
                {
                    entry["name"] = ((string)entry["name"]!)[NamePrefix.Length..];
                }

                result[list] = new JsonArray([.. own]);
            }
        }

        foreach (var list in ResourceLists)
        {
            if (result[list] is JsonArray all)
            {
                result[list] = new JsonArray([.. all.Where(e => IsOwn((string)(e!["uri"] ?? e["uriTemplate"])!)).Select(e => e!.DeepClone())]);
            }
        }
    }

    private bool IsOwn(string uri) => sharedUris.Count > 0
        ? uri.StartsWith(UriPrefix, StringComparison.Ordinal)
        : uri.StartsWith(server == NpmServers.Memory ? "memory://" : "demo://", StringComparison.Ordinal);

    private void UndoUris(JsonNode? node)
    {
        if (node is JsonArray array)
        {
            foreach (var item in array)
            {
                UndoUris(item);
            }
        }
        else if (node is JsonObject members)
        {
            foreach (var (name, value) in members.ToArray())
            {
                if (name is "uri" or "uriTemplate" && sharedUris.Count > 0)
                {
                    Assert.StartsWith(UriPrefix, (string?)value);
                    members[name] = ((string)value!)[UriPrefix.Length..];
                }
                else
                {
                    UndoUris(value);
                }
            }
        }
    }
}
