//! Measures Tieline against hand-written code, and prints the ratios.
//!
//! `tieline-bench` prints everything; `tieline-bench speed` (or `memory`, `process`, `load`) a part of it.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program that prints a table")]

mod cost;
mod load;
mod memory;
mod process;
mod speed;
mod table;
mod upstream;
mod valgrind;
mod ways;

use std::error::Error;

use crate::table::Table;
use crate::upstream::Upstream;

/// What a measurement gives, or why there is none.
pub(crate) type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

const USAGE: &str = "tieline-bench [speed | memory | process | load]...";

fn main() -> Outcome<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args[..] {
        // What the measurements start in processes of their own.
        ["upstream"] => upstream::serve(),
        ["ask", way, size, calls, url] => speed::ask(way, size, calls.parse()?, url),
        ["pages", pages, url] => memory::pages(pages, url),
        ["download", bytes, url] => memory::download(bytes, url),
        ["launch", program, ..] => process::launch(program, &args[2..]),
        _ => print(&args),
    }
}

fn print(parts: &[&str]) -> Outcome<()> {
    const PARTS: [&str; 4] = ["process", "load", "speed", "memory"];
    if let Some(unknown) = parts.iter().find(|part| !PARTS.contains(part)) {
        return Err(format!("there is no part `{unknown}`; usage: {USAGE}").into());
    }
    ways::set_up_tls();
    let mut table = Table::default();
    for part in PARTS.into_iter().filter(|part| parts.is_empty() || parts.contains(part)) {
        eprintln!("measuring: {part}");
        match part {
            "process" => process::measure(&mut table)?,
            "load" => load::measure(&mut table)?,
            "speed" => speed::measure(&Upstream::start()?, &mut table)?,
            _ => memory::measure(&Upstream::start()?, &mut table)?,
        }
    }
    println!("{table}");
    Ok(())
}
