using System.Text.Json;
using McpHub.Protocol;

namespace McpHub.Batching;

/// <summary>The arguments of <c>hub_batch</c>.</summary>
internal sealed record BatchRequest
{
    private const string Shape = "Give {\"requests\": [{\"id\": …, \"tool_name\": …, \"params\": {…}}, …]}.";

    public required IReadOnlyList<BatchItem> Items { get; init; }

    /// <summary>Whether one item is run after the other.</summary>
    public bool IsSequential { get; init; }

    /// <summary>Whether nothing more is begun once an item has failed.</summary>
    public bool StopOnError { get; init; }

    /// <summary>For all of it; <see langword="null"/> for the configured time.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Reads the arguments.</summary>
    /// <param name="arguments">An object that has been read as JSON before. Items keep slices of it.</param>
    /// <param name="mostItems">The most requests that a batch may have.</param>
    /// <param name="problem">What is wrong with the batch as a whole. What is wrong with one item is its <see cref="BatchItem.Problem"/>.</param>
    public static BatchRequest? Read(ReadOnlyMemory<byte> arguments, int mostItems, out string? problem)
    {
        BatchRequest? batch = null;
        problem = null;
        var (isSequential, stopOnError, timeout) = (false, false, default(TimeSpan?));
        var members = new JsonMembers(arguments.Span);
        while (members.MoveNext() && problem is null)
        {
            if (members.NameIs("requests"u8))
            {
                batch = ReadItems(arguments, members, mostItems, out problem);
            }
            else if (members.NameIs("mode"u8))
            {
                isSequential = JsonText.Is(members.Value, "sequential"u8);
                problem = isSequential || JsonText.Is(members.Value, "parallel"u8) ? null : "'mode' has to be \"parallel\" or \"sequential\".";
            }
            else if (members.NameIs("stop_on_error"u8))
            {
                stopOnError = members.Kind == JsonTokenType.True;
                problem = stopOnError || members.Kind == JsonTokenType.False ? null : "'stop_on_error' has to be true or false.";
            }
            else if (members.NameIs("timeout_ms"u8))
            {
                problem = TryReadInteger(members.Value, 1, int.MaxValue, out var milliseconds) ? null : "'timeout_ms' has to be a whole number of milliseconds, at least 1.";
                timeout = TimeSpan.FromMilliseconds(milliseconds);
            }
        }

        problem ??= batch is null ? $"'requests' is missing. {Shape}" : null;
        return problem is null ? batch! with { IsSequential = isSequential, StopOnError = stopOnError, Timeout = timeout } : null;
    }

    private static BatchRequest? ReadItems(ReadOnlyMemory<byte> arguments, in JsonMembers requests, int mostItems, out string? problem)
    {
        if (requests.Kind != JsonTokenType.StartArray)
        {
            problem = $"'requests' has to be an array. {Shape}";
            return null;
        }

        var items = new List<BatchItem>();
        var start = requests.ValueSlice.Start;
        var list = new JsonItems(requests.Value);
        while (list.MoveNext())
        {
            if (items.Count == mostItems)
            {
                problem = $"'requests' has more than {mostItems} items (gateway.batch.maxItems). Divide the batch.";
                return null;
            }

            var json = arguments.Slice(start + list.Start, list.Value.Length);
            items.Add(ReadItem(json, items.Count, mostItems));
        }

        problem = items.Count == 0 ? "'requests' is empty. Give at least one." : null;
        return new BatchRequest { Items = Distinct(items) };
    }

    private static BatchItem ReadItem(ReadOnlyMemory<byte> json, int index, int mostItems)
    {
        var item = new BatchItem { Index = index };
        var problem = default(string);
        var members = new JsonMembers(json.Span);
        if (!members.IsObject)
        {
            return item with { Problem = "An item has to be an object with 'id', 'tool_name' and 'params'." };
        }

        while (members.MoveNext())
        {
            if (members.NameIs("id"u8))
            {
                item = item with { Id = JsonText.Decode(members.Value) };
            }
            else if (members.NameIs("tool_name"u8))
            {
                item = item with { Tool = JsonText.Decode(members.Value) ?? "" };
            }
            else if (members.NameIs("params"u8) && members.Kind != JsonTokenType.Null)
            {
                problem = members.Kind == JsonTokenType.StartObject ? problem : "'params' has to be an object.";
                item = item with { Params = json.Slice(members.ValueSlice.Start, members.ValueSlice.Length) };
            }
            else if (members.NameIs("priority"u8))
            {
                problem = TryReadInteger(members.Value, BatchItem.LeastPriority, BatchItem.MostPriority, out var priority)
                    ? problem : $"'priority' has to be a whole number from {BatchItem.LeastPriority} to {BatchItem.MostPriority}.";
                item = item with { Priority = priority };
            }
            else if (members.NameIs("depends_on"u8))
            {
                problem = ReadIds(members, mostItems, out var ids) ?? problem;
                item = item with { DependsOn = ids };
            }
        }

        problem = string.IsNullOrEmpty(item.Id) ? "'id' is missing, or is no text."
            : item.Id.Length > BatchItem.LongestId ? $"'id' has more than {BatchItem.LongestId} characters."
            : item.Tool.Length == 0 ? "'tool_name' is missing, or is no text." : problem;
        return item with { Id = item.Id is "" ? null : item.Id, Problem = problem };
    }

    /// <summary>Items of the same id are all refused: nobody could tell which of them a result, or a dependency, is of.</summary>
    private static BatchItem[] Distinct(List<BatchItem> items)
    {
        var twice = items.Where(i => i.Id is not null).GroupBy(i => i.Id!, StringComparer.Ordinal).Where(g => g.Count() > 1).Select(g => g.Key).ToHashSet(StringComparer.Ordinal);
        return [.. items.Select(i => i.Id is { } id && twice.Contains(id) ? i with { Problem = $"The id '{i.Label}' is not the only one in the batch. Give each item its own." } : i)];
    }

    /// <returns>What is wrong with the ids, none of which is given then; <see langword="null"/> if nothing is.</returns>
    private static string? ReadIds(in JsonMembers member, int mostItems, out IReadOnlyList<string> ids)
    {
        ids = [];
        if (member.Kind != JsonTokenType.StartArray)
        {
            return member.Kind == JsonTokenType.Null ? null : "'depends_on' has to be an array of ids.";
        }

        // As often as an id is named, it is one; but no more are read than there can be items.
        var distinct = new HashSet<string>(StringComparer.Ordinal);
        var items = new JsonItems(member.Value);
        for (var count = 0; items.MoveNext(); count++)
        {
            if (count == mostItems)
            {
                return $"'depends_on' has more than {mostItems} ids, and a batch no more items (gateway.batch.maxItems).";
            }

            if (JsonText.Decode(items.Value) is not { } id)
            {
                return "'depends_on' has to be an array of ids.";
            }

            if (id.Length > BatchItem.LongestId)
            {
                return $"'depends_on' has an id of more than {BatchItem.LongestId} characters.";
            }

            distinct.Add(id);
        }

        ids = [.. distinct];
        return null;
    }

    private static bool TryReadInteger(ReadOnlySpan<byte> json, int least, int most, out int value) =>
        System.Buffers.Text.Utf8Parser.TryParse(json, out value, out var length) && length == json.Length && value >= least && value <= most;
}
