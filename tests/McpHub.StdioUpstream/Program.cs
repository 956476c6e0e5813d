using McpHub.StdioUpstream;

var mode = Option("--mode") ?? "legacy";
using var wire = new Wire(Option("--record"));
if (mode == "grandchild-itself")
{
    // Nothing to do but to be there.
    Thread.Sleep(Timeout.Infinite);
}

new Server(mode, Option("--revision"), Option("--runs"), wire).Run();
return 0;

string? Option(string name)
{
    var at = Array.IndexOf(args, name);
    return at >= 0 && at + 1 < args.Length ? args[at + 1] : null;
}
