//! Writes the documentation of manifests: `cargo run -p tieline-codegen --example pages -- <folder> <manifest>…`.

#![allow(clippy::print_stderr)]

use std::error::Error;
use std::path::Path;

use tieline::{Connector, Source};

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let folder = args.next().ok_or("give a folder and manifests")?;
    let mut connectors = Vec::new();
    for path in args {
        let source = Source::new(path.clone(), std::fs::read_to_string(&path)?);
        connectors.push(Connector::load(&source).map_err(|findings| findings.render(false))?.0);
    }
    let connectors: Vec<&Connector> = connectors.iter().collect();
    let begin = std::time::Instant::now();
    let model = tieline_codegen::docs::model(&connectors, &[])?;
    let modelled = begin.elapsed();
    let pages = tieline_codegen::docs::pages(&model)?;
    eprintln!("model {modelled:?}, pages {:?}", begin.elapsed() - modelled);
    pages.write(Path::new(&folder))?;
    Ok(())
}
