//! Logs on stderr, for who asks for them; nothing is set up otherwise.

use std::env;
use std::io;

use tracing_subscriber::EnvFilter;

/// Starts logging when `-v`, `TIELINE_LOG` or `RUST_LOG` asks for it.
pub(crate) fn start(verbose: u8) {
    let asked = ["TIELINE_LOG", "RUST_LOG"].into_iter().find_map(|name| env::var(name).ok().filter(|v| !v.is_empty()));
    let filter = match (verbose, asked) {
        (0, None) => return,
        (0, Some(filter)) => EnvFilter::new(filter),
        (1, _) => EnvFilter::new("tieline=info"),
        (2.., _) => EnvFilter::new("tieline=trace,info"),
    };
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_ansi(crate::stop::colored())
        .with_span_events(tracing_subscriber::fmt::format::FmtSpan::CLOSE)
        .init();
}
