using System.Text;
using System.Text.Json;
using McpHub.Composition.Definitions;
using McpHub.Protocol;

namespace McpHub.Composition.Running;

/// <summary>Takes a step's output out of its tool's result.</summary>
internal static class StepOutput
{
    /// <param name="result">The result object, in the form of revision 2025-11-25.</param>
    /// <param name="form">What of it is wanted.</param>
    /// <returns>Bytes of its own; <see langword="null"/> for a text that is no JSON where that is wanted.</returns>
    /// <exception cref="JsonException">The result is nested deeper than the gateway reads.</exception>
    public static byte[]? Read(ReadOnlySpan<byte> result, OutputForm form)
    {
        if (form == OutputForm.Full)
        {
            return result.ToArray();
        }

        if (form == OutputForm.Auto && JsonMembers.TryGet(result, "structuredContent"u8, out var structured) && structured[0] != 'n')
        {
            return structured.ToArray();
        }

        if (form != OutputForm.Json && PlainTextIn(result) is [(byte)'"', ..] plain)
        {
            return plain.ToArray();
        }

        var text = TextOf(result);
        if (form == OutputForm.Text || (form == OutputForm.Auto && !text.AsSpan().TrimStart().StartsWith('{') && !text.AsSpan().TrimStart().StartsWith('[')))
        {
            return JsonText.Encode(text);
        }

        var json = Encoding.UTF8.GetBytes(text);
        return IsJson(json) ? json.AsSpan().Trim(" \t\r\n"u8).ToArray() : form == OutputForm.Auto ? JsonText.Encode(text) : null;
    }

    /// <summary>All text of the result, in lines.</summary>
    public static string TextOf(ReadOnlySpan<byte> result)
    {
        if (!JsonMembers.TryGet(result, "content"u8, out var content))
        {
            return "";
        }

        // Most results have one text, which is the answer then; those with thousands are joined once.
        string? first = null;
        StringBuilder? all = null;
        var items = new JsonItems(content);
        while (items.MoveNext())
        {
            if (JsonMembers.TryGet(items.Value, "type"u8, out var type) && JsonText.Is(type, "text"u8)
                && JsonMembers.TryGet(items.Value, "text"u8, out var json) && JsonText.Decode(json) is { } decoded)
            {
                if (first is null)
                {
                    first = decoded;
                    continue;
                }

                all ??= new StringBuilder(first);
                all.Append('\n').Append(decoded);
            }
        }

        return all?.ToString() ?? first ?? "";
    }

    /// <summary>
    /// The one text of the result as it stands in it, with its quotes; empty if there is no such text, or if it may be JSON. What has
    /// escapes may be either: a line break may come before the JSON.
    /// </summary>
    private static ReadOnlySpan<byte> PlainTextIn(ReadOnlySpan<byte> result)
    {
        if (!JsonMembers.TryGet(result, "content"u8, out var content))
        {
            return default;
        }

        ReadOnlySpan<byte> only = default;
        var items = new JsonItems(content);
        while (items.MoveNext())
        {
            if (!only.IsEmpty || !JsonMembers.TryGet(items.Value, "type"u8, out var type) || !JsonText.Is(type, "text"u8)
                || !JsonMembers.TryGet(items.Value, "text"u8, out only) || only[0] != '"' || only.Contains((byte)'\\'))
            {
                return default;
            }
        }

        return only.Length > 2 && only[1..].TrimStart(" "u8) is [not ((byte)'{' or (byte)'['), ..] ? only : default;
    }

    private static bool IsJson(ReadOnlySpan<byte> text)
    {
        var reader = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = EnvelopeReader.MaxDepth });
        try
        {
            while (reader.Read())
            {
                // What is no JSON throws.
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
