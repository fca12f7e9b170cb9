//! Logs on stderr, for who asks for them; nothing is set up otherwise.

use std::env;
use std::io;

use clap::ValueEnum;
use tracing_subscriber::EnvFilter;

/// How a server's log is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// One JSON object a line
    #[default]
    Json,
    /// For people
    Text,
}

/// Starts logging when `-v`, `TIELINE_LOG` or `RUST_LOG` asks for it.
pub(crate) fn start(verbose: u8) {
    let filter = match (verbose, asked()) {
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

/// Starts the log of a server: always there, unless the environment asks for other things.
pub(crate) fn start_server(verbose: u8, format: LogFormat) {
    let filter = match (verbose, asked()) {
        (0, Some(filter)) => EnvFilter::new(filter),
        (0, None) => EnvFilter::new("tieline_server=info,tieline=warn,warn"),
        (1, _) => EnvFilter::new("tieline_server=info,tieline=info,warn"),
        (2.., _) => EnvFilter::new("tieline_server=trace,tieline=trace,info"),
    };
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr);
    match format {
        LogFormat::Json => log.json().flatten_event(true).with_current_span(false).with_span_list(false).init(),
        LogFormat::Text => log.with_ansi(crate::stop::colored()).init(),
    }
}

fn asked() -> Option<String> {
    ["TIELINE_LOG", "RUST_LOG"].into_iter().find_map(|name| env::var(name).ok().filter(|v| !v.is_empty()))
}
