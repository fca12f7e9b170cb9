//! Dev only.
use tieline::source::Source;
use tieline::yaml::{Limits, parse};
fn main() {
    let path = std::env::args().nth(1).unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    let mut f = vec![];
    let t0 = std::time::Instant::now();
    let source = Source::new(path, text);
    let tree = parse(&source, Limits::default(), &mut f).unwrap();
    let t1 = std::time::Instant::now();
    let (t, _) = tieline_openapi::translate(&tree).unwrap();
    let t2 = std::time::Instant::now();
    let y = tieline_openapi::to_yaml(&t.manifest, &t.notes);
    let t3 = std::time::Instant::now();
    let r = tieline::Connector::from_tree(&source, &t.manifest, vec![]);
    let t4 = std::time::Instant::now();
    eprintln!("parse {:?} translate {:?} yaml {:?} load {:?} ok {}", t1 - t0, t2 - t1, t3 - t2, t4 - t3, r.is_ok());
    println!("{y}");
}
