//! What a connector is good for: its questions, its hints, and how its records refer to each other; and what else is kept about it.

use tieline::manifest::{Cardinality, Hints, Questions, Relation};

use crate::text::{columns, plain};

/// The questions that it answers, and those that it does not.
pub(super) fn questions(questions: Option<&Questions>) -> String {
    let Some(questions) = questions else { return String::new() };
    section("QUESTIONS", &[("it answers", &questions.can), ("it does not", &questions.cannot)])
}

/// The hints.
pub(super) fn hints(hints: Option<&Hints>) -> String {
    let Some(hints) = hints else { return String::new() };
    let one = |text: &Option<String>| text.iter().cloned().collect::<Vec<_>>();
    let phrases = match hints.trigger_phrases.as_slice() {
        [] => Vec::new(),
        phrases => vec![phrases.join(", ")],
    };
    section(
        "HINTS",
        &[
            ("good for", &one(&hints.summary)),
            ("when", &one(&hints.when_to_use)),
            ("people say", &phrases),
            ("to find", &one(&hints.search_strategy)),
            ("it answers", &hints.questions),
            ("the data is", &hints.freshness.iter().map(|freshness| freshness.as_str().to_owned()).collect()),
        ],
    )
}

/// Which facts of other tools there are, by their names.
pub(super) fn extensions<'a>(names: impl Iterator<Item = &'a String>) -> Option<String> {
    let names = names.map(|name| plain(name)).collect::<Vec<_>>().join(", ");
    (!names.is_empty()).then(|| format!("extensions {names}"))
}

/// How the records of an entity refer to those of others.
pub(super) fn relations(relations: &[Relation]) -> String {
    let row = |relation: &Relation| {
        let cardinality = match relation.cardinality.unwrap_or(Cardinality::ManyToOne) {
            Cardinality::OneToOne => "one to one",
            Cardinality::OneToMany => "one to many",
            Cardinality::ManyToOne => "many to one",
            Cardinality::ManyToMany => "many to many",
        };
        let meaning = relation.description.clone().unwrap_or_default();
        [relation.to.value.clone(), relation.from.to_string(), cardinality.to_owned(), meaning]
    };
    match relations {
        [] => String::new(),
        relations => format!("\nRELATIONS\n{}", columns(2, &relations.iter().map(row).collect::<Vec<_>>())),
    }
}

/// Titled rows: the label stands beside the first of its texts.
fn section(title: &str, parts: &[(&str, &Vec<String>)]) -> String {
    let rows: Vec<[String; 2]> = parts
        .iter()
        .flat_map(|(label, texts)| {
            let labels = [*label].into_iter().chain(std::iter::repeat(""));
            labels.zip(texts.iter()).map(|(label, text)| [label.to_owned(), text.clone()])
        })
        .collect();
    if rows.is_empty() { String::new() } else { format!("\n{title}\n{}", columns(2, &rows)) }
}
