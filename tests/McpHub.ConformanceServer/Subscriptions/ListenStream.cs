using System.Text.Json.Nodes;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace McpHub.ConformanceServer.Subscriptions;

/// <summary>
/// One open <c>subscriptions/listen</c> of the modern revision. Everything it sends carries the id of that request and is of a
/// kind that its filter names.
/// </summary>
internal sealed class ListenStream(RequestContext<SubscriptionsListenRequestParams> request) : IChangeListener
{
    private readonly SubscriptionsListenNotifications _filter = request.Params.Notifications;

    public EmptyResult Result => new() { Meta = CreateMeta() };

    /// <summary>Sends the first message of the stream: what of the filter is honoured, which here is all of it.</summary>
    public Task AcknowledgeAsync(CancellationToken cancellationToken)
    {
        var honoured = new JsonObject();
        AddIfTrue("toolsListChanged", _filter.ToolsListChanged);
        AddIfTrue("promptsListChanged", _filter.PromptsListChanged);
        AddIfTrue("resourcesListChanged", _filter.ResourcesListChanged);
        if (_filter.ResourceSubscriptions is { Count: > 0 } uris)
        {
            honoured["resourceSubscriptions"] = new JsonArray([.. uris.Select(uri => JsonValue.Create(uri))]);
        }

        return SendAsync(
            NotificationMethods.SubscriptionsAcknowledgedNotification,
            new JsonObject { ["notifications"] = honoured },
            cancellationToken);

        void AddIfTrue(string name, bool? value)
        {
            if (value is true)
            {
                honoured[name] = true;
            }
        }
    }

    public Task OnChangeAsync(Change change, CancellationToken cancellationToken)
    {
        if (!IsWanted(change))
        {
            return Task.CompletedTask;
        }

        var parameters = new JsonObject();
        if (change.Uri is { } uri)
        {
            parameters["uri"] = uri;
        }

        return SendAsync(change.Method, parameters, cancellationToken);
    }

    private bool IsWanted(Change change) => change.Method switch
    {
        NotificationMethods.ToolListChangedNotification => _filter.ToolsListChanged is true,
        NotificationMethods.PromptListChangedNotification => _filter.PromptsListChanged is true,
        NotificationMethods.ResourceListChangedNotification => _filter.ResourcesListChanged is true,
        NotificationMethods.ResourceUpdatedNotification => _filter.ResourceSubscriptions?.Contains(change.Uri!) is true,
        _ => false,
    };

    private Task SendAsync(string method, JsonObject parameters, CancellationToken cancellationToken)
    {
        parameters["_meta"] = CreateMeta();
        return request.Server.SendMessageAsync(new JsonRpcNotification { Method = method, Params = parameters }, cancellationToken);
    }

    /// <remarks>The id keeps its JSON type: 1 and "1" are two subscriptions.</remarks>
    private JsonObject CreateMeta() => new()
    {
        [Revisions.SubscriptionIdKey] = request.JsonRpcRequest.Id.Id switch
        {
            string text => JsonValue.Create(text),
            long number => JsonValue.Create(number),
            _ => null,
        },
    };
}
