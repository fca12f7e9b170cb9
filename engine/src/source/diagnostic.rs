//! What is wrong with a manifest, where, and what to do.

use super::{Source, Span};

/// Whether a finding stops the manifest from being used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The manifest cannot be used.
    Error,
    /// It can be used; something is probably not meant.
    Warning,
}

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $name:ident = $text:literal $severity:ident;)+) => {
        /// The stable name of a kind of finding.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Code { $($(#[doc = $doc])+ $name,)+ }

        impl Code {
            /// Every code there is.
            pub const ALL: &[Code] = &[$(Code::$name,)+];

            /// The name as it is printed.
            pub fn as_str(self) -> &'static str {
                match self { $(Code::$name => $text,)+ }
            }

            /// How bad it is.
            pub fn severity(self) -> Severity {
                match self { $(Code::$name => Severity::$severity,)+ }
            }

            /// What it means, in a sentence.
            pub fn meaning(self) -> &'static str {
                match self { $(Code::$name => concat!($($doc,)+).trim_ascii(),)+ }
            }

            /// A small manifest that has a finding of this kind, and no other.
            pub fn bad_example(self) -> &'static str {
                match self { $(Code::$name => include_str!(concat!("codes/", $text, "/bad.yaml")),)+ }
            }

            /// The same manifest put right.
            pub fn good_example(self) -> &'static str {
                match self { $(Code::$name => include_str!(concat!("codes/", $text, "/good.yaml")),)+ }
            }
        }
    };
}

codes! {
    /// The text is not YAML (or JSON).
    Syntax = "syntax" Error;
    /// A limit on size, depth, aliases or cost is passed.
    Limit = "limit" Error;
    /// The same key stands twice in a mapping.
    DuplicateKey = "duplicate-key" Error;
    /// A key that the language does not have at this place.
    UnknownKey = "unknown-key" Error;
    /// A key that must be there is not.
    MissingKey = "missing-key" Error;
    /// A value of another type than the key takes.
    WrongType = "wrong-type" Error;
    /// A value that the key does not take.
    InvalidValue = "invalid-value" Error;
    /// Keys that exclude each other, or a choice that was not made.
    Conflict = "conflict" Error;
    /// A name that refers to something that is not defined.
    UnknownReference = "unknown-reference" Error;
    /// A path names a parameter that is not defined.
    UndefinedPathParameter = "undefined-path-parameter" Error;
    /// A template or expression names something that does not exist there.
    UnknownName = "unknown-name" Error;
    /// A template, expression, path into a response, or regular expression that cannot be read.
    BadExpression = "bad-expression" Error;
    /// A secret would become part of a URL.
    SecretInUrl = "secret-in-url" Error;
    /// A value could decide which host is called and nothing limits it.
    UnboundHost = "unbound-host" Error;
    /// A schema that is not a valid JSON Schema.
    BadSchema = "bad-schema" Error;
    /// Something is defined that nothing uses.
    Unused = "unused" Warning;
    /// A list that says neither how it is paged nor that it is not.
    NoPagination = "no-pagination" Warning;
    /// Two operations that send the same requests.
    DuplicateOperation = "duplicate-operation" Warning;
    /// Something that works and is probably not what was meant.
    Suspicious = "suspicious" Warning;
}

/// One finding about a manifest.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    /// Its stable name.
    pub code: Code,
    /// What is wrong, in a sentence without a full stop.
    pub message: String,
    /// The place.
    pub span: Span,
    /// What to do about it.
    pub help: Option<String>,
}

impl Diagnostic {
    /// A finding at a place.
    pub fn new(code: Code, span: Span, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), span, help: None }
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// How bad it is.
    pub fn severity(&self) -> Severity {
        self.code.severity()
    }
}

/// All findings about one source, in the order of their places.
#[derive(Clone, Debug)]
pub struct Diagnostics {
    source: Source,
    found: Vec<Diagnostic>,
}

impl Diagnostics {
    /// The findings of a source, sorted by place. A place that begins or ends within a character has all of it.
    pub fn new(source: Source, mut found: Vec<Diagnostic>) -> Self {
        for finding in &mut found {
            let (text, Span { start, end }) = (source.text(), finding.span);
            finding.span = Span::new(text.floor_char_boundary(start as usize), text.ceil_char_boundary(end as usize));
        }
        found.sort_by_key(|d| (d.span.start, d.span.end, d.code));
        found.dedup_by(|a, b| a.span == b.span && a.code == b.code && a.message == b.message);
        Self { source, found }
    }

    /// The source they are about.
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// The findings.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.found.iter()
    }

    /// How many errors there are.
    pub fn errors(&self) -> usize {
        self.found.iter().filter(|d| d.severity() == Severity::Error).count()
    }

    /// How many warnings there are.
    pub fn warnings(&self) -> usize {
        self.found.len() - self.errors()
    }

    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }
}

impl std::fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.render(false))
    }
}

impl std::error::Error for Diagnostics {}
