//! Generates the typed client of `harbour.yaml`, which `src/main.rs` includes.

fn main() -> Result<(), tieline_codegen::Error> {
    tieline_codegen::build("harbour.yaml")
}
