using System.Buffers;
using System.Globalization;
using System.Text;

namespace McpHub.Auditing;

/// <summary>Checks the files of an audit: that every line is there, in its place and as it was written.</summary>
internal static class AuditVerifier
{
    /// <summary>Checks every chain of a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="isPartial">Whether the first files may have been moved elsewhere.</param>
    public static IReadOnlyList<AuditChainReport> Verify(string folder, bool isPartial)
    {
        // The heads first: a gateway that writes meanwhile is then ahead of them, and never behind.
        var chains = Directory.EnumerateFiles(folder, "audit-*.head").Select(ChainOf).Concat(AuditFileName.In(folder).Select(n => n.Chain)).Distinct().Order().ToArray();
        var heads = chains.Select(chain => AuditHead.Read(Path.Combine(folder, AuditFileName.HeadOf(chain)))).ToArray();
        var files = AuditFileName.In(folder);
        return [.. chains.Select((chain, i) => new Chain(chain, heads[i], isPartial).Check(folder, [.. files.Where(f => f.Chain == chain)]))];
    }

    private static int ChainOf(string path) =>
        int.TryParse(Path.GetFileNameWithoutExtension(path)["audit-".Length..], CultureInfo.InvariantCulture, out var chain) ? chain : 0;

    private sealed class Chain(int number, AuditHead? head, bool isPartial)
    {
        private readonly List<AuditProblem> _problems = [];
        private readonly byte[] _computed = new byte[AuditHash.Length];
        private byte[] _previous = AuditHash.Origin;
        private long _last;
        private long _lines;
        private bool _isHeadSeen;

        public AuditChainReport Check(string folder, IReadOnlyList<AuditFileName> files)
        {
            foreach (var file in files)
            {
                CheckFile(folder, file);
            }

            var headFile = AuditFileName.HeadOf(number);
            if (head is not { } end)
            {
                _problems.Add(new AuditProblem(headFile, 0, "is missing or unreadable, so that nobody can tell whether lines are missing at the end"));
            }
            else if (end.Number > _last)
            {
                _problems.Add(new AuditProblem(files.Count > 0 ? files[^1].ToString() : headFile, 0, $"{Range(_last + 1, end.Number)} missing at the end"));
            }
            else if (!_isHeadSeen)
            {
                _problems.Add(new AuditProblem(headFile, 0, $"line {end.Number} has another hash than when it was written"));
            }

            return new AuditChainReport(number, files.Count, _lines, new AuditHead(_last, Convert.ToHexStringLower(_previous)), _problems);
        }

        private void CheckFile(string folder, AuditFileName name)
        {
            using var file = new FileStream(Path.Combine(folder, name.ToString()), FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            var lines = new AuditLines(file);
            for (var at = 1; lines.TryRead(out var line); at++)
            {
                if (Check(line, lines.IsWhole) is { } what)
                {
                    _problems.Add(new AuditProblem(name.ToString(), at, what));
                }
            }
        }

        /// <summary>Checks a line against the one before it; what follows is checked against what it says of itself.</summary>
        private string? Check(ReadOnlySpan<byte> line, bool isWhole)
        {
            var hash = new byte[AuditHash.Length];
            if (!isWhole)
            {
                return "is cut off";
            }

            if (!AuditHash.TrySplit(line, out var content, hash) || !AuditPosition.TryReadNumber(content, out var seq))
            {
                return "is no line of the audit";
            }

            _lines++;
            var previous = _previous;
            if (_last == 0 && seq > 1 && isPartial && PreviousOf(content) is { } start)
            {
                // The files before this one are elsewhere.
                previous = start;
                _last = seq - 1;
            }

            AuditHash.Compute(previous, content, _computed);
            var expected = _last + 1;
            var isUnchanged = line[^AuditHash.EndLength..][AuditHash.Begin.Length..^AuditHash.End.Length].SequenceEqual(Encoding.ASCII.GetBytes(Convert.ToHexStringLower(_computed)));
            _isHeadSeen |= head is { } h && h.Number == seq && h.Hash == Convert.ToHexStringLower(hash);
            (_previous, _last) = (hash, Math.Max(seq, _last));
            return seq < expected ? $"is line {seq}, and stands after line {expected - 1}: it was moved or repeated"
                : seq > expected ? $"{Range(expected, seq - 1)} missing before it"
                : !isUnchanged ? "was changed, or does not follow the line before it"
                : IsTruncation(content) ? "says that lines before it were missing when the gateway was started"
                : null;
        }

        /// <summary>What the first line of a file says that it is chained to.</summary>
        private static byte[]? PreviousOf(ReadOnlySpan<byte> content)
        {
            var at = content.IndexOf(",\"previous\":\""u8);
            var hash = new byte[AuditHash.Length];
            return at >= 0 && content.Length >= at + 13 + (2 * AuditHash.Length)
                && Convert.FromHexString(content.Slice(at + 13, 2 * AuditHash.Length), hash, out _, out _) == OperationStatus.Done ? hash : null;
        }

        private static bool IsTruncation(ReadOnlySpan<byte> content) => content.IndexOf("\"event\":\"truncated\""u8) is > 0 and < 64;

        private static string Range(long first, long last) => first == last ? $"line {first} is" : $"lines {first} to {last} are";
    }
}
