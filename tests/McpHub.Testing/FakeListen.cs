using System.Text.Json;
using System.Threading.Channels;

namespace McpHub.Testing;

/// <summary>One open listen request at a <see cref="FakeUpstream"/>.</summary>
internal sealed class FakeListen(FakeExchange exchange, IReadOnlyList<string> uris)
{
    private readonly Channel<(string Method, string Member)> _messages = Channel.CreateUnbounded<(string, string)>();

    public IReadOnlyList<string> Uris { get; } = uris;

    /// <summary>Whether it asks for tasks, and for nothing else.</summary>
    public bool AsksForTasks { get; init; }

    /// <summary>The tasks that it tells of.</summary>
    public IReadOnlyList<string> TaskIds { get; init; } = [];

    public FakeRequest Request => exchange.Request;

    /// <summary>How many messages have yet to be sent.</summary>
    public int Unsent => _messages.Reader.Count;

    public Task AcknowledgeAsync() => SendAsync("notifications/subscriptions/acknowledged", "\"notifications\":" + (AsksForTasks
        ? "{" + (TaskIds.Count > 0 ? "\"taskIds\":" + JsonSerializer.Serialize(TaskIds) : "") + "}"
        : "{\"toolsListChanged\":true,\"promptsListChanged\":true,\"resourcesListChanged\":true,\"resourceSubscriptions\":" + JsonSerializer.Serialize(Uris) + "}"));

    /// <param name="method">The notification.</param>
    /// <param name="member">A member of the params, beside <c>_meta</c>; empty for none.</param>
    public void Tell(string method, string member) => _messages.Writer.TryWrite((method, member));

    /// <summary>The stream ends, without a result.</summary>
    public void End() => _messages.Writer.TryComplete();

    internal async Task RunAsync()
    {
        await foreach (var (method, member) in _messages.Reader.ReadAllAsync(exchange.Aborted))
        {
            await SendAsync(method, member);
        }
    }

    private Task SendAsync(string method, string member) => exchange.NotifyAsync(
        method, "{\"_meta\":{\"io.modelcontextprotocol/subscriptionId\":" + exchange.Request.Id + "}" + (member.Length > 0 ? "," : "") + member + "}");
}
