using System.Text;
using McpHub.Configuration;

namespace McpHub.Tests.Configuration;

/// <summary>Whatever is in the file, reading it gives a result.</summary>
public sealed class MutationTests : IDisposable
{
    private const int RoundsPerSample = 1500;

    private static readonly string[] Pieces =
    [
        "{", "}", "[", "]", "\"", ",", ":", "null", "true", "-1", "1e999", "\\ud800", "${", "$${", "}", "${A}", "${file:x}", "${file:\\u0000}",
        "\0", "\u00ff", "\"\": ", "/*", "//", "\\u0000", "é", "http://[", "http://", "..", "99999999999999999999",
    ];

    private readonly ConfigurationFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_GivesAResult_WhateverTheFileHolds()
    {
        var random = new Random(20261120);
        var path = Path.Combine(_folder.Root, "mcphub.json");
        foreach (var sample in RepositoryFiles.Samples)
        {
            var original = File.ReadAllBytes(sample);
            for (var round = 0; round < RoundsPerSample; round++)
            {
                File.WriteAllBytes(path, Mutate(original, random));

                var result = ConfigurationReader.Read(path, _folder.Environment);

                Assert.Equal(result.Config is null, result.Issues.Any(issue => issue.Severity is IssueSeverity.Error));
                Assert.All(result.Issues, issue => Assert.DoesNotContain('\n', issue.ToString()));
            }
        }
    }

    private static byte[] Mutate(byte[] original, Random random)
    {
        var bytes = original.ToList();
        for (var count = random.Next(1, 5); count > 0; count--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(6))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 20), bytes.Count - at));
                    break;
                case 2:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(1, 60), bytes.Count - at)));
                    break;
                case 3:
                    ReplaceString(bytes, at, random);
                    break;
                default:
                    bytes.InsertRange(at, Encoding.UTF8.GetBytes(Pieces[random.Next(Pieces.Length)]));
                    break;
            }

            if (bytes.Count == 0)
            {
                break;
            }
        }

        return [.. bytes];
    }

    /// <summary>Replaces what stands between two quotes, which leaves the JSON whole and reaches the rules behind it.</summary>
    private static void ReplaceString(List<byte> bytes, int at, Random random)
    {
        var start = bytes.IndexOf((byte)'"', at);
        var end = start < 0 ? -1 : bytes.IndexOf((byte)'"', start + 1);
        if (end > 0)
        {
            bytes.RemoveRange(start + 1, end - start - 1);
            bytes.InsertRange(start + 1, Encoding.UTF8.GetBytes(Pieces[random.Next(Pieces.Length)]));
        }
    }
}
