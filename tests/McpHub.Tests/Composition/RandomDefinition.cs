using System.Text.Json.Nodes;

namespace McpHub.Tests.Composition;

/// <summary>Well-formed definitions of all shapes, with their graphs in any order.</summary>
internal sealed class RandomDefinition(Random random)
{
    private readonly List<string> _earlier = [];

    public JsonObject Next()
    {
        _earlier.Clear();
        var steps = new List<JsonNode>();
        var count = random.Next(1, 9);
        for (var i = 0; i < count; i++)
        {
            steps.Add(Step($"s{i}"));
            _earlier.Add($"s{i}");
        }

        var shuffled = steps.ToArray();
        random.Shuffle(shuffled);
        var definition = new JsonObject { ["name"] = "random", ["description"] = "Random.", ["steps"] = new JsonArray(shuffled) };
        if (random.Next(3) > 0)
        {
            definition["output"] = Value(2, isItem: false, isFallback: false);
        }

        return definition;
    }

    public JsonObject Input()
    {
        var input = new JsonObject { ["list"] = new JsonArray([.. Enumerable.Range(0, random.Next(6)).Select(i => (JsonNode)(i * 3))]) };
        if (random.Next(2) == 0)
        {
            input["a"] = Constant();
        }

        if (random.Next(2) == 0)
        {
            input["b"] = new JsonObject { ["x"] = Constant(), ["n"] = random.Next(5) };
        }

        return input;
    }

    private JsonObject Step(string id)
    {
        var isForEach = random.Next(4) == 0;
        var step = Call(isForEach, fallbacks: 0);
        step["id"] = id;
        if (isForEach)
        {
            JsonNode items = random.Next(2) == 0 || _earlier.Count == 0 ? "/input/list" : $"/steps/{Earlier()}/list";
            step["forEach"] = random.Next(2) == 0 ? items : new JsonObject { ["items"] = items, ["parallel"] = random.Next(1, 5) };
        }

        if (random.Next(3) == 0)
        {
            step["when"] = Condition(2);
        }

        if (_earlier.Count > 0 && random.Next(5) == 0)
        {
            step["after"] = new JsonArray(Earlier());
        }

        return step;
    }

    private JsonObject Call(bool isItem, int fallbacks)
    {
        // Which attempt it is of equal items depends on who comes first.
        var tools = isItem ? FuzzTools.Names.Where(t => !t.StartsWith("flaky", StringComparison.Ordinal)).ToArray() : FuzzTools.Names;
        var call = new JsonObject { ["tool"] = tools[random.Next(tools.Length)], ["arguments"] = Object(2, isItem, fallbacks > 0) };
        if (random.Next(3) == 0)
        {
            call["retry"] = new JsonObject { ["attempts"] = random.Next(1, 4), ["backoff"] = "1ms" };
            if (random.Next(2) == 0)
            {
                call["retry"]!["on"] = new JsonArray(random.Next(3) switch { 0 => "any", 1 => "timeout", _ => "toolError" });
            }
        }

        switch (random.Next(4))
        {
            case 0 or 1:
                call["onError"] = "continue";
                break;
            case 2 when fallbacks < 2:
                call["onError"] = Call(isItem, fallbacks + 1);
                break;
            default:
                break;
        }

        return call;
    }

    private JsonObject Condition(int depth)
    {
        switch (random.Next(depth > 0 ? 8 : 5))
        {
            case 0:
                return new JsonObject { ["at"] = Pointer(false, false), ["exists"] = random.Next(3) > 0 };
            case 1:
                return new JsonObject { ["at"] = Pointer(false, false), ["equals"] = Value(1, false, false) };
            case 2:
                return new JsonObject { ["at"] = Pointer(false, false), ["in"] = new JsonArray(Constant(), Constant(), Value(0, false, false)) };
            case 3 or 4:
                return new JsonObject
                {
                    ["at"] = Pointer(false, false),
                    ["compare"] = new JsonObject { [new[] { "<", "<=", ">", ">=" }[random.Next(4)]] = random.Next(2) == 0 ? random.Next(5) : Template(false, false) },
                };
            case 5:
                return new JsonObject { ["not"] = Condition(depth - 1) };
            default:
                return new JsonObject { [random.Next(2) == 0 ? "all" : "any"] = new JsonArray(Condition(depth - 1), Condition(depth - 1)) };
        }
    }

    private JsonObject Object(int depth, bool isItem, bool isFallback)
    {
        var members = new JsonObject();
        for (var i = random.Next(4); i > 0; i--)
        {
            members[$"m{i}"] = Value(depth - 1, isItem, isFallback);
        }

        return members;
    }

    private JsonNode? Value(int depth, bool isItem, bool isFallback) => random.Next(depth > 0 ? 7 : 5) switch
    {
        0 => Constant(),
        1 or 2 or 3 => Template(isItem, isFallback),
        4 => $"{Template(isItem, isFallback)} and {Template(isItem, isFallback)}, $${{no}} \"ü\"",
        5 => Object(depth, isItem, isFallback),
        _ => new JsonArray(Value(depth - 1, isItem, isFallback), Value(depth - 1, isItem, isFallback)),
    };

    private string Template(bool isItem, bool isFallback) =>
        $"${{{Pointer(isItem, isFallback)}{random.Next(8) switch
        {
            0 => ":-7",
            1 => ":-else",
            2 => ":-{}",
            3 => ":-[{\"k\":\"}\"},[]]",
            _ => "",
        }}}}";

    private string Pointer(bool isItem, bool isFallback)
    {
        string[] places = ["/input/a", "/input/b", "/input/b/x", "/input/b/n", "/input/list", "/input/list/1", "/input"];
        var choice = random.Next(10);
        return choice switch
        {
            0 or 1 when isItem => "/item",
            2 when isItem => "/index",
            3 when isFallback => "/error/kind",
            3 or 4 or 5 or 6 when _earlier.Count > 0 => $"/steps/{Earlier()}" + new[] { "", "/n", "/args", "/list", "/list/0", "/args/m1" }[random.Next(6)],
            7 when _earlier.Count > 0 => $"/errors/{Earlier()}" + new[] { "", "/kind", "/message" }[random.Next(3)],
            _ => places[random.Next(places.Length)],
        };
    }

    private JsonNode? Constant() => random.Next(7) switch
    {
        0 => null,
        1 => true,
        2 => random.Next(5),
        3 => "else",
        4 => "two \"words\"",
        5 => new JsonObject { ["k"] = 1 },
        _ => 1.5,
    };

    private string Earlier() => _earlier[random.Next(_earlier.Count)];
}
