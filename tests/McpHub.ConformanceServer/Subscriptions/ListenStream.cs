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
    private readonly HashSet<string> _taskIds = TaskIdsOf(request.JsonRpcRequest);

    /// <summary>Whether the filter names tasks, which only a client that declares the extension may.</summary>
    public bool NamesTasks => _taskIds.Count > 0;

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

        if (_taskIds.Count > 0)
        {
            honoured["taskIds"] = new JsonArray([.. _taskIds.Select(id => JsonValue.Create(id))]);
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

        var parameters = change.Task?.DeepClone().AsObject() ?? [];
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
        Change.TaskMethod => _taskIds.Contains(change.Task!["taskId"]!.ToString()),
        _ => false,
    };

    private Task SendAsync(string method, JsonObject parameters, CancellationToken cancellationToken)
    {
        parameters["_meta"] = CreateMeta();
        return request.Server.SendMessageAsync(new JsonRpcNotification { Method = method, Params = parameters }, cancellationToken);
    }

    /// <summary>The member that the tasks extension adds to the filter, which the SDK's type does not have.</summary>
    private static HashSet<string> TaskIdsOf(JsonRpcRequest request) =>
        (request.Params as JsonObject)?["notifications"]?["taskIds"] is JsonArray ids
            ? [.. ids.OfType<JsonValue>().Select(id => id.ToString())]
            : [];

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
