//! Texts in quotes, numbers and other values, read from a path.

use tieline::yaml::Value;

use super::Wrong;
use super::read::Reader;

impl Reader<'_> {
    /// A text in single or double quotes.
    pub(super) fn quoted(&mut self) -> Result<String, Wrong> {
        let start = self.at;
        let quote = if self.eat("'") { '\'' } else { '"' };
        self.at = start + 1;
        let mut text = String::new();
        loop {
            text.push_str(self.while_next(|c| c != quote && c != '\\' && c >= ' '));
            match self.next() {
                Some('\\') => text.push(self.escape(quote)?),
                Some(c) if c == quote => {
                    self.at += 1;
                    return Ok(text);
                }
                Some(_) => return Err(self.wrong("a text has no line breaks or other control characters")),
                None => return Err(self.wrong_at(start..self.at, format!("the text is not closed with {quote}"))),
            }
        }
    }

    /// What a backslash and what follows it stand for.
    fn escape(&mut self, quote: char) -> Result<char, Wrong> {
        let start = self.at;
        self.at += 1;
        let escaped = self.next();
        self.at += escaped.map_or(0, char::len_utf8);
        match escaped {
            Some('b') => Some('\u{8}'),
            Some('f') => Some('\u{c}'),
            Some('n') => Some('\n'),
            Some('r') => Some('\r'),
            Some('t') => Some('\t'),
            Some(c @ ('/' | '\\')) => Some(c),
            Some(c) if c == quote => Some(c),
            Some('u') => self.code_point(),
            _ => None,
        }
        .ok_or_else(|| {
            let end = self.text.floor_char_boundary(self.at);
            self.wrong_at(start..end, format!("`{}` stands for nothing", &self.text[start..end]))
        })
    }

    /// The character of a `\uXXXX`, or of two of them for one beyond the first plane.
    fn code_point(&mut self) -> Option<char> {
        let first = self.hexadecimal()?;
        if !(0xd800..0xdc00).contains(&first) {
            return char::from_u32(first);
        }
        let second = if self.eat("\\u") { self.hexadecimal()? } else { return None };
        let low = second.checked_sub(0xdc00).filter(|low| *low < 0x400)?;
        char::from_u32(0x10000 + ((first - 0xd800) << 10) + low)
    }

    fn hexadecimal(&mut self) -> Option<u32> {
        let digits = self.rest().get(..4).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
        self.at += 4;
        u32::from_str_radix(digits, 16).ok()
    }

    /// A text, a number, `true`, `false` or `null`, if one is next.
    pub(super) fn literal(&mut self) -> Result<Option<Value>, Wrong> {
        match self.next() {
            Some('\'' | '"') => return self.quoted().map(|text| Some(Value::Text(text))),
            Some('-' | '0'..='9') => return self.number().map(Some),
            _ => {}
        }
        let word_end = |c: char| !c.is_ascii_alphanumeric() && c != '_';
        let word = self.rest().split(word_end).next().unwrap_or_default();
        let value = match word {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            "null" => Value::Null,
            _ => return Ok(None),
        };
        self.at += word.len();
        Ok(Some(value))
    }

    /// A number, as JSON has it.
    fn number(&mut self) -> Result<Value, Wrong> {
        let start = self.at;
        self.eat("-");
        self.while_next(|c| c.is_ascii_digit());
        if self.eat(".") {
            self.while_next(|c| c.is_ascii_digit());
        }
        if self.eat("e") || self.eat("E") {
            let _signed = self.eat("+") || self.eat("-");
            self.while_next(|c| c.is_ascii_digit());
        }
        let written = &self.text[start..self.at];
        serde_json::from_str(written)
            .map(Value::Number)
            .map_err(|_| self.wrong_at(start..self.at, format!("`{written}` is not a number as JSON has it")))
    }
}
