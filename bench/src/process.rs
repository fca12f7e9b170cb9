//! What a whole process costs.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use wait4::Wait4 as _;

use crate::Outcome;
use crate::cost::Cost;
use crate::table::{Figure, Table};

const ROUNDS: usize = 41;

/// Compares the command line with a process that does nothing.
pub(crate) fn measure(table: &mut Table) -> Outcome<()> {
    // Not this program: it runs, and cannot be replaced.
    let build = ["build", "--release", "--locked", "--quiet", "--package", "tieline-cli", "--package", "tieline-bench"];
    let programs = ["--bin", "tieline", "--bin", "floor"];
    if !Command::new(env!("CARGO")).args(build).args(programs).status()?.success() {
        return Err("the command line cannot be built".into());
    }
    let folder = std::env::current_exe()?;
    let folder = folder.parent().ok_or("this program is in no folder")?;
    let program = |name| -> PathBuf { folder.join(name) };
    let (tieline, floor) = (program("tieline"), program("floor"));
    let (mut costs, mut floors, mut peak) = (Vec::new(), Vec::new(), 0);
    for _ in 0..ROUNDS {
        let (cost, resident) = run(&tieline, &["describe", "notion"])?;
        costs.push(cost);
        peak = peak.max(resident);
        floors.push(run(&floor, &[])?.0);
    }
    let (cost, floor) = (Cost::median(&costs), Cost::median(&floors));
    let above = |figure: fn(Cost) -> Duration| {
        Figure::Number(figure(cost).saturating_sub(figure(floor)).as_secs_f64() * 1e3, "ms")
    };
    let baseline = "a `main` that prints one line";
    table.add(
        "`tieline describe notion`, processor time above the baseline",
        baseline,
        above(|cost| cost.cpu),
        Some(4.0),
    );
    table.add("the same, time on the wall", baseline, above(|cost| cost.wall), None);
    table.add("the same, resident", "", Figure::Number(peak as f64 / 1e6, "MB"), Some(15.0));
    Ok(())
}

/// Runs a program through a small process: what is resident in this one would count as the program's.
fn run(program: &std::path::Path, args: &[&str]) -> Outcome<(Cost, u64)> {
    let output = crate::itself()?.arg("launch").arg(program).args(args).output()?;
    let said = String::from_utf8(output.stdout)?;
    let numbers: Vec<u64> = said.split_whitespace().map(str::parse).collect::<Result<_, _>>()?;
    let [cpu, wall, resident] = numbers[..] else {
        return Err(format!("{} failed: {}", program.display(), String::from_utf8_lossy(&output.stderr)).into());
    };
    Ok((Cost { cpu: Duration::from_micros(cpu), wall: Duration::from_micros(wall) }, resident))
}

/// Runs a program and prints its processor time and its time on the wall, in microseconds, and the most that was resident, in bytes.
#[expect(clippy::print_stdout, reason = "read by who started this process")]
pub(crate) fn launch(program: &str, args: &[&str]) -> Outcome<()> {
    let start = Instant::now();
    let used = Command::new(program).args(args).stdout(Stdio::null()).spawn()?.wait4()?;
    let wall = start.elapsed();
    if !used.status.success() {
        return Err(format!("it ended with {}", used.status).into());
    }
    let cpu = used.rusage.utime + used.rusage.stime;
    println!("{} {} {}", cpu.as_micros(), wall.as_micros(), used.rusage.maxrss);
    Ok(())
}
