//! The lines around a place, with the place marked. Knows lines and what is too long to show.

use super::escape::esc;
use crate::{
    base::{Source, Span},
    report::{
        place::{Place, floor},
        safe,
    },
};

/// A longer line, in bytes, is not shown whole.
const LONG_LINE: usize = 400;
/// Bytes shown around a mark on a long line.
const MARGIN: u32 = 80;
/// A longer mark on a long line, in bytes, is cut.
const LONG_MARK: u32 = 160;
/// Longest label, in characters.
const MAX_LABEL: usize = 200;

/// The line of `span`, the part of it that `span` covers marked and followed by `label`, between its neighbours.
pub(super) fn write(source: &Source, span: Span, label: &str, html: &mut String) {
    let mark = Place::of(source, span).first_line(source);
    let line = mark.from.line;
    html.push_str("<div class=\"src\">");
    if let Some(before) = line.checked_sub(1).filter(|line| *line > 0) {
        neighbour(source, before, html);
    }
    marked(source, mark, label, html);
    let is_last_break = line + 1 == source.lines().line_count()
        && source.lines().line_text(&source.text, line + 1).is_empty();
    if line < source.lines().line_count() && !is_last_break {
        neighbour(source, line + 1, html);
    }
    html.push_str("</div>");
}

fn neighbour(source: &Source, line: u32, html: &mut String) {
    let text = source.lines().line_text(&source.text, line);
    let text = text.trim_start_matches('\u{feff}');
    let end = floor(text, (LONG_LINE / 2) as u32) as usize;
    let cut = if text.len() > LONG_LINE { "…" } else { "" };
    let shown = if cut.is_empty() { text } else { &text[..end] };
    html.push_str(&format!("<code data-n=\"{line}\">{}{cut}</code>", piece(shown)));
}

fn marked(source: &Source, mark: Place, label: &str, html: &mut String) {
    let text = &source.text;
    let start = source.lines().line_start(mark.from.line).unwrap_or_default();
    let end = start + source.lines().line_text(text, mark.from.line).len() as u32;
    let is_long = (end - start) as usize > LONG_LINE;
    let mark_end =
        if is_long { mark.end.min(floor(text, mark.start.saturating_add(LONG_MARK))) } else { mark.end };
    let from = if is_long { floor(text, mark.start.saturating_sub(MARGIN)).max(start) } else { start };
    let to = if is_long { floor(text, mark_end.saturating_add(MARGIN)).min(end) } else { end };
    let slice = |from: u32, to: u32| {
        let slice = text.get(from as usize..to.max(from) as usize).unwrap_or_default();
        piece(slice.trim_start_matches('\u{feff}'))
    };
    let cut = |is_cut: bool| if is_cut { "…" } else { "" };
    let empty = if mark_end == mark.start { " class=\"at\"" } else { "" };
    html.push_str(&format!(
        "<code class=\"hit\" data-n=\"{}\">{}{}<mark{empty}>{}</mark>{}{}",
        mark.from.line,
        cut(from > start),
        slice(from, mark.start),
        slice(mark.start, mark_end),
        slice(mark_end, to.max(mark_end)),
        cut(to < end),
    ));
    if !label.is_empty() {
        html.push_str(&format!("<small>{}</small>", esc(&safe::line_up_to(label, MAX_LABEL))));
    }
    html.push_str("</code>");
}

/// A part of a line; tabs stay what they are.
fn piece(text: &str) -> String {
    esc(text).into_owned()
}
