//! `tieline import --update`: a manifest brought up to date with its document.

use std::path::Path;

use tieline::{Connector, Source};
use tieline_openapi::{changes, update};

use crate::args::TextFormat;
use crate::connector;
use crate::output::{print_json, print_text};
use crate::stop::Stop;

use super::document::Document;
use super::files::{self, Base};
use super::report::Report;
use super::{ImportArgs, tell};

/// Updates the manifest at a path, and prints what changed.
pub(super) fn run(path: &Path, document: &Document, args: &ImportArgs) -> Result<(), Stop> {
    let path = &connector::file_of(path);
    let own = connector::read(path)?;
    let base_file = Base::of(path);
    let base = base_file.read()?;
    let (before, _) = Connector::load(&own).map_err(unusable)?;
    let updated = update(base.as_ref(), &own, &document.translation).map_err(unusable)?;
    let merged = Source::new(format!("{} as it would be", path.display()), updated.text.as_str());
    let (after, _) = Connector::load(&merged).map_err(unusable)?;
    let report = Report {
        manifest: path,
        base: &base_file.0,
        is_compared: base.is_some(),
        is_written: !args.dry_run,
        changes: changes(&before, &after)?,
        decisions: updated.decisions,
        rewritten: updated.rewritten,
    };
    if !args.dry_run {
        put(path, &own, &updated.text)?;
        base_file.write(&document.translation.manifest)?;
    }
    tell(&document.findings);
    match args.format {
        Some(TextFormat::Json) => print_json(&report.to_json()),
        Some(TextFormat::Text) | None => print_text(&report.to_text()),
    }
}

/// Writes the manifest if it is another. It comes first: a base without it would hide what the document changed.
fn put(path: &Path, own: &Source, text: &str) -> Result<(), Stop> {
    if own.text() == text { Ok(()) } else { files::write(path, text) }
}

fn unusable(findings: tieline::Diagnostics) -> Stop {
    Stop::Manifest(Box::new(findings))
}
