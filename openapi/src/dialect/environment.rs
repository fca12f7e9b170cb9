//! `x-airbyte-replication-environment-mapping`: what a server variable is called in the URL, where that is not what users call it.

use std::time::SystemTime;

use serde_json::json;
use tieline::notation::Expression;
use tieline::yaml::Node;

use crate::config::{Decides, limit};
use crate::tree::{Mapping, items, list, members, text, text_of};

use super::fills::{config_name, joined, quoted};
use super::scoping::renamed;

/// The configuration value that the mapping makes of a variable, with its name.
///
/// A mapping also says what other tools call a variable. It is taken for what stands in the URL where its format computes, the
/// variable's own choices are no URLs, and what it makes of them could stand in a host.
pub(crate) fn mapped(
    server: &Node,
    name: &str,
    key: &str,
    decides: Decides,
    declared: Option<&Mapping>,
) -> Option<(String, Mapping)> {
    let declared = declared?;
    let all = server.get("x-airbyte-replication-environment-mapping")?;
    let said = members(all).map(|(_, said)| said).find(|said| text_of(said, "source") == Some(name))?;
    let format = said.get("format")?;
    let parts = format.as_text().filter(|text| text.contains("{{"))?;
    let choices: Vec<&str> =
        declared.get("enum").map(items).unwrap_or_default().iter().filter_map(Node::as_text).collect();
    let default = declared.get("default").and_then(Node::as_text);
    let is_url = |text: &&str| text.contains("://");
    if choices.iter().any(is_url) || default.as_ref().is_some_and(is_url) && decides != Decides::Host {
        return None;
    }
    let compute = with_names(parts, &[("value", &config_name(key))]);
    let expression: Expression = compute.parse().ok()?;
    let made = |choice: &str| {
        let config = json!({ "config": { key: choice } });
        let made = expression.evaluate(config, SystemTime::UNIX_EPOCH).ok()?;
        made.as_str().map(str::to_owned)
    };
    // A default that is none of the variable's own choices is what stands in the URL already.
    let own: Vec<&str> =
        choices.iter().copied().filter(|choice| Some(*choice) != default || choices.len() == 1).collect();
    let results: Vec<String> = own.iter().map(|choice| made(choice)).collect::<Option<_>>()?;
    let could_stand =
        |made: &String| !made.is_empty() && !made.chars().any(|c| c.is_ascii_uppercase() || c.is_whitespace());
    if !results.iter().all(could_stand) || results.is_empty() && default.is_some_and(is_upper) {
        return None;
    }
    let mut known: Vec<String> = results;
    known.extend(default.filter(|default| !own.contains(default)).map(str::to_owned));
    known.sort();
    known.dedup();
    let mut value = Mapping::at(format.span);
    let is_known = known.iter().map(|made| quoted(made)).collect::<Vec<_>>().join(", ");
    let config = config_name(key);
    let computed = joined(&compute);
    value.text("fill", format!("{{{{ {config} if {config} in [{is_known}] else ({computed}) }}}}"), format.span);
    match choices.is_empty() {
        true => limit(&mut value, decides, format.span),
        false => value.put("enum", list(known.iter().map(|made| text(made, format.span)).collect(), format.span)),
    }
    Some((format!("{key}_in_url"), value))
}

fn is_upper(text: &str) -> bool {
    text.chars().any(|c| c.is_ascii_uppercase())
}

/// A text with expressions in which names stand for something else.
fn with_names(template: &str, names: &[(&str, &str)]) -> String {
    let mut written = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((code, after)) = after.split_once("}}") else { break };
        written.push_str(before);
        written.push_str(&format!("{{{{{}}}}}", renamed(code, names)));
        rest = after;
    }
    written + rest
}

#[cfg(test)]
mod tests {
    use tieline::source::{Source, Span};
    use tieline::yaml::{Limits, parse};

    use super::mapped;
    use crate::config::{Decides, variable};

    fn fill(server: &str) -> Option<String> {
        let server = parse(&Source::new("s", server), Limits::default(), &mut Vec::new())?;
        let said = server.get("variables")?.get("region")?;
        let (declared, _) = variable("region", said, Decides::PartOfHost);
        let (_, value) = mapped(&server, "region", "region", Decides::PartOfHost, Some(&declared))?;
        Some(format!(
            "{} {:?}",
            value.get("fill")?.as_text()?,
            value.get("enum").map(|choices| choices.to_json().to_string())
        ))
    }

    #[test]
    fn countries_become_the_parts_of_a_host_and_urls_stay() {
        let format = "{ region: { source: region, format: \"{{ 'na' if value in ['US', 'CA'] else 'eu' }}\" } }";
        let server = |variable: &str| {
            format!("{{ variables: {{ region: {variable} }}, x-airbyte-replication-environment-mapping: {format} }}")
        };
        assert_eq!(
            fill(&server("{ default: na, enum: [US, DE] }")).as_deref(),
            Some(
                "{{ config.region if config.region in ['eu', 'na'] else ('na' if config.region in ['US', 'CA'] else 'eu') }} Some(\"[\\\"eu\\\",\\\"na\\\"]\")"
            )
        );
        assert_eq!(fill(&server("{ default: 'https://a.example', enum: ['https://a.example'] }")), None);
        let upper = server("{ default: com, enum: [com, eu] }")
            .replace("'na' if value in ['US', 'CA'] else 'eu'", "value.upper()");
        assert_eq!(fill(&upper), None, "what others call it is no part of a host");
        let _ = Span::default();
    }
}
