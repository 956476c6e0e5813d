using System.Text;
using System.Text.Json;
using McpHub.Protocol;

namespace McpHub.Tests.Fuzzing;

/// <summary>What <see cref="EnvelopeReader"/> has to find, told the slow way: from a tree that the framework's reader made.</summary>
internal sealed class EnvelopeReference(byte[] json)
{
    private Envelope _envelope;
    private FailureKind? _failure;
    private bool _hasNullResult;
    private readonly HashSet<string?> _names = [];

    /// <summary>The envelope, and what is wrong if something is. The tree is of the same bytes.</summary>
    public (Envelope Envelope, FailureKind? Failure) Judge(JsonNodes root)
    {
        if (root.Kind == JsonTokenType.StartArray)
        {
            _envelope.Kind = EnvelopeKind.Batch;
            return (_envelope, null);
        }

        if (root.Kind != JsonTokenType.StartObject)
        {
            return (_envelope, FailureKind.InvalidRequest);
        }

        foreach (var (name, value) in root.Members)
        {
            Take(name, value);
        }

        Classify();
        return (_envelope, _failure);
    }

    private void Take(string? name, JsonNodes value)
    {
        var isFirst = _names.Add(name);
        Expect(isFirst || name is not ("jsonrpc" or "id" or "method"), FailureKind.InvalidRequest);
        switch (name)
        {
            case "jsonrpc":
                Expect(Text(value) == "2.0", FailureKind.InvalidRequest);
                break;
            case "id":
                var isId = value.Kind == JsonTokenType.String
                    || (value.Kind == JsonTokenType.Number && Raw(value).TrimStart('-').All(char.IsAsciiDigit));
                Expect(isId, FailureKind.InvalidRequest);
                _envelope.Id = isId ? value.Slice : _envelope.Id;
                break;
            case "method":
                _envelope.MethodName = value.Slice;
                Expect(Text(value) is not null, FailureKind.InvalidRequest);
                _envelope.Method = value.Kind == JsonTokenType.String
                    ? McpMethods.Parse(Encoding.UTF8.GetBytes(Text(value) ?? ""))
                    : _envelope.Method;
                break;
            case "params":
                TakeParams(value);
                break;
            case "result":
                TakeResult(value);
                break;
            case "error":
                Once(_envelope.Error);
                _envelope.Error = value.Kind == JsonTokenType.Null ? _envelope.Error : value.Slice;
                break;
        }
    }

    private void TakeParams(JsonNodes value)
    {
        if (_envelope.Params.IsPresent)
        {
            Once(_envelope.Params);
            return;
        }

        _envelope.Params = value.Slice;
        Expect(value.Kind == JsonTokenType.StartObject, FailureKind.InvalidParams);
        foreach (var (name, member) in ObjectMembers(value))
        {
            _envelope.HasOtherParams |= name is not ("name" or "uri" or "arguments" or "_meta");
            _envelope.IsInputRetry |= name is "inputResponses" or "requestState";
            switch (name)
            {
                case "name":
                    Take(ref _envelope.Name, member, JsonTokenType.String);
                    break;
                case "uri":
                    Take(ref _envelope.Uri, member, JsonTokenType.String);
                    break;
                case "arguments":
                    Take(ref _envelope.Arguments, member, JsonTokenType.StartObject);
                    break;
                case "cursor":
                    Take(ref _envelope.Cursor, member, JsonTokenType.String);
                    break;
                case "_meta":
                    TakeMeta(member);
                    break;
            }
        }
    }

    private void TakeMeta(JsonNodes value)
    {
        if (_envelope.Meta.IsPresent || value.Kind != JsonTokenType.StartObject)
        {
            Once(_envelope.Meta);
            Expect(false, FailureKind.InvalidParams);
            return;
        }

        _envelope.Meta = value.Slice;
        foreach (var (name, member) in value.Members)
        {
            switch (name)
            {
                case "progressToken":
                    Once(_envelope.ProgressToken);
                    _envelope.ProgressToken = member.Slice;
                    Expect(member.Kind is JsonTokenType.String or JsonTokenType.Number, FailureKind.InvalidParams);
                    break;
                case MetaKeys.ProtocolVersionText:
                    Take(ref _envelope.ProtocolVersion, member, JsonTokenType.String);
                    break;
                case MetaKeys.ClientCapabilitiesText:
                    Take(ref _envelope.ClientCapabilities, member, JsonTokenType.StartObject);
                    break;
                case MetaKeys.LogLevelText:
                    Take(ref _envelope.LogLevel, member, JsonTokenType.String);
                    break;
                case "traceparent":
                    Take(ref _envelope.TraceParent, member, JsonTokenType.String);
                    break;
                case "tracestate":
                    Take(ref _envelope.TraceState, member, JsonTokenType.String);
                    break;
            }
        }
    }

    private void TakeResult(JsonNodes value)
    {
        Once(_envelope.Result);
        if (value.Kind == JsonTokenType.Null)
        {
            _hasNullResult = true;
            return;
        }

        _envelope.Result = value.Slice;
        Expect(value.Kind == JsonTokenType.StartObject, FailureKind.InvalidRequest);
        foreach (var (name, member) in ObjectMembers(value))
        {
            if (name == "resultType")
            {
                Once(_envelope.ResultType);
                _envelope.ResultType = member.Slice;
            }
            else if (name == "isError")
            {
                _envelope.IsToolError = member.Kind == JsonTokenType.True;
            }
        }
    }

    private void Classify()
    {
        var hasMethod = _names.Contains("method");
        var outcomes = (_envelope.Result.IsPresent ? 1 : 0) + (_envelope.Error.IsPresent ? 1 : 0);
        _envelope.Kind = (hasMethod, outcomes) switch
        {
            (true, _) => _names.Contains("id") ? EnvelopeKind.Request : EnvelopeKind.Notification,
            (false, > 0) => EnvelopeKind.Response,
            _ => EnvelopeKind.Invalid,
        };
        Expect(_names.Contains("jsonrpc") && (hasMethod ? outcomes == 0 : outcomes == 1), FailureKind.InvalidRequest);
        Expect(!_hasNullResult || hasMethod || outcomes > 0, FailureKind.InvalidRequest);
        if (_failure is not null && _envelope.Kind != EnvelopeKind.Notification)
        {
            _envelope.Kind = _envelope.Id.IsPresent && hasMethod ? EnvelopeKind.Request : EnvelopeKind.Invalid;
        }
    }

    private void Take(ref Slice slice, JsonNodes value, JsonTokenType kind)
    {
        Once(slice);
        Expect(value.Kind == kind, FailureKind.InvalidParams);
        slice = value.Kind == kind ? value.Slice : slice;
    }

    private void Once(Slice earlier) => Expect(!earlier.IsPresent, FailureKind.InvalidRequest);

    private void Expect(bool condition, FailureKind otherwise) => _failure ??= condition ? null : otherwise;

    private static IEnumerable<(string? Name, JsonNodes Value)> ObjectMembers(JsonNodes value) =>
        value.Kind == JsonTokenType.StartObject ? value.Members : [];

    private string Raw(JsonNodes value) => Encoding.UTF8.GetString(value.Slice.Of(json));

    private string? Text(JsonNodes value)
    {
        if (value.Kind != JsonTokenType.String)
        {
            return null;
        }

        var reader = new Utf8JsonReader(value.Slice.Of(json));
        reader.Read();
        return JsonNodes.TextOf(ref reader);
    }
}
