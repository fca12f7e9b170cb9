//! `tieline`: one connector's manifest, called from the command line.

mod args;
mod commands;
mod config;
mod connect;
mod connector;
mod credentials;
mod document_files;
mod exit_code;
mod folders;
mod hosted;
mod input;
mod logging;
mod made_up;
mod manifest_schema;
mod network;
mod operate;
mod output;
mod params;
mod progress;
mod runtime;
mod stop;
mod table;
mod target;
mod text;
mod token_file;
mod upload;

use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = match args::parse() {
        Ok(cli) => cli,
        Err(code) => return ExitCode::from(code),
    };
    if !matches!(cli.command, args::Command::Serve(_)) {
        logging::start(cli.verbose);
    }
    match commands::run(&cli) {
        Ok(()) => ExitCode::from(exit_code::SUCCESS),
        Err(stop) => {
            stop.report(cli.command.error_reader());
            ExitCode::from(stop.exit_code())
        }
    }
}
