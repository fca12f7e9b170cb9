//! Several texts as one source, each with its own name, lines and columns.

use std::sync::Arc;

use super::{File, Source};

/// Sources that become one, in the order in which they are added.
///
/// ```
/// use tieline::source::{Code, Diagnostic, Diagnostics, Parts, Source, Span};
///
/// let mut parts = Parts::of(&Source::new("api.yaml", "openapi: 3.1.0"));
/// let offset = parts.add(&Source::new("pets.yaml", "name: Rex"));
/// let wrong = Diagnostic::new(Code::Unused, Span::new(0, 4).moved(offset), "nobody is called");
/// let findings = Diagnostics::new(parts.join(), vec![wrong]);
/// assert!(findings.to_string().contains("--> pets.yaml:1:1"));
/// ```
#[derive(Clone, Debug)]
pub struct Parts {
    sources: Vec<Source>,
    end: usize,
}

impl Parts {
    /// One source, to which others can be added.
    pub fn of(first: &Source) -> Self {
        Self { sources: vec![first.clone()], end: first.text.len() }
    }

    /// Adds a source and tells by how much places in it have moved: see [`Span::moved`](super::Span::moved).
    pub fn add(&mut self, source: &Source) -> usize {
        // A line break keeps the end of a text apart from the beginning of the next.
        let offset = self.end + 1;
        self.end = offset + source.text.len();
        self.sources.push(source.clone());
        offset
    }

    /// All of them as one.
    pub fn join(mut self) -> Source {
        if self.sources.len() == 1 {
            return self.sources.remove(0);
        }
        let mut text = String::with_capacity(self.end);
        let mut files = Vec::with_capacity(self.sources.len());
        for (index, source) in self.sources.iter().enumerate() {
            if index > 0 {
                text.push('\n');
            }
            files.extend(source.files.iter().map(|file| file.moved(text.len())));
            text.push_str(&source.text);
        }
        Source { text: text.into(), files: files.into() }
    }
}

impl File {
    fn moved(&self, by: usize) -> Self {
        let line_starts = self.line_starts.iter().map(|start| start + by).collect();
        Self { name: Arc::clone(&self.name), line_starts, end: self.end + by }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;
    use crate::source::{Code, Diagnostic, Diagnostics, Span, to_sarif};

    fn found(source: Source, span: Span) -> Diagnostics {
        Diagnostics::new(source, vec![Diagnostic::new(Code::Suspicious, span, "this is odd").help("look again")])
    }

    /// Everything that shows a place.
    fn shown(source: &Source, span: Span) -> (String, Value, Value) {
        let found = found(source.clone(), span);
        (found.render(false), found.to_json(), to_sarif(&[&found]))
    }

    #[test]
    fn a_place_is_shown_in_its_part() {
        let mut parts = Parts::of(&Source::new("api.yaml", "a: 1\nb: 2\n"));
        let offset = parts.add(&Source::new("schemas/pet.yaml", "name: Rex\nage: old"));
        let source = parts.join();
        insta::assert_snapshot!(found(source.clone(), Span::new(15, 18).moved(offset)).render(false), @r"
        warning[suspicious]: this is odd
         --> schemas/pet.yaml:2:6
          |
        2 | age: old
          |      ^^^
          |
          = help: look again

        1 warning
        ");
        assert_eq!(source.name(), "api.yaml");
        assert_eq!(source.place(Span::new(5, 6)).name, "api.yaml");
    }

    #[test]
    fn the_end_of_a_part_is_not_the_beginning_of_the_next() {
        let mut parts = Parts::of(&Source::new("one", "a"));
        let offsets = [parts.add(&Source::new("two", "")), parts.add(&Source::new("three", "b"))];
        let source = parts.join();
        assert_eq!(offsets, [2, 3]);
        let names: Vec<_> = (0..5).map(|at| source.place(Span::new(at, at)).name).collect();
        assert_eq!(names, ["one", "one", "two", "three", "three"]);
    }

    proptest! {
        #[test]
        fn a_part_shows_its_places_as_it_does_alone(
            texts in proptest::collection::vec("(?s)[a-zä\n\r: ]{0,30}", 1..5),
            which in any::<prop::sample::Index>(),
            start in 0usize..40,
            length in 0usize..40,
        ) {
            let sources: Vec<_> =
                texts.iter().enumerate().map(|(n, text)| Source::new(format!("{n}.yaml"), text.as_str())).collect();
            let which = which.index(sources.len());
            // Joined in two steps, so that what is joined already is joined again.
            let mut first = Parts::of(&sources[0]);
            let mut offset = 0;
            for (n, source) in sources.iter().enumerate().take(which + 1).skip(1) {
                let at = first.add(source);
                if n == which {
                    offset = at;
                }
            }
            let mut all = Parts::of(&first.join());
            for source in &sources[which + 1..] {
                all.add(source);
            }
            let joined = all.join();

            let alone = &sources[which];
            let start = start.min(alone.text().len());
            let span = Span::new(start, (start + length).min(alone.text().len()));
            prop_assert_eq!(shown(&joined, span.moved(offset)), shown(alone, span));
            let moved = span.moved(offset);
            prop_assert_eq!(
                joined.text().as_bytes().get(moved.start as usize..moved.end as usize),
                alone.text().as_bytes().get(span.start as usize..span.end as usize)
            );
        }

        #[test]
        fn no_span_panics(texts in proptest::collection::vec("(?s).{0,10}", 1..4), start in 0usize..60, end in 0usize..60) {
            let mut parts = Parts::of(&Source::new("first", ""));
            for text in &texts {
                parts.add(&Source::new("next", text.as_str()));
            }
            let source = parts.join();
            let (text, ..) = shown(&source, Span::new(start, end));
            prop_assert!(text.ends_with("1 warning\n"));
        }
    }
}
