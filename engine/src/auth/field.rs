//! One value that the user gives to sign in.

use crate::language::{choices, object};
use crate::notation::Pattern;
use crate::source::Spanned;

choices! {
    /// The type of a credential field or configuration value.
    pub enum FieldType as "type" {
        /// Text.
        Text = "string",
        /// A whole number.
        Integer = "integer",
        /// Yes or no.
        Boolean = "boolean",
        /// A list of texts.
        List = "list",
    }
}

object! {
    /// One value that the user gives to sign in.
    pub struct Field as "credential field" {
        /// What people call it.
        /// ```yaml
        /// title: API token
        /// ```
        pub title: Option<String>,
        /// What it is and where to find it.
        /// ```yaml
        /// description: Token of your integration
        /// ```
        pub description: Option<String>,
        /// `string` when left out.
        /// ```yaml
        /// type: string
        /// ```
        pub field_type = "type": Option<FieldType>,
        /// Whether it must be given; `true` when left out, unless there is a `default`.
        /// ```yaml
        /// required: false
        /// ```
        pub required: Option<bool>,
        /// Whether it must never be shown. Secrets cannot become part of a URL.
        /// ```yaml
        /// secret: true
        /// ```
        pub secret: Option<bool>,
        /// The value when none is given.
        /// ```yaml
        /// default: eu
        /// ```
        pub default: Option<String>,
        /// The values that it may have.
        /// ```yaml
        /// enum: [eu, us]
        /// ```
        pub choices = "enum": Vec<String>,
        /// A regular expression that the value must match as a whole.
        /// ```yaml
        /// pattern: "AC[0-9a-f]{32}"
        /// ```
        pub pattern: Option<Spanned<Pattern>>,
        /// What the value must start with, one of these.
        /// ```yaml
        /// prefix: [ntn_, secret_]
        /// ```
        pub prefix: Vec<String>,
        /// A value to show in documentation; never a real one.
        /// ```yaml
        /// example: ntn_xxxxxxxx
        /// ```
        pub example: Option<String>,
    }
}

impl Field {
    /// Whether the user must give it.
    pub fn is_required(&self) -> bool {
        self.required.unwrap_or(self.default.is_none())
    }

    /// Whether it must never be shown.
    pub fn is_secret(&self) -> bool {
        self.secret == Some(true)
    }

    /// Says what a value lacks, without repeating it: `` token must start with `ntn_` or `secret_` ``.
    pub fn check(&self, name: &str, value: &str) -> Result<(), String> {
        let either = |texts: &[String]| texts.iter().map(|text| format!("`{text}`")).collect::<Vec<_>>().join(" or ");
        if value.is_empty() && self.is_required() {
            return Err(format!("{name} must not be empty"));
        }
        if value.chars().any(|c| c.is_control())
            && self.field_type != Some(FieldType::List)
            && !value.trim_start().starts_with(['{', '-'])
        {
            return Err(format!("{name} must not contain line breaks or other control characters"));
        }
        if !self.prefix.is_empty() && !self.prefix.iter().any(|prefix| value.starts_with(prefix)) {
            return Err(format!("{name} must start with {}", either(&self.prefix)));
        }
        if !self.choices.is_empty() && !self.choices.iter().any(|choice| choice == value) {
            return Err(format!("{name} must be {}", either(&self.choices)));
        }
        if self.pattern.as_ref().is_some_and(|pattern| !pattern.is_full_match(value)) {
            return Err(format!(
                "{name} must match `{}`",
                self.pattern.as_ref().map(|p| p.to_string()).unwrap_or_default()
            ));
        }
        Ok(())
    }
}
