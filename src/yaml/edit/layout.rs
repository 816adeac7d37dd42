//! Lines, columns and the habits of a text: how deep it indents, where its lists stand, how its lines end.

use super::spot::Spot;
use crate::yaml::{Parsed, Style};

/// How a text is laid out around one place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Layout {
    /// Columns from a key to the keys below it.
    pub(super) step: usize,
    /// Columns from a key to the dashes of its list.
    pub(super) list_step: usize,
    /// The line break.
    pub(super) eol: &'static str,
}

impl Layout {
    /// The habits around the block mapping `near`: its own, else those of the text as a whole.
    pub(super) fn around(near: Spot<'_>) -> Self {
        let (mut step, mut list_step) = habits(near);
        if step.is_none() || list_step.is_none() {
            for index in 0..near.parsed.nodes.len() as u32 {
                let spot = Spot { index, ..near };
                near.desk.spend(1);
                if spot.style() != Style::BlockMapping {
                    continue;
                }
                let (own, own_list) = habits(spot);
                step = step.or(own);
                list_step = list_step.or(own_list);
                if step.is_some() && list_step.is_some() {
                    break;
                }
            }
        }
        let step = step.unwrap_or(2);
        Self { step, list_step: list_step.unwrap_or(step), eol: eol(near.parsed.text()) }
    }
}

/// Entries that show the habits of a mapping.
const MOST_SHOWN: usize = 64;

/// What the first entries of `mapping` show: the step to a mapping, and to a list.
fn habits(mapping: Spot<'_>) -> (Option<usize>, Option<usize>) {
    let (mut step, mut list_step) = (None, None);
    for (key, value) in mapping.entries().into_iter().take(MOST_SHOWN) {
        // Most values are scalars and show nothing: columns cost a search.
        if !value.is_block_collection() {
            continue;
        }
        let (Some(from), Some(to)) = (key.column(), value.column()) else { continue };
        let wide = to.checked_sub(from).filter(|_| value.is_own_line());
        match value.style() {
            Style::BlockMapping => step = step.or(wide.filter(|it| *it > 0)),
            Style::BlockSequence => list_step = list_step.or(wide),
            _ => {}
        }
    }
    (step, list_step)
}

/// The line break that `text` uses.
pub(super) fn eol(text: &str) -> &'static str {
    match memchr::memchr2(b'\n', b'\r', text.as_bytes()) {
        Some(at) if text[at..].starts_with("\r\n") => "\r\n",
        Some(at) if text[at..].starts_with('\r') => "\r",
        _ => "\n",
    }
}

/// First byte of the line of `at`, behind a byte order mark.
pub(super) fn line_start(text: &str, at: usize) -> usize {
    let before = text.as_bytes().get(..at).unwrap_or_default();
    let start = memchr::memrchr2(b'\n', b'\r', before).map_or(0, |it| it + 1);
    if start == 0 && text.starts_with('\u{feff}') { 3.min(at) } else { start }
}

/// Where the line of `at` ends, before its break.
pub(super) fn line_end(text: &str, at: usize) -> usize {
    let rest = text.as_bytes().get(at..).unwrap_or_default();
    memchr::memchr2(b'\n', b'\r', rest).map_or(text.len(), |it| at + it)
}

/// First byte after the break at `at`; `at` itself when there is none.
pub(super) fn after_break(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    if rest.starts_with("\r\n") {
        at + 2
    } else if rest.starts_with(['\n', '\r']) {
        at + 1
    } else {
        at
    }
}

/// First byte of the break before `at`, which begins a line; `at` itself when there is none.
pub(super) fn before_break(text: &str, at: usize) -> usize {
    let before = text.get(..at).unwrap_or_default();
    if before.ends_with("\r\n") {
        at - 2
    } else if before.ends_with(['\n', '\r']) {
        at - 1
    } else {
        at
    }
}

/// First byte from `at` on that is no blank, no line break and in no comment.
pub(super) fn next_token(parsed: &Parsed<'_>, at: usize) -> usize {
    let bytes = parsed.text().as_bytes();
    let mut at = at;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b' ' | b'\t' | b'\n' | b'\r' => at += 1,
            b'#' => at = line_end(parsed.text(), at),
            _ => break,
        }
    }
    at
}
