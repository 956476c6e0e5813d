using McpHub.Configuration;
using McpHub.Pipeline;

namespace McpHub.Testing.Permissions;

/// <summary>Makes policies, callers and arguments that have something to do with each other and with <see cref="TwoServers"/>; the same ones from the same seed.</summary>
internal sealed class RandomPolicy(int seed)
{
    private static readonly string[] Names = ["*", "a_*", "b_*", "*_read_file", "a_write_file", "read_file", "plan", "?_plan", "b_search", "*e*"];
    private static readonly string[] Uris =
        ["*", "file:*", "file:///public/*", "file:///secret/y", "db://*", "db://users", "db://{table}", "file:///tmp/z", "mcphub://b/*", "mcphub://a/file:///public/x", "*{name}"];

    private readonly Random _random = new(seed);

    public PolicyConfig Policy() => new()
    {
        Default = _random.Next(3) switch { 0 => PolicyEffect.Allow, 1 => PolicyEffect.Deny, _ => null },
        Rules = [.. Enumerable.Range(1, _random.Next(1, 7)).Select(i => Rule($"r{i}"))],
    };

    public Caller Caller() => _random.Next(8) == 0 ? Pipeline.Caller.Anonymous : new Caller
    {
        Key = _random.Next().ToString("x8", null),
        Subject = Any("", "ann", "bob"),
        Issuer = Any("", "https://one", "https://two"),
        Client = Any("", "ide", "cli"),
        Roles = Some("dev", "ops"),
        Scopes = Some("read", "write"),
        Claims = Maybe(() => Any("core", "docs")) is { } team ? new Dictionary<string, IReadOnlyList<string>> { ["team"] = [team, "all"] } : [],
    };

    public string Arguments() => Any(
        "{}", """{"path":"x"}""", """{"path":"y","n":5}""", """{"p\u0061th":"\u0078","n":1e0}""", """{"path":"x","path":"y"}""", """{"n":"5","path":7}""",
        """{"deep":[{"n":10.0}],"path":"xyz"}""", """{"deep":[{"n":1},{"n":99}],"n":-0.0}""", """{"path":null,"n":500e-2}""");

    private PolicyRuleConfig Rule(string id)
    {
        var effect = _random.Next(5) < 3 ? PolicyEffect.Allow : PolicyEffect.Deny;
        var callers = _random.Next(4) == 0 ? null : new PolicyCallers
        {
            Subjects = List("ann", "b*", "*"),
            Issuers = _random.Next(3) == 0 ? List("https://one", "*two") : [],
            Clients = _random.Next(3) == 0 ? List("ide", "*") : [],
            Roles = List("dev", "o?s"),
            Scopes = List("read", "write"),
            Claims = _random.Next(4) == 0 ? new Dictionary<string, IReadOnlyList<string>> { ["team"] = [Any("core", "a*", "x")] } : [],
        };
        return new PolicyRuleConfig
        {
            Id = id,
            Effect = effect,
            Callers = callers,
            Tools = List(Names),
            Prompts = List(Names),
            Resources = List(Uris),
            Servers = _random.Next(3) == 0 ? List("a", "b", "*") : [],
            Categories = _random.Next(4) == 0 ? List("docs", "b", "*") : [],
            Tags = _random.Next(4) == 0 ? List("safe", "d*", "all") : [],
            Annotations = _random.Next(5) == 0 ? new PolicyAnnotations { ReadOnlyHint = Flag(), DestructiveHint = Flag(), IdempotentHint = Flag(), OpenWorldHint = Flag() } : null,
            Arguments = _random.Next(3) == 0 ? [.. Enumerable.Range(0, _random.Next(1, 3)).Select(_ => Condition())] : [],
            StepUp = effect == PolicyEffect.Allow && callers is { Scopes.Count: > 0 } && _random.Next(2) == 0,
        };
    }

    private PolicyCondition Condition() => _random.Next(6) switch
    {
        0 => new() { At = "/path", OneOf = ["\"x\""] },
        1 => new() { At = "/path", OneOf = ["\"y\"", "null", "7"] },
        2 => new() { At = "/path", Matches = Any("x.*", "[xy]", ".*") },
        3 => new() { At = "/n", OneOf = ["1.0", "5"] },
        4 => new() { At = "/n", Min = Any("-1", "0", "2"), Max = _random.Next(2) == 0 ? null : "5.0" },
        _ => new() { At = "/deep/0/n", Max = "1e1" },
    };

    private bool? Flag() => _random.Next(4) switch { 0 => true, 1 => false, _ => null };

    private string? Maybe(Func<string> make) => _random.Next(2) == 0 ? make() : null;

    private string Any(params string[] from) => from[_random.Next(from.Length)];

    private string[] Some(params string[] from) => [.. from.Where(_ => _random.Next(2) == 0)];

    private string[] List(params string[] from) => _random.Next(2) == 0 ? [] : [.. Enumerable.Range(0, _random.Next(1, 3)).Select(_ => Any(from)).Distinct()];
}
