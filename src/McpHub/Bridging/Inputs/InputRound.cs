using System.Text;
using System.Text.Json;
using McpHub.Pipeline;
using McpHub.Protocol;

namespace McpHub.Bridging.Inputs;

/// <summary>One round of a modern server's <c>input_required</c> result.</summary>
internal static class InputRound
{
    /// <summary>Asks a legacy client all that the server wants, at once (rule T8).</summary>
    /// <returns>What the server gets with the next try; or why there is none.</returns>
    public static async ValueTask<(InputRetry Retry, string? Refusal)> AskAsync(
        ReadOnlyMemory<byte> result, ICallInputs inputs, CancellationToken cancellationToken)
    {
        var (requests, state) = Read(result);
        var asked = requests.Select(r => inputs.AskAsync(r.Method, r.Parameters, cancellationToken).AsTask()).ToArray();
        var answers = await Task.WhenAll(asked);
        for (var i = 0; i < answers.Length; i++)
        {
            if (!answers[i].IsError)
            {
                continue;
            }

            if (requests[i].Method != McpMethod.Elicit || !answers[i].WasAsked)
            {
                return (new InputRetry(default, default), MessageOf(answers[i]));
            }

            // An elicitation that failed is one that the user did not answer.
            answers[i] = InputRefusal.NoAnswer(McpMethod.Elicit);
        }

        return (new InputRetry(requests.Count == 0 ? default : WriteResponses(requests, answers), state), null);
    }

    /// <summary>Writes the result for a modern client (rule T9).</summary>
    /// <param name="context">The request.</param>
    /// <param name="result">The server's result.</param>
    /// <param name="client">What the client can be asked.</param>
    /// <param name="server">The server's name.</param>
    /// <param name="seal">Seals the server's own state.</param>
    public static McpResult PassOn(McpContext context, ReadOnlySpan<byte> result, InputKinds client, string server, Func<byte[], string> seal)
    {
        if (!TryFindUndeclared(result, client, out var missing))
        {
            return McpResult.Fail(FailureKind.UpstreamProtocol, $"Server '{server}' wants something of the client that no client can be asked for.");
        }

        if (missing != InputKinds.None)
        {
            return McpResult.Fail(NotDeclared(missing, server));
        }

        var buffer = Utf8Buffer.Rent(result.Length + 512);
        var copy = new ObjectCopy(buffer);
        var members = new JsonMembers(result);
        while (members.MoveNext())
        {
            if (members.NameIs("requestState"u8))
            {
                copy.Begin("requestState"u8);
                JsonText.Write(buffer, seal(members.Value.ToArray()));
            }
            else
            {
                copy.Copy(members);
            }
        }

        copy.End();
        return McpResult.Complete(buffer, buffer.Memory);
    }

    /// <summary>The client won't give what the server needs: for a tool a result, which a model can read.</summary>
    public static McpResult Refused(McpContext context, string reason) => context.Envelope.Method == McpMethod.CallTool
        ? TextResult.Write(context, $"The call was not completed: {reason}", isError: true)
        : McpResult.Fail(FailureKind.InputNotRelayed, $"The request was not completed: {reason}");

    /// <summary>What a server of 2025-11-25 wants the user to open before the call is made again (its error -32042; rule T19).</summary>
    public static IReadOnlyList<InputRequest> UrlsIn(ReadOnlySpan<byte> error)
    {
        var requests = new List<InputRequest>();
        if (JsonMembers.TryGet(error, "data"u8, out var data) && JsonMembers.TryGet(data, "elicitations"u8, out var elicitations))
        {
            var items = new JsonItems(elicitations);
            while (items.MoveNext())
            {
                var parameters = InputParameters.Write(McpMethod.Elicit, items.Value, InputKinds.UrlElicitation, Revisions.Latest);
                requests.Add(new InputRequest($"url_{requests.Count + 1}", McpMethod.Elicit, parameters));
            }
        }

        return requests;
    }

    /// <summary>Whether every response is an accepted elicitation.</summary>
    public static bool AreAllAccepted(ReadOnlySpan<byte> responses)
    {
        var any = false;
        var members = new JsonMembers(responses);
        while (members.MoveNext())
        {
            if (!JsonMembers.TryGet(members.Value, "action"u8, out var action) || !JsonText.Is(action, "accept"u8))
            {
                return false;
            }

            any = true;
        }

        return any;
    }

    private static (List<(byte[] Key, McpMethod Method, ReadOnlyMemory<byte> Parameters)> Requests, ReadOnlyMemory<byte> State) Read(
        ReadOnlyMemory<byte> result)
    {
        var requests = new List<(byte[], McpMethod, ReadOnlyMemory<byte>)>();
        ReadOnlyMemory<byte> state = default;
        var members = new JsonMembers(result.Span);
        while (members.MoveNext())
        {
            if (members.NameIs("requestState"u8))
            {
                state = members.Value.ToArray();
            }
            else if (members.NameIs("inputRequests"u8))
            {
                var entries = new JsonMembers(members.Value);
                while (entries.MoveNext())
                {
                    JsonMembers.TryGet(entries.Value, "params"u8, out var parameters);
                    requests.Add((entries.Name.ToArray(), MethodOf(entries.Value), parameters.ToArray()));
                }
            }
        }

        return (requests, state);
    }

    private static byte[] WriteResponses(List<(byte[] Key, McpMethod Method, ReadOnlyMemory<byte> Parameters)> requests, ClientAnswer[] answers)
    {
        using var buffer = Utf8Buffer.Rent();
        var copy = new ObjectCopy(buffer);
        for (var i = 0; i < answers.Length; i++)
        {
            copy.RawMember(requests[i].Key, answers[i].Json.Span);
        }

        copy.End();
        return buffer.Span.ToArray();
    }

    /// <summary>What the client would have to be able to do, and has not declared.</summary>
    /// <returns>Whether it is only asked for what clients can be asked at all.</returns>
    private static bool TryFindUndeclared(ReadOnlySpan<byte> result, InputKinds client, out InputKinds missing)
    {
        missing = InputKinds.None;
        JsonMembers.TryGet(result, "inputRequests"u8, out var requests);
        var entries = new JsonMembers(requests);
        while (entries.MoveNext())
        {
            var method = MethodOf(entries.Value);
            if (!method.IsInput())
            {
                return false;
            }

            JsonMembers.TryGet(entries.Value, "params"u8, out var parameters);
            missing |= InputCapabilities.NeededBy(method, parameters) & ~client;
        }

        return true;
    }

    private static Failure NotDeclared(InputKinds missing, string server)
    {
        using var buffer = Utf8Buffer.Rent();
        var data = new ObjectCopy(buffer);
        data.Member("requiredCapabilities"u8, InputCapabilities.Write(missing | (missing.HasFlag(InputKinds.SamplingTools) ? InputKinds.Sampling : 0)));
        data.End();
        return new Failure(
            FailureKind.MissingClientCapability, $"Server '{server}' needs a capability that the client did not declare.", buffer.Span.ToArray());
    }

    private static McpMethod MethodOf(ReadOnlySpan<byte> request) =>
        JsonMembers.TryGet(request, "method"u8, out var method) && JsonText.Decode(method) is { } name
            ? McpMethods.Parse(Encoding.UTF8.GetBytes(name))
            : McpMethod.Unknown;

    private static string MessageOf(ClientAnswer answer) =>
        JsonMembers.TryGet(answer.Json.Span, "message"u8, out var message) && JsonText.Decode(message) is { Length: > 0 } text
            ? LogText.Clean(text)
            : "the client refused to give what the tool needs.";
}
