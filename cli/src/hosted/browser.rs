//! Opens a page in the user's browser, where there is one.

use std::env;
use std::process::{Command, Stdio};

use url::Url;

/// Opens the page; `false` where nothing could be started for it.
pub(super) fn open(url: &Url) -> bool {
    // The address is a server's word: nothing but a web page is opened.
    if !matches!(url.scheme(), "http" | "https") {
        return false;
    }
    let Some((program, args)) = command(|name| env::var(name).ok().filter(|text| !text.is_empty()), url) else {
        return false;
    };
    let mut command = Command::new(program);
    command.args(args).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    // Ctrl-C here closes no browser.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    command.spawn().is_ok()
}

/// The command: that of the variable BROWSER (the first, where several are named), or the system's.
fn command(variable: impl Fn(&str) -> Option<String>, url: &Url) -> Option<(String, Vec<String>)> {
    if let Some(named) = variable("BROWSER") {
        let first = env::split_paths(&named).next()?.into_os_string().into_string().ok()?;
        let mut words = first.split_whitespace().map(|word| word.replace("%s", url.as_str())).collect::<Vec<_>>();
        if !first.contains("%s") {
            words.push(url.to_string());
        }
        return Some((words.remove(0), words)).filter(|(program, _)| program != url.as_str());
    }
    let page = url.to_string();
    if cfg!(target_os = "macos") {
        return Some(("open".to_owned(), vec![page]));
    }
    if cfg!(windows) {
        return Some(("rundll32".to_owned(), vec!["url.dll,FileProtocolHandler".to_owned(), page]));
    }
    let has_screen = variable("DISPLAY").or_else(|| variable("WAYLAND_DISPLAY")).is_some();
    has_screen.then(|| ("xdg-open".to_owned(), vec![page]))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn the_variable_comes_first() {
        let url = Url::parse("http://a.test/setup?x=1").unwrap();
        let of = |browser: &'static str| {
            command(|name| (name == "BROWSER").then(|| browser.to_owned()), &url)
                .map(|(program, args)| format!("{program} {}", args.join(" ")))
        };
        assert_eq!(of("firefox").as_deref(), Some("firefox http://a.test/setup?x=1"));
        assert_eq!(of("w3m -o %s").as_deref(), Some("w3m -o http://a.test/setup?x=1"));
        assert_eq!(of(" "), None);
        #[cfg(target_os = "linux")]
        assert_eq!(command(|_| None, &url), None, "there is no screen");
    }

    #[test]
    fn only_web_pages_are_opened() {
        assert!(!open(&Url::parse("file:///etc/passwd").unwrap()));
    }
}
