//! What the environment says about the reader's terminal.

#![expect(clippy::disallowed_methods, reason = "this is where the environment is read")]

use std::{
    env,
    io::{IsTerminal, stderr, stdout},
};

use super::{CliError, args::Color};
use crate::report::Format;

/// What can be shown to whoever reads.
#[derive(Debug, Clone)]
pub(super) struct Terminal {
    /// Standard output.
    pub(super) out: Stream,
    /// Standard error.
    pub(super) err: Stream,
    /// Box drawing and the like.
    pub(super) unicode: bool,
    /// Columns of the terminal, or what is used where there is none.
    pub(super) width: usize,
    /// Standard output is the log of a step in GitHub Actions.
    pub(super) is_github: bool,
    /// Where the repository's files can be read, if the environment tells.
    pub(super) source_url: Option<String>,
}

/// One of the two outputs.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stream {
    /// Somebody watches.
    pub(super) is_terminal: bool,
    /// With colours.
    pub(super) color: bool,
}

impl Terminal {
    /// Asks the environment once.
    pub(super) fn new(color: Color) -> Self {
        let dumb = env::var("TERM").is_ok_and(|term| term == "dumb");
        let stream = |is_terminal: bool| Stream {
            is_terminal,
            color: match color {
                Color::Always => true,
                Color::Never => false,
                Color::Auto => wanted(is_terminal && !dumb, |name| env::var(name).ok()),
            },
        };
        Self {
            out: stream(stdout().is_terminal()),
            err: stream(stderr().is_terminal()),
            unicode: !dumb && is_unicode(|name| env::var(name).ok()),
            width: terminal_size::terminal_size().map_or(100, |(width, _)| usize::from(width.0).min(120)),
            is_github: is_github(),
            source_url: source_url(|name| env::var(name).ok()),
        }
    }
}

/// Whether what is printed goes to the log of a step in GitHub Actions.
fn is_github() -> bool {
    env::var("GITHUB_ACTIONS").is_ok_and(|value| value == "true")
}

/// Whether words on an output may be taken for commands: the log of a step in GitHub Actions, Azure Pipelines or
/// `TeamCity`.
pub(super) fn is_step_log() -> bool {
    let is_set = |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty());
    is_github() || is_set("TF_BUILD") || is_set("TEAMCITY_VERSION")
}

/// The format of findings that the environment asks for; one that is empty asks for nothing.
///
/// # Errors
/// [`CliError`] when there is no such format.
pub(super) fn output_format() -> Result<Option<Format>, CliError> {
    const NAME: &str = "PLIMSOLL_OUTPUT_FORMAT";
    let Some(word) = env::var_os(NAME).filter(|word| !word.is_empty()) else { return Ok(None) };
    let format = word.to_string_lossy().parse::<Format>();
    format.map(Some).map_err(|error| CliError::new(format!("{NAME}: {error}")))
}

/// Whether to use colours when nobody said so on the command line; the first variable that is set decides.
/// See <https://no-color.org> and <https://bixense.com/clicolors>.
fn wanted(is_terminal: bool, var: impl Fn(&str) -> Option<String>) -> bool {
    let set = |name: &str| var(name).filter(|value| !value.is_empty());
    if set("NO_COLOR").is_some() {
        return false;
    }
    if let Some(force) = set("CLICOLOR_FORCE").or_else(|| set("FORCE_COLOR")) {
        return force != "0";
    }
    is_terminal && set("CLICOLOR").is_none_or(|value| value != "0")
}

/// The page of the commit's files, from what GitHub Actions and GitLab CI set. `None` where that is no plain address.
fn source_url(var: impl Fn(&str) -> Option<String>) -> Option<String> {
    let github = || {
        let (server, repository) = (var("GITHUB_SERVER_URL")?, var("GITHUB_REPOSITORY")?);
        Some(format!("{server}/{repository}/blob/{}", var("GITHUB_SHA")?))
    };
    let gitlab = || Some(format!("{}/-/blob/{}", var("CI_PROJECT_URL")?, var("CI_COMMIT_SHA")?));
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._~:/".contains(c);
    let url = github().or_else(gitlab)?;
    (url.starts_with("https://") && url.chars().all(is_plain)).then_some(url)
}

/// Whether the locale is one of UTF-8. Where nothing is set, as in most containers, it is taken to be.
fn is_unicode(var: impl Fn(&str) -> Option<String>) -> bool {
    let locale =
        ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(|name| var(name).filter(|it| !it.is_empty()));
    locale.is_none_or(|locale| {
        let locale = locale.to_ascii_lowercase();
        locale.contains("utf-8") || locale.contains("utf8")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vars<'v>(set: &'v [(&str, &str)]) -> impl Fn(&str) -> Option<String> + 'v {
        move |name| set.iter().find(|(own, _)| *own == name).map(|(_, value)| (*value).to_owned())
    }

    #[test]
    fn no_color_beats_force_and_force_beats_the_pipe() {
        for (set, on_terminal, in_pipe) in [
            (&[][..], true, false),
            (&[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")], false, false),
            (&[("NO_COLOR", "")], true, false),
            (&[("CLICOLOR_FORCE", "1")], true, true),
            (&[("CLICOLOR_FORCE", "0")], false, false),
            (&[("FORCE_COLOR", "1")], true, true),
            (&[("CLICOLOR", "0")], false, false),
        ] {
            assert_eq!(
                (wanted(true, vars(set)), wanted(false, vars(set))),
                (on_terminal, in_pipe),
                "{set:?}"
            );
        }
    }

    #[test]
    fn files_are_linked_where_the_platform_says_where_they_are() {
        let github = [
            ("GITHUB_SERVER_URL", "https://github.com"),
            ("GITHUB_REPOSITORY", "o/r"),
            ("GITHUB_SHA", "0af1"),
        ];
        assert_eq!(source_url(vars(&github)).as_deref(), Some("https://github.com/o/r/blob/0af1"));
        let gitlab = [("CI_PROJECT_URL", "https://gitlab.com/g/p"), ("CI_COMMIT_SHA", "0af1")];
        assert_eq!(source_url(vars(&gitlab)).as_deref(), Some("https://gitlab.com/g/p/-/blob/0af1"));
        let odd = [("CI_PROJECT_URL", "https://x/a)[b](javascript:c"), ("CI_COMMIT_SHA", "0af1")];
        assert_eq!(source_url(vars(&odd)), None);
        assert_eq!(source_url(vars(&github[..2])), None);
    }

    #[test]
    fn a_locale_that_is_set_decides_about_unicode() {
        for (set, expected) in [
            (&[][..], true),
            (&[("LANG", "en_US.UTF-8")], true),
            (&[("LANG", "en_US.UTF-8"), ("LC_ALL", "C")], false),
            (&[("LC_ALL", ""), ("LANG", "C.utf8")], true),
            (&[("LANG", "POSIX")], false),
        ] {
            assert_eq!(is_unicode(vars(set)), expected, "{set:?}");
        }
    }
}
