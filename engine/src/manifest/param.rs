//! A parameter: a JSON Schema with what makes it one.

use crate::language::{
    Decode, KeyDoc, Object, ObjectDoc, Shape, choices, comma_help, decode_map, is_enough, nearest, object,
    schema_keywords, unknown_key, wrong_type,
};
use crate::notation::Fill;
use crate::source::{Diagnostic, Spanned};
use crate::yaml::{Map, Node, Value};

use super::schema::Schema;

choices! {
    /// Where a parameter goes.
    pub enum Place as "place" {
        /// A segment of the path.
        Path = "path",
        /// The query of the URL.
        Query = "query",
        /// A header.
        Header = "header",
        /// A cookie.
        Cookie = "cookie",
        /// The body.
        Body = "body",
        /// It is not sent: the engine uses it, in a download's place or in what fills another parameter.
        Local = "local",
    }
}

choices! {
    /// How a list or object is written in a query, header or path (OpenAPI 3.1, "Style Values"). In a form or multipart body there
    /// is only `json`; other bodies have no styles.
    pub enum Style as "style" {
        /// `a=1&a=2` exploded, `a=1,2` otherwise.
        Form = "form",
        /// `a=1+2`.
        Space = "space",
        /// `a=1%7C2`.
        Pipe = "pipe",
        /// `a[b]=1&a[c][d]=2`.
        DeepObject = "deep_object",
        /// `a[]=1&a[]=2`.
        Brackets = "brackets",
        /// The value as JSON text: `a={"b":[1,2]}`.
        Json = "json",
    }
}

choices! {
    /// How names and values are escaped in the query of a URL. No value can add a parameter or end the query, whichever it is.
    pub enum QueryEncoding as "query encoding" {
        /// As HTML forms do it: a space is `+`.
        Form = "form",
        /// Everything but unreserved characters (RFC 3986) is percent-encoded: a space is `%20`.
        Percent = "percent",
        /// As Rest.li 2.0 has it: like `percent`, but `(),:%` stay as they are in values that begin with `(` or `List(`, and `,` in all others.
        RestLi = "rest_li",
    }
}

object! {
    /// What makes a schema a parameter.
    pub struct ParamKeys as "parameter" {
        /// Where it goes. Left out: the path if the path names it, else the query for GET and DELETE, else the body.
        /// ```yaml
        /// in: query
        /// ```
        pub place = "in": Option<Spanned<Place>>,
        /// Its name on the wire, where it differs from the key. Callers may use it too, where no other parameter has it.
        /// ```yaml
        /// name: page[size]
        /// ```
        pub name: Option<Spanned<String>>,
        /// Whether the caller must give it; always so in a path. (A list under `required` would be the schema's: write such a schema under `schemas`.)
        /// ```yaml
        /// required: true
        /// ```
        pub required: Option<bool>,
        /// How a list or object is written; `form` when left out, brackets for objects in a query and for all in a form.
        /// ```yaml
        /// style: pipe
        /// ```
        pub style: Option<Style>,
        /// Whether the elements of a list are written one by one; `true` for style `form` in a query.
        /// ```yaml
        /// explode: false
        /// ```
        pub explode: Option<bool>,
        /// What is sent when the caller leaves it out: a value, `${config.name}`, or an expression such as `{{ config.repos[0] }}`.
        /// (`default` only tells what the API assumes, and is not sent.)
        /// ```yaml
        /// fill: ${config.account_id}
        /// ```
        pub fill: Option<Spanned<Fill>>,
        /// `true`: not shown to callers, only filled.
        /// ```yaml
        /// hidden: true
        /// ```
        pub hidden: Option<bool>,
        /// `true`: the API hands this value out percent-encoded, so it is decoded before it is encoded again.
        /// ```yaml
        /// percent_encoded: true
        /// ```
        pub percent_encoded: Option<bool>,
    }
}

/// A parameter: its keys, and its JSON Schema. `$ref` to another parameter is kept in `base`.
#[derive(Clone, Debug, PartialEq)]
pub struct Param {
    /// What makes it a parameter.
    pub keys: ParamKeys,
    /// The parameter it starts from: the name after `#/params/`.
    pub base: Option<Spanned<String>>,
    /// Its schema.
    pub schema: Schema,
}

impl Param {
    /// This parameter with what `base` says where it says nothing itself.
    pub(crate) fn or(self, base: &Self) -> Self {
        let (own, base_keys) = (self.keys, base.keys.clone());
        let keys = ParamKeys {
            place: own.place.or(base_keys.place),
            name: own.name.or(base_keys.name),
            required: own.required.or(base_keys.required),
            style: own.style.or(base_keys.style),
            explode: own.explode.or(base_keys.explode),
            fill: own.fill.or(base_keys.fill),
            hidden: own.hidden.or(base_keys.hidden),
            percent_encoded: own.percent_encoded.or(base_keys.percent_encoded),
        };
        Self { keys, base: self.base, schema: self.schema.or(&base.schema) }
    }
}

static DOC: ObjectDoc = ObjectDoc { with_schema_keywords: true, ..*<ParamKeys as Object>::DOC };

impl Decode for Param {
    fn shape() -> Shape {
        Shape::Object(&DOC)
    }

    fn decode(node: &Node, findings: &mut Vec<Diagnostic>) -> Option<Self> {
        let map = decode_map(node, "parameter", findings)?;
        let is_own = |key: &str| ParamKeys::DOC.keys.iter().any(|own| own.name == key);
        let (mut own, mut rest) = (Map::new(), Map::new());
        let mut base = None;
        for (key, entry) in map {
            match entry.value.as_text().and_then(|text| text.strip_prefix("#/params/")) {
                Some(name) if key == "$ref" => base = Some(Spanned::new(name.to_owned(), entry.value.span)),
                _ if key == "required" && matches!(entry.value.value, Value::List(_)) => {
                    findings.push(required_list(&entry.value));
                }
                _ if is_own(key) => drop(own.insert(key.clone(), entry.clone())),
                _ if schema_keywords().any(|keyword| keyword == key) || key.starts_with("x-") => {
                    drop(rest.insert(key.clone(), entry.clone()))
                }
                _ if is_enough(findings) => break,
                _ => findings.push(unknown(key, entry)),
            }
        }
        let keys = ParamKeys::decode_object(&own, node.span, &[], findings)?;
        let schema = Schema::decode(&Node { value: Value::Map(rest), span: node.span }, findings)?;
        Some(Self { keys, base, schema })
    }

    fn stand_in() -> Option<Self> {
        Some(Self { keys: ParamKeys::stand_in()?, base: None, schema: Schema::stand_in()? })
    }
}

fn required_list(node: &Node) -> Diagnostic {
    wrong_type(node, "`true` or `false`")
        .help("it says whether the parameter must be given; a schema with required members stands under `schemas`: `$ref: \"#/schemas/Name\"`")
}

fn unknown(key: &str, entry: &Spanned<Node>) -> Diagnostic {
    let known = ParamKeys::DOC.keys.iter().map(|KeyDoc { name, .. }| *name).chain(schema_keywords());
    let found = unknown_key(ParamKeys::DOC, key, entry);
    match nearest(key, known) {
        Some(near) => found.help(format!("did you mean `{near}`?")),
        None => found.help(format!("{}known are the keys of a parameter and of JSON Schema", comma_help(entry))),
    }
}
