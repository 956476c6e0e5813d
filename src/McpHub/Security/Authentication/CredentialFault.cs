namespace McpHub.Security.Authentication;

/// <summary>Why a request's credential was refused. The log and the metrics are told exactly; the client less (<see cref="Challenges"/>).</summary>
internal enum CredentialFault : byte
{
    None,

    /// <summary>There is none, or one of a scheme other than Bearer.</summary>
    Missing,

    /// <summary>There is more than one.</summary>
    Ambiguous,

    /// <summary>Not a token: parts, encoding or JSON are wrong, or a member stands there twice.</summary>
    Malformed,

    TooLong,

    /// <summary>A token of five parts, or one whose header says so.</summary>
    Encrypted,

    /// <summary>Signed with an algorithm that is not accepted, or not at all.</summary>
    Algorithm,

    /// <summary>The header has a <c>typ</c> of something else than an access token, or asks for what is not understood (<c>crit</c>).</summary>
    Header,

    Issuer,

    /// <summary>The issuer has no key of this name.</summary>
    Key,

    Signature,

    /// <summary>Issued for something else than this endpoint.</summary>
    Audience,

    Expired,
    NotYetValid,

    /// <summary>A claim that has to be there is missing, or is not of its type.</summary>
    Claims,

    /// <summary>Bound to a key of the sender's, which a bearer doesn't prove to have (RFC 7800, <c>cnf</c>).</summary>
    SenderConstrained,

    /// <summary>An API key that is not configured.</summary>
    ApiKey,

    /// <summary>The issuer's keys could not be had, so that nothing is known of the token.</summary>
    KeysUnavailable,
}
