//! A GraphQL query with variables.

use indexmap::IndexMap;

use crate::language::object;
use crate::notation::Template;
use crate::source::Spanned;

object! {
    /// A GraphQL query, sent as JSON with `query`, `variables` and `operationName`. `errors` in the answer are an error.
    pub struct GraphQl as "GraphQL body" {
        /// The query. `{{ fields }}` in it is replaced by the selection.
        /// ```yaml
        /// query: "query($id: ID!) { user(id: $id) { {{ fields }} } }"
        /// ```
        pub query: Spanned<String>,
        /// The variables. `${param}` alone keeps the parameter's type; left out, every body parameter is a variable of its name.
        /// ```yaml
        /// variables: { id: "${user_id}" }
        /// ```
        pub variables: IndexMap<String, Spanned<Template>>,
        /// The operation's name, when the query holds several.
        /// ```yaml
        /// operation_name: GetUser
        /// ```
        pub operation_name: Option<String>,
        /// The parameter (a list of texts such as `a.b.c`) that selects fields.
        /// ```yaml
        /// fields: fields
        /// ```
        pub fields: Option<Spanned<String>>,
        /// The selection when the caller makes none.
        /// ```yaml
        /// default_fields: [id, owner.login]
        /// ```
        pub default_fields: Vec<String>,
    }
}
