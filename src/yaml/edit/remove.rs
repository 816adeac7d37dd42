//! Taking an entry or an item out. No comment goes with it: each of those that stand in its lines gets a line of its
//! own.

use super::{
    Draft,
    layout::{after_break, before_break, eol, line_end, line_start, next_token},
    patch::Patch,
    spot::Spot,
    write::Seat,
};
use crate::yaml::Kind;

/// Takes the value of `seat` out, with its key. A collection that holds nothing else becomes an empty one, or goes,
/// too, as far as `levels` reaches.
pub(super) fn remove<'s>(seat: Seat<'s>, levels: usize, patch: &mut Patch<'s>) -> Option<()> {
    let holder = seat.holder;
    let first = seat.key.unwrap_or(seat.value);
    if seat.value.is_needed_elsewhere() || first.is_needed_elsewhere() {
        return None;
    }
    let children = holder.children();
    let wide = if holder.kind() == Kind::Mapping { 2 } else { 1 };
    let at = children.iter().position(|child| child.index == first.index)? / wide;
    if children.len() == wide {
        return empty(holder, levels, patch);
    }
    let part = |at: usize| {
        part(
            holder,
            children.get(at * wide..(at + 1) * wide)?,
            at.checked_sub(1).and_then(|it| children.get(it * wide + wide - 1)),
        )
    };
    let around = Around {
        before: at.checked_sub(1).map(|it| part(it).ok_or(())).transpose().ok()?,
        own: part(at)?,
        next: (children.len() / wide > at + 1).then(|| part(at + 1).ok_or(())).transpose().ok()?,
    };
    if holder.is_flow() { from_flow(holder, &around, patch) } else { from_block(holder, &around, patch) }
}

/// What goes, and its neighbours.
struct Around<'s> {
    before: Option<Part<'s>>,
    own: Part<'s>,
    next: Option<Part<'s>>,
}

/// One entry or item with all its bytes.
#[derive(Debug, Clone, Copy)]
struct Part<'s> {
    /// Of the key, or of the dash.
    start: usize,
    end: usize,
    last: Spot<'s>,
}

/// The entry or item of these nodes, behind the node `before`; `None` where it is written with `?`.
fn part<'s>(holder: Spot<'s>, nodes: &[Spot<'s>], before: Option<&Spot<'s>>) -> Option<Part<'s>> {
    if let [key, value] = nodes {
        let colon = key.colon_end()?;
        return Some(Part { start: key.outer_start(), end: value.end().max(colon), last: *value });
    }
    let item = *nodes.first()?;
    if holder.is_flow() {
        return Some(Part { start: item.outer_start(), end: item.end(), last: item });
    }
    let from = match before {
        // An empty item ends at its dash.
        Some(before) => before.end(),
        None => holder.start(),
    };
    let start = next_token(holder.parsed, from);
    let is_marked = holder.parsed.text().as_bytes().get(start) == Some(&b'-');
    is_marked.then_some(Part { start, end: item.end().max(start + 1), last: item })
}

/// The only part of `holder` goes.
fn empty<'s>(holder: Spot<'s>, levels: usize, patch: &mut Patch<'s>) -> Option<()> {
    let seat = Seat::of(holder);
    if let (1.., Some(seat)) = (levels, seat) {
        return remove(seat, levels - 1, patch);
    }
    let nothing =
        if holder.kind() == Kind::Mapping { Draft::Map(Vec::new()) } else { Draft::List(Vec::new()) };
    match seat {
        Some(seat) => seat.write(&nothing, patch),
        None if holder.comments(holder.start(), holder.end()).is_empty() => {
            patch.replace(holder.start(), holder.end(), nothing.inline(false, holder.style()));
            Some(())
        }
        None => None,
    }
}

fn from_block<'s>(holder: Spot<'s>, around: &Around<'s>, patch: &mut Patch<'s>) -> Option<()> {
    let text = holder.parsed.text();
    let part = around.own;
    let before = around.before.map(|it| it.last);
    // Blank lines behind it would become part of that scalar.
    if before.is_some_and(|it| it.keeps_blank_lines() || it.ends_in_block_scalar() && comment_follows(part)) {
        return None;
    }
    let start = line_start(text, part.start);
    let lead = text.get(start..part.start)?;
    if lead.bytes().all(|byte| byte == b' ') {
        patch.replace_lines((part.start, part.end), lead.len(), None, before.or(Some(holder)));
        return Some(());
    }
    // Behind a dash: the next one takes its place, and its comments go above.
    let next = around.next?;
    let next_lead = text.get(line_start(text, next.start)..next.start)?;
    let is_plain = |lead: &str| lead.bytes().all(|byte| matches!(byte, b' ' | b'-'));
    if !is_plain(lead) || next_lead.len() != lead.len() || !next_lead.bytes().all(|byte| byte == b' ') {
        return None;
    }
    let column = lead.find('-').unwrap_or(0);
    for line in patch.kept(part.start, next.start, column) {
        patch.insert(start, format!("{line}{}", eol(text)));
    }
    patch.replace(part.start, next.start, "");
    Some(())
}

/// An indented comment stands behind it, which would become part of a block scalar before it.
fn comment_follows(part: Part<'_>) -> bool {
    let text = part.last.parsed.text();
    let rest = text.get(after_break(text, line_end(text, part.end))..).unwrap_or_default();
    let next = rest.split(['\n', '\r']).find(|line| !line.trim().is_empty());
    next.is_some_and(|line| line.starts_with(' ') && line.trim_start().starts_with('#'))
}

fn from_flow<'s>(holder: Spot<'s>, around: &Around<'s>, patch: &mut Patch<'s>) -> Option<()> {
    let text = holder.parsed.text();
    let part = around.own;
    let comma = next_token(holder.parsed, part.end);
    let has_comma = text.as_bytes().get(comma) == Some(&b',');
    let is_last = around.next.is_none();
    let end = if has_comma { comma + 1 } else { part.end };
    let start = line_start(text, part.start);
    let is_own_line = text.get(start..part.start)?.bytes().all(|byte| matches!(byte, b' ' | b'\t'));
    let line = line_end(text, end);
    let closes = text.get(end..line)?.trim().is_empty();
    // One behind the closing bracket is about the whole list, and stays where it is.
    if !holder.comments(part.start, line.min(holder.end())).is_empty() {
        return None;
    }
    if is_last && !has_comma {
        // The comma before goes with it.
        let before = around.before?;
        let comma = next_token(holder.parsed, before.end);
        if text.as_bytes().get(comma) != Some(&b',') {
            return None;
        }
        if !holder.comments(comma, part.start).is_empty() {
            if !is_own_line || !closes {
                return None;
            }
            patch.replace(comma, comma + 1, "");
            patch.replace(before_break(text, start), line, "");
            return Some(());
        }
        patch.replace(comma, part.end, "");
        return Some(());
    }
    if is_own_line && closes && line < text.len() {
        patch.replace(start, after_break(text, line), "");
        return Some(());
    }
    let blanks = text.get(end..)?.bytes().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    patch.replace(part.start, end + blanks, "");
    Some(())
}
