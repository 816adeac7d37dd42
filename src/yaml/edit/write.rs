//! Writing a value: in place of another, or as a new entry or item.

use super::{
    draft::{Draft, key_text},
    layout::{Layout, eol, line_end, line_start, next_token},
    patch::Patch,
    spot::Spot,
};
use crate::yaml::{Kind, Style};

/// Where a value stands: behind a colon, or behind a dash or comma.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seat<'s> {
    /// The collection around it.
    pub(super) holder: Spot<'s>,
    /// Its key, in a mapping.
    pub(super) key: Option<Spot<'s>>,
    /// The value, an alias not followed.
    pub(super) value: Spot<'s>,
}

impl<'s> Seat<'s> {
    /// The seat of `value`; `None` for the root of a document, and for a key.
    pub(super) fn of(value: Spot<'s>) -> Option<Self> {
        let holder = value.parent()?;
        let key = match holder.kind() {
            Kind::Mapping => Some(holder.entries().into_iter().find(|it| it.1.index == value.index)?.0),
            _ => None,
        };
        Some(Self { holder, key, value })
    }

    /// Puts `draft` in place of the value.
    pub(super) fn write(self, draft: &Draft, patch: &mut Patch<'s>) -> Option<()> {
        if self.value.is_needed_elsewhere() || self.value.properties().is_some_and(|it| it.tag.is_some()) {
            return None;
        }
        if self.holder.is_flow() || self.value.is_flow() || draft.is_inline() {
            return self.write_inline(draft, patch);
        }
        self.write_block(draft, patch)
    }

    fn write_inline(self, draft: &Draft, patch: &mut Patch<'s>) -> Option<()> {
        let value = self.value;
        let text = draft.inline(is_json(self.holder) || is_json(value), value.style());
        if value.is_empty() {
            self.key?.colon_end()?;
            let is_apart = value.parsed.text()[..value.start()].ends_with([' ', '\t']);
            patch.insert(value.start(), if is_apart { text } else { format!(" {text}") });
            return Some(());
        }
        if !value.is_block_collection() {
            if !value.comments(value.start(), value.end()).is_empty() {
                return None;
            }
            patch.replace(value.start(), value.end(), text);
            return Some(());
        }
        let column = self.column()?;
        let Some(lead) = self.lead().filter(|_| value.is_own_line()) else {
            // Behind a dash.
            let end = line_end(value.parsed.text(), value.end());
            let kept = patch.kept(value.start(), value.end(), column);
            patch.replace(value.start(), value.end(), text);
            for comment in kept {
                patch.insert(end, format!("{}{comment}", eol(value.parsed.text())));
            }
            return Some(());
        };
        if value.properties().is_some() {
            return None;
        }
        patch.insert(lead, format!(" {text}"));
        patch.replace_lines((value.start(), value.end()), column, None, Some(self.before()));
        Some(())
    }

    /// A collection in block style, in block surroundings.
    fn write_block(self, draft: &Draft, patch: &mut Patch<'s>) -> Option<()> {
        let value = self.value;
        let text = value.parsed.text();
        let column = self.column()?;
        let layout = Layout::around(self.holder);
        if value.is_block_collection() {
            // Keys need to stand deeper than the key around them, where dashes need not.
            let shallow = matches!(draft, Draft::Map(_)) && self.key.is_some() && value.column()? <= column;
            let at = if shallow { column + layout.step } else { value.column()? };
            let lines = draft.block(at, &layout);
            if value.is_own_line() {
                let lines = format!("{}{lines}", " ".repeat(at));
                patch.replace_lines((value.start(), value.end()), at, Some(lines), None);
                return Some(());
            }
            let kept = patch.kept(value.start(), value.end(), at);
            let end = line_end(text, value.end());
            patch.replace(value.start(), value.end(), lines);
            for comment in kept {
                patch.insert(end, format!("{}{comment}", layout.eol));
            }
            return Some(());
        }
        let lead = self.lead()?;
        if self.key.is_none() || value.ends_in_block_scalar() {
            return None;
        }
        if !value.is_empty() {
            if value.properties().is_some() || next_token(value.parsed, lead) != value.start() {
                return None;
            }
            if value.comments(lead, value.end()).is_empty() {
                patch.replace(lead, value.end(), "");
            } else {
                return None;
            }
        }
        patch.insert(line_end(text, value.end()), draft.after_key(column, &layout));
        Some(())
    }

    /// Behind the colon, or the dash.
    fn lead(self) -> Option<usize> {
        self.key.and_then(Spot::colon_end)
    }

    /// The column of the key, or of the dash.
    fn column(self) -> Option<usize> {
        self.key.unwrap_or(self.holder).column()
    }

    fn before(self) -> Spot<'s> {
        self.key.unwrap_or(self.holder)
    }
}

/// Adds the entry `key: draft` to `mapping`, behind the others.
pub(super) fn add_entry(mapping: Spot<'_>, key: &str, draft: &Draft, patch: &mut Patch<'_>) -> Option<()> {
    if mapping.is_flow() {
        let is_json = is_json(mapping);
        let entry = format!("{}: {}", key_text(key, is_json), draft.inline(is_json, Style::Plain));
        return add_to_flow(mapping, &entry, patch);
    }
    let column = block_column(mapping)?;
    let layout = Layout::around(mapping);
    let entry = format!("{}:{}", key_text(key, false), draft.after_key(column, &layout));
    add_line(mapping, column, &entry, patch)
}

/// Adds the item `draft` to `list`, behind the others.
pub(super) fn add_item(list: Spot<'_>, draft: &Draft, patch: &mut Patch<'_>) -> Option<()> {
    if list.is_flow() {
        let is_json = is_json(list);
        let like = list.children().last().map_or(Style::Plain, |it| it.style());
        return add_to_flow(list, &draft.inline(is_json, quotes(like)), patch);
    }
    let column = list.column()?;
    let layout = Layout::around(list);
    let like = list.children().last().map_or(Style::Plain, |it| it.style());
    let item = match draft {
        Draft::Text(_) => draft.inline(false, quotes(like)),
        _ => draft.block(column + 2, &layout),
    };
    add_line(list, column, &format!("- {item}"), patch)
}

/// The style, where it is one with quotes.
fn quotes(style: Style) -> Style {
    if matches!(style, Style::SingleQuoted | Style::DoubleQuoted) { style } else { Style::Plain }
}

/// The column of a block mapping's keys.
fn block_column(mapping: Spot<'_>) -> Option<usize> {
    let keys = mapping.entries();
    let own_line = keys.iter().find(|(key, _)| key.is_own_line());
    if let Some((key, _)) = own_line {
        return key.column();
    }
    let (first, _) = keys.first()?;
    let text = first.parsed.text();
    let lead = text.get(line_start(text, first.start())..first.start())?;
    lead.bytes().all(|byte| matches!(byte, b' ' | b'-')).then_some(lead.len())
}

/// Adds a line behind a block collection.
fn add_line(collection: Spot<'_>, column: usize, line: &str, patch: &mut Patch<'_>) -> Option<()> {
    let text = collection.parsed.text();
    let last = collection.children().last().copied()?;
    let end = line_end(text, last.end().max(collection.end()));
    let deepest = last.deepest_last();
    // Without a line break at its end, a block scalar has none in its value either.
    if end == text.len() && last.ends_in_block_scalar() && !deepest.text().lines().next()?.contains('-') {
        return None;
    }
    // A key that waits for its value with `?` alone would take the line as more of it.
    let is_explicit = collection.entries().last().is_some_and(|(key, _)| key.colon_end().is_none());
    if is_explicit {
        return None;
    }
    patch.insert(end, format!("{}{}{line}", eol(text), " ".repeat(column)));
    Some(())
}

/// Adds an entry or item to a flow collection.
fn add_to_flow(collection: Spot<'_>, entry: &str, patch: &mut Patch<'_>) -> Option<()> {
    let text = collection.parsed.text();
    let children = collection.children();
    let Some(last) = children.last() else {
        patch.insert(collection.start() + 1, entry);
        return Some(());
    };
    let first_of_last = if collection.kind() == Kind::Mapping { children.iter().rev().nth(1)? } else { last };
    let end = last.end();
    let next = next_token(collection.parsed, end);
    let comma = (text.as_bytes().get(next) == Some(&b',')).then_some(next);
    let close = collection.end().checked_sub(1)?;
    let line = line_end(text, comma.map_or(end, |it| it + 1));
    if !first_of_last.is_own_line() || line >= close {
        let lead = if last.is_empty() && !text[..end].ends_with(' ') { " " } else { "" };
        patch.insert(end, format!("{lead}, {entry}"));
        return Some(());
    }
    let column = first_of_last.column()?;
    let tail = if comma.is_some() { "," } else { "" };
    if comma.is_none() {
        patch.insert(end, ",");
    }
    patch.insert(line, format!("{}{}{entry}{tail}", eol(text), " ".repeat(column)));
    Some(())
}

/// Whether `spot` stands in, or is, a flow collection that is written as JSON: all its keys in double quotes.
pub(super) fn is_json(spot: Spot<'_>) -> bool {
    let mut at = Some(spot);
    while let Some(spot) = at {
        if spot.style() == Style::BlockMapping || spot.style() == Style::BlockSequence {
            return false;
        }
        if let Some((key, _)) = spot.entries().first() {
            return spot.is_flow() && key.style() == Style::DoubleQuoted;
        }
        at = spot.parent();
    }
    false
}
