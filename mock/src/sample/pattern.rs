//! Text that a regular expression matches.

use regex_syntax::hir::{Class, Hir, HirKind};

use super::seed::Seed;

/// The longest text that is made.
const MAX_LENGTH: usize = 4_096;

/// A text that matches a pattern, at least `min` characters long where the pattern allows it; `None` for a pattern that is not understood.
pub(crate) fn matching(pattern: &str, min: usize, seed: Seed) -> Option<String> {
    let hir = regex_syntax::parse(pattern).ok()?;
    let mut writer = Writer { text: String::new(), seed, min, steps: 0 };
    writer.write(&hir)?;
    Some(writer.text)
}

struct Writer {
    text: String,
    seed: Seed,
    min: usize,
    steps: usize,
}

impl Writer {
    fn write(&mut self, hir: &Hir) -> Option<()> {
        self.steps += 1;
        if self.text.len() > MAX_LENGTH || self.steps > MAX_LENGTH {
            return None;
        }
        match hir.kind() {
            HirKind::Empty | HirKind::Look(_) => Some(()),
            HirKind::Literal(literal) => {
                self.text.push_str(std::str::from_utf8(&literal.0).ok()?);
                Some(())
            }
            HirKind::Class(class) => {
                let character = self.one_of(class)?;
                self.text.push(character);
                Some(())
            }
            HirKind::Repetition(repetition) => {
                let most = repetition.max.unwrap_or(u32::MAX);
                // One rather than none, so that `[a-z]*` is not always empty.
                let least = repetition.min.max(1).min(most);
                let mut written = 0;
                while written < least || (written < most && self.text.chars().count() < self.min) {
                    let before = self.text.len();
                    self.write(&repetition.sub)?;
                    written += 1;
                    if self.text.len() == before {
                        break;
                    }
                }
                Some(())
            }
            HirKind::Capture(capture) => self.write(&capture.sub),
            HirKind::Concat(parts) => parts.iter().try_for_each(|part| self.write(part)),
            HirKind::Alternation(choices) => self.write(choices.first()?),
        }
    }

    /// A letter or digit of the class where it has one, else its first character.
    fn one_of(&mut self, class: &Class) -> Option<char> {
        let plain = ('a'..='z').chain('0'..='9').chain('A'..='Z').chain(" -_./".chars());
        let candidates: Vec<char> = match class {
            Class::Unicode(class) => {
                let within = |c: &char| class.ranges().iter().any(|range| (range.start()..=range.end()).contains(c));
                plain.filter(within).chain(class.ranges().first().map(|range| range.start())).collect()
            }
            Class::Bytes(class) => {
                let within =
                    |c: &char| class.ranges().iter().any(|range| (range.start()..=range.end()).contains(&(*c as u8)));
                plain.filter(within).collect()
            }
        };
        self.seed = self.seed.nth(self.text.len());
        let ordinary = candidates.iter().filter(|c| c.is_ascii_alphanumeric()).count();
        let candidates = if ordinary > 0 { &candidates[..ordinary] } else { &candidates[..] };
        self.seed.pick(candidates).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::{Seed, matching};

    #[test]
    fn makes_text_that_matches() {
        let patterns = [
            "^[0-9a-f]{32}$",
            "(ntn|secret)_[A-Za-z0-9]+",
            "https://[a-z0-9-]+\\.example\\.com",
            "\\d{4}-\\d{2}",
            "[^a-z]",
            "^$",
            "a*b?c+",
            "[^\\s/]{3,}",
        ];
        for pattern in patterns {
            let checker = jsonschema::draft202012::new(&serde_json::json!({ "pattern": pattern })).unwrap();
            for n in 0..20 {
                let text = matching(pattern, 0, Seed::new(n)).unwrap();
                assert!(checker.is_valid(&text.clone().into()), "{pattern}: {text}");
            }
        }
        assert_ne!(matching("[a-z]{20}", 0, Seed::new(1)), matching("[a-z]{20}", 0, Seed::new(2)));
        assert!(matching("[a-z]+", 12, Seed::new(1)).unwrap().len() >= 12);
    }

    #[test]
    fn gives_up_on_what_is_too_large_or_no_pattern() {
        assert_eq!(matching("(", 0, Seed::new(1)), None);
        assert_eq!(matching("((a{500}){500}){500}", 0, Seed::new(1)), None);
    }
}
