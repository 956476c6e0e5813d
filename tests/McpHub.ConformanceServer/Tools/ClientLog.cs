using System.Text.Json.Nodes;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace McpHub.ConformanceServer.Tools;

/// <summary>Sends log messages to the client, and only those that it wants.</summary>
internal static class ClientLog
{
    public static Task InfoAsync(RequestContext<CallToolRequestParams> request, string message, CancellationToken cancellationToken)
    {
        if (!IsWanted(request, LoggingLevel.Info))
        {
            return Task.CompletedTask;
        }

        var parameters = new JsonObject { ["level"] = "info", ["logger"] = "conformance-fixture", ["data"] = message };
        var notification = new JsonRpcNotification { Method = NotificationMethods.LoggingMessageNotification, Params = parameters };
        return request.Server.SendMessageAsync(notification, cancellationToken);
    }

    /// <remarks>A modern client opts in on each request. A legacy one that has not set a level leaves it to the server.</remarks>
    private static bool IsWanted(RequestContext<CallToolRequestParams> request, LoggingLevel level) =>
        Revisions.IsModern(request)
            ? request.JsonRpcRequest.Context?.LogLevel is { } asked && level >= asked
            : request.Server.LoggingLevel is not { } set || level >= set;
}
