//! The lines that a fix changes, before and after. Knows edits and what is too long to show; nothing of miette.

use std::{fmt::Write, ops::Range};

use super::snippet::SafeText;
use crate::{
    base::{Edit, Fix, SourceId},
    report::{
        Options, safe,
        text::{Paint, count},
    },
};

/// Lines shown of one fix.
const MOST_LINES: usize = 8;
/// Lines that take more bytes than this are not shown at all: each finding must cost little.
const MOST_BYTES: usize = 8 * 1024;
/// Characters shown of a line.
const LONGEST: usize = 200;

/// What to show under the words of a fix.
pub(super) struct Change<'c> {
    pub(super) fix: &'c Fix,
    /// The file of the finding, which needs no name.
    pub(super) home: SourceId,
}

impl Change<'_> {
    /// Writes the changed lines of each file; nothing where a text is not known or too much is changed.
    pub(super) fn write<'t, 'o: 't>(
        &self,
        text_of: impl Fn(SourceId) -> Option<&'t SafeText<'o>>,
        options: &Options,
        out: &mut String,
    ) -> std::fmt::Result {
        let mut files = Vec::new();
        for edits in self.fix.edits.chunk_by(|a, b| a.span.source == b.span.source) {
            let source = edits[0].span.source;
            let Some((text, lines)) = text_of(source).and_then(|text| Some((text, lines(text, edits)?)))
            else {
                return Ok(());
            };
            files.push(((source != self.home).then(|| text.path()), lines));
        }
        let all = || files.iter().flat_map(|(_, lines)| lines);
        let hidden = all().count().saturating_sub(MOST_LINES);
        let digits =
            all().take(MOST_LINES).map(|line| line.number).max().unwrap_or_default().to_string().len();
        let mut left = MOST_LINES;
        for (path, lines) in &files {
            if let Some(path) = path.filter(|_| left > 0) {
                writeln!(out, "        in {path}:")?;
            }
            for line in lines.iter().take(left) {
                let (sign, paint) = if line.is_new { ('+', Paint::Green) } else { ('-', Paint::Red) };
                let words = shown(&line.text, options.unicode);
                let words = format!("{sign} {words}");
                let words = paint.show(options.color, words.trim_end());
                writeln!(out, "        {:>digits$} {words}", line.number)?;
            }
            left = left.saturating_sub(lines.len());
        }
        if hidden > 0 {
            writeln!(out, "        {}", count(hidden, "more line changes", "more lines change"))?;
        }
        Ok(())
    }
}

/// A line that goes or comes.
#[derive(Debug, PartialEq, Eq)]
struct Line {
    /// From 1, in the text in which it stands.
    number: u32,
    is_new: bool,
    text: String,
}

/// All lines that `edits` change; `None` where they do not fit `text`, or are too long.
fn lines(text: &SafeText<'_>, edits: &[Edit]) -> Option<Vec<Line>> {
    let mut lines = Vec::new();
    // Lines that the edits so far add and take away.
    let (mut added, mut taken) = (0, 0);
    let mut rest = edits;
    while let Some(first) = rest.first() {
        let mut range = text.lines_around(first.span);
        let mut length = 1;
        while let Some(next) = rest.get(length).map(|edit| text.lines_around(edit.span)) {
            if next.start >= range.end {
                break;
            }
            range.end = range.end.max(next.end);
            length += 1;
        }
        let (here, others) = rest.split_at(length);
        rest = others;
        let (old, new) = texts(text, &range, here)?;
        let (old, new): (Vec<&str>, Vec<&str>) = (split(&old), split(&new));
        let same = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
        let ends = old[same..].iter().rev().zip(new[same..].iter().rev());
        let end = ends.take_while(|(a, b)| a == b).count();
        let start = text.line_of(range.start) + same as u32;
        for (is_new, all) in [(false, &old), (true, &new)] {
            let start = if is_new { start + added - taken } else { start };
            let changed = all[same..all.len() - end].iter().zip(start..);
            lines.extend(changed.map(|(text, number)| Line { number, is_new, text: (*text).to_owned() }));
        }
        added += new.len() as u32;
        taken += old.len() as u32;
    }
    Some(lines)
}

/// What stands in `range` before and after `edits`, which lie in it.
fn texts(text: &SafeText<'_>, range: &Range<usize>, edits: &[Edit]) -> Option<(String, String)> {
    let length = range.len() + edits.iter().map(|edit| edit.text.len()).sum::<usize>();
    if length > MOST_BYTES {
        return None;
    }
    let (before, behind) = text.cuts(range);
    let mut new = before.to_owned();
    let mut at = range.start;
    for edit in edits {
        new.push_str(text.get(at..edit.span.start as usize)?);
        new.push_str(&edit.text);
        at = edit.span.end as usize;
    }
    new.push_str(text.get(at..range.end)?);
    new.push_str(behind);
    Some((format!("{before}{}{behind}", text.get(range.clone())?), new))
}

fn split(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').map(|line| line.trim_end_matches(['\r', '\n'])).collect()
}

/// `text` made harmless, and cut where it is too long.
fn shown(text: &str, unicode: bool) -> String {
    let ellipsis = if unicode { "…" } else { "..." };
    let text = safe::line(text);
    match text.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}{ellipsis}", &text[..at]),
        None => text.into_owned(),
    }
}
