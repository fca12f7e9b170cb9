//! Names in Rust, for names and texts in a manifest.

use std::collections::BTreeSet;

use heck::{ToSnakeCase as _, ToUpperCamelCase as _};

/// What generated code calls by its name in Rust's prelude; a type of that name would hide it.
const PRELUDE: &[&str] = &[
    "Box", "Clone", "Default", "Err", "From", "Into", "Iterator", "None", "Ok", "Option", "Result", "Self", "Some",
    "String", "Vec",
];

/// Words that Rust keeps for itself, which `r#` makes names (the Rust reference, "Keywords").
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn", "else", "enum",
    "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match", "mod", "move",
    "mut", "override", "priv", "pub", "ref", "return", "static", "struct", "trait", "true", "try", "type", "typeof",
    "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// Keywords that `r#` does not make names.
const NEVER_NAMES: &[&str] = &["self", "super", "crate"];

/// Names that are taken in one place: types of a module, members of a struct, variants of an enum.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names(BTreeSet<String>);

impl Names {
    /// Names of which these are taken.
    pub(crate) fn without(taken: &[&str]) -> Self {
        Self(taken.iter().map(|name| (*name).to_owned()).collect())
    }

    /// Whether this name is taken.
    pub(crate) fn is_taken(&self, name: &str) -> bool {
        self.0.contains(name)
    }

    /// This name; with `2`, `3`, … behind it when it is taken.
    fn take(&mut self, name: &str) -> String {
        if self.0.insert(name.to_owned()) {
            return name.to_owned();
        }
        let mut number = 2;
        loop {
            let numbered = format!("{name}{number}");
            if self.0.insert(numbered.clone()) {
                return numbered;
            }
            number += 1;
        }
    }

    /// A name for a type.
    pub(crate) fn type_name(&mut self, text: &str) -> String {
        let name = camel(text, "Type");
        let name = if PRELUDE.contains(&name.as_str()) { format!("{name}Value") } else { name };
        self.take(&name)
    }

    /// A name for a variant of an enum.
    pub(crate) fn variant(&mut self, text: &str) -> String {
        let name = camel(text, if text.is_empty() { "Empty" } else { "Value" });
        let name = if name == "Self" { "SelfValue".to_owned() } else { name };
        self.take(&name)
    }

    /// A name for a member, a method or a module. One that is taken gets `_` behind it.
    pub(crate) fn member(&mut self, text: &str) -> String {
        let mut name = snake(text);
        while !self.0.insert(name.clone()) {
            name.push('_');
        }
        if NEVER_NAMES.contains(&name.as_str()) {
            name.push('_');
            return self.member(&name);
        }
        if KEYWORDS.contains(&name.as_str()) { format!("r#{name}") } else { name }
    }
}

impl Names {
    /// A name for a method that sets a member: that of the member, with `_` behind it until it is free.
    pub(crate) fn setter(&mut self, ident: &str) -> String {
        let mut name = ident.to_owned();
        while !self.0.insert(name.trim_start_matches("r#").to_owned()) {
            name = format!("{}_", name.trim_start_matches("r#"));
        }
        name
    }
}

/// `page_id` → `PageId`, in ASCII; `otherwise` when nothing is left.
pub(crate) fn camel(text: &str, otherwise: &str) -> String {
    begin_with_letter(ascii(text).to_upper_camel_case(), otherwise)
}

/// `created-time` → `created_time`, in ASCII.
fn snake(text: &str) -> String {
    begin_with_letter(ascii(text).to_snake_case(), "value")
}

/// All but letters and digits of ASCII as spaces.
fn ascii(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { ' ' }).collect()
}

fn begin_with_letter(name: String, otherwise: &str) -> String {
    match name.chars().next() {
        None => otherwise.to_owned(),
        Some(first) if first.is_ascii_digit() => {
            let prefix = if otherwise.starts_with(char::is_uppercase) { "N" } else { "n" };
            format!("{prefix}{name}")
        }
        Some(_) => name,
    }
}

/// What one of several is called: `data_sources` → `data_source`.
pub(crate) fn singular(text: &str) -> String {
    let known = [("children", "child"), ("people", "person"), ("ies", "y"), ("sses", "ss"), ("xes", "x")];
    for (several, one) in known {
        if let Some(stem) = text.strip_suffix(several) {
            return format!("{stem}{one}");
        }
    }
    match text.strip_suffix('s') {
        Some(stem) if !stem.is_empty() && !stem.ends_with(['s', 'u', 'i']) => stem.to_owned(),
        Some(_) | None => format!("{text}_item"),
    }
}

#[cfg(test)]
mod tests {
    use super::{Names, singular};

    #[test]
    fn names_are_names_of_rust() {
        let types: Vec<_> = ["page_id", "Option", "OAuth client", "3d", "日本", "page-id", "self"]
            .into_iter()
            .scan(Names::default(), |names, text| Some(names.type_name(text)))
            .collect();
        assert_eq!(
            types,
            ["PageId", "OptionValue", "OAuthClient", "N3d", "Type", "PageId2", "SelfValue2"][..6]
                .iter()
                .chain(&["SelfValue"])
                .copied()
                .collect::<Vec<_>>()
        );
        let members: Vec<_> = ["type", "created-time", "self", "extra", "1st", "", "createdTime", "a\"; panic!()"]
            .into_iter()
            .scan(Names::without(&["extra"]), |names, text| Some(names.member(text)))
            .collect();
        assert_eq!(members, ["r#type", "created_time", "self_", "extra_", "n1st", "value", "created_time_", "a_panic"]);
        let setters: Vec<_> = ["send", "send_", "r#type", "id"]
            .into_iter()
            .scan(Names::without(&["send"]), |names, ident| Some(names.setter(ident)))
            .collect();
        assert_eq!(setters, ["send_", "send__", "r#type", "id"]);
        let variants: Vec<_> = ["unknown", "", "<=", ">=", "user.message"]
            .into_iter()
            .scan(Names::without(&["Unknown"]), |names, text| Some(names.variant(text)))
            .collect();
        assert_eq!(variants, ["Unknown2", "Empty", "Value", "Value2", "UserMessage"]);
    }

    #[test]
    fn one_of_several_has_a_name() {
        for (several, one) in [
            ("data_sources", "data_source"),
            ("properties", "property"),
            ("children", "child"),
            ("status", "status_item"),
            ("results", "result"),
            ("address", "address_item"),
            ("rich_text", "rich_text_item"),
        ] {
            assert_eq!(singular(several), one);
        }
    }
}
