//! Words on a terminal: colours, plurals and lines of a width. Knows nothing of rules.

use std::{borrow::Cow, fmt};

use crate::base::Severity;

/// The SGR parameters that reports use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Paint {
    Bold,
    Dim,
    Red,
    RedBold,
    Yellow,
    Cyan,
    Blue,
    Green,
}

impl Paint {
    fn code(self) -> &'static str {
        match self {
            Paint::Bold => "1",
            Paint::Dim => "2",
            Paint::Red => "31",
            Paint::RedBold => "1;31",
            Paint::Yellow => "33",
            Paint::Cyan => "36",
            Paint::Blue => "34",
            Paint::Green => "32",
        }
    }

    /// `text` in this colour, or as it is when `on` is false.
    pub(super) fn show<T: fmt::Display>(self, on: bool, text: T) -> Painted<T> {
        Painted { paint: on.then_some(self), text }
    }
}

impl From<Severity> for Paint {
    fn from(severity: Severity) -> Self {
        match severity {
            Severity::Critical => Paint::RedBold,
            Severity::High => Paint::Red,
            Severity::Medium => Paint::Yellow,
            Severity::Low => Paint::Cyan,
            Severity::Info => Paint::Blue,
        }
    }
}

/// A text in a colour, or in none.
pub(super) struct Painted<T> {
    paint: Option<Paint>,
    text: T,
}

impl<T: fmt::Display> fmt::Display for Painted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.paint {
            Some(paint) => write!(f, "\u{1b}[{}m{}\u{1b}[0m", paint.code(), self.text),
            None => self.text.fmt(f),
        }
    }
}

/// `1 file`, `2 files`.
pub(super) fn count(n: usize, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

/// `text` broken at spaces into lines of at most `width` columns; a longer word stays whole. Line breaks in
/// `text` count as spaces, except that an empty line stays one.
pub(super) fn wrap(text: &str, width: usize) -> Vec<Cow<'_, str>> {
    let mut lines = Vec::new();
    for paragraph in text.trim().split("\n\n") {
        if !lines.is_empty() {
            lines.push(Cow::Borrowed(""));
        }
        wrap_paragraph(paragraph, width, &mut lines);
    }
    lines
}

fn wrap_paragraph<'t>(paragraph: &'t str, width: usize, lines: &mut Vec<Cow<'t, str>>) {
    if !paragraph.contains('\n') && columns(paragraph) <= width {
        lines.push(Cow::Borrowed(paragraph));
        return;
    }
    let mut line = String::new();
    let mut used = 0;
    for word in paragraph.split_whitespace() {
        let needed = columns(word);
        if used > 0 && used + 1 + needed > width {
            lines.push(Cow::Owned(std::mem::take(&mut line)));
            used = 0;
        }
        if used > 0 {
            line.push(' ');
            used += 1;
        }
        line.push_str(word);
        used += needed;
    }
    lines.push(Cow::Owned(line));
}

/// The first sentence of `text`, on one line.
pub(super) fn first_sentence(text: &str) -> Cow<'_, str> {
    let paragraph = text.trim().split("\n\n").next().unwrap_or_default();
    let end = paragraph
        .match_indices(". ")
        .chain(paragraph.match_indices(".\n"))
        .map(|(at, _)| at + 1)
        // `e.g. this` and `i.e. that` end no sentence: what follows one begins with a capital letter or a quote.
        .filter(|&end| paragraph[end..].trim_start().starts_with(|c: char| !c.is_lowercase()))
        .min()
        .unwrap_or(paragraph.len());
    super::safe::line(&paragraph[..end])
}

/// How many terminal columns `text` takes, near enough for breaking lines: East Asian wide characters and
/// emoji take two, combining marks and joiners none.
pub(super) fn columns(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.chars().map(char_columns).sum() }
}

fn char_columns(c: char) -> usize {
    match u32::from(c) {
        0x0300..=0x036F | 0x1160..=0x11FF | 0x200B..=0x200F | 0xFE00..=0xFE0F | 0x20D0..=0x20FF => 0,
        0x1100..=0x115F
        | 0x2E80..=0xA4CF
        | 0xA960..=0xA97F
        | 0xAC00..=0xD7A3
        | 0xF900..=0xFAFF
        | 0xFE30..=0xFE6F
        | 0xFF00..=0xFF60
        | 0xFFE0..=0xFFE6
        | 0x1F300..=0x1F64F
        | 0x1F680..=0x1F6FF
        | 0x1F900..=0x1F9FF
        | 0x20000..=0x3FFFD => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_at_spaces_and_long_words_stay_whole() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("a-very-long-word b", 4), ["a-very-long-word", "b"]);
        assert_eq!(wrap("one\ntwo\n\nthree", 20), ["one two", "", "three"]);
        assert_eq!(wrap("한글 한글 한글", 9), ["한글 한글", "한글"]);
        assert_eq!(wrap("", 10), [""]);
    }

    #[test]
    fn a_sentence_ends_at_a_period_before_a_capital() {
        for (text, expected) in [
            ("One thing. Two things.", "One thing."),
            ("Sockets, e.g. the runtime's, are open.\nSo beware.", "Sockets, e.g. the runtime's, are open."),
            ("No period", "No period"),
            ("Over\ntwo lines. Next.", "Over two lines."),
            ("First.\n\nSecond paragraph.", "First."),
            ("Set it. `false` is right.", "Set it."),
        ] {
            assert_eq!(first_sentence(text), expected);
        }
    }

    #[test]
    fn counts_read_right() {
        assert_eq!(count(1, "file", "files"), "1 file");
        assert_eq!(count(0, "file", "files"), "0 files");
    }
}
