//! `tieline man`: the man page, made from what `--help` says.

use std::io;

use clap::{Command, CommandFactory as _};
use clap_mangen::Man;

use crate::args::Cli;
use crate::output::print_text;
use crate::stop::Stop;

/// What no option says.
const FURTHER: &str = r#".SH ENVIRONMENT
.TP
\fBTIELINE_\fR\fICONNECTOR\fR\fB_\fR\fIFIELD\fR
A value to sign in, where \-\-credentials is left out; \fBtieline describe\fR \fICONNECTOR\fR names those of a connector.
.TP
\fBTIELINE_\fR\fICONNECTOR\fR\fB_\fR\fINAME\fR
A configuration value that \-\-config does not give.
.TP
\fBTIELINE_SERVER\fR, \fBTIELINE_CLIENT_ID\fR, \fBTIELINE_CLIENT_SECRET\fR
Which server is called, and by whom, in place of what \fBtieline login\fR keeps.
.TP
\fBTIELINE_ORGANIZATION_ID\fR, \fBTIELINE_WORKSPACE\fR
Which organization and which workspace are meant where nothing names them.
.TP
\fBTIELINE_ALLOW_HTTP\fR
\fB1\fR: a server on another machine may be called over plain http.
.TP
\fBBROWSER\fR
What opens a set\-up page.
.TP
\fBTIELINE_LOG\fR, \fBRUST_LOG\fR
What is logged on stderr where \-v is not given, such as \fBtieline=info\fR.
.TP
\fBHTTPS_PROXY\fR, \fBhttp_proxy\fR, \fBNO_PROXY\fR, \fBSSL_CERT_FILE\fR
How the network is reached.
.TP
\fBNO_COLOR\fR
Print no colours.
.SH FILES
.TP
\fI$XDG_CONFIG_HOME/tieline/settings.json\fR
What \fBtieline login\fR keeps, for its owner alone.
.SH EXIT STATUS
.TP
\fB0\fR
It worked.
.TP
\fB1\fR
The API, the network or the machine failed; trying again later may help.
.TP
\fB2\fR
The credentials do not do.
.TP
\fB3\fR
There is no such thing.
.TP
\fB4\fR
The input is wrong: the command line, the parameters, or a manifest.
"#;

/// Prints the man page: of `tieline`, with a section for each command.
pub(crate) fn run() -> Result<(), Stop> {
    print_text(&page()?)
}

fn page() -> io::Result<String> {
    let mut tieline = Cli::command().disable_help_subcommand(true);
    tieline.build();
    let version = tieline.get_version().unwrap_or_default();
    let man = Man::new(tieline.clone()).source(format!("tieline {version}")).manual("User Commands");
    let mut page = section(|to| man.render_title(to))?;
    page += ".SH NAME\ntieline \\- call any API from its manifest\n";
    page += ".SH SYNOPSIS\n\\fBtieline\\fR \\fICOMMAND\\fR [\\fIOPTIONS\\fR] ...\n";
    page += &section(|to| man.render_description_section(to))?;
    page += &section(|to| man.render_options_section(to))?;
    page += &further(&man, ".SH EXAMPLES")?;
    for command in tieline.get_subcommands() {
        page += &about_all(command, "TIELINE")?;
    }
    Ok(page + FURTHER)
}

/// A section about a command, and one about each of its own.
fn about_all(command: &Command, above: &str) -> io::Result<String> {
    let title = format!("{above} {}", command.get_name().to_uppercase());
    let mut text = about(command, &title)?;
    for one in command.get_subcommands().filter(|one| one.get_name() != "help") {
        text += &about_all(one, &title)?;
    }
    Ok(text)
}

/// A section about one command. The options that all of them have stand at the top of the page.
fn about(command: &Command, title: &str) -> io::Result<String> {
    let is_everywhere = |name: &str| matches!(name, "verbose" | "help");
    let shown = command.clone().mut_args(|arg| if is_everywhere(arg.get_id().as_str()) { arg.hide(true) } else { arg });
    let usage = shown.clone().render_usage().to_string();
    let usage = usage.trim_start_matches("Usage: ").replace('-', "\\-");
    let man = Man::new(shown);
    let mut text = format!(".SH \"{title}\"\n");
    text += &section(|to| man.render_description_section(to))?.replace(".SH DESCRIPTION\n", "");
    text += &format!(".PP\n\\fB{usage}\\fR\n");
    text += &section(|to| man.render_options_section(to))?;
    if command.get_after_help().is_some() {
        text += &further(&man, ".PP")?;
    }
    Ok(text.lines().enumerate().map(|(at, line)| line_of(at, line)).collect())
}

/// The headings below that of a command are smaller than it.
fn line_of(at: usize, line: &str) -> String {
    match line.strip_prefix(".SH ").filter(|_| at > 0) {
        Some(heading) => format!(".SS {heading}\n"),
        None => format!("{line}\n"),
    }
}

/// What stands at the end of a command's help; indented lines stay as they are.
fn further(man: &Man, heading: &str) -> io::Result<String> {
    let extra = section(|to| man.render_extra_section(to))?;
    let mut text = String::new();
    let mut is_kept = false;
    for line in extra.lines() {
        let keeps = line.starts_with(' ');
        text += match (is_kept, keeps) {
            (false, true) => ".nf\n",
            (true, false) => ".fi\n",
            (true, true) | (false, false) => "",
        };
        is_kept = keeps;
        text += line.replace(".SH EXTRA", heading).as_str();
        text += "\n";
    }
    Ok(if is_kept { text + ".fi\n" } else { text })
}

fn section(render: impl Fn(&mut Vec<u8>) -> io::Result<()>) -> io::Result<String> {
    let mut text = Vec::new();
    render(&mut text)?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}
