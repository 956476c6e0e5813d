namespace McpHub.Tests.Fuzzing;

/// <summary>Random damage to bytes.</summary>
internal static class Damage
{
    /// <summary>Changes, removes, repeats and inserts.</summary>
    public static byte[] Do(byte[] original, byte[][] pieces, Random random)
    {
        var bytes = original.ToList();
        for (var count = random.Next(1, 5); count > 0; count--)
        {
            var at = random.Next(bytes.Count + 1);
            switch (random.Next(5))
            {
                case 0 when at < bytes.Count:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 12), bytes.Count - at));
                    break;
                case 2:
                    bytes.InsertRange(random.Next(bytes.Count + 1), bytes.GetRange(at, Math.Min(random.Next(1, 40), bytes.Count - at)));
                    break;
                case 3 when at < bytes.Count:
                    bytes[at] = bytes[random.Next(bytes.Count)];
                    break;
                default:
                    bytes.InsertRange(at, pieces[random.Next(pieces.Length)]);
                    break;
            }
        }

        return [.. bytes];
    }
}
