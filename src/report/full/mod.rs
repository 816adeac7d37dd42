//! Findings for people, with the lines they are about, drawn by miette. The only file that knows miette's
//! handler.

mod change;
mod snippet;

use std::{
    cell::OnceCell,
    collections::HashMap,
    fmt,
    io::{self, Write},
};

use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, SourceCode, ThemeCharacters, ThemeStyles};

use self::{
    change::Change,
    snippet::{SafeText, Snippet, label},
};
use super::{
    Options,
    concise::{MAX_MESSAGE, overlays},
    ignored, ignored_words, safe,
    text::{Paint, count, first_sentence, wrap},
};
use crate::{
    base::{Diagnostic, Label, Safety, Severity, SourceId},
    engine::{Ignored, Outcome},
    rule::{Registry, Rule},
};

/// Places shown under a finding besides its own snippet.
const MAX_NESTED: usize = 8;
/// Text is handed on when this many bytes have gathered.
const BUFFER: usize = 64 * 1024;

pub(super) fn write(
    outcome: &Outcome,
    registry: &Registry,
    options: &Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    let printer = Printer::new(outcome, registry, options);
    let shown = options.max_findings.unwrap_or(usize::MAX).min(outcome.findings.len());
    let mut text = String::new();
    let findings = outcome.findings[..shown].iter().map(|finding| (finding, None));
    for (finding, silenced) in findings.chain(ignored(outcome, options)) {
        printer.write_finding(finding, silenced, &mut text).map_err(io::Error::other)?;
        if text.len() > BUFFER {
            out.write_all(text.as_bytes())?;
            text.clear();
        }
    }
    out.write_all(text.as_bytes())?;
    match outcome.findings.len() - shown {
        0 => Ok(()),
        hidden => writeln!(out, "{} not shown", count(hidden, "more finding is", "more findings are")),
    }
}

struct Printer<'o> {
    outcome: &'o Outcome,
    options: &'o Options,
    rules: HashMap<&'o str, &'o Rule>,
    /// By severity, from the mildest.
    handlers: [GraphicalReportHandler; 5],
    /// By source id; made when the first finding of the source is printed.
    texts: Vec<OnceCell<Option<SafeText<'o>>>>,
}

impl<'o> Printer<'o> {
    fn new(outcome: &'o Outcome, registry: &'o Registry, options: &'o Options) -> Self {
        let mut mildest_first = Severity::WORST_FIRST;
        mildest_first.reverse();
        Self {
            outcome,
            options,
            rules: registry.rules().iter().map(|rule| (rule.id.as_str(), rule)).collect(),
            handlers: mildest_first.map(|severity| handler(severity, options)),
            texts: (0..outcome.sources.len()).map(|_| OnceCell::new()).collect(),
        }
    }

    /// Header, message, snippets by miette; help, fixes and reason by [`footer`](Self::footer).
    fn write_finding(
        &self,
        finding: &Diagnostic,
        silenced: Option<&Ignored>,
        out: &mut String,
    ) -> fmt::Result {
        let rule = self.rules.get(finding.rule.as_str()).copied();
        let mut picture = self.picture(finding, silenced);
        picture.header = Some(self.header(finding, rule));
        self.handlers[finding.severity as usize].render_report(out, &picture)?;
        let help = match (&finding.help, rule) {
            (Some(help), _) => help.as_str(),
            (None, Some(rule)) => rule.prose().how_to_fix.split("\n\n").next().unwrap_or_default(),
            (None, None) => "",
        };
        self.footer(out, "help", help);
        let best = finding.fixes.iter().position(|fix| !fix.edits.is_empty());
        for (at, fix) in finding.fixes.iter().enumerate() {
            let promise = match fix.safety {
                Safety::Safe => "safe",
                Safety::Unsafe => "unsafe",
                Safety::Manual => "by hand",
            };
            self.footer(out, "fix", &format!("{} ({promise})", fix.title));
            if Some(at) == best {
                let change = Change { fix, home: finding.primary.span.source };
                change.write(|source| self.text(source), self.options, out)?;
            }
        }
        self.footer(out, "why", &rule.map(|rule| first_sentence(&rule.prose().why)).unwrap_or_default());
        out.push('\n');
        Ok(())
    }

    /// `high[host-network]`; the rule's name is a link where its file has one and links are on.
    fn header(&self, finding: &Diagnostic, rule: Option<&Rule>) -> String {
        let name = safe::line(finding.rule.as_str());
        let links = rule.filter(|_| self.options.links).map(|rule| &rule.prose().references.links);
        match links.and_then(|links| links.first()).filter(|link| is_url(link)) {
            Some(url) => format!("{}[\u{1b}]8;;{url}\u{1b}\\{name}\u{1b}]8;;\u{1b}\\]", finding.severity),
            None => format!("{}[{name}]", finding.severity),
        }
    }

    /// The message and everything that has a place: near labels in one frame, far ones nested below.
    fn picture<'p>(&'p self, finding: &'p Diagnostic, silenced: Option<&Ignored>) -> Picture<'p> {
        let mut message = safe::line_up_to(&finding.message, MAX_MESSAGE).into_owned();
        for words in overlays(finding).into_iter().chain(silenced.map(ignored_words)) {
            message = format!("{message}\n\n{words}");
        }
        let Some(text) = self.text(finding.primary.span.source) else {
            let path = safe::line(self.outcome.sources.path(finding.primary.span.source));
            let mut picture = Picture::of(self.wrapped(&format!("{message}\n\nat {path}")));
            picture.nested = self.nested(finding.related.iter().collect());
            return picture;
        };
        let mut marks = vec![text.mark(finding.primary.span)];
        let mut labels = vec![label(marks[0], &finding.primary.text, true)];
        let mut far = Vec::new();
        for related in &finding.related {
            let mark = (related.span.source == finding.primary.span.source).then(|| text.mark(related.span));
            match mark.filter(|mark| text.is_near(&marks, *mark)) {
                Some(mark) => {
                    marks.push(mark);
                    labels.push(label(mark, &related.text, false));
                }
                None => far.push(related),
            }
        }
        Picture {
            header: None,
            message: self.wrapped(&message),
            snippet: Some(text.snippet(&marks)),
            labels,
            nested: self.nested(far),
        }
    }

    fn nested<'p>(&'p self, mut labels: Vec<&'p Label>) -> Vec<Picture<'p>> {
        let hidden = labels.len().saturating_sub(MAX_NESTED);
        labels.truncate(MAX_NESTED);
        let mut nested: Vec<_> = labels.into_iter().map(|label| self.far(label)).collect();
        if hidden > 0 {
            nested.push(Picture::of(format!(
                "{} not shown",
                count(hidden, "more place is", "more places are")
            )));
        }
        nested
    }

    /// A place that has a frame of its own, or only a path where its text was not kept.
    fn far<'p>(&'p self, related: &'p Label) -> Picture<'p> {
        let words = if related.text.is_empty() { "here" } else { related.text.as_str() };
        let words = safe::line_up_to(words, MAX_MESSAGE);
        if let Some(text) = self.text(related.span.source) {
            let mark = text.mark(related.span);
            let snippet = Some(text.snippet(&[mark]));
            Picture { snippet, labels: vec![label(mark, "", true)], ..Picture::of(words.into_owned()) }
        } else {
            let path = safe::line(self.outcome.sources.path(related.span.source));
            Picture::of(format!("{words} ({path})"))
        }
    }

    fn text(&self, id: SourceId) -> Option<&SafeText<'o>> {
        let make = || Some(SafeText::new(self.outcome.sources.get(id)?, self.options.unicode));
        self.texts.get(id.0 as usize)?.get_or_init(make).as_ref()
    }

    /// `  help: words`, wrapped under its first word; nothing for no words.
    fn footer(&self, out: &mut String, tag: &str, words: &str) {
        let words = safe::line(words.trim());
        if words.is_empty() {
            return;
        }
        for (index, line) in wrap(&words, self.width() - 8).iter().enumerate() {
            match index {
                0 => {
                    out.push_str(&" ".repeat(6_usize.saturating_sub(tag.len())));
                    out.push_str(&Paint::Cyan.show(self.options.color, format_args!("{tag}:")).to_string());
                    out.push(' ');
                }
                _ => out.push_str("        "),
            }
            out.push_str(line);
            out.push('\n');
        }
    }

    fn wrapped(&self, message: &str) -> String {
        let lines = message.split("\n\n").flat_map(|paragraph| wrap(paragraph, self.width() - 4));
        lines.collect::<Vec<_>>().join("\n")
    }

    fn width(&self) -> usize {
        self.options.width.max(40)
    }
}

fn handler(severity: Severity, options: &Options) -> GraphicalReportHandler {
    let mut characters = if options.unicode { ThemeCharacters::unicode() } else { ThemeCharacters::ascii() };
    "note:".clone_into(&mut characters.advice);
    let mut styles = if options.color { ThemeStyles::ansi() } else { ThemeStyles::none() };
    if options.color {
        styles.error = match severity {
            Severity::Critical => styles.error.bold(),
            Severity::High => styles.error,
            Severity::Medium => styles.warning,
            Severity::Low => styles.advice,
            Severity::Info => styles.advice.blue(),
        };
    }
    GraphicalReportHandler::new_themed(GraphicalTheme { characters, styles })
        .with_urls(false)
        .with_width(options.width.max(40))
        .with_wrap_lines(false)
        .with_show_related_as_nested(true)
        .without_syntax_highlighting()
}

/// Only printable ASCII may stand in the escape sequence of a link.
fn is_url(link: &str) -> bool {
    link.starts_with("https://") && link.bytes().all(|byte| byte.is_ascii_graphic())
}

/// What miette draws: one frame, and others nested below it.
#[derive(Debug)]
struct Picture<'p> {
    /// `None` for a nested one.
    header: Option<String>,
    message: String,
    snippet: Option<Snippet<'p>>,
    labels: Vec<LabeledSpan>,
    nested: Vec<Picture<'p>>,
}

impl Picture<'_> {
    /// Words without a place.
    fn of(message: String) -> Self {
        Self { header: None, message, snippet: None, labels: Vec::new(), nested: Vec::new() }
    }
}

impl fmt::Display for Picture<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Picture<'_> {}

impl miette::Diagnostic for Picture<'_> {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.header.as_ref().map(|header| Box::new(header) as Box<dyn fmt::Display>)
    }

    /// Chooses colour and sign only; a nested picture is a note.
    fn severity(&self) -> Option<miette::Severity> {
        Some(if self.header.is_some() { miette::Severity::Error } else { miette::Severity::Advice })
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.snippet.as_ref().map(|snippet| snippet as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }

    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn miette::Diagnostic> + 'a>> {
        Some(Box::new(self.nested.iter().map(|nested| nested as &dyn miette::Diagnostic)))
    }
}
