//! `tieline completions`: what a shell needs to complete the command line.

use clap::builder::PossibleValuesParser;
use clap::{Args, Command, CommandFactory as _};
use clap_complete::Shell;

use crate::args::Cli;
use crate::output::print_text;
use crate::stop::Stop;

/// For which shell.
#[derive(Args)]
#[command(after_help = "Examples:
  tieline completions bash > ~/.local/share/bash-completion/completions/tieline
  tieline completions zsh > ~/.zfunc/_tieline
  tieline completions fish > ~/.config/fish/completions/tieline.fish

zsh reads the folder when ~/.zshrc says, before compinit: fpath=(~/.zfunc $fpath)")]
pub(crate) struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    pub shell: Shell,
}

/// Prints the completions of a shell.
pub(crate) fn run(args: &CompletionsArgs) -> Result<(), Stop> {
    let mut script = Vec::new();
    let mut command = Cli::command().mut_subcommands(with_connectors);
    clap_complete::generate(args.shell, &mut command, "tieline", &mut script);
    let script = String::from_utf8_lossy(&script);
    match args.shell {
        Shell::Zsh => print_text(&with_files(&script)),
        _ => print_text(&script),
    }
}

/// A connector may be any path; what is offered are the names of those that are built in.
fn with_connectors(command: Command) -> Command {
    command.mut_args(|arg| match arg.get_id().as_str() {
        "connector" => arg.value_parser(PossibleValuesParser::new(tieline_specs::names())),
        _ => arg,
    })
}

/// zsh offers nothing beside the values of an argument, unless it is told to: a connector may be a file too.
fn with_files(script: &str) -> String {
    let names = tieline_specs::names().collect::<Vec<_>>().join(" ");
    let either = format!(r#"{{_alternative "connectors:connector:({names})" "files:file:_files"}}"#);
    script.replace(&format!(":({names})'"), &format!(":{either}'"))
}
