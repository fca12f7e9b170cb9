//! Reads values with the types of a generated client and writes them again; then shows what a call would send.

#![deny(warnings)]

use std::error::Error;

use hostile::types::All;
use hostile::{Hostile, KeyPanic};

mod hostile;

fn main() -> Result<(), Box<dyn Error>> {
    let all: All = serde_json::from_str(include_str!("../values.json"))?;
    println!("{}", serde_json::to_string(&all)?);
    let hostile = Hostile::connect(KeyPanic::new("\"; panic!(); //"))?;
    let call = hostile.self_().r#type().r#type("\"; panic!(); //").extra_("\"#; panic!(); //").send__("*/ panic!(); /*");
    println!("{}", call.explain()?.request.to_http());
    Ok(())
}
