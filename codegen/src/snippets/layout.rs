//! Code that is laid out as rustfmt would with its own settings: on one line where it is short, else piece by piece.

/// A line has no more columns than this: 100, in a function.
const WIDTH: usize = 96;

/// Arguments, elements and method calls stand on one line up to this many columns.
const SHORT: usize = 60;

/// Members of a struct do so up to this many.
const STRUCT: usize = 18;

/// Each level is indented by this much.
const INDENT: usize = 4;

/// A piece of code.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Code {
    /// What stays on one line.
    Word(String),
    /// Code with a text before it and one behind it: `name: `, `?`.
    Around(String, Box<Code>, String),
    /// Items between brackets.
    List(List),
    /// Method calls on a value: each begins with `.`.
    Chain(Box<Code>, Vec<Code>),
}

/// Items between brackets.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct List {
    open: String,
    items: Vec<Code>,
    close: &'static str,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Call,
    Array,
    Struct,
    Object,
}

impl Code {
    pub(super) fn word(text: impl Into<String>) -> Self {
        Self::Word(text.into())
    }

    /// `function(…)`, with the parenthesis.
    pub(super) fn call(function: impl AsRef<str>, items: Vec<Self>) -> Self {
        Self::list(format!("{}(", function.as_ref()), items, ")", Kind::Call)
    }

    /// `[…]`
    pub(super) fn array(items: Vec<Self>) -> Self {
        Self::list("[".to_owned(), items, "]", Kind::Array)
    }

    /// `vec![…]`
    pub(super) fn vec(items: Vec<Self>) -> Self {
        Self::list("vec![".to_owned(), items, "]", Kind::Array)
    }

    /// `Name { … }`
    pub(super) fn structure(name: &str, items: Vec<Self>) -> Self {
        Self::list(format!("{name} {{"), items, "}", Kind::Struct)
    }

    /// `{…}` of JSON.
    pub(super) fn object(items: Vec<Self>) -> Self {
        Self::list("{".to_owned(), items, "}", Kind::Object)
    }

    fn list(open: String, items: Vec<Self>, close: &'static str, kind: Kind) -> Self {
        Self::List(List { open, items, close, kind })
    }

    /// With a text before it.
    pub(super) fn after(self, text: impl Into<String>) -> Self {
        Self::Around(text.into(), Box::new(self), String::new())
    }

    /// With a text behind it.
    pub(super) fn before(self, text: impl Into<String>) -> Self {
        Self::Around(String::new(), Box::new(self), text.into())
    }

    /// With one more method call.
    pub(super) fn then(self, link: Self) -> Self {
        match self {
            Self::Chain(root, mut links) => {
                links.push(link);
                Self::Chain(root, links)
            }
            root => Self::Chain(Box::new(root), vec![link]),
        }
    }

    /// The code as a statement or an expression at the start of a line.
    pub(super) fn text(&self) -> String {
        self.lines(Place { indent: 0, column: 0, tail: 0 })
    }

    /// All on one line.
    pub(super) fn flat(&self) -> String {
        match self {
            Self::Word(text) => text.clone(),
            Self::Around(before, code, behind) => format!("{before}{}{behind}", code.flat()),
            Self::List(list) => {
                let pad = list.pad();
                let items = list.items.iter().map(Self::flat).collect::<Vec<_>>().join(", ");
                format!("{}{pad}{items}{pad}{}", list.open, list.close)
            }
            Self::Chain(root, links) => links.iter().fold(root.flat(), |text, link| text + &link.flat()),
        }
    }

    /// Whether it may stand on one line, if there is room.
    fn is_short(&self) -> bool {
        match self {
            Self::Word(_) => true,
            Self::Around(_, code, _) => code.is_short(),
            Self::List(list) => {
                let width = width(&self.flat()) - width(&list.open) - list.close.len() - 2 * list.pad().len();
                (list.begins_with_item() || width <= list.limit()) && list.items.iter().all(Self::is_short)
            }
            Self::Chain(root, links) => {
                let fits = links.len() == 1 || width(&self.flat()) <= SHORT;
                fits && root.is_short() && links.iter().all(Self::is_short)
            }
        }
    }

    fn lines(&self, place: Place) -> String {
        let flat = self.flat();
        if self.is_short() && place.column + width(&flat) + place.tail <= WIDTH {
            return flat;
        }
        match self {
            Self::Word(text) => text.clone(),
            Self::Around(before, code, behind) => {
                let inner = place.right(width(before)).with_tail(place.tail + width(behind));
                format!("{before}{}{behind}", code.lines(inner))
            }
            Self::List(list) => list.lines(place),
            Self::Chain(root, links) => {
                chain_with_long_end(root, links, place).unwrap_or_else(|| chain(root, links, place))
            }
        }
    }

    /// As the only argument of a call, when it may begin on the call's own line and end on that of its parenthesis.
    fn overflowed(&self, place: Place) -> Option<String> {
        match self {
            Self::Word(_) => None,
            Self::Around(before, code, behind) => {
                let inner = place.right(width(before)).with_tail(place.tail + width(behind));
                Some(format!("{before}{}{behind}", code.overflowed(inner)?))
            }
            Self::List(list) if list.items.is_empty() => None,
            Self::List(list) => Some(list.lines(place)),
            Self::Chain(root, links) => chain_with_long_end(root, links, place),
        }
    }
}

impl List {
    fn limit(&self) -> usize {
        match self.kind {
            Kind::Call | Kind::Array | Kind::Object => SHORT,
            Kind::Struct => STRUCT,
        }
    }

    fn pad(&self) -> &'static str {
        match self.kind {
            Kind::Struct | Kind::Object if !self.items.is_empty() => " ",
            Kind::Call | Kind::Array | Kind::Struct | Kind::Object => "",
        }
    }

    /// Whether its only item may begin on the line of the bracket.
    fn begins_with_item(&self) -> bool {
        let may_begin = |code: &Code| match code {
            Code::Word(_) => false,
            Code::Around(..) | Code::List(_) | Code::Chain(..) => true,
        };
        match (self.items.as_slice(), self.kind) {
            ([item], Kind::Call | Kind::Array) => may_begin(item),
            ([_], Kind::Struct | Kind::Object) | ([] | [_, ..], _) => false,
        }
    }

    /// On several lines.
    fn lines(&self, place: Place) -> String {
        let Self { open, items, close, kind } = self;
        if let [item] = items.as_slice()
            && self.begins_with_item()
        {
            let inner = place.right(width(open)).with_tail(place.tail + close.len());
            let overflowed = item.overflowed(inner);
            if let Some(text) = overflowed.filter(|text| inner.column + first_line(text) <= WIDTH) {
                return format!("{open}{text}{close}");
            }
        }
        if items.is_empty() {
            return format!("{open}{close}");
        }
        let inner = place.below().with_tail(1);
        let comma = |at: usize| if *kind == Kind::Object && at + 1 == items.len() { "" } else { "," };
        let lines = items.iter().enumerate();
        let lines: String =
            lines.map(|(at, item)| format!("\n{}{}{}", inner.spaces(), item.lines(inner), comma(at))).collect();
        format!("{open}{lines}\n{}{close}", place.spaces())
    }
}

/// A chain of which all but the last call stand on one line; `None` when it reads better call by call.
fn chain_with_long_end(root: &Code, links: &[Code], place: Place) -> Option<String> {
    let (last, others) = links.split_last()?;
    let begin = others.iter().fold(root.flat(), |text, link| text + &link.flat());
    if !root.is_short() || !others.iter().all(Code::is_short) {
        return None;
    }
    let room = WIDTH.saturating_sub(place.column);
    let budget = if others.is_empty() { room } else { room.min(SHORT) };
    let text = last.lines(place.right(width(&begin)));
    if width(&begin) + first_line(&text) > budget || !text.contains('\n') {
        return None;
    }
    let below = last.lines(place.below());
    let is_worth_it = text.lines().count() >= 5 || below.lines().count() >= text.lines().count();
    is_worth_it.then(|| begin + &text)
}

/// A chain with a line for each call.
fn chain(root: &Code, links: &[Code], place: Place) -> String {
    let mut text = root.lines(place.with_tail(0));
    let inner = if text.contains('\n') { place.at_start() } else { place.below() };
    let mut links = links.iter().peekable();
    let offset = place.column - place.indent;
    while !text.contains('\n')
        && width(&text) + offset <= INDENT
        && let Some(link) = links.next()
    {
        text.push_str(&link.lines(place.right(width(&text))));
    }
    while let Some(link) = links.next() {
        let tail = if links.peek().is_some() { 0 } else { place.tail };
        text.push_str(&format!("\n{}{}", inner.spaces(), link.lines(inner.with_tail(tail))));
    }
    text
}

/// Where code stands.
#[derive(Clone, Copy)]
struct Place {
    /// How far its lines are indented.
    indent: usize,
    /// Where it begins.
    column: usize,
    /// How much follows on its last line.
    tail: usize,
}

impl Place {
    fn right(self, columns: usize) -> Self {
        Self { column: self.column + columns, ..self }
    }

    fn at_start(self) -> Self {
        Self { column: self.indent, ..self }
    }

    fn below(self) -> Self {
        Self { indent: self.indent + INDENT, ..self }.at_start()
    }

    fn with_tail(self, tail: usize) -> Self {
        Self { tail, ..self }
    }

    fn spaces(self) -> String {
        " ".repeat(self.indent)
    }
}

fn first_line(text: &str) -> usize {
    text.lines().next().map_or(0, width)
}

fn width(text: &str) -> usize {
    text.chars().count()
}

#[cfg(test)]
mod tests {
    use super::Code;

    fn word(text: &str) -> Code {
        Code::word(text)
    }

    fn method(name: &str, items: Vec<Code>) -> Code {
        Code::call(format!(".{name}"), items)
    }

    #[test]
    fn short_code_stands_on_one_line() {
        let code = word("notion").then(method("users", vec![])).then(method("list", vec![])).then(word(".await?"));
        assert_eq!(code.after("let users = ").before(";").text(), "let users = notion.users().list().await?;");
        assert_eq!(Code::structure("A", vec![word("a: 1")]).text(), "A { a: 1 }");
        assert_eq!(Code::structure("A", vec![]).text(), "A {}");
    }

    #[test]
    fn a_long_chain_has_a_line_for_each_call() {
        let id = word("\"7c1e9a34-2f60-4b8a-8d15-3e9b50f1c003\"");
        let code = word("notion").then(method("pages", vec![])).then(method("update", vec![id]));
        let text = code.then(method("icon", vec![word("None")])).after("let page = ").before(";").text();
        let lines = [
            "let page = notion",
            "    .pages()",
            "    .update(\"7c1e9a34-2f60-4b8a-8d15-3e9b50f1c003\")",
            "    .icon(None);",
        ];
        assert_eq!(text, lines.join("\n"));
    }

    #[test]
    fn the_only_argument_begins_on_the_line_of_its_call() {
        let long = |letter: &str| word(&letter.repeat(40));
        let code = Code::call("f", vec![Code::call("g", vec![Code::array(vec![long("a"), long("b")])])]);
        let lines = ["f(g([", &format!("    {},", "a".repeat(40)), &format!("    {},", "b".repeat(40)), "]))"];
        assert_eq!(code.text(), lines.join("\n"));
        let code = Code::call("f", vec![word("a"), Code::call("g", vec![long("a"), long("b")])]);
        assert_eq!(code.text().lines().collect::<Vec<_>>()[..3], ["f(", "    a,", "    g("]);
    }
}
