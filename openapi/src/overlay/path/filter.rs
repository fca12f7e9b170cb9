//! What stands after a `?`: comparisons, tests and functions, read from a path.

use std::ops::Range;

use super::read::Reader;
use super::{Comparison, Condition, Extent, Operand, Query, Start, Wrong};

/// How comparisons are written; of two that begin alike, the longer first.
const COMPARISONS: [(&str, Comparison); 6] = [
    ("==", Comparison::Equal),
    ("!=", Comparison::NotEqual),
    ("<=", Comparison::LessOrEqual),
    (">=", Comparison::GreaterOrEqual),
    ("<", Comparison::Less),
    (">", Comparison::Greater),
];

/// Something that is compared, or is a test by itself.
enum Term {
    Operand(Operand),
    Nodes(Query),
    Test(Condition),
}

impl Reader<'_> {
    /// Conditions of which one has to hold.
    pub(super) fn condition(&mut self) -> Result<Condition, Wrong> {
        self.joined("||", Condition::Any, |reader| reader.joined("&&", Condition::All, Self::basic))
    }

    /// One condition, or several with a token between them.
    fn joined(
        &mut self,
        token: &str,
        join: impl Fn(Vec<Condition>) -> Condition,
        read: impl Fn(&mut Self) -> Result<Condition, Wrong>,
    ) -> Result<Condition, Wrong> {
        let first = read(self)?;
        let mut all = vec![first];
        loop {
            let end = self.at;
            self.space();
            if !self.eat(token) {
                self.at = end;
                return Ok(if all.len() > 1 { join(all) } else { all.remove(0) });
            }
            self.space();
            all.push(read(self)?);
        }
    }

    fn basic(&mut self) -> Result<Condition, Wrong> {
        if !self.eat("!") {
            return if self.eat("(") { self.nested(Self::in_parentheses) } else { self.comparison_or_test() };
        }
        self.space();
        let negated = if self.eat("(") {
            self.nested(Self::in_parentheses)?
        } else {
            let start = self.at;
            let term = self.term()?;
            self.test(term, start..self.at)?
        };
        Ok(Condition::Not(Box::new(negated)))
    }

    fn in_parentheses(&mut self) -> Result<Condition, Wrong> {
        self.space();
        let condition = self.condition()?;
        self.space();
        self.expect(")")?;
        Ok(condition)
    }

    fn comparison_or_test(&mut self) -> Result<Condition, Wrong> {
        let start = self.at;
        let left = self.term()?;
        let end = self.at;
        self.space();
        let Some((token, comparison)) = COMPARISONS.into_iter().find(|(token, _)| self.rest().starts_with(token))
        else {
            if self.next() == Some('=') {
                return Err(self.wrong("values are compared with `==`"));
            }
            self.at = end;
            return self.test(left, start..end);
        };
        let left = self.operand(left, start..end)?;
        self.at += token.len();
        self.space();
        let right = self.next_operand()?;
        Ok(Condition::Compare(left, comparison, right))
    }

    fn term(&mut self) -> Result<Term, Wrong> {
        if let Some(query) = self.optional_query()? {
            return Ok(Term::Nodes(query));
        }
        if let Some(value) = self.literal()? {
            return Ok(Term::Operand(Operand::Literal(value)));
        }
        if self.next().is_some_and(|c| c.is_ascii_lowercase()) {
            self.function()
        } else {
            Err(self.wrong("`@`, `$`, a value or a function is expected here"))
        }
    }

    fn optional_query(&mut self) -> Result<Option<Query>, Wrong> {
        let start = match self.next() {
            Some('@') => Start::Here,
            Some('$') => Start::Root,
            _ => return Ok(None),
        };
        self.at += 1;
        self.query(start).map(Some)
    }

    fn next_operand(&mut self) -> Result<Operand, Wrong> {
        let start = self.at;
        let term = self.term()?;
        self.operand(term, start..self.at)
    }

    /// A term as something that holds or does not.
    fn test(&self, term: Term, at: Range<usize>) -> Result<Condition, Wrong> {
        match term {
            Term::Nodes(query) => Ok(Condition::Exists(query)),
            Term::Test(condition) => Ok(condition),
            Term::Operand(_) => Err(self.wrong_at(at, "a value alone is no test; compare it with another")),
        }
    }

    /// A term as something that has a value.
    fn operand(&self, term: Term, at: Range<usize>) -> Result<Operand, Wrong> {
        match term {
            Term::Operand(operand) => Ok(operand),
            Term::Nodes(query) if query.is_single() => Ok(Operand::Single(query)),
            Term::Nodes(_) => Err(self.wrong_at(at, "this may be several values, and only one can be compared")),
            Term::Test(_) => Err(self.wrong_at(at, "this holds or does not; it has no value to compare")),
        }
    }

    fn function(&mut self) -> Result<Term, Wrong> {
        let start = self.at;
        let name = self.while_next(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        let name_end = self.at;
        if !self.eat("(") {
            return Err(
                self.wrong_at(start..name_end, format!("`{name}` needs quotes if it is a text, or `@.` before it"))
            );
        }
        self.nested(|reader| {
            reader.space();
            let term = match name {
                "length" => Term::Operand(Operand::Length(Box::new(reader.next_operand()?))),
                "count" => Term::Operand(Operand::Count(reader.nodes()?)),
                "value" => Term::Operand(Operand::Value(reader.nodes()?)),
                "match" => Term::Test(reader.matches(Extent::Whole)?),
                "search" => Term::Test(reader.matches(Extent::Part)?),
                _ => {
                    let mut wrong = reader.wrong_at(start..name_end, format!("there is no function `{name}`"));
                    wrong.help = Some("there are `length`, `count`, `value`, `match` and `search`".to_owned());
                    return Err(wrong);
                }
            };
            reader.space();
            reader.expect(")")?;
            Ok(term)
        })
    }

    fn nodes(&mut self) -> Result<Query, Wrong> {
        self.optional_query()?.ok_or_else(|| self.wrong("`@` or `$` is expected here"))
    }

    fn matches(&mut self, extent: Extent) -> Result<Condition, Wrong> {
        let text = self.next_operand()?;
        self.space();
        self.expect(",")?;
        self.space();
        let pattern = self.next_operand()?;
        Ok(Condition::Matches { text, pattern, extent })
    }
}
