using McpHub.Catalog;
using McpHub.Protocol;

namespace McpHub.Bridging.Subscriptions;

/// <summary>What a <c>subscriptions/listen</c> asks to be told of.</summary>
/// <param name="Lists">The lists.</param>
/// <param name="Uris">The resources, each once.</param>
internal sealed record ListenFilter(ListKinds Lists, IReadOnlyList<string> Uris)
{
    /// <summary>The tasks, each id once.</summary>
    public IReadOnlyList<string> TaskIds { get; init; } = [];

    /// <param name="parameters">The request's params.</param>
    /// <param name="filter">The filter; kinds of notification that the gateway doesn't know are left out of it.</param>
    /// <returns>What is wrong, or <see langword="null"/>.</returns>
    public static Failure? TryRead(ReadOnlySpan<byte> parameters, out ListenFilter filter)
    {
        filter = new ListenFilter(ListKinds.None, []);
        if (!JsonMembers.TryGet(parameters, "notifications"u8, out var json) || !json.StartsWith("{"u8))
        {
            return new Failure(FailureKind.InvalidParams, "Invalid params: 'params.notifications' is missing.");
        }

        var lists = ListKinds.None;
        var uris = new List<string>();
        var taskIds = new List<string>();
        var members = new JsonMembers(json);
        while (members.MoveNext())
        {
            var kind = KindOf(ref members);
            if (kind != ListKinds.None)
            {
                if (!members.Value.SequenceEqual("true"u8) && !members.Value.SequenceEqual("false"u8))
                {
                    return new Failure(FailureKind.InvalidParams, "Invalid params: what 'params.notifications' says of a list is true or false.");
                }

                lists |= members.Value[0] == (byte)'t' ? kind : ListKinds.None;
            }
            else if (members.NameIs("resourceSubscriptions"u8) && !TryReadTexts(members.Value, uris))
            {
                return new Failure(FailureKind.InvalidParams, "Invalid params: 'params.notifications.resourceSubscriptions' is an array of URIs.");
            }
            else if (members.NameIs("taskIds"u8) && !TryReadTexts(members.Value, taskIds))
            {
                return new Failure(FailureKind.InvalidParams, "Invalid params: 'params.notifications.taskIds' is an array of task ids.");
            }
        }

        filter = new ListenFilter(lists, [.. uris.Distinct()]) { TaskIds = [.. taskIds.Distinct()] };
        return null;
    }

    private static ListKinds KindOf(ref JsonMembers member) =>
        member.NameIs("toolsListChanged"u8) ? ListKinds.Tools
        : member.NameIs("promptsListChanged"u8) ? ListKinds.Prompts
        : member.NameIs("resourcesListChanged"u8) ? ListKinds.Resources
        : ListKinds.None;

    private static bool TryReadTexts(ReadOnlySpan<byte> json, List<string> texts)
    {
        var items = new JsonItems(json);
        while (items.MoveNext())
        {
            if (JsonText.Decode(items.Value) is not { } text)
            {
                return false;
            }

            texts.Add(text);
        }

        return json[0] == (byte)'[';
    }
}
