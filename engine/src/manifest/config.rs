//! A value that is not secret and is chosen per connection.

use indexmap::IndexMap;

use crate::auth::FieldType;
use crate::language::object;
use crate::notation::{Expression, Pattern};
use crate::source::Spanned;

object! {
    /// A value that is not secret and is chosen per connection; it is `${config.name}` in servers, headers, fixed
    /// query parameters and fills, and `config.name` in expressions.
    pub struct ConfigValue as "configuration value" {
        /// What people call it.
        /// ```yaml
        /// title: API version
        /// ```
        pub title: Option<String>,
        /// What it decides.
        /// ```yaml
        /// description: Version of the API
        /// ```
        pub description: Option<String>,
        /// `string` when left out.
        /// ```yaml
        /// type: list
        /// ```
        pub value_type = "type": Option<FieldType>,
        /// Whether it must be given; `false` when left out. Without it and without a default, what it fills stays empty.
        /// ```yaml
        /// required: true
        /// ```
        pub required: Option<bool>,
        /// The value when none is given.
        /// ```yaml
        /// default: "2026-01-01"
        /// ```
        pub default: Option<serde_json::Value>,
        /// What the value is when none is given: a part of what the user gives to sign in, as some keys end with where they belong.
        /// It needs a `pattern` or an `enum`, since what matches may become a part of a URL; the rest of a secret is never shown.
        /// ```yaml
        /// part_of: { field: api_key, after: "-" }
        /// ```
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub part_of: Option<Spanned<PartOf>>,
        /// What the value is when none is given: computed from values that stand before it.
        /// ```yaml
        /// fill: "{{ 'eu' if config.country in ['DE', 'FR'] else 'us' }}"
        /// ```
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub fill: Option<Spanned<Expression>>,
        /// The values that it may have.
        /// ```yaml
        /// enum: [eu, us]
        /// ```
        pub choices = "enum": Vec<String>,
        /// A regular expression that the value must match as a whole.
        /// ```yaml
        /// pattern: "[a-z0-9-]+"
        /// ```
        pub pattern: Option<Spanned<Pattern>>,
        /// `true`: the value decides which host is called, and may name any, for an API that runs where its users say. Whoever
        /// chooses the value decides where credentials go.
        /// ```yaml
        /// any_host: true
        /// ```
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub any_host: Option<bool>,
        /// A value to show in documentation.
        /// ```yaml
        /// example: acme
        /// ```
        pub example: Option<String>,
        /// Facts that other tools use, by names that start with `x-`. They are kept and shown, and nothing here acts on them.
        /// ```yaml
        /// extensions: { x-team: payments }
        /// ```
        #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
        pub extensions: IndexMap<String, Spanned<serde_json::Value>>,
    }
}

object! {
    /// A part of what the user gives to sign in.
    pub struct PartOf as "part of a credential" {
        /// The credential field.
        /// ```yaml
        /// field: api_key
        /// ```
        pub field: Spanned<String>,
        /// The part is what follows the last of these in it.
        /// ```yaml
        /// after: "-"
        /// ```
        pub after: Spanned<String>,
    }
}

impl ConfigValue {
    /// Whether nobody but the user can say it.
    pub fn must_be_given(&self) -> bool {
        self.required == Some(true) && self.default.is_none() && self.part_of.is_none() && self.fill.is_none()
    }

    /// The part of a credential that says the value; `None` when it says none that the value may have.
    pub fn part_in<'t>(&self, credential: &'t str) -> Option<&'t str> {
        let (_, part) = credential.rsplit_once(self.part_of.as_ref()?.after.as_str())?;
        Some(part).filter(|part| !part.is_empty() && self.may_be(part))
    }

    /// Whether its choices and its pattern let the value be a text.
    pub fn may_be(&self, text: &str) -> bool {
        (self.choices.is_empty() || self.choices.iter().any(|choice| choice == text))
            && self.pattern.as_ref().is_none_or(|pattern| pattern.is_full_match(text))
    }
}
