//! A manifest tree as YAML text: laid out as a person would, and read back as the same tree.

mod block;
mod flow;
mod layout;
mod notes;
mod scalar;
#[cfg(test)]
mod tests;

use tieline::yaml::Node;

use crate::Note;
pub(crate) use block::Writer;
pub(crate) use flow::{json_line, json_text, key, line};
pub(crate) use layout::is_apart;
pub(crate) use notes::Notes;

/// How wide a line becomes where it can be broken.
pub(crate) const WIDTH: usize = 120;

/// Lets an editor complete and check the manifest.
const MODELINE: &str = "# yaml-language-server: $schema=manifest.schema.json";

/// Writes a manifest as YAML, with each note as a comment before the key that it is about.
///
/// What fits in a line stands in a line; what is large stands below its key. Whatever is in the tree is read back as it was.
///
/// ```
/// use tieline::{source::Source, yaml::{Limits, parse}};
///
/// let text = r#"{"name": "library", "version": "1.10", "schemas": {"Book": {"type": "object"}}}"#;
/// let tree = parse(&Source::new("<text>", text), Limits::default(), &mut Vec::new()).unwrap();
/// assert_eq!(tieline_openapi::to_yaml(&tree, &[]), "\
/// ## yaml-language-server: $schema=manifest.schema.json
/// name: library
/// version: \"1.10\"
///
/// schemas:
///   Book: { type: object }
/// ");
/// ```
pub fn to_yaml(manifest: &Node, notes: &[Note]) -> String {
    to_yaml_below(MODELINE, manifest, notes)
}

/// Writes a manifest as [`to_yaml`] does, below another first line: a comment.
pub fn to_yaml_below(first_line: &str, manifest: &Node, notes: &[Note]) -> String {
    let notes = Notes::of(manifest, notes);
    let mut writer = Writer::new(&format!("{first_line}\n"));
    writer.document(manifest, &notes);
    writer.finish()
}
