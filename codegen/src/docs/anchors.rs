//! The anchors of a page's headings, as GitHub makes them.

use std::collections::HashMap;

/// Gives out the anchors of a page's headings, in the order of the page.
#[derive(Debug, Default)]
pub(super) struct Anchors {
    taken: HashMap<String, usize>,
}

impl Anchors {
    /// The anchor of the next heading.
    pub(super) fn next(&mut self, heading: &str) -> String {
        let slug = slug(heading);
        let mut anchor = slug.clone();
        while self.taken.contains_key(&anchor) {
            let count = self.taken.entry(slug.clone()).or_default();
            *count += 1;
            anchor = format!("{slug}-{count}");
        }
        self.taken.insert(anchor.clone(), 0);
        anchor
    }
}

/// A heading in lower case, with `-` for spaces and without punctuation.
pub(super) fn slug(heading: &str) -> String {
    let keep = |c: char| match c {
        ' ' => Some('-'),
        '-' | '_' => Some(c),
        c if c.is_alphanumeric() => Some(c),
        _ => None,
    };
    heading.to_lowercase().chars().filter_map(keep).collect()
}

#[cfg(test)]
mod tests {
    use super::Anchors;

    #[test]
    fn anchors_are_those_of_the_page() {
        let mut anchors = Anchors::default();
        for (heading, expected) in [
            ("Data sources", "data-sources"),
            ("data_sources.query", "data_sourcesquery"),
            ("Data, sources!", "data-sources-1"),
            ("Data sources", "data-sources-2"),
            ("Data sources 1", "data-sources-1-1"),
            ("Ärger & Co", "ärger--co"),
        ] {
            assert_eq!(anchors.next(heading), expected, "{heading}");
        }
    }
}
