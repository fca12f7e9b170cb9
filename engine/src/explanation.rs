//! A kind of finding explained: what it means, a manifest that has it, what is said about that one, and the same put right.

use crate::plan::Connector;
use crate::source::{Code, Diagnostics, Severity, Source};
use crate::yaml::Limits;

impl Code {
    /// What it means, with a wrong and a right manifest, as Markdown.
    pub fn explanation(self) -> String {
        let severity = match self.severity() {
            Severity::Error => "An error: the manifest cannot be used until it is put right.",
            Severity::Warning => "A warning: the manifest can be used.",
        };
        format!(
            "{}\n{severity}\n\nWrong:\n\n```yaml\n{}```\n\n```text\n{}```\n\nRight:\n\n```yaml\n{}```\n",
            self.meaning(),
            self.bad_example(),
            findings(self.bad_example()).render(false),
            self.good_example(),
        )
    }
}

/// All that is found in a manifest.
fn findings(manifest: &str) -> Diagnostics {
    let checked = Connector::check(&Source::new("connector.yaml", manifest), Limits::default());
    checked.map_or_else(|found| found, |(_, warnings)| warnings)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bad_example_has_its_finding_and_no_other() {
        for code in Code::ALL {
            let found = findings(code.bad_example());
            assert_eq!(found.iter().map(|finding| finding.code).collect::<Vec<_>>(), [*code], "{found}");
        }
    }

    #[test]
    fn a_good_example_has_no_finding() {
        for code in Code::ALL {
            let found = findings(code.good_example());
            assert!(found.is_empty(), "the good example of {}:\n{found}", code.as_str());
        }
    }

    #[test]
    fn an_explanation_shows_both_and_what_is_said() {
        let text = Code::UnknownKey.explanation();
        let shown = ["sumary: Gives", "unknown key `sumary` in an action", "did you mean `summary`?", "summary: Gives"];
        let places: Vec<_> = shown.iter().map(|part| text.find(part)).collect();
        assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{places:?} in {text}");
    }
}
