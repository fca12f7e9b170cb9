//! How much memory what streams takes, in processes of their own.

use futures_util::StreamExt as _;
use serde_json::json;

use crate::Outcome;
use crate::table::{Figure, Table};
use crate::upstream::Upstream;
use crate::ways::Ways;

/// Compares much with little.
pub(crate) fn measure(upstream: &Upstream, table: &mut Table) -> Outcome<()> {
    let rows = [
        ("streaming 1,000 pages, peak memory", "10 pages", "pages", ["1000", "10"]),
        ("a download of 1 GB, peak memory", "1 MB", "download", ["1000000000", "1000000"]),
    ];
    for (what, baseline, command, amounts) in rows {
        let [much, little] = amounts.map(|amount| peak(&[command, amount, upstream.url.as_str()]));
        table.add(what, baseline, Figure::Plain(much? / little?), Some(1.1));
    }
    Ok(())
}

/// The peak memory of a run of this program with these arguments, in kibibytes.
fn peak(args: &[&str]) -> Outcome<f64> {
    let output = crate::itself()?.args(args).output()?;
    let said = String::from_utf8(output.stdout)?;
    said.trim().parse().map_err(|_| String::from_utf8_lossy(&output.stderr).into_owned().into())
}

/// Takes so many pages of users, one after the other, and prints the peak memory.
pub(crate) fn pages(pages: &str, url: &str) -> Outcome<()> {
    run(async {
        let ways = Ways::new(&url.parse()?)?;
        let mut stream = ways.connection().call("users", "list").params(json!({ "pages": pages })).pages();
        let mut records = 0;
        while let Some(page) = stream.next().await.transpose()? {
            records += page.records.len();
        }
        if records == 100 * pages.parse::<usize>()? { Ok(()) } else { Err(format!("{records} records came").into()) }
    })
}

/// Downloads so many bytes and prints the peak memory.
pub(crate) fn download(bytes: &str, url: &str) -> Outcome<()> {
    run(async {
        let ways = Ways::new(&url.parse()?)?;
        let bytes: usize = bytes.parse()?;
        let download = ways.connection().call("files", "download").params(json!({ "bytes": bytes })).download().await?;
        let (mut body, mut came) = (download.body.into_stream(), 0);
        while let Some(chunk) = body.next().await.transpose()? {
            came += chunk.len();
        }
        if came == bytes { Ok(()) } else { Err(format!("{came} bytes came").into()) }
    })
}

#[expect(clippy::print_stdout, reason = "the peak is read by who started this process")]
fn run(what: impl Future<Output = Outcome<()>>) -> Outcome<()> {
    crate::ways::set_up_tls();
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(what)?;
    let status = std::fs::read_to_string("/proc/self/status")?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("the system tells no peak")?;
    println!("{}", peak.trim().trim_end_matches(" kB"));
    Ok(())
}
