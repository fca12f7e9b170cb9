//! The documentation of connectors, as Markdown pages.
