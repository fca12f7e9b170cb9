//! x
use tieline::language::Object;
fn main() { println!("{}", tieline::language::reference(tieline::manifest::Manifest::DOC)); }
