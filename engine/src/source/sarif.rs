//! Findings as a program reads them: plain JSON, and SARIF 2.1.0 for code hosts and editors.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::{Code, Diagnostic, Diagnostics, Severity, Source};

/// What a path keeps as it is when it becomes a URI.
const PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'.').remove(b'-').remove(b'_').remove(b'~');

impl Diagnostics {
    /// The findings as a list of `{code, severity, message, help, file, line, column, end_line, end_column}`.
    ///
    /// Lines and columns count from 1, columns in characters; the end is one past the last character. A finding without
    /// help has no `help`.
    pub fn to_json(&self) -> Value {
        self.iter().map(|finding| finding_to_json(self.source(), finding)).collect()
    }
}

fn finding_to_json(source: &Source, finding: &Diagnostic) -> Value {
    let place = source.place(finding.span);
    let mut json = json!({
        "code": finding.code.as_str(),
        "severity": level(finding.severity()),
        "message": finding.message,
        "file": place.name,
        "line": place.start.line,
        "column": place.start.column,
        "end_line": place.end.line,
        "end_column": place.end.column,
    });
    if let Some(help) = &finding.help {
        json["help"] = help.as_str().into();
    }
    json
}

/// All findings as one SARIF 2.1.0 log, with a rule for every [`Code`].
pub fn to_sarif(all: &[&Diagnostics]) -> Value {
    let results = all.iter().flat_map(|of_one| of_one.iter().map(|finding| result(of_one.source(), finding)));
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {
                "driver": {
                    "name": "Tieline",
                    "version": env!("CARGO_PKG_VERSION"),
                    "rules": Code::ALL.iter().map(rule).collect::<Value>(),
                },
            },
            "columnKind": "unicodeCodePoints",
            "results": results.collect::<Value>(),
        }],
    })
}

fn rule(code: &Code) -> Value {
    json!({
        "id": code.as_str(),
        "shortDescription": { "text": code.meaning() },
        "defaultConfiguration": { "level": level(code.severity()) },
    })
}

fn result(source: &Source, finding: &Diagnostic) -> Value {
    let place = source.place(finding.span);
    let message = match &finding.help {
        Some(help) => format!("{}.\nHelp: {help}", finding.message),
        None => finding.message.clone(),
    };
    json!({
        "ruleId": finding.code.as_str(),
        "ruleIndex": Code::ALL.iter().position(|code| *code == finding.code),
        "level": level(finding.severity()),
        "message": { "text": message },
        "locations": [{
            "physicalLocation": {
                "artifactLocation": { "uri": uri(place.name) },
                "region": {
                    "startLine": place.start.line,
                    "startColumn": place.start.column,
                    "endLine": place.end.line,
                    "endColumn": place.end.column,
                },
            },
        }],
    })
}

fn uri(name: &str) -> String {
    utf8_percent_encode(&name.replace('\\', "/"), PATH).to_string()
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Span;

    fn found() -> Diagnostics {
        let findings = vec![
            Diagnostic::new(Code::UnknownKey, Span::new(8, 14), "unknown key `größe`").help("remove it"),
            Diagnostic::new(Code::Unused, Span::new(0, 4), "`name` is not used"),
        ];
        Diagnostics::new(Source::new("specs/a b/connector.yaml", "name: x\ngröße: 1\n"), findings)
    }

    #[test]
    fn json_has_every_place() {
        let expected = json!([
            {
                "code": "unused", "severity": "warning", "message": "`name` is not used",
                "file": "specs/a b/connector.yaml", "line": 1, "column": 1, "end_line": 1, "end_column": 5,
            },
            {
                "code": "unknown-key", "severity": "error", "message": "unknown key `größe`", "help": "remove it",
                "file": "specs/a b/connector.yaml", "line": 2, "column": 1, "end_line": 2, "end_column": 5,
            },
        ]);
        assert_eq!(found().to_json(), expected);
    }

    #[test]
    fn sarif_has_a_rule_for_every_code() {
        let rules = to_sarif(&[])["runs"][0]["tool"]["driver"]["rules"].clone();
        let ids: Vec<&str> = rules.as_array().into_iter().flatten().filter_map(|rule| rule["id"].as_str()).collect();
        assert_eq!(ids, Code::ALL.iter().map(|code| code.as_str()).collect::<Vec<_>>());
        assert_eq!(rules[0]["shortDescription"]["text"], "The text is not YAML (or JSON).");
        assert_eq!(rules[0]["defaultConfiguration"]["level"], "error");
    }

    #[test]
    fn sarif_results_point_at_their_rule_and_place() {
        let found = found();
        let log = to_sarif(&[&found, &found]);
        let run = &log["runs"][0];
        assert_eq!(run["results"].as_array().map(Vec::len), Some(4));
        for result in run["results"].as_array().into_iter().flatten() {
            let index = result["ruleIndex"].as_u64().and_then(|index| usize::try_from(index).ok()).expect("an index");
            assert_eq!(run["tool"]["driver"]["rules"][index]["id"], result["ruleId"]);
        }
        let place = &run["results"][1]["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "specs/a%20b/connector.yaml");
        assert_eq!(place["region"], json!({ "startLine": 2, "startColumn": 1, "endLine": 2, "endColumn": 5 }));
        assert_eq!(run["results"][1]["message"]["text"], "unknown key `größe`.\nHelp: remove it");
    }
}
