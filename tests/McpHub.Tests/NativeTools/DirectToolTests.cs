using System.ComponentModel;
using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using McpHub.Catalog;
using McpHub.Configuration;
using McpHub.Hosting;
using McpHub.NativeTools;
using McpHub.NativeTools.Tasks;
using McpHub.Pipeline;
using McpHub.Protocol;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using ModelContextProtocol;
using ModelContextProtocol.Server;

namespace McpHub.Tests.NativeTools;

/// <summary>The direct way to a tool's method answers what the SDK's way answers.</summary>
public sealed class DirectToolTests
{
    public static TheoryData<string, string> Calls => new()
    {
        { nameof(Sample.Echo), """{"message":"hello"}""" },
        { nameof(Sample.Echo), """{"message":"quotes \" and \\ and \n and \u00e9 and <&>"}""" },
        { nameof(Sample.Echo), """{"m\u0065ssage":"an escaped name"}""" },
        { nameof(Sample.Echo), """{"message":"more than asked for","other":[1,2,{"a":null}]}""" },
        { nameof(Sample.Add), """{"a":1,"b":2}""" },
        { nameof(Sample.Add), """{"a":1}""" },
        { nameof(Sample.Add), """{"b":-2147483648,"a":0}""" },
        { nameof(Sample.Describe), """{"flag":true,"ratio":0.5,"any":{"x":[1]}}""" },
        { nameof(Sample.Later), """{"text":"eventually"}""" },
        { nameof(Sample.Instance), """{"text":"of an instance"}""" },
        { nameof(Sample.Nothing), """{}""" },
        { nameof(Sample.Meant), """{}""" },
        { nameof(Sample.Broken), """{}""" },
        { nameof(Sample.BrokenLater), """{}""" },
    };

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task DirectCall_AnswersWhatTheSdkAnswers_ForTheSameCall(string method, string arguments)
    {
        var (direct, bySdk) = Tools(method);

        var expected = await CallAsync(bySdk, arguments);
        var actual = await CallAsync(direct, arguments);

        Assert.True(JsonNode.DeepEquals(expected, actual), $"SDK: {expected?.ToJsonString()}\ndirect: {actual?.ToJsonString()}");
    }

    [Theory]
    [InlineData(nameof(Sample.Echo), "{}", "'message' is missing")]
    [InlineData(nameof(Sample.Echo), """{"message":5}""", "'message' has the wrong type")]
    [InlineData(nameof(Sample.Add), """{"a":"one"}""", "'a' has the wrong type")]
    [InlineData(nameof(Sample.Add), """{"a":1.5}""", "'a' has the wrong type")]
    public async Task DirectCall_AnswersAToolError_ForWrongArguments(string method, string arguments, string text)
    {
        var result = await CallAsync(Tools(method).Direct, arguments);

        Assert.True((bool?)result?["isError"]);
        Assert.Contains(text, (string?)result?["content"]?[0]?["text"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(nameof(Sample.WithService))]
    [InlineData(nameof(Sample.WithProgress))]
    [InlineData(nameof(Sample.Structured))]
    [InlineData(nameof(Sample.Many))]
    public void DirectTool_LeavesItToTheSdk_WhenAParameterOrResultIsMoreThanJson(string method)
    {
        using var services = Services();
        var info = typeof(Sample).GetMethod(method)!;
        var tool = McpServerTool.Create(info, options: new McpServerToolCreateOptions { Services = services });

        Assert.Null(DirectTool.TryCreate(tool.ProtocolTool, info, null, services));
    }

    private static ServiceProvider Services()
    {
        var services = new ServiceCollection();
        services.AddMcpHub();
        services.AddSingleton<Dependency>();
        return services.BuildServiceProvider();
    }

    private static (NativeTool Direct, NativeTool BySdk) Tools(string method)
    {
        var services = Services();
        var info = typeof(Sample).GetMethod(method, BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance)!;
        var options = new McpServerToolCreateOptions { Services = services };
        var tool = info.IsStatic ? McpServerTool.Create(info, options: options) : McpServerTool.Create(info, _ => new Sample(), options);
        var direct = DirectTool.TryCreate(tool.ProtocolTool, info, info.IsStatic ? null : () => new Sample(), services);
        Assert.NotNull(direct);
        var logger = services.GetRequiredService<ILogger<MethodTool>>();
        return (new MethodTool(tool, direct, "test", services, logger), new MethodTool(tool, null, "test", services, logger));
    }

    private static async Task<JsonNode?> CallAsync(NativeTool tool, string arguments)
    {
        var message = Encoding.UTF8.GetBytes(
            """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x","arguments":""" + arguments + "}}");
        using var context = new McpContext { Message = message, Revision = Revision.V20251125 };
        Assert.Null(EnvelopeReader.Read(message, out context.Envelope));
        context.Entry = new CatalogEntry
        {
            Source = new NativeToolSource("native", [tool], new NativeTasks(HubConfig.Default, TimeProvider.System, NullLogger<NativeTasks>.Instance)),
            Name = "x",
            SourceName = "x",
            SourceNameJson = "\"x\""u8.ToArray(),
            Definition = tool.Definition.Json,
            Revision = Revisions.Latest,
        };
        using var result = await tool.InvokeAsync(context, TestContext.Current.CancellationToken);
        Assert.Equal(McpResultKind.Result, result.Kind);
        return JsonNode.Parse(result.Json.Span);
    }

    public sealed class Dependency;

    public sealed class Sample
    {
        private readonly string _prefix = "instance ";

        [McpServerTool]
        public static string Echo(string message) => message;

        [McpServerTool]
        public static string Add(int a, int b = 40) => (a + b).ToString(System.Globalization.CultureInfo.InvariantCulture);

        [McpServerTool]
        public static string Describe(bool flag, double ratio, JsonElement any) =>
            string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{flag} {ratio} {any.GetRawText()}");

        [McpServerTool]
        public static async Task<string> Later(string text, CancellationToken cancellationToken)
        {
            await Task.Delay(1, cancellationToken);
            return text;
        }

        [McpServerTool]
        public string Instance(string text) => _prefix + text;

        [McpServerTool]
        public static string? Nothing() => null;

        [McpServerTool]
        public static string Meant() => throw new McpException("This is meant for the client.");

        [McpServerTool]
        public static string Broken() => throw new InvalidOperationException("This is not.");

        [McpServerTool]
        public static async Task<string> BrokenLater()
        {
            await Task.Yield();
            throw new InvalidOperationException("This is not.");
        }

        [McpServerTool]
        public static string WithService(Dependency dependency) => dependency.ToString()!;

        [McpServerTool]
        public static string WithProgress(IProgress<ProgressNotificationValue> progress) => progress.ToString()!;

        [McpServerTool(UseStructuredContent = true)]
        public static string Structured() => "x";

        [McpServerTool]
        [Description("Too many parameters for the direct way.")]
        public static string Many(int a, int b, int c, int d, int e, int f, int g, int h, int i) => $"{a}{b}{c}{d}{e}{f}{g}{h}{i}";
    }
}
