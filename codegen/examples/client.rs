//! scratch
#![allow(clippy::print_stderr, clippy::unwrap_used, missing_docs)]
use std::path::Path;
use tieline::{Connector, Source};
use tieline_codegen::{emit, ir, snippets, Tree};

fn main() {
    let out = std::env::args().nth(1).unwrap();
    let mut clients = Vec::new();
    let mut tests = Tree::new();
    for path in std::env::args().skip(2) {
        let source = Source::new(path.clone(), std::fs::read_to_string(&path).unwrap());
        let (connector, _) = Connector::load(&source).unwrap();
        let at = std::time::Instant::now();
        let program = snippets::program(&connector, &emit::Origin { arguments: String::new(), from: path.clone() }).unwrap();
        eprintln!("{path}: program in {:?}", at.elapsed());
        tests.add(format!("tests/{}.rs", connector.name()), program);
        clients.push(ir::Client::of(&connector).unwrap());
    }
    let tree = emit::package("tieline-connectors", &clients, |_| emit::Origin { arguments: String::new(), from: "specs".into() });
    let mut tree = tree.unwrap().only(&["src".to_owned()]);
    for (path, text) in tests.files() { tree.add(path.to_owned(), text.to_owned()); }
    tree.write(Path::new(&out)).unwrap();
}
