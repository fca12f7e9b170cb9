//! The `use` lines of a snippet.

use std::collections::{BTreeMap, BTreeSet};

/// What is used, by the path of the module that has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Uses(BTreeMap<String, BTreeSet<String>>);

impl Uses {
    pub(super) fn add(&mut self, module: &str, name: &str) {
        self.0.entry(module.to_owned()).or_default().insert(name.to_owned());
    }

    pub(super) fn add_all(&mut self, other: &Self) {
        for (module, names) in &other.0 {
            self.0.entry(module.clone()).or_default().extend(names.iter().cloned());
        }
    }

    /// The same with the engine's modules as another crate gives them out.
    pub(super) fn through(&self, library: &str) -> Self {
        let path = |module: &String| match module.split("::").next() {
            Some("tieline") => format!("{library}::{module}"),
            Some(_) | None => module.clone(),
        };
        Self(self.0.iter().map(|(module, names)| (path(module), names.clone())).collect())
    }

    /// Without what a module has.
    pub(super) fn without(&self, module: &str) -> Self {
        Self(
            self.0
                .iter()
                .filter(|(path, _)| *path != module)
                .map(|(path, names)| (path.clone(), names.clone()))
                .collect(),
        )
    }

    /// A line for each module, in their order.
    pub(super) fn text(&self) -> String {
        self.0.iter().map(|(module, names)| line(module, names)).collect()
    }
}

fn line(module: &str, names: &BTreeSet<String>) -> String {
    let all = names.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
    let line = if names.len() == 1 { format!("use {module}::{all};\n") } else { format!("use {module}::{{{all}}};\n") };
    if line.len() <= 101 || names.len() == 1 {
        return line;
    }
    let mut lines = vec![String::from("   ")];
    for name in names {
        let last = lines.len() - 1;
        if lines[last].len() + name.len() + 2 > 100 {
            lines.push(format!("    {name},"));
        } else {
            lines[last].push_str(&format!(" {name},"));
        }
    }
    format!("use {module}::{{\n{}\n}};\n", lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::Uses;

    #[test]
    fn lines_are_not_too_long() {
        let mut uses = Uses::default();
        uses.add("serde_json", "json");
        for letter in 'A'..='Z' {
            uses.add("acme::types", &format!("{letter}Request"));
        }
        let text = uses.text();
        assert!(text.lines().all(|line| line.len() <= 100), "{text}");
        assert!(
            text.starts_with("use acme::types::{\n    ARequest, ") && text.ends_with("};\nuse serde_json::json;\n"),
            "{text}"
        );
        assert!(syn::parse_file(&text).is_ok());
    }
}
