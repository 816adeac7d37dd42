//! One output format a file. Knows nothing of how findings were found.
//!
//! A new format is a file with `write(outcome, registry, options, out)`, its `mod` line, and a row in
//! [`formats!`].

mod azure;
mod concise;
pub mod explain;
mod fingerprint;
pub mod fixes;
mod full;
mod github;
mod gitlab;
mod grouped;
mod html;
mod json;
mod json_layout;
mod json_lines;
mod junit;
mod markdown;
mod place;
mod rdjson;
pub mod rules;
pub mod safe;
mod sarif;
pub mod statistics;
mod step_log;
pub mod summary;
mod text;
mod uri;
mod words;

use std::{fmt, io, str::FromStr};

pub use step_log::in_step_log;

use crate::{
    base::{Diagnostic, did_you_mean},
    engine::{Ignored, Outcome},
    rule::Registry,
};

/// Declares [`Format`]: name, word on the command line, module, one line about it.
macro_rules! formats {
    ($($variant:ident $word:literal $module:ident $about:literal;)*) => {
        /// How findings are printed.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Format {
            $(#[doc = $about] $variant,)*
        }

        impl Format {
            /// Every format, in the order of the help text.
            pub const ALL: &'static [Format] = &[$(Format::$variant,)*];

            /// The word that names it on the command line and in configuration.
            pub fn as_str(self) -> &'static str {
                match self { $(Format::$variant => $word,)* }
            }

            /// One line for the help text.
            pub fn about(self) -> &'static str {
                match self { $(Format::$variant => $about,)* }
            }
        }

        /// Prints `outcome` as `format`.
        ///
        /// # Errors
        /// Whatever `out` fails with; nothing else can go wrong.
        pub fn write(
            format: Format,
            outcome: &Outcome,
            registry: &Registry,
            options: &Options,
            out: &mut dyn io::Write,
        ) -> io::Result<()> {
            match format { $(Format::$variant => $module::write(outcome, registry, options, out),)* }
        }
    };
}

formats! {
    Full "full" full "Each finding with the lines it is about and what to do";
    Concise "concise" concise "One line a finding: path:line:col: severity rule: message";
    Grouped "grouped" grouped "The findings of each file under its name";
    Json "json" json "Everything that is known, for programs (docs/json.md)";
    JsonLines "json-lines" json_lines "The findings of `json`, each a document on a line of its own";
    Sarif "sarif" sarif "SARIF 2.1.0, for code scanning";
    Github "github" github "Workflow commands, for annotations in GitHub Actions";
    Gitlab "gitlab" gitlab "GitLab's Code Quality report";
    Azure "azure" azure "Logging commands, for Azure Pipelines";
    Junit "junit" junit "Test results in XML: a suite a file, a failed test a finding";
    Rdjson "rdjson" rdjson "Reviewdog's diagnostics, with suggestions";
    Markdown "markdown" markdown "A summary and a table, for a job's page";
    Html "html" html "One page with excerpts, filters and search, for a browser";
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Format {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        let known = || Self::ALL.iter().map(|format| format.as_str());
        let found = Self::ALL.iter().copied().find(|format| format.as_str() == word);
        found.ok_or_else(|| UnknownWord::new(word, "format", known()))
    }
}

impl Format {
    /// Whether it is for people who read a terminal or a log, so that other lines may follow it.
    pub fn is_text(self) -> bool {
        matches!(self, Format::Full | Format::Concise | Format::Grouped)
    }
}

/// The form of what is told about rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Layout {
    /// For a terminal.
    Text,
    /// For a page.
    Markdown,
    /// For programs.
    Json,
}

impl Layout {
    /// Every layout, in the order of the help text.
    pub const ALL: &'static [Layout] = &[Layout::Text, Layout::Markdown, Layout::Json];

    /// The word that names it on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Layout::Text => "text",
            Layout::Markdown => "markdown",
            Layout::Json => "json",
        }
    }
}

impl FromStr for Layout {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        let known = || Self::ALL.iter().map(|layout| layout.as_str());
        let found = Self::ALL.iter().copied().find(|layout| layout.as_str() == word);
        found.ok_or_else(|| UnknownWord::new(word, "format", known()))
    }
}

/// A word that names no format. The user's fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{word}` is not a {what}{hint}")]
pub struct UnknownWord {
    word: String,
    what: &'static str,
    hint: String,
}

impl UnknownWord {
    fn new(word: &str, what: &'static str, known: impl Iterator<Item = &'static str>) -> Self {
        let known: Vec<_> = known.collect();
        let hint = match (did_you_mean(word, known.iter().copied()), known.split_last()) {
            (Some(near), _) => format!(", did you mean `{near}`?"),
            (None, Some((last, others))) => format!(": use {} or {last}", others.join(", ")),
            (None, None) => String::new(),
        };
        Self { word: word.to_owned(), what, hint }
    }
}

/// What the reader's terminal can show. No report looks at the environment itself.
#[derive(Debug, Clone)]
pub struct Options {
    /// ANSI colours.
    pub color: bool,
    /// Box drawing and other characters beyond ASCII; the linted text is shown as it is either way.
    pub unicode: bool,
    /// OSC 8 hyperlinks.
    pub links: bool,
    /// Columns in which sentences are wrapped; at least 40 are used.
    pub width: usize,
    /// How many findings [`Format::Full`] shows before it only counts; every one when `None`.
    pub max_findings: Option<usize>,
    /// Findings that comments, annotations and overrides silence are shown too, behind all others.
    pub ignored: bool,
    /// Where the repository's files can be read, such as `https://github.com/o/r/blob/SHA`; a path from the root
    /// follows behind a slash.
    pub source_url: Option<String>,
}

impl Default for Options {
    /// For a file or a pipe: no colours, no links, 100 columns, everything.
    fn default() -> Self {
        Self {
            color: false,
            unicode: true,
            links: false,
            width: 100,
            max_findings: None,
            ignored: false,
            source_url: None,
        }
    }
}

/// Prints `outcome` for the log of a step in GitHub Actions: a line a finding, then the annotations.
///
/// # Errors
/// Whatever `out` fails with; nothing else can go wrong.
pub fn write_for_github(
    outcome: &Outcome,
    registry: &Registry,
    options: &Options,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    github::lines_and_annotations(outcome, registry, options, out)
}

/// The findings, and behind them the silenced ones that are shown, each of these with why it is silenced.
fn told<'o>(
    outcome: &'o Outcome,
    options: &Options,
) -> impl Iterator<Item = (&'o Diagnostic, Option<&'o Ignored>)> {
    outcome.findings.iter().map(|finding| (finding, None)).chain(ignored(outcome, options))
}

/// The silenced findings that are shown, each with why it is silenced.
fn ignored<'o>(
    outcome: &'o Outcome,
    options: &Options,
) -> impl Iterator<Item = (&'o Diagnostic, Option<&'o Ignored>)> + use<'o> {
    let shown: &[Ignored] = if options.ignored { &outcome.ignored } else { &[] };
    shown.iter().map(|ignored| (&ignored.finding, Some(ignored)))
}

/// `ignored: reason`, or `ignored` for one without a reason; `ignored by its checkov mark: reason`.
fn ignored_words(ignored: &Ignored) -> String {
    let what =
        ignored.peer.map_or_else(|| "ignored".to_owned(), |tool| format!("ignored by its {tool} mark"));
    match safe::line_up_to(&ignored.reason, MAX_REASON) {
        reason if reason.is_empty() => what,
        reason => format!("{what}: {reason}"),
    }
}

/// Longest reason shown, in characters.
const MAX_REASON: usize = 300;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_is_found_by_its_word_and_a_wrong_word_gets_the_list() {
        for &format in Format::ALL {
            assert_eq!(format.as_str().parse(), Ok(format));
        }
        let error = "yaml".parse::<Format>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "`yaml` is not a format: use full, concise, grouped, json, json-lines, sarif, github, gitlab, azure, \
             junit, rdjson, markdown or html"
        );
    }
}
