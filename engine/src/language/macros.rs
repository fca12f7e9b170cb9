//! The three declarations: an object, kinds of an object, a choice of texts.

/// Declares a mapping with known keys: the struct, its decoding, and what it says about itself. An `uncompiled` one is not
/// part of a compiled connector.
///
/// `name = "key": Type` gives a field another name than its key; `Option`, `Vec` and maps make a key optional; `#[serde(…)]` keeps
/// one out of the compiled form of connectors that do not use it;
/// `check path` names a function `fn(&Self, &Map, Span, &mut Vec<Diagnostic>)` that looks at the whole once every key is read.
macro_rules! object {
    (
        $(#[doc = $doc:literal])+
        pub struct $name:ident as $title:literal uncompiled $(check $check:path)? { $($body:tt)* }
    ) => {
        $crate::language::object! {
            @declare [Clone, Debug, PartialEq] $(#[doc = $doc])+ pub struct $name as $title $(check $check)? { $($body)* }
        }
    };
    (
        $(#[doc = $doc:literal])+
        pub struct $name:ident as $title:literal $(check $check:path)? { $($body:tt)* }
    ) => {
        $crate::language::object! {
            @declare [Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize]
            $(#[doc = $doc])+ pub struct $name as $title $(check $check)? { $($body)* }
        }
    };
    (
        @declare [$($derive:path),+]
        $(#[doc = $doc:literal])+
        pub struct $name:ident as $title:literal $(check $check:path)? {
            $( $(#[doc = $key_doc:literal])+ $(#[serde($($serde:tt)+)])? pub $field:ident $(= $key:literal)? : $type:ty, )*
        }
    ) => {
        $(#[doc = $doc])+
        #[derive($($derive),+)]
        pub struct $name {
            $( $(#[doc = $key_doc])+ $(#[serde($($serde)+)])? pub $field: $type, )*
        }

        impl $crate::language::Object for $name {
            const DOC: &'static $crate::language::ObjectDoc = &$crate::language::ObjectDoc {
                name: $title,
                doc: concat!($($doc, "\n",)+),
                keys: &[$(
                    $crate::language::KeyDoc {
                        name: $crate::language::object!(@key $field $($key)?),
                        doc: concat!($($key_doc, "\n",)+),
                        required: || <$type as $crate::language::Decode>::absent().is_none(),
                        shape: <$type as $crate::language::Decode>::shape,
                        read: |node, findings| <$type as $crate::language::Decode>::decode(node, findings).is_some(),
                    },
                )*],
                with_schema_keywords: false,
            };

            fn decode_object(
                map: &$crate::yaml::Map,
                span: $crate::source::Span,
                others: &[&str],
                findings: &mut Vec<$crate::source::Diagnostic>,
            ) -> Option<Self> {
                let doc = <Self as $crate::language::Object>::DOC;
                let mut reading = $crate::language::Reading::new(map, doc, span, others, findings);
                let mut keys = doc.keys.iter();
                $(
                    let $field = keys.next().and_then(|key| reading.key::<$type>(key, findings));
                )*
                let _ = keys;
                let object = Self { $($field: $field?,)* };
                $( if reading.is_sound() { $check(&object, map, span, findings); } )?
                Some(object)
            }
        }

        impl $crate::language::Decode for $name {
            fn shape() -> $crate::language::Shape {
                $crate::language::Shape::Object(<Self as $crate::language::Object>::DOC)
            }

            fn decode(node: &$crate::yaml::Node, findings: &mut Vec<$crate::source::Diagnostic>) -> Option<Self> {
                let map = $crate::language::decode_map(node, $title, findings)?;
                <Self as $crate::language::Object>::decode_object(map, node.span, &[], findings)
            }

            fn stand_in() -> Option<Self> {
                let nowhere = $crate::source::Span::default();
                <Self as $crate::language::Object>::decode_object(&$crate::yaml::Map::new(), nowhere, &[], &mut Vec::new())
            }
        }
    };
    (@key $field:ident) => { stringify!($field) };
    (@key $field:ident $key:literal) => { $key };
}

/// Declares a mapping whose `kind` key says which object it is: the enum, its decoding, and what it says about itself.
macro_rules! kinds {
    (
        $(#[doc = $doc:literal])+
        pub enum $name:ident as $title:literal {
            $( $(#[doc = $kind_doc:literal])+ $variant:ident($type:ty) = $kind:literal, )+
        }
    ) => {
        $(#[doc = $doc])+
        #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name {
            $( $(#[doc = $kind_doc])+ $variant($type), )+
        }

        impl $name {
            /// The name of its kind.
            pub fn kind(&self) -> &'static str {
                match self { $(Self::$variant(_) => $kind,)+ }
            }
        }

        impl $crate::language::Decode for $name {
            fn shape() -> $crate::language::Shape {
                static DOC: $crate::language::KindsDoc = $crate::language::KindsDoc {
                    name: $title,
                    doc: concat!($($doc, "\n",)+),
                    kinds: &[$(($kind, <$type as $crate::language::Object>::DOC),)+],
                };
                $crate::language::Shape::Kinds(&DOC)
            }

            fn decode(node: &$crate::yaml::Node, findings: &mut Vec<$crate::source::Diagnostic>) -> Option<Self> {
                use $crate::language::Object as _;
                let named = node.as_text().filter(|name| [$($kind,)+].contains(name));
                if let Some(name) = named {
                    let found = $crate::language::wrong_type(node, concat!("a mapping (", $title, ")"));
                    findings.push(found.help(format!("write `{{ kind: {name} }}`")));
                    return None;
                }
                let map = $crate::language::decode_map(node, $title, findings)?;
                let Some(kind) = map.get("kind") else {
                    let known = [$(concat!("`", $kind, "`"),)+].join(", ");
                    let found = $crate::source::Diagnostic::new(
                        $crate::source::Code::MissingKey, node.span, concat!($title, " needs `kind`"));
                    findings.push(found.help(format!("one of {known}")));
                    return None;
                };
                match kind.value.as_text() {
                    $(Some($kind) => <$type>::decode_object(map, node.span, &["kind"], findings).map(Self::$variant),)+
                    _ => {
                        let name = kind.value.as_text().unwrap_or_default();
                        let found = $crate::source::Diagnostic::new(
                            $crate::source::Code::InvalidValue, kind.value.span, format!(concat!("unknown kind of ", $title, " `{}`"), name));
                        findings.push(match $crate::language::nearest(name, [$($kind,)+]) {
                            Some(near) => found.help(format!("did you mean `{near}`?")),
                            None => found.help(format!("one of {}", [$(concat!("`", $kind, "`"),)+].join(", "))),
                        });
                        None
                    }
                }
            }

            fn stand_in() -> Option<Self> {
                [$(<$type as $crate::language::Decode>::stand_in().map(Self::$variant),)+].into_iter().flatten().next()
            }
        }
    };
}

/// Declares a text out of a closed list: the enum, its decoding, and what it says about itself.
macro_rules! choices {
    (
        $(#[doc = $doc:literal])+
        pub enum $name:ident as $title:literal {
            $( $(#[doc = $value_doc:literal])+ $variant:ident = $text:literal, )+
        }
    ) => {
        $(#[doc = $doc])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        pub enum $name {
            $( $(#[doc = $value_doc])+ #[serde(rename = $text)] $variant, )+
        }

        impl $name {
            /// The text that stands for it.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }
        }

        impl $crate::language::Decode for $name {
            fn shape() -> $crate::language::Shape {
                static DOC: $crate::language::ChoiceDoc = $crate::language::ChoiceDoc {
                    name: $title,
                    doc: concat!($($doc, "\n",)+),
                    values: &[$(($text, concat!($($value_doc, "\n",)+)),)+],
                };
                $crate::language::Shape::Choice(&DOC)
            }

            fn decode(node: &$crate::yaml::Node, findings: &mut Vec<$crate::source::Diagnostic>) -> Option<Self> {
                match node.as_text() {
                    $(Some($text) => Some(Self::$variant),)+
                    Some(other) => {
                        let found = $crate::source::Diagnostic::new(
                            $crate::source::Code::InvalidValue, node.span, format!(concat!("unknown ", $title, " `{}`"), other));
                        findings.push(match $crate::language::nearest(other, [$($text,)+]) {
                            Some(near) => found.help(format!("did you mean `{near}`?")),
                            None => found.help(format!("one of {}", [$(concat!("`", $text, "`"),)+].join(", "))),
                        });
                        None
                    }
                    None => {
                        findings.push($crate::language::wrong_type(node, concat!("text (", $title, ")")));
                        None
                    }
                }
            }

            fn stand_in() -> Option<Self> {
                [$(Self::$variant,)+].into_iter().next()
            }
        }
    };
}

pub(crate) use {choices, kinds, object};
