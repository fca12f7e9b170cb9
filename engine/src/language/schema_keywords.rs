//! The keywords of JSON Schema 2020-12 that may stand in a manifest, with OpenAPI's `example` and `discriminator`.

/// What a keyword of JSON Schema holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    /// No schema.
    Plain,
    /// A schema for the same value, or a list of such.
    SameValue,
    /// A schema for parts of the value, or a list of such.
    Part,
    /// Schemas by name, for the same value or parts of it.
    Named,
}

/// The keywords with what they hold. `required` is not among them: for a parameter it means something else.
pub(crate) const SCHEMA_KEYWORDS: &[(&str, Holds)] = &[
    ("$ref", Holds::Plain),
    ("$comment", Holds::Plain),
    ("title", Holds::Plain),
    ("description", Holds::Plain),
    ("type", Holds::Plain),
    ("enum", Holds::Plain),
    ("const", Holds::Plain),
    ("default", Holds::Plain),
    ("examples", Holds::Plain),
    ("example", Holds::Plain),
    ("deprecated", Holds::Plain),
    ("readOnly", Holds::Plain),
    ("writeOnly", Holds::Plain),
    ("format", Holds::Plain),
    ("pattern", Holds::Plain),
    ("minLength", Holds::Plain),
    ("maxLength", Holds::Plain),
    ("minimum", Holds::Plain),
    ("maximum", Holds::Plain),
    ("exclusiveMinimum", Holds::Plain),
    ("exclusiveMaximum", Holds::Plain),
    ("multipleOf", Holds::Plain),
    ("items", Holds::Part),
    ("prefixItems", Holds::Part),
    ("contains", Holds::Part),
    ("minContains", Holds::Plain),
    ("maxContains", Holds::Plain),
    ("minItems", Holds::Plain),
    ("maxItems", Holds::Plain),
    ("uniqueItems", Holds::Plain),
    ("properties", Holds::Named),
    ("patternProperties", Holds::Named),
    ("additionalProperties", Holds::Part),
    ("propertyNames", Holds::Part),
    ("minProperties", Holds::Plain),
    ("maxProperties", Holds::Plain),
    ("dependentRequired", Holds::Plain),
    ("dependentSchemas", Holds::Named),
    ("unevaluatedItems", Holds::Part),
    ("unevaluatedProperties", Holds::Part),
    ("allOf", Holds::SameValue),
    ("anyOf", Holds::SameValue),
    ("oneOf", Holds::SameValue),
    ("not", Holds::SameValue),
    ("if", Holds::SameValue),
    ("then", Holds::SameValue),
    ("else", Holds::SameValue),
    ("contentEncoding", Holds::Plain),
    ("contentMediaType", Holds::Plain),
    ("contentSchema", Holds::Part),
    ("discriminator", Holds::Plain),
];

/// The names of the keywords.
pub(crate) fn schema_keywords() -> impl Iterator<Item = &'static str> + Clone {
    SCHEMA_KEYWORDS.iter().map(|(name, _)| *name)
}
