//! How fast a manifest or a document becomes something that runs.

use std::path::{Path, PathBuf};

use granit_parser::{Event, Parser};
use tieline::Source;
use tieline_openapi::Surroundings;

use crate::Outcome;
use crate::cost::medians;
use crate::table::{Figure, Table};

const ROUNDS: usize = 15;
const NOTION: &str = include_str!("../../specs/notion/connector.yaml");

/// Compares loading with reading the same text.
pub(crate) fn measure(table: &mut Table) -> Outcome<()> {
    let baseline = "the YAML library alone, to a tree";
    compare(table, "load of Notion's manifest", baseline, &[NOTION.to_owned()], 2.0)?;
    match specs()? {
        specs if specs.is_empty() => {}
        specs => compare(table, &format!("load of {} OpenAPI documents", specs.len()), baseline, &specs, 2.5)?,
    }
    Ok(())
}

fn compare(table: &mut Table, what: &str, baseline: &str, texts: &[String], budget: f64) -> Outcome<()> {
    let sources: Vec<_> = texts.iter().map(|text| Source::new("x.yaml", text.as_str())).collect();
    let costs = medians(ROUNDS, &[true, false], |whole| {
        for source in &sources {
            if whole {
                tieline_openapi::load(source, &Surroundings::default()).map_err(|findings| findings.to_string())?;
            } else {
                std::hint::black_box(tree(source.text())?);
            }
        }
        Ok(())
    })?;
    table.add(what, baseline, Figure::ratio(costs[0], costs[1], None), Some(budget));
    Ok(())
}

/// The documents in the folder that `TIELINE_SPECS_DIR` names.
fn specs() -> Outcome<Vec<String>> {
    let Some(folder) = std::env::var_os("TIELINE_SPECS_DIR").map(PathBuf::from) else { return Ok(Vec::new()) };
    let files = std::fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<Vec<_>>>()?;
    let is_yaml = |path: &&PathBuf| Path::extension(path).is_some_and(|extension| extension == "yaml");
    Ok(files.iter().filter(is_yaml).map(std::fs::read_to_string).collect::<std::io::Result<_>>()?)
}

/// A tree with nothing but what the text says.
#[expect(dead_code, reason = "nobody looks at a tree that only shows how fast it is read")]
enum Tree<'t> {
    Text(std::borrow::Cow<'t, str>),
    List(Vec<Tree<'t>>),
    Map(Vec<(Tree<'t>, Tree<'t>)>),
    Alias,
}

fn tree(text: &str) -> Outcome<Option<Tree<'_>>> {
    let mut events = Parser::new_from_str(text);
    let mut root = None;
    while let Some(event) = events.next() {
        root = node(event?.0, &mut events)?.or(root);
    }
    Ok(root)
}

type Events<'t> = Parser<'t, granit_parser::StrInput<'t>>;

/// The node that begins with this event, if one does.
fn node<'t>(event: Event<'t>, events: &mut Events<'t>) -> Outcome<Option<Tree<'t>>> {
    let next = |events: &mut Events<'t>| -> Outcome<Option<Tree<'t>>> {
        let (event, _) = events.next().ok_or("the text ends early")??;
        node(event, events)
    };
    Ok(match event {
        Event::Scalar(text, ..) => Some(Tree::Text(text)),
        Event::Alias(_) => Some(Tree::Alias),
        Event::SequenceStart(..) => {
            let mut list = Vec::new();
            while let Some(item) = next(events)? {
                list.push(item);
            }
            Some(Tree::List(list))
        }
        Event::MappingStart(..) => {
            let mut map = Vec::new();
            while let Some(key) = next(events)? {
                map.push((key, next(events)?.ok_or("a key without a value")?));
            }
            Some(Tree::Map(map))
        }
        _ => None,
    })
}
