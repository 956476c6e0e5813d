using System.Text.Json;
using System.Threading.Channels;
using McpHub.Pipeline;
using McpHub.Protocol;
using McpHub.Testing;

namespace McpHub.FunctionalTests.Subscriptions;

/// <summary>Opens clients that ask to be told of all lists and of some resources.</summary>
internal static class Watchers
{
    public static Task<IWatcher> OpenAsync(ClientKind kind, GatewayHost gateway, params string[] uris) => kind switch
    {
        ClientKind.ModernHttp => ModernHttp.OpenAsync(gateway, uris),
        ClientKind.ModernStdio => ModernStdio.OpenAsync(gateway, uris),
        ClientKind.LegacyHttp => LegacyHttp.OpenAsync(gateway, uris),
        _ => LegacyStdio.OpenAsync(gateway, uris),
    };

    public static string Filter(params string[] uris) => "{\"toolsListChanged\":true,\"promptsListChanged\":true,\"resourcesListChanged\":true"
        + (uris.Length == 0 ? "" : ",\"resourceSubscriptions\":[" + string.Join(',', uris.Select(u => "\"" + u + "\"")) + "]") + "}";

    private static void AssertAcknowledged(JsonElement message, string id, string[] uris)
    {
        Assert.Equal("notifications/subscriptions/acknowledged", message.GetProperty("method").GetString());
        AssertTagged(message, id);
        var honoured = message.GetProperty("params").GetProperty("notifications");
        Assert.Equal(uris, honoured.TryGetProperty("resourceSubscriptions", out var listed) ? listed.EnumerateArray().Select(u => u.GetString()!) : []);
    }

    private static void AssertTagged(JsonElement message, string id) =>
        Assert.Equal(id, message.GetProperty("params").GetProperty("_meta").GetProperty("io.modelcontextprotocol/subscriptionId").GetRawText());

    private static void AssertUntagged(JsonElement message) => Assert.DoesNotContain("_meta", message.GetRawText(), StringComparison.Ordinal);

    private sealed class ModernHttp(MessageStream stream) : IWatcher
    {
        private const string Id = "7";

        public static async Task<IWatcher> OpenAsync(GatewayHost gateway, string[] uris)
        {
            var client = await McpClient.ConnectAsync(gateway, Protocol.Revisions.Latest);
            var stream = await MessageStream.ListenAsync(client, Filter(uris), Id);
            AssertAcknowledged(await stream.ReadAsync(), Id, uris);
            return new ModernHttp(stream);
        }

        public async Task<JsonElement> NextAsync()
        {
            var message = await stream.ReadAsync();
            AssertTagged(message, Id);
            return message;
        }

        public ValueTask DisposeAsync()
        {
            stream.Dispose();
            return ValueTask.CompletedTask;
        }
    }

    private sealed class ModernStdio(StdioClient client) : IWatcher
    {
        private const string Id = "\"7\"";

        public static async Task<IWatcher> OpenAsync(GatewayHost gateway, string[] uris)
        {
            var client = gateway.OpenStdio();
            var parameters = "{\"notifications\":" + Filter(uris) + ",\"_meta\":{" + McpClient.ModernKeys + "}}";
            AssertAcknowledged(await client.AskAsync(Rpc.Request(Id, "subscriptions/listen", parameters)), Id, uris);
            return new ModernStdio(client);
        }

        public async Task<JsonElement> NextAsync()
        {
            var message = await client.ReadAsync();
            AssertTagged(message, Id);
            return message;
        }

        public ValueTask DisposeAsync() => client.DisposeAsync();
    }

    private sealed class LegacyStdio(StdioClient client) : IWatcher
    {
        public static async Task<IWatcher> OpenAsync(GatewayHost gateway, string[] uris)
        {
            var client = gateway.OpenStdio();
            await client.InitializeAsync();
            foreach (var uri in uris)
            {
                var answer = await client.AskAsync(Rpc.Request("1", "resources/subscribe", "{\"uri\":\"" + uri + "\"}"));
                Assert.Equal("{}", answer.GetProperty("result").GetRawText());
            }

            Assert.True(await client.IsNextPongAsync("2"));
            return new LegacyStdio(client);
        }

        public async Task<JsonElement> NextAsync()
        {
            var message = await client.ReadAsync();
            AssertUntagged(message);
            return message;
        }

        public ValueTask DisposeAsync() => client.DisposeAsync();
    }

    /// <summary>The session is real; its stream for unsolicited messages is the test's own.</summary>
    private sealed class LegacyHttp : IWatcher, IClientStream
    {
        private readonly Channel<JsonElement> _messages = Channel.CreateUnbounded<JsonElement>();

        public static async Task<IWatcher> OpenAsync(GatewayHost gateway, string[] uris)
        {
            var client = await McpClient.ConnectAsync(gateway, Revision.V20251125);
            var watcher = new LegacyHttp();
            gateway.Session(client).Unsolicited = watcher;
            foreach (var uri in uris)
            {
                var answer = await client.RequestAsync("resources/subscribe", "{\"uri\":\"" + uri + "\"}");
                Assert.Equal("{}", answer.Result.GetRawText());
            }

            return watcher;
        }

        public bool TrySend(Utf8Buffer message)
        {
            using (message)
            {
                return _messages.Writer.TryWrite(JsonElement.Parse(message.Span));
            }
        }

        public async Task<JsonElement> NextAsync()
        {
            var message = await _messages.Reader.ReadAsync().AsTask().WithinLimitAsync("an unsolicited message");
            AssertUntagged(message);
            return message;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
