//! The command line: its commands, and the options that several of them share.

use std::io::{self, IsTerminal as _};
use std::path::PathBuf;

use clap::error::{ContextKind, ContextValue, ErrorKind as UsageKind};
use clap::{Args, Parser, Subcommand, ValueEnum};
use url::Url;

use crate::commands::{
    batch, check, completions, connectors, describe, execute, explain, generate, import, keys, list, login, mock, new,
    organizations, serve, workspaces,
};
use crate::exit_code;
use crate::stop::{Reader, Stop, invalid};

/// Calls any API from its manifest or OpenAPI document: lists what it can do, checks what you ask, signs in, pages, and prints JSON.
#[derive(Parser)]
#[command(name = "tieline", version, max_term_width = 100, arg_required_else_help = true)]
#[command(after_help = "Begin with:
  tieline list
  tieline describe notion
  tieline execute notion users list --mock")]
pub(crate) struct Cli {
    /// Log what happens on stderr: -v the requests, -vv everything (or set TIELINE_LOG, RUST_LOG)
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
    #[command(subcommand)]
    pub command: Command,
}

/// What `tieline` does.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// List the connectors that are built in
    List(list::ListArgs),
    /// Show what a connector can do and how to sign in
    Describe(describe::DescribeArgs),
    /// Make one call and print its result
    Execute(execute::ExecuteArgs),
    /// Make many calls: JSON lines on stdin, answers as JSON lines on stdout
    Batch(batch::BatchArgs),
    /// Show what `execute` would send, without sending it
    Explain(explain::ExplainArgs),
    /// Check manifests and show every finding with its place
    Check(check::CheckArgs),
    /// Generate typed Rust and documentation from manifests
    Generate(generate::GenerateArgs),
    /// Make a manifest from an OpenAPI document, or bring one up to date with it
    Import(import::ImportArgs),
    /// Write a manifest to start from
    New(new::NewArgs),
    /// Play a connector's API as a local server
    Mock(mock::MockArgs),
    /// Serve the hosted API: credentials stay on the server, callers have a token
    Serve(serve::ServeArgs),
    /// Rotate a server's keys, and make clients
    Keys(keys::KeysArgs),
    /// Log in to a server
    Login(login::LoginArgs),
    /// Forget who is logged in
    Logout,
    /// The organizations on a server
    Organizations(organizations::OrganizationsArgs),
    /// The workspaces of an organization
    Workspaces(workspaces::WorkspacesArgs),
    /// Connect things on a server, and execute operations with what is connected
    Connectors(connectors::ConnectorsArgs),
    /// Print completions for a shell
    Completions(completions::CompletionsArgs),
    /// Print the man page
    Man,
}

impl Command {
    /// Who reads the errors: a program when it asked for JSON, or when stderr is no terminal.
    pub(crate) fn error_reader(&self) -> Reader {
        let asked = match self {
            // Findings are shown where they stand, in a log too.
            Self::Generate(args) if !args.is_for_a_program() => return Reader::Person,
            Self::Generate(_) => true,
            Self::Import(args) if args.format != Some(TextFormat::Json) => return Reader::Person,
            Self::Import(_) => true,
            Self::List(args) => args.format == TextFormat::Json,
            Self::Describe(args) => args.format == TextFormat::Json,
            Self::Execute(args) => matches!(args.format, Some(Format::Json | Format::Jsonl)),
            Self::Explain(args) => args.format == TextFormat::Json,
            Self::Check(args) => args.format != check::Format::Text,
            Self::Batch(_) => true,
            Self::New(_) | Self::Mock(_) | Self::Serve(_) | Self::Keys(_) | Self::Completions(_) | Self::Man => false,
            Self::Login(_) | Self::Logout | Self::Organizations(_) | Self::Workspaces(_) | Self::Connectors(_) => false,
        };
        if asked { Reader::Program } else { Reader::of_stderr() }
    }
}

/// How a command that tells people something prints it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum TextFormat {
    /// For people
    #[default]
    Text,
    /// JSON
    Json,
}

/// How a call's result is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// One JSON object with data and meta
    Json,
    /// One record a line, each as it arrives
    Jsonl,
    /// A table for people
    Table,
}

/// How to reach an API and sign in.
#[derive(Default, Args)]
#[command(next_help_heading = "Connection")]
pub(crate) struct ConnectionArgs {
    /// Your values to sign in, as a JSON object or a file of it (a renewed token is written back there).
    /// Left out: the environment, TIELINE_<CONNECTOR>_<FIELD>
    #[arg(long, value_name = "JSON|@FILE")]
    pub credentials: Option<String>,
    /// The way to sign in, where the credentials fit several
    #[arg(long, value_name = "NAME")]
    pub auth: Option<String>,
    /// Configuration values of the connector, as a JSON object or a file of it.
    /// What is not there: the environment, TIELINE_<CONNECTOR>_<NAME>, where no credential field has that name
    #[arg(long, value_name = "JSON|@FILE")]
    pub config: Option<String>,
    /// Call this URL instead of the API's (and instead of its token endpoint)
    #[arg(long, value_name = "URL")]
    pub base_url: Option<Url>,
    /// Keep renewed tokens in this file: for credentials that are not in a file themselves, or with --base-url
    #[arg(long, value_name = "FILE")]
    pub token_store: Option<PathBuf>,
    /// Allow plain http to other hosts than this machine
    #[arg(long)]
    pub allow_http: bool,
}

/// One call.
#[derive(Args)]
pub(crate) struct CallArgs {
    /// A built-in connector, or the path of a manifest or OpenAPI document
    pub connector: String,
    /// What it is about: `users`
    pub entity: String,
    /// What to do: `list`
    pub action: String,
    /// The parameters, as a JSON object; `-` reads stdin
    #[arg(long, value_name = "JSON|@FILE|-", help_heading = "Parameters")]
    pub params: Option<String>,
    /// One parameter, read as its type says: text stays text, all else is JSON. A file is `name=@path`, a member of an object
    /// `name.member=value` or `name[member]=value`. May be repeated
    #[arg(long, short, value_name = "NAME=VALUE", help_heading = "Parameters")]
    pub param: Vec<String>,
    /// All pages of a list
    #[arg(long, help_heading = "Pages")]
    pub all: bool,
    /// At most so many pages
    #[arg(long, value_name = "N", help_heading = "Pages", value_parser = at_least_one)]
    pub max_pages: Option<usize>,
    /// At most so many records
    #[arg(long, value_name = "N", help_heading = "Pages", value_parser = at_least_one)]
    pub max_records: Option<usize>,
    /// Go on where `next` of an earlier result says
    #[arg(long, value_name = "NEXT", help_heading = "Pages")]
    pub next: Option<String>,
    /// Keep only these fields of each record: `id,owner.name`
    #[arg(long, value_name = "A,B.C", value_delimiter = ',', help_heading = "Output")]
    pub fields: Vec<String>,
    /// Call a mock of the API, made from the manifest, inside this process. Needs no credentials
    #[arg(long, help_heading = "Connection")]
    pub mock: bool,
    #[command(flatten)]
    pub connection: ConnectionArgs,
}

fn at_least_one(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0) | Err(_) => Err("a whole number from 1 is expected".to_owned()),
        Ok(number) => Ok(number),
    }
}

/// Reads the command line. Where there is nothing to run, prints what clap has to say and gives the exit code.
pub(crate) fn parse() -> Result<Cli, u8> {
    Cli::try_parse().map_err(|error| match error.kind() {
        UsageKind::DisplayHelp | UsageKind::DisplayVersion => {
            // A closed stdout needs no words.
            let _ = error.print();
            exit_code::SUCCESS
        }
        _ => {
            usage(&error);
            exit_code::INPUT
        }
    })
}

/// Says what is wrong with the command line: as clap does to people, as an error in JSON to programs.
fn usage(error: &clap::Error) {
    if io::stderr().is_terminal() || error.kind() == UsageKind::DisplayHelpOnMissingArgumentOrSubcommand {
        let _ = error.print();
        return;
    }
    let rendered = error.to_string();
    let message = rendered.split("\n\n").next().unwrap_or_default().trim_start_matches("error: ");
    let suggestion = [ContextKind::SuggestedSubcommand, ContextKind::SuggestedArg, ContextKind::SuggestedValue]
        .into_iter()
        .find_map(|kind| error.get(kind))
        .and_then(nearest);
    let help = match suggestion {
        Some(near) => format!("did you mean `{near}`?"),
        None => match command(&rendered) {
            Some(command) => format!("`{command} --help` shows its options"),
            None => "`tieline --help` shows the commands".to_owned(),
        },
    };
    let message = message.split_whitespace().collect::<Vec<_>>().join(" ");
    Stop::from(invalid(message).with_help(help)).report(Reader::Program);
}

/// The command of a command whose usage clap tells beside an error: `Usage: tieline login [OPTIONS]`.
fn command(rendered: &str) -> Option<String> {
    let usage = rendered.lines().find_map(|line| line.trim().strip_prefix("Usage: "))?;
    let is_name = |word: &&str| word.starts_with(|c: char| c.is_ascii_lowercase());
    let words: Vec<_> = usage.split_whitespace().take_while(is_name).collect();
    (words.len() > 1).then(|| words.join(" "))
}

/// The nearest of what clap suggests: where there are several, the last.
fn nearest(suggested: &ContextValue) -> Option<String> {
    match suggested {
        ContextValue::Strings(several) => several.last().cloned(),
        one => Some(one.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_well_formed() {
        super::Cli::command().debug_assert();
    }
}
