//! The tree as yaml-test-suite events, for conformance tests and `plimsoll dump`.

use std::collections::HashMap;
use std::fmt::Write;

use super::scalar::Scalar;
use super::tape::{Document, Raw};
use super::{Parsed, Style, cook};

/// One line an event, as the yaml-test-suite writes them; with `spans`, each is followed by its bytes. A
/// document that is skipped or broken shows what was read of it.
pub fn events(parsed: &Parsed<'_>, spans: bool) -> String {
    let mut writer = Writer { parsed, spans, out: String::new(), handles: HashMap::new() };
    writer.line("+STR", None);
    for document in parsed.documents() {
        // A text with comments alone has no document for the suite.
        let counts =
            document.root.is_some() || begins_with_marker(parsed, document) || document.error.is_some();
        if counts {
            writer.document(document);
        }
    }
    writer.line("-STR", None);
    writer.out
}

struct Writer<'a> {
    parsed: &'a Parsed<'a>,
    spans: bool,
    out: String,
    /// `%TAG` handles of the document with their prefixes.
    handles: HashMap<&'a str, &'a str>,
}

impl Writer<'_> {
    fn line(&mut self, event: &str, span: Option<(u32, u32)>) {
        self.out.push_str(event);
        if let (true, Some((start, end))) = (self.spans, span) {
            let _ = write!(self.out, " @{start}..{end}");
        }
        self.out.push('\n');
    }

    fn document(&mut self, document: &Document) {
        let prefix = self.parsed.text.get(document.prefix.0 as usize..document.prefix.1 as usize);
        self.handles = prefix.unwrap_or_default().split(['\n', '\r']).filter_map(handle).collect();
        self.line(
            if begins_with_marker(self.parsed, document) { "+DOC ---" } else { "+DOC" },
            Some((document.start, document.end)),
        );
        match document.root {
            Some(root) => self.subtree(root),
            None => self.line("=VAL :", Some((document.start, document.start))),
        }
        self.line(
            if ends_with_marker(self.parsed, document) { "-DOC ..." } else { "-DOC" },
            Some((document.end, document.end)),
        );
    }

    /// Writes the node and all below it, without recursion: the tape is in order.
    fn subtree(&mut self, root: u32) {
        let end = self.raw(root).map_or(root, |raw| raw.next);
        let mut open: Vec<Raw> = Vec::new();
        for node in root..end {
            while let Some(raw) = open.pop_if(|raw| raw.next <= node) {
                self.close(raw);
            }
            let Some(raw) = self.raw(node) else { return };
            self.node(node, raw);
            if is_collection(raw) {
                open.push(raw);
            }
        }
        while let Some(raw) = open.pop() {
            self.close(raw);
        }
    }

    fn raw(&self, node: u32) -> Option<Raw> {
        self.parsed.nodes.get(node as usize).copied()
    }

    fn close(&mut self, raw: Raw) {
        let event =
            if matches!(raw.style(), Style::BlockSequence | Style::FlowSequence) { "-SEQ" } else { "-MAP" };
        self.line(event, Some((raw.end, raw.end)));
    }

    fn node(&mut self, node: u32, raw: Raw) {
        let text = self.parsed.text.get(raw.start as usize..raw.end as usize).unwrap_or_default();
        let mut event = match raw.style() {
            Style::BlockSequence => "+SEQ".to_owned(),
            Style::FlowSequence => "+SEQ []".to_owned(),
            Style::BlockMapping => "+MAP".to_owned(),
            Style::FlowMapping => "+MAP {}".to_owned(),
            Style::Alias => format!("=ALI {text}"),
            _ => "=VAL".to_owned(),
        };
        self.properties(node, &mut event);
        if !is_collection(raw) && raw.style() != Style::Alias {
            event.push_str(match raw.style() {
                Style::SingleQuoted => " '",
                Style::DoubleQuoted => " \"",
                Style::Literal => " |",
                Style::Folded => " >",
                _ => " :",
            });
            escape(&Scalar::new(text, raw, None).text(), &mut event);
        }
        self.line(&event, Some((raw.start, raw.end)));
    }

    fn properties(&self, node: u32, event: &mut String) {
        let Some(properties) = self.parsed.properties_of(node) else { return };
        let slice =
            |(start, end): (u32, u32)| self.parsed.text.get(start as usize..end as usize).unwrap_or_default();
        if let Some(anchor) = properties.anchor {
            event.push(' ');
            event.push_str(slice(anchor));
        }
        if let Some(tag) = properties.tag {
            let _ = write!(event, " <{}>", self.resolve(slice(tag)));
        }
    }

    /// A tag's full name.
    fn resolve(&self, tag: &str) -> String {
        if let Some(verbatim) = tag.strip_prefix("!<") {
            return verbatim.trim_end_matches('>').to_owned();
        }
        let split = tag.get(1..).and_then(|rest| rest.find('!')).map_or(1, |at| at + 2);
        let (handle, suffix) = tag.split_at_checked(split).unwrap_or((tag, ""));
        let declared = self.handles.get(handle).copied();
        let prefix = match (declared, handle) {
            (Some(prefix), _) if !suffix.is_empty() => prefix,
            (_, "!!") => "tag:yaml.org,2002:",
            _ => handle,
        };
        format!("{prefix}{}", cook::percent_decoded(suffix).unwrap_or_else(|| suffix.to_owned()))
    }
}

fn begins_with_marker(parsed: &Parsed<'_>, document: &Document) -> bool {
    let before = parsed.text.get(..document.start as usize).unwrap_or_default();
    before.trim_end_matches([' ', '\t', '\n', '\r']).ends_with("---")
}

fn ends_with_marker(parsed: &Parsed<'_>, document: &Document) -> bool {
    parsed.text.get(document.end as usize..).is_some_and(|after| after.starts_with("..."))
}

fn is_collection(raw: Raw) -> bool {
    use Style::{BlockMapping, BlockSequence, FlowMapping, FlowSequence};
    matches!(raw.style(), BlockSequence | BlockMapping | FlowSequence | FlowMapping)
}

/// Handle and prefix of a `%TAG` line.
fn handle(line: &str) -> Option<(&str, &str)> {
    let mut words = line.strip_prefix("%TAG")?.split_ascii_whitespace();
    Some((words.next()?, words.next()?))
}

fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            '\u{8}' => out.push_str("\\b"),
            c => out.push(c),
        }
    }
}
