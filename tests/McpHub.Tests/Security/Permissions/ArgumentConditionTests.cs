using System.Text;
using McpHub.Configuration;
using McpHub.Security.Permissions;

namespace McpHub.Tests.Security.Permissions;

public sealed class ArgumentConditionTests
{
    /// <summary>The condition, the arguments, whether it lets a call pass, and whether it stops one.</summary>
    public static TheoryData<string, string, string, bool, bool> Cases { get; } = new()
    {
        // Strings are their characters, however they are written.
        { "/path", "= \"x\"", """{"path":"x"}""", true, true },
        { "/path", "= \"x\"", """{"path":"\u0078"}""", true, true },
        { "/path", "= \"x\"", """{"\u0070ath":"x"}""", true, true },
        { "/path", "= \"x\"", """{"path":"X"}""", false, false },
        { "/path", "= \"x\"", """{"Path":"x"}""", false, false },
        { "/path", "= \"/etc\"", """{"path":"\/etc"}""", true, true },
        { "/path", "= \"ä\\ud83d\\ude00\"", "{\"path\":\"\\u00e4😀\"}", true, true },
        { "/ä\"b", "= 1", """{"\u00e4\"b":1}""", true, true },
        { "/path", "= \"x\"", """{"path":["x"]}""", false, false },
        { "/path", "= \"x\"", """{"path":null}""", false, false },
        { "/path", "= \"x\"", "{}", false, false },
        { "/path", "= \"x\"", "", false, false },

        // What is there twice is whatever is worse.
        { "/path", "= \"x\"", """{"path":"x","path":"y"}""", false, true },
        { "/path", "= \"x\"", """{"path":"y","p\u0061th":"x"}""", false, true },
        { "/path", "= \"x\"", """{"path":"x","path":"x"}""", true, true },
        { "/a/b", "= 1", """{"a":{"b":1},"a":{"b":2}}""", false, true },
        { "/a/b", "= 1", """{"a":{"b":1},"a":7}""", true, true },

        // Half of a surrogate pair is no text: nobody knows what the server makes of it.
        { "/path", "= \"x\"", """{"path":"\ud800"}""", false, true },
        { "/path", "~ x*", """{"path":"\ud800"}""", false, true },

        // Numbers are their values.
        { "/n", "= 1", """{"n":1.0}""", true, true },
        { "/n", "= 1", """{"n":1e0}""", true, true },
        { "/n", "= 1", """{"n":10e-1}""", true, true },
        { "/n", "= 1.50", """{"n":0.15E+1}""", true, true },
        { "/n", "= 0", """{"n":-0.0e5}""", true, true },
        { "/n", "= 1", """{"n":"1"}""", false, false },
        { "/n", "= 1", """{"n":true}""", false, false },
        { "/n", "= 9007199254740993", """{"n":9007199254740992}""", false, false },
        { "/n", "= true", """{"n":true}""", true, true },
        { "/n", "= null", """{"n":null}""", true, true },
        { "/n", "= false", """{"n":null}""", false, false },
        { "/n", "1..10", """{"n":10.0}""", true, true },
        { "/n", "1..10", """{"n":10.000000000000000000001}""", false, false },
        { "/n", "1..10", """{"n":0.9e1}""", true, true },
        { "/n", "1..10", """{"n":1e999999999999999999999}""", false, false },
        { "/n", "-1..", """{"n":1e999999999999999999999}""", true, true },
        { "/n", "..-1", """{"n":-1.5}""", true, true },
        { "/n", "..-1", """{"n":"-2"}""", false, false },

        // Pointers lead into objects and arrays.
        { "/a/1/b", "= 1", """{"a":[{"b":0},{"b":1}]}""", true, true },
        { "/a/01/b", "= 1", """{"a":[{"b":0},{"b":1}]}""", false, false },
        { "/a/2", "= 1", """{"a":[1,1]}""", false, false },
        { "/a~1b/~0", "= 1", """{"a/b":{"~":1}}""", true, true },
        { "/~01", "= 1", """{"~1":1}""", true, true },
        { "/", "= 1", """{"":1}""", true, true },
        { "/a/b", "= 1", """{"a":"{\"b\":1}"}""", false, false },

        // An expression has to match the whole, line breaks included.
        { "/path", "~ /data/.*", """{"path":"/data/x"}""", true, true },
        { "/path", "~ /data/.*", """{"path":"x/data/x"}""", false, false },
        { "/path", "~ /etc/.*", """{"path":"/etc/\npasswd"}""", true, true },
        { "/path", "~ a|b", """{"path":"bc"}""", false, false },
        { "/path", "~ x", """{"path":"x\n"}""", false, false },
        { "/path", "~ .*", """{"path":5}""", false, false },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Condition_AllowsOnlyWhatIsSure_AndDeniesWhatMayBe(string at, string test, string arguments, bool allows, bool denies)
    {
        var condition = new ArgumentCondition(Parse(at, test));
        var json = Encoding.UTF8.GetBytes(arguments);

        Assert.Equal((allows, denies), (condition.Holds(json, PolicyEffect.Allow), condition.Holds(json, PolicyEffect.Deny)));
    }

    [Fact]
    public void Expression_IsNotLookedFor_InWhatIsTooLong()
    {
        var condition = new ArgumentCondition(Parse("/a", "~ (x+x+)+y"));
        var json = Encoding.UTF8.GetBytes("{\"a\":\"" + new string('x', 100_000) + "\"}");

        Assert.False(condition.Holds(json, PolicyEffect.Allow));
        Assert.True(condition.Holds(json, PolicyEffect.Deny));
    }

    private static PolicyCondition Parse(string at, string test) => test[0] switch
    {
        '=' => new PolicyCondition { At = at, OneOf = [test[2..]] },
        '~' => new PolicyCondition { At = at, Matches = test[2..] },
        _ => new PolicyCondition { At = at, Min = End(test.Split("..")[0]), Max = End(test.Split("..")[1]) },
    };

    private static string? End(string text) => text.Length == 0 ? null : text;
}
