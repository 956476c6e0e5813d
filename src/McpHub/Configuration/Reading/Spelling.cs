namespace McpHub.Configuration.Reading;

/// <summary>Finds the word that was probably meant.</summary>
internal static class Spelling
{
    /// <summary>Returns the candidate that is close enough to be a misspelling, or <see langword="null"/>.</summary>
    public static string? Closest(string word, IEnumerable<string> candidates)
    {
        // A file may hold names of any length; those that are too long to be a slip are not worth the quadratic work.
        if (word.Length is 0 or > 64)
        {
            return null;
        }

        var best = candidates
            .Select(candidate => (Candidate: candidate, Distance: Distance(word.ToUpperInvariant(), candidate.ToUpperInvariant())))
            .OrderBy(entry => entry.Distance)
            .FirstOrDefault();
        if (best.Candidate is null)
        {
            return null;
        }

        // One slip in three letters; but where every letter is another, it is simply another word.
        var shorter = Math.Min(word.Length, best.Candidate.Length);
        return best.Distance < shorter && best.Distance <= Math.Max(1, shorter / 3) ? best.Candidate : null;
    }

    /// <summary>Insertions, deletions, replacements and swaps of neighbours that turn one word into the other.</summary>
    private static int Distance(string a, string b)
    {
        var table = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            for (var j = 0; j <= b.Length; j++)
            {
                table[i, j] = i == 0 || j == 0
                    ? i + j
                    : Math.Min(
                        Math.Min(table[i - 1, j], table[i, j - 1]) + 1,
                        table[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    table[i, j] = Math.Min(table[i, j], table[i - 2, j - 2] + 1);
                }
            }
        }

        return table[a.Length, b.Length];
    }
}
