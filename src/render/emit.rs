//! Built objects as YAML, written as kubectl writes them: keys sorted, lists not indented, text in quotes where a
//! reader could take it for something else.

use std::{borrow::Cow, cmp::Ordering, fmt::Write as _};

use super::typed::{Typed, plain, timestamp, typed, yaml_float};
use crate::{
    base::Span,
    yaml::{Entry, Kind, Node},
};

/// Says, for a node, what to write as a comment above or behind it.
pub trait Remarks {
    /// Above the object.
    fn object(&self, root: Node<'_>) -> Option<String>;
    /// Behind a field's value, or behind the key of a collection.
    fn field(&self, object: Span, node: Node<'_>) -> Option<String>;
}

/// No remarks.
#[derive(Debug, Clone, Copy)]
pub struct Plain;

impl Remarks for Plain {
    fn object(&self, _: Node<'_>) -> Option<String> {
        None
    }

    fn field(&self, _: Span, _: Node<'_>) -> Option<String> {
        None
    }
}

/// Writes the object at `root`, without `---`.
pub fn emit(root: Node<'_>, origin: Span, remarks: &dyn Remarks, out: &mut String) {
    if let Some(remark) = remarks.object(root) {
        let _ = writeln!(out, "# {remark}");
    }
    let mut writer = Writer { out, remarks, origin };
    if root.kind() == Kind::Mapping && root.entries().next().is_some() {
        writer.mapping(root, 0);
    } else {
        writer.value(root, 0);
    }
}

struct Writer<'o, 'r> {
    out: &'o mut String,
    remarks: &'r dyn Remarks,
    origin: Span,
}

impl Writer<'_, '_> {
    /// The entries of a mapping; the first one stands where the writer is, the others on lines of their own.
    fn mapping(&mut self, node: Node<'_>, indent: usize) {
        let mut fields = node.fields();
        fields.sort_by(|a, b| natural(&key_text(a), &key_text(b)));
        for (index, it) in fields.into_iter().enumerate() {
            if index > 0 {
                self.pad(indent);
            }
            self.scalar_text(&key_text(&it), indent, true);
            self.out.push(':');
            self.value(it.value, indent);
        }
    }

    /// What follows a key or a dash, up to the end of its line or lines.
    fn value(&mut self, node: Node<'_>, indent: usize) {
        match node.kind() {
            Kind::Mapping if node.entries().next().is_none() => self.end(" {}", node),
            Kind::Sequence if node.items().next().is_none() => self.end(" []", node),
            Kind::Mapping => {
                self.end("", node);
                self.pad(indent + 2);
                self.mapping(node, indent + 2);
            }
            Kind::Sequence => {
                self.end("", node);
                self.sequence(node, indent);
            }
            Kind::Scalar => {
                self.out.push(' ');
                self.scalar(node, indent);
            }
        }
    }

    fn sequence(&mut self, node: Node<'_>, indent: usize) {
        for (index, item) in node.items().enumerate() {
            if index > 0 || !self.out.ends_with("- ") {
                self.pad(indent);
            }
            self.out.push('-');
            match item.kind() {
                Kind::Mapping if item.entries().next().is_some() => {
                    self.out.push(' ');
                    self.mapping(item, indent + 2);
                }
                Kind::Sequence if item.items().next().is_some() => {
                    self.out.push(' ');
                    self.sequence(item, indent + 2);
                }
                _ => self.value(item, indent),
            }
        }
    }

    fn scalar(&mut self, node: Node<'_>, indent: usize) {
        match typed(node) {
            Typed::Null => self.out.push_str("null"),
            Typed::Bool(it) => self.out.push_str(if it { "true" } else { "false" }),
            Typed::Int(it) => self.out.push_str(&it.to_string()),
            Typed::Float(it) => self.out.push_str(&yaml_float(it)),
            Typed::Text(text) => {
                let is_block = self.scalar_text(&text, indent, false);
                if is_block {
                    return;
                }
            }
        }
        self.end("", node);
    }

    /// Ends the line, with a remark where there is one.
    fn end(&mut self, text: &str, node: Node<'_>) {
        self.out.push_str(text);
        if let Some(remark) = self.remarks.field(self.origin, node) {
            let _ = write!(self.out, " # {remark}");
        }
        self.out.push('\n');
    }

    fn pad(&mut self, indent: usize) {
        self.out.extend(std::iter::repeat_n(' ', indent));
    }

    /// Writes `text` so that it reads as text; true when that took lines of its own, whose end is written, too.
    fn scalar_text(&mut self, text: &str, indent: usize, is_key: bool) -> bool {
        let look = Look::at(text);
        if text.contains('\n') && !is_key && look.fits_block {
            self.block(text, indent);
            return true;
        }
        if reads_as_text(text) && look.fits_plain {
            self.out.push_str(text);
        } else if look.fits_single && !text.is_empty() && reads_as_text(text) {
            self.out.push('\'');
            self.out.push_str(&text.replace('\'', "''"));
            self.out.push('\'');
        } else {
            double_quoted(text, self.out);
        }
        false
    }

    fn block(&mut self, text: &str, indent: usize) {
        self.out.push('|');
        if text.starts_with([' ', '\n']) {
            self.out.push('2');
        }
        let body = match text.strip_suffix('\n') {
            None => {
                self.out.push('-');
                text
            }
            Some(body) if body.ends_with('\n') || body.is_empty() => {
                self.out.push('+');
                body
            }
            Some(body) => body,
        };
        self.out.push('\n');
        for line in body.split('\n') {
            if !line.is_empty() {
                self.pad(indent + 2);
                self.out.push_str(line);
            }
            self.out.push('\n');
        }
    }
}

fn key_text<'a>(entry: &Entry<'a>) -> Cow<'a, str> {
    entry.key.text().unwrap_or_default()
}

/// Whether the text, without quotes, is text to every reader: that of the API server (YAML 1.1), and those of
/// YAML 1.2.
fn reads_as_text(text: &str) -> bool {
    if timestamp(text).is_some() || !matches!(plain(Cow::Borrowed(text)), Typed::Text(read) if read == text) {
        return false;
    }
    // Numbers in base 60, the end of a document, what other readers take for a word of their own.
    let is_sixty = text.contains(':')
        && text
            .split(':')
            .all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit() || b == b'.'));
    let is_word = matches!(
        text,
        "y" | "Y"
            | "yes"
            | "Yes"
            | "YES"
            | "on"
            | "On"
            | "ON"
            | "n"
            | "N"
            | "no"
            | "No"
            | "NO"
            | "off"
            | "Off"
            | "OFF"
    );
    let is_mark = text.starts_with("---") || text.starts_with("...");
    // `0o14` and the like are numbers to some and text to others.
    let is_old_number = text.starts_with("0o") || text.starts_with("0b") || text.starts_with("0x");
    !is_sixty && !is_word && !is_mark && !is_old_number
}

/// Which styles can hold a text.
struct Look {
    fits_plain: bool,
    fits_single: bool,
    fits_block: bool,
}

impl Look {
    fn at(text: &str) -> Self {
        let is_special = |c: char| {
            c.is_control() && c != '\n'
                || matches!(c, '\u{feff}' | '\u{85}' | '\u{2028}' | '\u{2029}' | '\u{fffe}'..)
                    && !matches!(c, '\u{10000}'..)
        };
        let special = text.chars().any(is_special);
        let breaks = text.contains('\n');
        let blank_end = text.contains(" \n") || text.ends_with(' ');
        let starts = |c: char| {
            matches!(
                c,
                '#' | ','
                    | '['
                    | ']'
                    | '{'
                    | '}'
                    | '&'
                    | '*'
                    | '!'
                    | '|'
                    | '>'
                    | '\''
                    | '"'
                    | '%'
                    | '@'
                    | '`'
                    | ' '
            )
        };
        let dash =
            text.strip_prefix(['-', '?', ':']).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '));
        let inner = text.contains(": ") || text.contains(" #") || text.ends_with(':');
        let fits_plain = !text.is_empty()
            && !special
            && !breaks
            && !blank_end
            && !text.starts_with(starts)
            && !dash
            && !inner;
        Self { fits_plain, fits_single: !special && !breaks, fits_block: !special && !blank_end }
    }
}

fn double_quoted(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{7}' => out.push_str("\\a"),
            '\u{8}' => out.push_str("\\b"),
            '\u{b}' => out.push_str("\\v"),
            '\u{c}' => out.push_str("\\f"),
            '\u{1b}' => out.push_str("\\e"),
            c if c.is_control() || matches!(c, '\u{feff}' | '\u{2028}' | '\u{2029}') => {
                let _ = write!(out, "\\u{:04X}", u32::from(c));
            }
            '\u{fffe}' | '\u{ffff}' => {
                let _ = write!(out, "\\u{:04X}", u32::from(c));
            }
            other => out.push(other),
        }
    }
    out.push('"');
}

/// The order of keys: letters before other characters' order only where both are letters, runs of digits by their
/// number.
fn natural(a: &str, b: &str) -> Ordering {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut digits = false;
    for at in 0..a.len().min(b.len()) {
        if a[at] == b[at] {
            digits = a[at].is_ascii_digit();
            continue;
        }
        let (al, bl) = (a[at].is_alphabetic(), b[at].is_alphabetic());
        if al && bl {
            return a[at].cmp(&b[at]);
        }
        if al || bl {
            return match (digits, al) {
                (true, true) | (false, false) => Ordering::Less,
                _ => Ordering::Greater,
            };
        }
        return by_number(&a[at..], &b[at..]).unwrap_or_else(|| a[at].cmp(&b[at]));
    }
    a.len().cmp(&b.len())
}

fn by_number(a: &[char], b: &[char]) -> Option<Ordering> {
    let run = |text: &[char]| text.iter().take_while(|c| c.is_ascii_digit()).collect::<String>();
    let (a, b) = (run(a), run(b));
    if a.is_empty() && b.is_empty() {
        return None;
    }
    let number = |text: &str| text.parse::<u64>().unwrap_or(if text.is_empty() { 0 } else { u64::MAX });
    let order = number(&a).cmp(&number(&b)).then(a.len().cmp(&b.len()));
    (order != Ordering::Equal).then_some(order)
}
