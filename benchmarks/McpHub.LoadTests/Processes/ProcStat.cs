using System.Globalization;

namespace McpHub.LoadTests.Processes;

/// <summary>The fields of <c>/proc/PID/stat</c> that are of use here.</summary>
internal sealed record ProcStat(int Pid, int ParentPid, TimeSpan Cpu, TimeSpan ReapedCpu, long ResidentPages)
{
    // USER_HZ, which Linux fixes at 100 for all that it tells programs, whatever its own clock.
    private const double TicksPerSecond = 100;

    /// <summary>Reads the fields; <see langword="null"/> if there is no such process.</summary>
    public static ProcStat? TryRead(int pid)
    {
        string text;
        try
        {
            text = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/stat"));
        }
        catch (IOException)
        {
            return null;
        }

        // The name stands in parentheses and may itself hold spaces and parentheses; the fields after it start with the third.
        var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        return new ProcStat(pid, (int)Field(4), Time(14, 15), Time(16, 17), Field(24));

        long Field(int number) => long.Parse(fields[number - 3], CultureInfo.InvariantCulture);
        TimeSpan Time(int user, int system) => TimeSpan.FromSeconds((Field(user) + Field(system)) / TicksPerSecond);
    }
}
