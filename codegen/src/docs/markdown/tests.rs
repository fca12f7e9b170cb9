//! Hostile and ordinary texts as Markdown.
