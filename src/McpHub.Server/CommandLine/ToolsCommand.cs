using System.CommandLine;
using System.Text;
using McpHub.Bridging;
using McpHub.Catalog;
using McpHub.Hosting;
using McpHub.Protocol;
using McpHub.Security.Authentication;
using McpHub.Server.Output;
using Serilog.Events;

namespace McpHub.Server.CommandLine;

/// <summary><c>tools</c>: what a client of the gateway sees.</summary>
internal static class ToolsCommand
{
    private static readonly TimeSpan DefaultWait = TimeSpan.FromSeconds(15);

    public static Command Create(CommonOptions common)
    {
        var command = new Command("tools", "Lists the tools that clients see, with the server and the category of each.");
        var json = new Option<bool>("--json") { Description = "Print an array of {server, category, tool}, the tool as tools/list gives it." };
        var server = new Option<string>("--server") { HelpName = "NAME", Description = "Only the tools of this server." };
        var wait = OneShot.WaitOption("15s");
        command.Add(json);
        command.Add(server);
        var caller = CallerOption.Create("Show what this caller sees instead of what gateway.auth.stdio does");
        command.Add(wait);
        command.Add(caller);
        command.SetAction(async (parsed, _) =>
        {
            var loaded = LoadedConfiguration.Load(common.ConfigFile(parsed));
            if (!loaded.Report(Console.Error))
            {
                return ExitCode.Usage;
            }

            var only = parsed.GetValue(server);
            if (only is not null && loaded.Config!.Upstreams.All(u => u.Name != only) && only != "native")
            {
                await Console.Error.WriteLineAsync(
                    $"mcphub: there is no server '{Printable.Line(only)}'. There are: {string.Join(", ", loaded.Config!.Upstreams.Select(u => u.Name).Append("native"))}.");
                return ExitCode.Usage;
            }

            await using var log = common.OpenLog(parsed, LogEventLevel.Error);
            return await OneShot.RunAsync(loaded.Config!, log, async (runtime, _, stopping) =>
            {
                await runtime.WhenSettledAsync(parsed.GetValue(wait) ?? DefaultWait, stopping);
                var view = runtime.Catalog.Current.Root.For(parsed.GetValue(caller) ?? new LocalCaller().Of(runtime.Config));
                var tools = view.Content.Tools.Where(t => only is null || t.Source.Name == only).ToArray();
                Print(tools, parsed.GetValue(json));
                return OneShot.TellMissing(runtime, only) ? ExitCode.Failed : ExitCode.Ok;
            });
        });
        return command;
    }

    private static void Print(CatalogEntry[] tools, bool asJson)
    {
        if (asJson)
        {
            Console.WriteLine(ToJson(tools));
        }
        else if (tools.Length == 0)
        {
            Console.WriteLine("No tools.");
        }
        else
        {
            Tables.Write(
                Console.Out, ["Tool", "Server", "Category", "Description"],
                tools.Select(t => new[] { t.Name, t.Source.Name, t.Category, Printable.FirstLine(DescriptionOf(t)) }));
        }
    }

    private static string? DescriptionOf(CatalogEntry tool) =>
        JsonMembers.TryGet(tool.Definition.Span, "description"u8, out var json) ? JsonText.Decode(json) : null;

    private static string ToJson(CatalogEntry[] tools)
    {
        using var buffer = Utf8Buffer.Rent();
        buffer.Write("["u8);
        foreach (var tool in tools)
        {
            buffer.Write(buffer.Length > 1 ? ",\n "u8 : "\n "u8);
            var members = new ObjectCopy(buffer);
            members.Member("server"u8, JsonText.Encode(tool.Source.Name));
            members.Member("category"u8, JsonText.Encode(tool.Category));
            members.Begin("tool"u8);
            DefinitionTranslator.Write(buffer, tool, Revisions.Latest);
            members.End();
        }

        buffer.Write("\n]"u8);
        return Encoding.UTF8.GetString(buffer.Span);
    }
}
