//! `x-airbyte-body-type`: a GraphQL query whose variables are parameters.

use tieline::manifest::Place;
use tieline::source::Span;
use tieline::yaml::{Node, Value};

use crate::body::{Body, body_param, kind};
use crate::context::Context;
use crate::names::mixed;
use crate::operation::Operation;
use crate::param::Param;
use crate::schemas::{Shape, let_null};
use crate::tree::{Mapping, boolean, is_true, items, list, members, names_in, scalar_text, text, text_of};

/// The parameter that selects fields.
const FIELDS: &str = "fields";

/// The body of a GraphQL operation. What the document declares for the query of the URL goes into the variables alone.
pub(crate) fn body<'d>(
    context: &mut Context<'d>,
    operation: &Operation<'d>,
    node: &'d Node,
    said: &'d Node,
    before: &mut [Param<'d>],
) -> Body<'d> {
    for param in before.iter_mut().filter(|param| param.place == Place::Query) {
        param.place = Place::Body;
        param.keys.take("style");
        param.keys.take("explode");
        // The selection has a default of its own.
        let default =
            param.schema.filter(|_| param.name != FIELDS).and_then(|schema| context.document.said(schema, "default"));
        if let Some(default) = default.filter(|default| !param.keys.has("fill") && default.value != Value::Null) {
            context.default(param, default, true);
        }
    }
    let query = text_of(said, "query").unwrap_or_default();
    let declared = declared_variables(query);
    let mut graphql =
        Graphql { context, params: Vec::new(), variables: Mapping::at(said.span), declared: &declared, before };
    let schema = node.get("content").into_iter().flat_map(members).next().and_then(|(_, media)| media.get("schema"));
    if let Some(schema) = schema {
        graphql.params = graphql.context.members_of(operation, schema, is_true(node, "required"));
        // What it says of a variable describes it: a default is the API's.
        graphql.params.iter_mut().for_each(|param| drop(param.keys.take("fill")));
    }
    for (name, value) in said.get("variables").into_iter().flat_map(members) {
        graphql.variable(name, value);
    }
    let nullable = said.get("x-airbyte-nullable-variables").into_iter().flat_map(items).filter_map(Node::as_text);
    for name in nullable {
        graphql.let_null(name);
    }
    let Graphql { mut params, variables, .. } = graphql;
    let mut keys = Mapping::at(said.span);
    keys.put_some("query", said.get("query").cloned());
    keys.put_filled("variables", variables.node());
    keys.put_some("operation_name", said.get("operationName").cloned());
    if query.contains("{{ fields }}") {
        keys.text("fields", FIELDS, said.span);
        if before.iter().chain(&params).all(|param| param.name != FIELDS) {
            params.push(selecting(said.span));
        }
    }
    if let Some(fields) = said.get("default_fields") {
        keys.put("default_fields", default_fields(fields));
    }
    // A parameter that the query does not use would be a variable that it does not know.
    let unused: Vec<&str> = params
        .iter()
        .map(|param| param.name.as_str())
        .filter(|name| !declared.iter().any(|(known, _)| known == name))
        .collect();
    let is_used = |name: &str| {
        keys.get("variables").is_some_and(|variables| {
            members(variables)
                .any(|(_, value)| names_in(value.as_text().unwrap_or_default()).iter().any(|used| used == name))
        })
    };
    let drop: Vec<String> =
        unused.into_iter().filter(|name| !is_used(name) && *name != FIELDS).map(str::to_owned).collect();
    let params = params.into_iter().filter(|param| !drop.contains(&param.name)).collect();
    Body { params, keys: Some(kind("graphql", keys)), note: None }
}

struct Graphql<'c, 'd> {
    context: &'c mut Context<'d>,
    params: Vec<Param<'d>>,
    variables: Mapping,
    declared: &'c [(String, String)],
    before: &'c mut [Param<'d>],
}

impl<'d> Graphql<'_, 'd> {
    /// A variable: a template over parameters, or a constant.
    fn variable(&mut self, name: &str, value: &'d Node) {
        let Some(template) = value.as_text() else { return self.constant(name, value) };
        let mut written = String::new();
        let mut rest = template;
        while let Some((before, after)) = rest.split_once("{{") {
            let Some((inside, after)) = after.split_once("}}") else { break };
            let wire = inside.trim();
            self.ensure(name, wire, value.span);
            written.push_str(&before.replace("${", "$${"));
            written.push_str(&format!("${{{}}}", mixed(wire, "param")));
            rest = after;
        }
        written.push_str(&rest.replace("${", "$${"));
        self.variables.text(name, written, value.span);
    }

    /// A value that is always the same: a parameter that nobody gives.
    fn constant(&mut self, name: &str, value: &'d Node) {
        let mut keys = Mapping::at(value.span);
        keys.put("hidden", boolean(true, value.span));
        keys.put("fill", value.clone());
        let param = body_param(name, keys, None, Shape::Unknown, value.span);
        self.variables.text(name, format!("${{{}}}", param.name), value.span);
        self.params.push(param);
    }

    /// A placeholder is a parameter, declared or not: the query says of which type.
    fn ensure(&mut self, variable: &str, wire: &str, span: Span) {
        let name = mixed(wire, "param");
        let is_there = |params: &[Param<'d>]| params.iter().any(|param| param.name == name);
        if is_there(&self.params) || is_there(self.before) {
            return;
        }
        let said = self.declared.iter().find(|(known, _)| known == variable).map_or("", |(_, said)| said);
        let (keys, shape) = typed(said, span);
        self.params.push(body_param(wire, keys, None, shape, span));
    }

    fn let_null(&mut self, name: &str) {
        let name = mixed(name, "param");
        for param in self.params.iter_mut().chain(self.before.iter_mut()).filter(|param| param.name == name) {
            let_null(&mut param.keys);
        }
    }
}

/// The parameter that selects fields, where the document declares none.
fn selecting<'d>(span: Span) -> Param<'d> {
    let (mut keys, shape) = typed("[String!]", span);
    keys.text("description", "Fields to answer with, such as `id` or `owner.login`", span);
    body_param(FIELDS, keys, None, shape, span)
}

/// The schema of a GraphQL type: of the built-in scalars, of lists of them, and anything for others.
fn typed(said: &str, span: Span) -> (Mapping, Shape) {
    let mut keys = Mapping::at(span);
    let is_required = said.ends_with('!');
    let bare = said.trim_end_matches('!');
    let shape = match bare.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        Some(element) => {
            keys.text("type", "array", span);
            let (element, _) = typed(element.trim_end_matches('!'), span);
            keys.put_filled("items", element.node());
            Shape::List
        }
        None => {
            let (name, shape) = match bare {
                "Int" => (Some("integer"), Shape::Whole),
                "Float" => (Some("number"), Shape::Number),
                "Boolean" => (Some("boolean"), Shape::Truth),
                "String" | "ID" => (Some("string"), Shape::Text),
                _ => (None, Shape::Unknown),
            };
            if let Some(name) = name {
                keys.text("type", name, span);
            } else if !bare.is_empty() {
                keys.text("description", format!("GraphQL type `{bare}`"), span);
            }
            shape
        }
    };
    if is_required {
        keys.put("required", boolean(true, span));
    }
    (keys, shape)
}

/// The variables that a query declares, with their types: `query($id: ID!, $first: Int = 5)`.
fn declared_variables(query: &str) -> Vec<(String, String)> {
    let head = query.split_once('{').map_or(query, |(head, _)| head);
    let Some((_, rest)) = head.split_once('(') else { return Vec::new() };
    let inside = rest.rsplit_once(')').map_or(rest, |(inside, _)| inside);
    inside
        .split('$')
        .skip(1)
        .filter_map(|one| {
            let (name, said) = one.split_once(':')?;
            let said = said.split(['=', '@']).next()?.trim().trim_end_matches(',').trim();
            let said: String = said.chars().filter(|c| !c.is_whitespace()).collect();
            // A default makes it optional.
            let has_default = one.contains('=');
            let said = if has_default { said.trim_end_matches('!').to_owned() } else { said };
            Some((name.trim().to_owned(), said))
        })
        .collect()
}

/// A list of fields, or a selection as GraphQL has it.
fn default_fields(said: &Node) -> Node {
    let words = |text: &'_ str| {
        text.split([' ', ',', '\n']).filter(|word| !word.is_empty()).map(str::to_owned).collect::<Vec<_>>()
    };
    match &said.value {
        Value::Text(selection) if words(selection).iter().all(|word| is_path(word)) => {
            let fields = words(selection).into_iter();
            list(fields.map(|field| text(field, said.span)).collect(), said.span)
        }
        Value::List(fields) => {
            let texts: Vec<String> = fields.iter().filter_map(scalar_text).collect();
            match texts.iter().all(|field| is_path(field)) {
                true => said.clone(),
                false => text(texts.iter().map(|field| selection(field)).collect::<Vec<_>>().join(" "), said.span),
            }
        }
        _ => said.clone(),
    }
}

/// Whether a text is a field, or a field of a field.
fn is_path(field: &str) -> bool {
    !field.is_empty() && field.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.'))
}

/// A field of a field as GraphQL has it: `a.b` is `a { b }`. What is no path stays as it is.
fn selection(field: &str) -> String {
    match field.split_once('.').filter(|_| is_path(field)) {
        Some((first, rest)) => format!("{first} {{ {} }}", selection(rest)),
        None => field.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::declared_variables;

    #[test]
    fn a_query_declares_its_variables() {
        let found = declared_variables("query Q($id: ID!, $first: Int = 5, $tags: [String!]!) { a(id: $id) { b } }");
        let found: Vec<_> = found.iter().map(|(name, said)| (name.as_str(), said.as_str())).collect();
        assert_eq!(found, [("id", "ID!"), ("first", "Int"), ("tags", "[String!]!")]);
        assert!(declared_variables("{ viewer { id } }").is_empty());
    }
}
