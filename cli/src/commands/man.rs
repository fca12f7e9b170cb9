//! `tieline man`: the man page, made from what `--help` says.

use clap::CommandFactory as _;

use crate::args::Cli;
use crate::output::print_text;
use crate::stop::Stop;

/// Prints the man page: of `tieline`, and after it of each command.
pub(crate) fn run() -> Result<(), Stop> {
    let mut page = Vec::new();
    let mut command = Cli::command();
    command.build();
    clap_mangen::Man::new(command.clone()).render(&mut page)?;
    for command in command.get_subcommands().filter(|command| command.get_name() != "help") {
        clap_mangen::Man::new(command.clone()).render(&mut page)?;
    }
    print_text(&String::from_utf8_lossy(&page))
}
