//! Hostile manifests, documents and answers, against the built command line in a process of its own, whose memory and processor time
//! are limited: it ends with an answer or a finding, and never by force.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "tests")]

mod answers;
mod bombs;
mod files;

use std::path::Path;
use std::process::{Command, Output};

use tieline_tests::command_line::binary;

/// The processor time after which a process is taken to hang, in seconds.
const LONGEST: u32 = 300;

/// What a process that does nothing may use, in KiB.
const BASE: usize = 64 << 10;

/// Runs `tieline` in a folder with so many KiB of memory beside the [`BASE`], and gives what came of it.
fn bounded(folder: &Path, kib: usize, args: &[&str]) -> Output {
    let limits = format!("ulimit -d {} && ulimit -t {LONGEST} && exec \"$0\" \"$@\"", BASE + kib);
    let output = Command::new("sh")
        .args(["-c", &limits])
        .arg(binary())
        .args(args)
        .env_clear()
        .env("TIELINE_LOG", "trace")
        .env("TIELINE_HOSTILE_KEY", "k")
        .current_dir(folder)
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    let ends = matches!(output.status.code(), Some(0..=4)) && !stderr.contains("panicked");
    let end = stderr.floor_char_boundary(stderr.len().saturating_sub(2_000));
    assert!(ends, "{args:?} ended with {}\n{}", output.status, &stderr[end..]);
    output
}
