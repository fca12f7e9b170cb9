//! Keys of other tools: kept as they are, and shown.

use tieline::yaml::Node;

use crate::tree::{Mapping, members};

/// Keys of `info` that the manifest says in its own words.
pub(crate) const OF_INFO: &[&str] = &[
    "x-airbyte-connector-name",
    "x-airbyte-connector-definition-id",
    "x-airbyte-connector-display-name",
    "x-airbyte-external-documentation-urls",
    "x-airbyte-example-questions",
    "x-airbyte-entity-relationships",
    "x-airbyte-scoping",
    "x-airbyte-response-error-check",
    "x-airbyte-retry-config",
    "x-airbyte-config-normalization",
];
/// Keys of operations that the manifest says in its own words.
pub(crate) const OF_OPERATIONS: &[&str] = &[
    "x-airbyte-entity",
    "x-airbyte-action",
    "x-airbyte-path-override",
    "x-airbyte-record-extractor",
    "x-airbyte-meta-extractor",
    "x-airbyte-record-filter",
    "x-airbyte-record-transform",
    "x-airbyte-no-pagination",
    "x-airbyte-preferred-for-check",
    "x-airbyte-file-url",
    "x-airbyte-upload-file-param",
    "x-airbyte-ai-hints",
];
/// Keys of security schemes that the manifest says in its own words.
pub(crate) const OF_SCHEMES: &[&str] = &["x-airbyte-auth-config", "x-airbyte-token-refresh", "x-airbyte-token-extract"];

/// Keeps the `x-` keys of a node, but those that the manifest says in its own words.
pub(crate) fn keep(node: &Node, said: &[&str], extensions: &mut Mapping) {
    let others = members(node).filter(|(key, _)| key.starts_with("x-") && !said.contains(key));
    others.for_each(|(key, value)| extensions.put(key, value.clone()));
}
