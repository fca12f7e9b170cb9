//! The small notations that stand inside texts of a manifest: each is read once, when the manifest is loaded.

mod condition;
mod duration;
mod expression;
mod fill;
mod json_path;
mod lookup;
mod param_lookup;
mod pattern;
mod template;
mod url;

pub use condition::Condition;
pub use duration::Millis;
pub use expression::Expression;
pub use fill::Fill;
pub use json_path::{JsonPath, Step};
pub use lookup::Lookup;
pub use param_lookup::ParamLookup;
pub(crate) use pattern::MAX_COMPILED;
pub use pattern::Pattern;
pub use template::{Part, Template};
pub(crate) use url::{UrlFault, is_same_origin, leaves_its_segment, origin};

/// Implements what every notation has in common: it is written as text and read by [`std::str::FromStr`].
macro_rules! notation {
    ($type:ty, $name:literal, $code:ident) => {
        impl $crate::language::Decode for $type {
            fn shape() -> $crate::language::Shape {
                $crate::language::Shape::Notation($name)
            }

            fn decode(node: &$crate::yaml::Node, findings: &mut Vec<$crate::source::Diagnostic>) -> Option<Self> {
                let Some(text) = node.as_text() else {
                    let found = $crate::language::wrong_type(node, concat!("text (", $name, ")"));
                    findings.push(match node.to_json().to_string().parse::<$type>() {
                        Ok(_) => found.help("put it in quotes"),
                        Err(why) => found.help(why),
                    });
                    return None;
                };
                match text.parse() {
                    Ok(value) => Some(value),
                    Err(message) => {
                        let message: String = message;
                        findings.push($crate::source::Diagnostic::new($crate::source::Code::$code, node.span, message));
                        None
                    }
                }
            }

            fn stand_in() -> Option<Self> {
                ["", "$"].into_iter().find_map(|text| text.parse().ok())
            }
        }

        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                text.parse().map_err(|message: String| serde::de::Error::custom(message))
            }
        }

        impl std::fmt::Debug for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{:?}", self.to_string())
            }
        }
    };
}
pub(crate) use notation;
