using System.Text;
using McpHub.Auditing;
using McpHub.Protocol;

namespace McpHub.Tests.Auditing;

public sealed class RedactionTests
{
    private readonly Redaction _redaction = new(["customer"], ["acct-[0-9]+"]);

    public static TheoryData<string, string> Arguments { get; } = new()
    {
        { """{"path":"/tmp/a b","n":[1,-2.5e3,true,null,{"x":"y"}]}""", """{"path":"/tmp/a b","n":[1,-2.5e3,true,null,{"x":"y"}]}""" },
        { """{"password":"hunter2"}""", """{"password":"***"}""" },
        { """{"Db-PassWord_2":"hunter2","x":1}""", """{"Db-PassWord_2":"***","x":1}""" },
        { """{"p\u0061ssword":"hunter2"}""", """{"password":"***"}""" },
        { """{"apiKey":["a",{"b":"c"}],"api_key":7,"x-api-key":null}""", """{"apiKey":"***","api_key":"***","x-api-key":"***"}""" },
        { """{"a":{"b":[{"clientSecret":{"deep":"er"}}]}}""", """{"a":{"b":[{"clientSecret":"***"}]}}""" },
        { """{"customerName":"Ann"}""", """{"customerName":"***"}""" },
        { """{"q":"mail ann.b+c@example.co.uk now"}""", """{"q":"mail *** now"}""" },
        { """{"ann@example.com":1}""", """{"***":1}""" },
        { """{"q":"eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl"}""", """{"q":"***"}""" },
        { """{"h":"Bearer abc.def-ghi="}""", """{"h":"***"}""" },
        { """{"h":"Basic dXNlcjpwYXNz"}""", """{"h":"***"}""" },
        { """{"q":"use sk-proj-0123456789abcdefXYZ"}""", """{"q":"use ***"}""" },
        { """{"q":"ghp_0123456789abcdef0123 and github_pat_11AAAAAAA0"}""", """{"q":"*** and ***"}""" },
        { """{"q":"xoxb-1234567890-abc"}""", """{"q":"***"}""" },
        { """{"q":"AKIAIOSFODNN7EXAMPLE"}""", """{"q":"***"}""" },
        { """{"q":"-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----"}""", """{"q":"***"}""" },
        { """{"u":"https://ann:pw@example.com/x"}""", """{"u":"https***example.com/x"}""" },
        { """{"u":"https://h/?a=1&access_token=abc&b=2"}""", """{"u":"https://h/?a=1&access_***&b=2"}""" },
        { """{"body":"{\"password\": \"hunter2\", \"a\": 1}"}""", """{"body":"{\"***\", \"a\": 1}"}""" },
        { """{"env":"PASSWORD=hunter2 PATH=/bin"}""", """{"env":"*** PATH=/bin"}""" },
        { """{"card":"4111 1111 1111 1111","n":4111111111111111}""", """{"card":"***","n":"***"}""" },
        { """{"id":"acct-12345"}""", """{"id":"***"}""" },
        { """{"bad":"\ud800 secret"}""", """{"bad":"***"}""" },
        { "{ \"a\" :\n [ 1,\r\n 2 ] }", """{"a":[1,2]}""" },
    };

    [Theory]
    [MemberData(nameof(Arguments))]
    public void Arguments_LoseWhatMustNotBeKept(string arguments, string kept)
    {
        using var buffer = Utf8Buffer.Rent();

        _redaction.Write(buffer, Encoding.UTF8.GetBytes(arguments));

        Assert.Equal(kept, Encoding.UTF8.GetString(buffer.Span));
    }

    [Fact]
    public void Text_LosesWhatMustNotBeKept() =>
        Assert.Equal("file:///home/x?***", _redaction.Of("file:///home/x?token=abc"));
}
