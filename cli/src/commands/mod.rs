//! The commands of `tieline`, one file each.

pub(crate) mod batch;
pub(crate) mod check;
pub(crate) mod completions;
pub(crate) mod connectors;
pub(crate) mod describe;
pub(crate) mod execute;
pub(crate) mod explain;
pub(crate) mod generate;
pub(crate) mod import;
pub(crate) mod keys;
pub(crate) mod list;
pub(crate) mod login;
pub(crate) mod man;
pub(crate) mod mock;
pub(crate) mod new;
pub(crate) mod organizations;
pub(crate) mod serve;
pub(crate) mod workspaces;

use crate::args::{Cli, Command};
use crate::stop::Stop;

/// Runs a command.
///
/// # Errors
/// Why it ended early.
pub(crate) fn run(Cli { command, verbose }: &Cli) -> Result<(), Stop> {
    match command {
        Command::List(args) => list::run(args),
        Command::Describe(args) => describe::run(args),
        Command::Execute(args) => execute::run(args),
        Command::Batch(args) => batch::run(args),
        Command::Explain(args) => explain::run(args),
        Command::Check(args) => check::run(args),
        Command::Generate(args) => generate::run(args),
        Command::Import(args) => import::run(args),
        Command::New(args) => new::run(args),
        Command::Mock(args) => mock::run(args),
        Command::Serve(args) => serve::run(args, *verbose),
        Command::Keys(args) => keys::run(args),
        Command::Login(args) => login::run(args),
        Command::Logout => login::log_out(),
        Command::Organizations(args) => organizations::run(args),
        Command::Workspaces(args) => workspaces::run(args),
        Command::Connectors(args) => connectors::run(args),
        Command::Completions(args) => completions::run(args),
        Command::Man => man::run(),
    }
}
