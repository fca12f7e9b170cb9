//! What must hold whatever the bytes are: one function a target, which panics when it does not. libFuzzer calls them with inputs that
//! it makes, a test with those that are kept.

mod api;
mod body;
mod download;
mod expression;
mod findings;
mod input;
mod link;
mod manifest;
mod notation;
mod openapi;
mod overlay;
mod pages;
mod reference;
mod request;
mod response;
mod retry;
mod server;
mod yaml;

/// A target: the name of its binary and of its folders, and what it does with an input.
pub type Target = (&'static str, fn(&[u8]));

/// Every target.
pub const TARGETS: [Target; 14] = [
    ("body", body::run),
    ("download", download::run),
    ("expression", expression::run),
    ("link", link::run),
    ("manifest", manifest::run),
    ("notation", notation::run),
    ("openapi", openapi::run),
    ("overlay", overlay::run),
    ("pages", pages::run),
    ("request", request::run),
    ("response", response::run),
    ("retry", retry::run),
    ("server", server::run),
    ("yaml", yaml::run),
];

/// Runs a target over an input.
///
/// # Panics
/// When something does not hold that must, or there is no such target.
pub fn run(name: &str, input: &[u8]) {
    let (_, target) = TARGETS.iter().find(|(known, _)| *known == name).expect("a target");
    target(input);
}
