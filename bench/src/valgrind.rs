//! Counts that no other program on the machine can disturb, where valgrind is installed.

use std::process::Command;

use crate::Outcome;

/// What valgrind counts.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Count {
    /// Instructions in user space.
    Instructions,
    /// Heap allocations.
    Allocations,
}

/// Whether valgrind is installed.
pub(crate) fn is_there() -> bool {
    Command::new("valgrind").arg("--version").output().is_ok_and(|output| output.status.success())
}

/// How many of them a run of this program with these arguments has.
pub(crate) fn count(what: Count, args: &[&str]) -> Outcome<f64> {
    let (tool, file, word) = match what {
        Count::Instructions => ("--tool=callgrind", "--callgrind-out-file=/dev/null", "Collected :"),
        Count::Allocations => ("--tool=dhat", "--dhat-out-file=/dev/null", "Total:"),
    };
    let output = Command::new("valgrind").args([tool, file]).arg(std::env::current_exe()?).args(args).output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    let line = said.lines().find_map(|line| line.split_once(word)).map(|(_, rest)| rest.replace(',', ""));
    let line = line.ok_or_else(|| format!("valgrind did not count: {said}"))?;
    // `1,234` instructions, or `5,678 bytes in 90 blocks`.
    let numbers: Vec<f64> = line.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    numbers.last().copied().ok_or_else(|| format!("valgrind counted nothing: {said}").into())
}
