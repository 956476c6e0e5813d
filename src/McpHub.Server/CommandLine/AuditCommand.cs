using System.CommandLine;
using McpHub.Auditing;
using McpHub.Server.Output;

namespace McpHub.Server.CommandLine;

/// <summary><c>audit verify</c>: checks that the audit's files are as they were written.</summary>
internal static class AuditCommand
{
    private const int MostShown = 100;

    public static Command Create(CommonOptions common)
    {
        var audit = new Command("audit", "Works with the files of the audit.");
        var verify = new Command("verify", "Checks that no line of the audit is missing, changed or moved. Exit code 1 if one is.");
        var folder = new Argument<string?>("FOLDER") { Arity = ArgumentArity.ZeroOrOne, Description = "The folder of the audit; that of the configuration if absent." };
        var partial = new Option<bool>("--partial") { Description = "The first files are elsewhere: begin with the first that is there." };
        verify.Add(folder);
        verify.Add(partial);
        verify.SetAction(parsed => Verify(parsed.GetValue(folder), () => common.ConfigFile(parsed), parsed.GetValue(partial)));
        audit.Add(verify);
        return audit;
    }

    private static int Verify(string? folder, Func<string?> configFile, bool isPartial)
    {
        if (folder is null)
        {
            var loaded = LoadedConfiguration.Load(configFile());
            if (!loaded.Report(Console.Error))
            {
                return ExitCode.Usage;
            }

            folder = AuditLog.FolderOf(loaded.Config!);
        }

        if (folder is null || !Directory.Exists(folder))
        {
            Console.Error.WriteLine($"mcphub: there is no audit in '{Printable.Line(folder ?? "")}'. Name its folder: mcphub audit verify FOLDER.");
            return ExitCode.Usage;
        }

        try
        {
            return Tell(folder, AuditVerifier.Verify(folder, isPartial));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"mcphub: {Printable.Line(folder)} can't be read: {Printable.Line(e.Message)}");
            return ExitCode.Usage;
        }
    }

    private static int Tell(string folder, IReadOnlyList<AuditChainReport> chains)
    {
        if (chains.Count == 0)
        {
            Console.Error.WriteLine($"mcphub: there are no files of an audit in {Printable.Line(folder)}.");
            return ExitCode.Usage;
        }

        foreach (var chain in chains)
        {
            Console.WriteLine($"Chain {chain.Chain}: {chain.Lines} lines in {chain.Files} files, up to line {chain.Head.Number}, hash {chain.Head.Hash}: {(chain.Problems.Count == 0 ? "intact" : "NOT INTACT")}");
            foreach (var problem in chain.Problems.Take(MostShown))
            {
                Console.WriteLine($"  {problem}");
            }

            if (chain.Problems.Count > MostShown)
            {
                Console.WriteLine($"  and {chain.Problems.Count - MostShown} more");
            }
        }

        return chains.All(c => c.Problems.Count == 0) ? ExitCode.Ok : ExitCode.Failed;
    }
}
