//! The least that a process does: it prints one line.

#![expect(clippy::print_stdout, reason = "that is all it does")]

fn main() {
    println!("one line");
}
