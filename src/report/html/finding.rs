//! One finding as a part of the page.

use std::io::{self, Write};

use super::{escape::esc, excerpt};
use crate::{
    base::{Diagnostic, Span},
    engine::{Ignored, Outcome},
    report::{
        Options, concise, ignored_words, safe, uri,
        words::{self, MAX_RELATED},
    },
    rule::Registry,
};

/// Longest name that is shown or filtered by, in characters.
const MAX_NAME: usize = 300;

pub(super) struct Finding<'o> {
    told: &'o Diagnostic,
    silenced: Option<&'o Ignored>,
    outcome: &'o Outcome,
    registry: &'o Registry,
    options: &'o Options,
}

impl<'o> Finding<'o> {
    pub(super) fn new(
        told: &'o Diagnostic,
        silenced: Option<&'o Ignored>,
        outcome: &'o Outcome,
        registry: &'o Registry,
        options: &'o Options,
    ) -> Self {
        Self { told, silenced, outcome, registry, options }
    }

    /// The file it lies in.
    pub(super) fn path(&self) -> &'o str {
        self.outcome.sources.path(self.told.primary.span.source)
    }

    pub(super) fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut html = String::new();
        self.open(&mut html);
        self.head(&mut html);
        let span = self.told.primary.span;
        if let Some(source) = self.outcome.sources.get(span.source) {
            excerpt::write(source, span, &self.told.primary.text, &mut html);
        }
        self.related(&mut html);
        self.advice(&mut html);
        html.push_str("</article>\n");
        out.write_all(html.as_bytes())
    }

    /// What the filters go by.
    fn open(&self, html: &mut String) {
        let finding = self.told;
        let severity = if self.silenced.is_some() { "ignored" } else { finding.severity.as_str() };
        let (rule, path) = (safe::line(finding.rule.as_str()), safe::line(self.path()));
        html.push_str(&format!(
            "<article class=\"{}{}\" data-severity=\"{severity}\" data-rule=\"{}\" data-file=\"{}\"",
            finding.severity,
            if self.silenced.is_some() { " silenced" } else { "" },
            esc(&rule),
            esc(&path),
        ));
        if let Some(object) = self.object() {
            html.push_str(&format!(" data-object=\"{}\"", esc(&object)));
        }
        html.push('>');
    }

    /// Severity, message, then rule, place, object and container.
    fn head(&self, html: &mut String) {
        let finding = self.told;
        let message = safe::line_up_to(&finding.message, concise::MAX_MESSAGE);
        html.push_str(&format!(
            "<h3><span class=\"badge\">{}</span> {}</h3><p class=\"facts\">",
            finding.severity,
            with_code(&message)
        ));
        let rule = esc(finding.rule.as_str());
        if self.registry.get(finding.rule.as_str()).is_some() {
            html.push_str(&format!("<a href=\"#rule-{rule}\">{rule}</a>"));
        } else {
            html.push_str(&format!("<span>{rule}</span>"));
        }
        html.push_str(&format!("<span>{}</span>", self.place(finding.primary.span)));
        if let Some(object) = self.object() {
            html.push_str(&format!("<span>{}</span>", esc(&object)));
        }
        if let Some(container) = finding.subject.as_ref().and_then(|subject| subject.container.as_ref()) {
            let name = safe::line_up_to(container, MAX_NAME);
            html.push_str(&format!("<span>container {}</span>", esc(&name)));
        }
        for words in concise::overlays(finding).into_iter().chain(self.silenced.map(ignored_words)) {
            html.push_str(&format!("<span>{}</span>", esc(&words)));
        }
        html.push_str("</p>");
    }

    fn related(&self, html: &mut String) {
        let finding = self.told;
        if finding.related.is_empty() {
            return;
        }
        html.push_str("<ul class=\"related\">");
        for label in finding.related.iter().take(MAX_RELATED) {
            let text = safe::line_up_to(&label.text, MAX_NAME);
            html.push_str(&format!("<li>{} {}</li>", self.place(label.span), with_code(&text)));
        }
        match finding.related.len().saturating_sub(MAX_RELATED) {
            0 => {}
            more => html.push_str(&format!("<li>and {more} more</li>")),
        }
        html.push_str("</ul>");
    }

    /// The finding's own help, and what can repair it. What the rule says stands once, at the end of the page.
    fn advice(&self, html: &mut String) {
        let finding = self.told;
        if let Some(help) = finding.help.as_deref().filter(|help| !help.trim().is_empty()) {
            let help = safe::line_up_to(help.trim(), concise::MAX_MESSAGE);
            html.push_str(&format!("<p class=\"advice\"><b>Help</b> {}</p>", with_code(&help)));
        }
        for fix in &finding.fixes {
            let title = safe::line_up_to(&fix.title, MAX_NAME);
            html.push_str(&format!(
                "<p class=\"advice\"><b>Fix</b> {} <i>{}</i></p>",
                with_code(&title),
                words::promise(fix)
            ));
        }
    }

    /// `path:line:column`, a link where the repository's pages are known.
    fn place(&self, span: Span) -> String {
        let sources = &self.outcome.sources;
        let path = sources.path(span.source);
        let shown = words::place(sources, span, path);
        let shown = format!("<code>{}</code>", esc(&shown));
        let uri = uri::of(self.outcome, path);
        match &self.options.source_url {
            Some(url) if uri.in_root => {
                let line = words::line(sources, span);
                format!("<a href=\"{}/{}#L{line}\">{shown}</a>", esc(url), esc(&uri.text))
            }
            _ => shown,
        }
    }

    fn object(&self) -> Option<String> {
        let subject = self.told.subject.as_ref()?;
        Some(safe::line_up_to(&subject.object.to_string(), MAX_NAME).into_owned())
    }
}

/// A message, in which backticks stand around values.
pub(super) fn with_code(text: &str) -> String {
    let parts = words::with_values(text).into_iter();
    let part = |part: words::Part<'_>| {
        let text = esc(part.text);
        if part.is_value { format!("<code>{text}</code>") } else { text.into_owned() }
    };
    parts.map(part).collect()
}
