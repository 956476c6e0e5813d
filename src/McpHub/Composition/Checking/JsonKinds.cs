namespace McpHub.Composition.Checking;

/// <summary>Types of JSON values, as schemas name them.</summary>
[Flags]
internal enum JsonKinds : byte
{
    None,
    Null = 1,
    Boolean = 2,
    Integer = 4,

    /// <summary>A number that is no integer.</summary>
    Fraction = 8,

    String = 16,
    Array = 32,
    Object = 64,
    Number = Integer | Fraction,
    Any = Null | Boolean | Number | String | Array | Object,
}
