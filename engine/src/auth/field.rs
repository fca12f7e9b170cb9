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
        /// `true`: the value decides which host is called, and may name any, for an API that runs where its users say. Whoever
        /// chooses the value decides where credentials go.
        /// ```yaml
        /// any_host: true
        /// ```
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub any_host: Option<bool>,
        /// What the value must start with, one of these.
        /// ```yaml
        /// prefix: [lib_, secret_]
        /// ```
        pub prefix: Vec<String>,
        /// A value to show in documentation; never a real one.
        /// ```yaml
        /// example: lib_xxxxxxxx
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
    ///
    /// # Errors
    /// The sentence, which begins with `name`.
    pub fn check(&self, name: &str, value: &str) -> Result<(), String> {
        let Err(lack) = self.fits(value) else { return Ok(()) };
        let fits_without = |what: &[char]| {
            let stripped = value.trim_matches(|c: char| c.is_whitespace() || what.contains(&c));
            stripped != value && self.fits(stripped).is_ok()
        };
        Err(if value.trim().is_empty() {
            format!("{name} {lack}")
        } else if fits_without(&[]) {
            format!("{name} has white space or a line break at its start or end; without it, the value fits")
        } else if fits_without(&['"', '\'']) {
            format!("{name} stands in quotes; without them, the value fits")
        } else {
            format!("{name} {lack}")
        })
    }

    fn fits(&self, value: &str) -> Result<(), String> {
        if value.trim().is_empty() && self.is_required() {
            return Err("must not be empty".to_owned());
        }
        if value.chars().any(char::is_control) {
            return Err("must not contain line breaks or other control characters".to_owned());
        }
        let wrong_type = |expected: &str| Err(format!("must be {expected}"));
        match self.field_type.unwrap_or(FieldType::Text) {
            FieldType::Text => self.fits_as_text(value),
            FieldType::Integer if value.parse::<i64>().is_err() => wrong_type("a whole number"),
            FieldType::Boolean if value.parse::<bool>().is_err() => wrong_type("`true` or `false`"),
            FieldType::Integer | FieldType::Boolean => self.fits_as_text(value),
            FieldType::List => match serde_json::from_str::<Vec<String>>(value) {
                Ok(items) => items.iter().try_for_each(|item| self.fits_as_text(item)),
                Err(_) => wrong_type("a list of texts"),
            },
        }
    }

    fn fits_as_text(&self, text: &str) -> Result<(), String> {
        if !self.prefix.is_empty() && !self.prefix.iter().any(|prefix| text.starts_with(prefix)) {
            return Err(format!("must start with {}", either(&self.prefix)));
        }
        if !self.choices.is_empty() && !self.choices.iter().any(|choice| choice == text) {
            return Err(format!("must be {}", either(&self.choices)));
        }
        match &self.pattern {
            Some(pattern) if !pattern.is_full_match(text) => Err(format!("must match `{}`", pattern.value)),
            Some(_) | None => Ok(()),
        }
    }
}

fn either(texts: &[String]) -> String {
    texts.iter().map(|text| format!("`{text}`")).collect::<Vec<_>>().join(" or ")
}

#[cfg(test)]
mod tests {
    use super::Field;
    use crate::auth::testing::decode;

    #[test]
    fn says_what_a_value_lacks() {
        let line_breaks = "token must not contain line breaks or other control characters";
        let white_space = "token has white space or a line break at its start or end; without it, the value fits";
        let prefix = "{ prefix: [ntn_, secret_] }";
        for (field, value, expected) in [
            (prefix, "ntn_1", Ok(())),
            (prefix, "abc", Err("token must start with `ntn_` or `secret_`")),
            (prefix, "", Err("token must not be empty")),
            (prefix, " \n", Err("token must not be empty")),
            (prefix, "ntn_1\n", Err(white_space)),
            (prefix, " ntn_1", Err(white_space)),
            (prefix, "'ntn_1'", Err("token stands in quotes; without them, the value fits")),
            (prefix, "ntn_\n1", Err(line_breaks)),
            ("{}", "-a\nb", Err(line_breaks)),
            ("{}", "{\n}", Err(line_breaks)),
            ("{ required: false }", "", Ok(())),
            ("{ enum: [eu, us] }", "asia", Err("token must be `eu` or `us`")),
            ("{ pattern: 'AC[0-9]+' }", "AC1x", Err("token must match `AC[0-9]+`")),
            ("{ type: integer }", "12", Ok(())),
            ("{ type: integer }", "1.5", Err("token must be a whole number")),
            ("{ type: boolean }", "yes", Err("token must be `true` or `false`")),
            ("{ type: list, enum: [a, b] }", r#"["a","b"]"#, Ok(())),
            ("{ type: list, enum: [a, b] }", r#"["c"]"#, Err("token must be `a` or `b`")),
            ("{ type: list }", "a", Err("token must be a list of texts")),
        ] {
            let found = decode::<Field>(field).check("token", value);
            assert_eq!(found, expected.map_err(str::to_owned), "{field} {value:?}");
        }
    }
}
