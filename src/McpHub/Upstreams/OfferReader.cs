using System.Text.Json;
using McpHub.Bridging;
using McpHub.Catalog;
using McpHub.Protocol;
using Microsoft.Extensions.Logging;

namespace McpHub.Upstreams;

/// <summary>Asks a server for everything that it offers.</summary>
internal sealed partial class OfferReader(string server, bool isHttp, ILogger logger)
{
    // A server whose cursors never end must not hold the gateway, or its memory.
    private const int MostPages = 1000;
    private const int MostDefinitions = 100_000;

    /// <param name="session">The open session.</param>
    /// <param name="previous">What it offered before; a list that it fails to give now is taken from there.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <param name="declared">What a modern server is told that the client can do; in a legacy session that is settled.</param>
    /// <exception cref="UpstreamException">It can't be asked, or never gave the tools that it says it has.</exception>
    public async Task<ServerOffer> ReadAsync(
        OpenedSession session, ServerOffer? previous, CancellationToken cancellationToken, ClientFeatures declared = ClientFeatures.None)
    {
        var hints = session.Connection.Revision.IsModern() ? session.Hints : CacheHints.None;
        var tools = await ReadListAsync(session, ServerFeatures.Tools, McpMethod.ListTools, ListMember.Tools, previous?.Tools, declared, cancellationToken);
        var prompts = await ReadListAsync(
            session, ServerFeatures.Prompts, McpMethod.ListPrompts, ListMember.Prompts, previous?.Prompts ?? [], declared, cancellationToken);
        var resources = await ReadListAsync(
            session, ServerFeatures.Resources, McpMethod.ListResources, ListMember.Resources, previous?.Resources ?? [], declared, cancellationToken);
        var templates = await ReadListAsync(
            session, ServerFeatures.Resources, McpMethod.ListResourceTemplates, ListMember.ResourceTemplates, previous?.ResourceTemplates ?? [], declared, cancellationToken);
        ServerList[] lists = [tools, prompts, resources, templates];
        var refused = lists.Where(l => l.IsRefused).Select(l => l.List).ToArray();

        // What is taken from before is good for those only whom it was good for then.
        if (refused.Length > 0 && previous is not null)
        {
            hints = hints.And(previous.Hints);
        }

        return new ServerOffer
        {
            Revision = session.Connection.Revision,
            Features = session.Features,
            Instructions = session.Instructions,
            Tools = [.. tools.Definitions.Select(CheckTool).OfType<Definition>()],
            Prompts = prompts.Definitions,
            Resources = resources.Definitions,
            ResourceTemplates = templates.Definitions,
            Refused = refused,
            Hints = lists.Aggregate(hints, (all, l) => all.And(l.Hints)),
            GoodFor = session.Connection.Revision.IsModern() ? lists.Select(l => l.GoodFor).Min() : null,
        };
    }

    private async Task<ServerList> ReadListAsync(
        OpenedSession session,
        ServerFeatures feature,
        McpMethod method,
        ListMember list,
        IReadOnlyList<Definition>? previous,
        ClientFeatures declared,
        CancellationToken cancellationToken)
    {
        var result = new ServerList(list);
        if (!session.Features.HasFlag(feature))
        {
            return result;
        }

        var cursor = Array.Empty<byte>();
        var seen = new HashSet<string>();
        for (var page = 0; page < MostPages; page++)
        {
            using var call = GatewayRequests.List(session.Connection.NextId(), method, session.Connection.Revision, cursor, declared);
            using var reply = await session.Connection.SendAsync(call, cancellationToken);
            if (reply.IsError)
            {
                // Templates are often left out by servers that have resources; anything but "no such method" is trouble of the moment.
                LogListRefused(logger, server, method.Text(), reply.ErrorCode);
                return reply.ErrorCode == McpErrorCodes.MethodNotFound
                    ? result
                    : result.Restore(previous ?? throw new UpstreamException(
                        FailureKind.UpstreamProtocol, $"The server refuses '{method.Text()}' with error {reply.ErrorCode}."));
            }

            cursor = AddPage(reply.Result.Span, list, result);
            if (cursor.Length == 0)
            {
                return result;
            }

            // The same cursor again gives the same page again: some servers write one on their last page too.
            if (result.Definitions.Count > MostDefinitions || !seen.Add(Convert.ToBase64String(cursor)))
            {
                break;
            }
        }

        LogListEndless(logger, server, method.Text());
        return result;
    }

    /// <summary>Adds what a page has, and gives the cursor of the next one as JSON; empty if there is none.</summary>
    private byte[] AddPage(ReadOnlySpan<byte> json, ListMember list, ServerList result)
    {
        if (JsonMembers.TryGet(json, "ttlMs"u8, out _))
        {
            result.Hints = result.Hints.And(ServerGreeting.ReadHints(json));
        }

        var members = new JsonMembers(json);
        while (members.MoveNext())
        {
            if (members.NameIs(list.Utf8()) && members.Kind == JsonTokenType.StartArray)
            {
                AddDefinitions(members.Value, list, result);
            }
        }

        return JsonMembers.TryGet(json, "nextCursor"u8, out var cursor) && cursor[0] == (byte)'"' ? cursor.ToArray() : [];
    }

    private void AddDefinitions(ReadOnlySpan<byte> array, ListMember list, ServerList result)
    {
        var reader = new Utf8JsonReader(array, new JsonReaderOptions { MaxDepth = EnvelopeReader.MaxDepth });
        reader.Read();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            var json = array[start..(int)reader.BytesConsumed];
            if (JsonMembers.TryGet(json, list.Key(), out var key) && JsonText.Decode(key) is { Length: > 0 } name && result.Keys.Add(name))
            {
                result.Definitions.Add(new Definition(name, DefinitionRepair.Complete(json, list, key)));
            }
            else
            {
                LogDefinitionIgnored(logger, server, list);
            }
        }
    }

    /// <summary>Leaves out tools whose header annotations are invalid (SEP-2243: clients over HTTP MUST).</summary>
    private Definition? CheckTool(Definition tool)
    {
        var schema = ToolSchema.Read(tool.Json);
        if (schema.Fault is null)
        {
            return tool;
        }

        LogToolInvalid(logger, server, LogText.Clean(tool.Key), LogText.Clean(schema.Fault), isHttp ? "left out" : "shown without its annotations");
        return isHttp ? null : tool with { Json = DefinitionTranslator.WithoutHeaderAnnotations(tool.Json) };
    }

    [LoggerMessage(140, LogLevel.Debug, "Server {Server} refuses {Method} with error {Code}; taken as before.")]
    private static partial void LogListRefused(ILogger logger, string server, string method, int code);

    [LoggerMessage(141, LogLevel.Warning, "Server {Server} has too many pages of {Method}; the rest is left out.")]
    private static partial void LogListEndless(ILogger logger, string server, string method);

    [LoggerMessage(142, LogLevel.Warning, "Server {Server} lists an entry of {List} without a name of its own; left out.")]
    private static partial void LogDefinitionIgnored(ILogger logger, string server, ListMember list);

    [LoggerMessage(143, LogLevel.Warning, "Tool '{Tool}' of server {Server} has invalid header annotations ({Fault}); {Consequence}.")]
    private static partial void LogToolInvalid(ILogger logger, string server, string tool, string fault, string consequence);

    /// <summary>What has been read of one list.</summary>
    private sealed class ServerList(ListMember list)
    {
        public ListMember List { get; } = list;

        public List<Definition> Definitions { get; } = [];

        public HashSet<string> Keys { get; } = [];

        public bool IsRefused { get; private set; }

        /// <summary>Makes it what it was before.</summary>
        public ServerList Restore(IReadOnlyList<Definition> previous)
        {
            Definitions.Clear();
            Definitions.AddRange(previous);
            IsRefused = true;
            return this;
        }

        // Nothing said yet: the neutral element of "the shorter time, private if any is".
        public CacheHints Hints { get; set; } = new(long.MaxValue, IsPrivate: false);

        /// <summary>The time that it may be kept for, if the server gives one.</summary>
        public TimeSpan? GoodFor => Hints.TtlMs is > 0 and < long.MaxValue
            ? TimeSpan.FromMilliseconds(Math.Min(Hints.TtlMs, (long)TimeSpan.MaxValue.TotalMilliseconds))
            : null;
    }
}
