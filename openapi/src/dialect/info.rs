//! What the peer's dialect says about the whole connector and about its entities.

use std::collections::{BTreeSet, HashMap};

use tieline::yaml::Node;

use crate::context::Context;
use crate::infer::records::member;
use crate::names::lower;
use crate::tree::{Mapping, items, list, members, text, text_of, whole};

/// The vendor's pages.
pub(crate) fn links(info: &Node) -> Vec<Node> {
    let said = info.get("x-airbyte-external-documentation-urls").map(items).unwrap_or_default();
    said.iter()
        .filter_map(|link| {
            let url = link.get("url").filter(|url| url.as_text().is_some())?;
            let mut page = Mapping::at(link.span);
            page.text("title", text_of(link, "title").unwrap_or("Documentation"), link.span);
            page.put("url", url.clone());
            page.put_some("kind", link.get("type").filter(|kind| kind.as_text().is_some()).cloned());
            Some(page.node())
        })
        .collect()
}

/// Example questions: those that it answers, and those that it does not.
pub(crate) fn questions(info: &Node) -> Option<Node> {
    let said = info.get("x-airbyte-example-questions")?;
    let (mut can, mut cannot) = (Vec::new(), Vec::new());
    for (key, questions) in members(said) {
        let side = if key == "unsupported" { &mut cannot } else { &mut can };
        side.extend(items(questions).iter().filter(|question| question.as_text().is_some()).cloned());
    }
    let mut questions = Mapping::at(said.span);
    questions.put_filled("can", list(can, said.span));
    questions.put_filled("cannot", list(cannot, said.span));
    Some(questions.node())
}

/// `x-airbyte-ai-hints`.
pub(crate) fn hints(holder: &Node) -> Option<Node> {
    let said = holder.get("x-airbyte-ai-hints")?;
    let mut hints = Mapping::at(said.span);
    for key in ["summary", "when_to_use", "search_strategy"] {
        hints.put_some(key, said.get(key).filter(|value| value.as_text().is_some()).cloned());
    }
    hints.put_some(
        "freshness",
        said.get("freshness").filter(|value| matches!(value.as_text(), Some("live" | "static"))).cloned(),
    );
    for (key, ours) in [("trigger_phrases", "trigger_phrases"), ("example_questions", "questions")] {
        let texts = said.get(key).map(items).unwrap_or_default().iter().filter(|one| one.as_text().is_some()).cloned();
        hints.put_filled(ours, list(texts.collect(), said.span));
    }
    Some(hints.node()).filter(|hints| members(hints).next().is_some())
}

/// `x-airbyte-retry-config`.
pub(crate) fn retry(info: &Node) -> Option<Node> {
    let said = info.get("x-airbyte-retry-config")?;
    let mut retry = Mapping::at(said.span);
    retry.put_some("attempts", said.get("max_attempts").filter(|value| whole(value).is_some()).cloned());
    if let Some(statuses) = said.get("retry_on_status_codes") {
        let (always, repeatable): (Vec<Node>, Vec<Node>) =
            items(statuses).iter().cloned().partition(|status| matches!(whole(status), Some(429 | 529)));
        retry.put("always", list(always, statuses.span));
        retry.put("when_repeatable", list(repeatable, statuses.span));
    }
    for (key, ours) in [("initial_delay_seconds", "base_delay"), ("max_delay_seconds", "max_delay")] {
        let delay = said.get(key).and_then(|delay| Some(text(millis(delay)?, delay.span)));
        retry.put_some(ours, delay);
    }
    if let Some(header) = said.get("retry_after_header").and_then(|header| Some((header.as_text()?, header.span))) {
        retry.text("retry_after", format!("@header.{}", header.0), header.1);
        let format =
            text_of(said, "retry_after_format").filter(|format| matches!(*format, "milliseconds" | "unix_timestamp"));
        if let Some(format) = format {
            retry.text("retry_after_in", format, said.span);
        }
    }
    Some(retry.node())
}

/// Seconds, perhaps with a fraction, as a duration.
fn millis(seconds: &Node) -> Option<String> {
    match &seconds.value {
        tieline::yaml::Value::Number(number) => {
            let millis = (number.as_f64()? * 1000.0).clamp(0.0, 86_400_000.0) as u64;
            Some(format!("{millis}ms"))
        }
        _ => None,
    }
}

/// What a document says about its entities, by their names in the manifest.
pub(crate) struct Entities<'d> {
    /// Schemas that say whose records they describe.
    said: HashMap<String, (&'d str, &'d Node)>,
    /// Schemas that say nothing of it, by what they are called.
    called: HashMap<String, (&'d str, &'d Node)>,
    /// `x-airbyte-entity-relationships`.
    relations: HashMap<String, Vec<&'d Node>>,
    /// What the context store says.
    stored: HashMap<String, &'d Node>,
}

impl<'d> Entities<'d> {
    /// What the document with this root and this `info` says.
    pub(crate) fn of(root: &'d Node, info: &'d Node) -> Self {
        let (mut said, mut called) = (HashMap::new(), HashMap::new());
        let schemas = root.get("components").and_then(|components| components.get("schemas"));
        for (name, schema) in schemas.into_iter().flat_map(members) {
            match text_of(schema, "x-airbyte-entity-name") {
                Some(entity) => said.entry(lower(entity, "entity")).or_insert((name, schema)),
                None => called.entry(name.to_ascii_lowercase()).or_insert((name, schema)),
            };
        }
        let mut relations: HashMap<String, Vec<&'d Node>> = HashMap::new();
        for relation in info.get("x-airbyte-entity-relationships").map(items).unwrap_or_default() {
            if let Some(source) = text_of(relation, "source_entity") {
                relations.entry(lower(source, "entity")).or_default().push(relation);
            }
        }
        let mut stored = HashMap::new();
        let store = info.get("x-airbyte-context-store").and_then(|store| store.get("entities"));
        for entity in store.map(items).unwrap_or_default() {
            if let Some(name) = text_of(entity, "entity") {
                stored.entry(lower(name, "entity")).or_insert(entity);
            }
        }
        Self { said, called, relations, stored }
    }

    /// The schema whose records are those of an entity, and its name among the document's schemas: the one that says so, or the one
    /// of the entity's name.
    pub(crate) fn schema(&self, entity: &str) -> Option<(&'d str, &'d Node)> {
        self.said.get(entity).or_else(|| self.called.get(&entity.to_ascii_lowercase())).copied()
    }

    /// How the records of an entity refer to those of others.
    pub(crate) fn relations(&self, context: &mut Context<'_>, entity: &str, entities: &BTreeSet<String>) -> Vec<Node> {
        let mut relations = Vec::new();
        for said in self.relations.get(entity).into_iter().flatten() {
            let (Some(target), Some(foreign)) = (said.get("target_entity"), said.get("foreign_key")) else { continue };
            let name = lower(target.as_text().unwrap_or_default(), "entity");
            if !entities.contains(&name) {
                context.warn(
                    target.span,
                    format!("there is no entity `{name}` to refer to"),
                    "the relation is left out",
                );
                continue;
            }
            let mut relation = Mapping::at(said.span);
            relation.text("to", name, target.span);
            relation.put("from", path(foreign));
            let key = said.get("target_key").filter(|key| key.as_text().is_some_and(|key| key != "id"));
            relation.put_some("key", key.map(path));
            let cardinality = said
                .get("cardinality")
                .filter(|said| matches!(said.as_text(), Some("one_to_one" | "one_to_many" | "many_to_many")));
            relation.put_some("cardinality", cardinality.cloned());
            relation.put_some("description", said.get("description").filter(|said| said.as_text().is_some()).cloned());
            relations.push(relation.node());
        }
        relations
    }

    /// What relations of an entity say that a manifest has no words for: which records of the other entity they are about.
    pub(crate) fn filtered_relations(&self, entity: &str) -> Vec<Node> {
        let all = self.relations.get(entity).into_iter().flatten();
        all.filter(|said| said.get("parent_record_filter").is_some()).map(|said| (*said).clone()).collect()
    }

    /// What the context store says about the fields of an entity's records: names with descriptions.
    pub(crate) fn described_fields(&self, entity: &str) -> Vec<(&'d str, &'d Node)> {
        let fields = self.stored.get(entity).and_then(|stored| stored.get("fields")).map(items).unwrap_or_default();
        fields.iter().filter_map(|field| Some((text_of(field, "name")?, field.get("description")?))).collect()
    }
}

fn path(name: &Node) -> Node {
    let steps = name.as_text().unwrap_or_default().trim_start_matches("$.").split('.');
    let path = steps.filter(|step| !step.is_empty()).fold("$".to_owned(), |path, step| member(&path, step));
    text(path, name.span)
}

/// `x-airbyte-config-normalization`: configuration values that are the end of a credential.
pub(crate) fn normalizations(info: &Node) -> Vec<(String, Node)> {
    let rules =
        info.get("x-airbyte-config-normalization").and_then(|said| said.get("rules")).map(items).unwrap_or_default();
    rules
        .iter()
        .filter_map(|rule| {
            let transform = rule.get("transform").filter(|transform| text_of(transform, "type") == Some("suffix"))?;
            let last = |name: &str| name.rsplit('.').next().unwrap_or(name).to_owned();
            let mut part = Mapping::at(rule.span);
            part.text("field", last(text_of(rule, "source")?), rule.span);
            part.text("after", text_of(transform, "delimiter")?, rule.span);
            Some((last(text_of(rule, "target")?), part.node()))
        })
        .collect()
}

/// A retry rule that lists these statuses.
pub(crate) fn always(statuses: Node) -> Node {
    let mut retry = Mapping::at(statuses.span);
    retry.put("always", statuses);
    retry.node()
}
