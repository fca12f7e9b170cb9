//! Measures Tieline against hand-written code, and prints the ratios.
//!
//! `tieline-bench` prints everything; `tieline-bench speed` (or another name of [`USAGE`]) a part of it.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program that prints a table")]

mod cost;
mod hosted;
mod load;
mod memory;
mod process;
mod speed;
mod table;
mod unplugged;
mod upstream;
mod valgrind;
mod ways;

use std::error::Error;
use std::os::unix::process::CommandExt as _;
use std::process::Command;

use crate::table::Table;
use crate::upstream::{Rest, Upstream};

/// What a measurement gives, or why there is none.
pub(crate) type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

const USAGE: &str = "tieline-bench [process | load | unplugged | speed | memory | hosted]...";

fn main() -> Outcome<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args[..] {
        // What the measurements start in processes of their own.
        ["upstream", rest] => upstream::serve(Rest::of(rest)?),
        ["ask", way, size, calls, url] => speed::ask(way, size, calls.parse()?, url),
        ["pages", pages, url] => memory::pages(pages, url),
        ["download", bytes, url] => memory::download(bytes, url),
        ["host", database, folder, upstream] => hosted::serve(database, folder, upstream),
        ["launch", program, ..] => process::launch(program, &args[2..]),
        _ if KEEPS_MEMORY.iter().all(|(name, _)| std::env::var_os(name).is_some()) => print(&args),
        _ => Err(Command::new(std::env::current_exe()?).args(args).envs(KEEPS_MEMORY).exec().into()),
    }
}

/// Has glibc keep freed memory, in this process and those that it starts (mallopt(3)). Otherwise chance decides when memory is
/// given back to the system, and page faults that one way to ask causes are counted with the next.
const KEEPS_MEMORY: [(&str, &str); 2] =
    [("MALLOC_TRIM_THRESHOLD_", "1000000000"), ("MALLOC_MMAP_THRESHOLD_", "33554432")];

/// This program for a process of its own, with memory as any program has it.
pub(crate) fn itself() -> Outcome<Command> {
    let mut command = Command::new(std::env::current_exe()?);
    for (name, _) in KEEPS_MEMORY {
        command.env_remove(name);
    }
    Ok(command)
}

fn print(parts: &[&str]) -> Outcome<()> {
    const PARTS: [&str; 6] = ["process", "load", "unplugged", "speed", "memory", "hosted"];
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
            "unplugged" => unplugged::measure(&mut table)?,
            "speed" => speed::measure(&Upstream::start(Rest::Never)?, &mut table)?,
            "memory" => memory::measure(&Upstream::start(Rest::Never)?, &mut table)?,
            _ => hosted::measure(&Upstream::start(Rest::WhenIdle)?, &mut table)?,
        }
    }
    println!("{table}");
    Ok(())
}
