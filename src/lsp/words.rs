//! What stands under the cursor, where rules are named: in a comment that silences and in a configuration.

use crate::base::LineIndex;

/// A word and the place that it stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Word<'t> {
    /// The word; empty between words.
    pub(super) text: &'t str,
    /// Its first byte in the text.
    pub(super) start: u32,
    /// Of what kind the place is.
    pub(super) place: Place<'t>,
}

impl Word<'_> {
    /// One past its last byte.
    pub(super) fn end(&self) -> u32 {
        self.start + self.text.len() as u32
    }
}

/// Where a rule, or something else that plimsoll knows, may be named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place<'t> {
    /// In the brackets of a comment: rules, families, `*`.
    Comment,
    /// A key of the whole configuration.
    Key,
    /// A value below this key of the configuration, and the key right before it, if there is another.
    Value(&'t str),
    /// A key below this key of the configuration.
    KeyBelow(&'t str),
}

/// The word at byte `offset` in the brackets of a comment that silences.
pub(super) fn in_comment<'t>(text: &'t str, lines: &LineIndex, offset: u32) -> Option<Word<'t>> {
    let (line, at) = line_at(text, lines, offset)?;
    let open = line.get(..at)?.rfind('[')?;
    let before = line.get(..open)?;
    let order = before.rfind('#').and_then(|hash| before.get(hash..))?;
    let order = order.trim_start_matches('#').trim_start().strip_prefix("plimsoll")?.trim_start();
    let order = order.strip_prefix(':')?.trim();
    let is_open = !line.get(open..at)?.contains(']');
    (is_open && matches!(order, "ignore" | "ignore-file")).then(|| word(line, at, offset, Place::Comment))
}

/// The word at byte `offset` of a configuration.
pub(super) fn in_config<'t>(text: &'t str, lines: &LineIndex, offset: u32) -> Option<Word<'t>> {
    let (line, at) = line_at(text, lines, offset)?;
    if line.get(..at)?.trim_start().starts_with('#') {
        return None;
    }
    let own_key = key_of(line);
    let indent = |line: &str| line.len() - line.trim_start_matches([' ', '-']).len();
    let place = match own_key {
        Some(key) if indent(line) == 0 => {
            if at <= key.len() {
                Place::Key
            } else {
                Place::Value(key)
            }
        }
        _ => {
            let number = lines.line(offset);
            let above = (1..number).rev().map(|number| lines.line_text(text, number));
            let mut tops = above.filter(|line| indent(line) == 0).filter_map(key_of);
            match (tops.next(), own_key) {
                (None, _) => Place::Key,
                (Some(_), _) if indent(line) == 0 && !line.starts_with('-') => Place::Key,
                (Some(top), None) => Place::Value(top),
                (Some(top), Some(key)) => {
                    let start = line.find(key).unwrap_or_default();
                    if at <= start + key.len() { Place::KeyBelow(top) } else { Place::Value(key) }
                }
            }
        }
    };
    Some(word(line, at, offset, place))
}

/// The key that a line begins with.
fn key_of(line: &str) -> Option<&str> {
    let line = line.trim_start_matches([' ', '-']);
    let (key, rest) = line.split_once(':')?;
    let is_key = !key.is_empty() && !key.starts_with(['#', '"', '\'', '{', '[']) && !key.contains(' ');
    (is_key && (rest.is_empty() || rest.starts_with([' ', '\t']))).then_some(key)
}

/// The line that holds `offset`, and where in it that is.
fn line_at<'t>(text: &'t str, lines: &LineIndex, offset: u32) -> Option<(&'t str, usize)> {
    let number = lines.line(offset);
    let line = lines.line_text(text, number);
    let at = offset.checked_sub(lines.line_start(number)?)? as usize;
    line.is_char_boundary(at).then_some((line, at))
}

fn word<'t>(line: &'t str, at: usize, offset: u32, place: Place<'t>) -> Word<'t> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '/' | '*' | '.');
    let before = line.get(..at).unwrap_or_default();
    let length = before.chars().rev().take_while(|c| is_part(*c)).count();
    let after = line.get(at..).unwrap_or_default();
    let rest = after.chars().take_while(|c| is_part(*c)).count();
    // Every part is one byte.
    let mut start = at - length;
    // The mark of a list's item is no word.
    if line.get(start..).is_some_and(|it| it.starts_with("- ") || it == "-") {
        start += 1;
    }
    let text = line.get(start..at + rest).unwrap_or_default();
    Word { text, start: offset - (at - start.min(at)) as u32, place }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The word at the `|` in a text.
    fn at<'t>(
        text: &'t str,
        find: impl Fn(&'t str, &LineIndex, u32) -> Option<Word<'t>>,
    ) -> Option<(String, Place<'t>)> {
        let cursor = text.find('|').unwrap();
        let clean: &'t str = Box::leak(text.replace('|', "").into_boxed_str());
        let word = find(clean, &LineIndex::new(clean), cursor as u32)?;
        assert_eq!(&clean[word.start as usize..word.end() as usize], word.text);
        Some((word.text.to_owned(), word.place))
    }

    #[test]
    fn rules_are_found_in_the_brackets_of_a_comment_and_nowhere_else() {
        for (text, word) in [
            ("a: b # plimsoll: ignore[host-|network] why", Some("host-network")),
            ("안녕: 😀 # plimsoll: ignore[a, |b]", Some("b")),
            ("# plimsoll: ignore-file[rbac/|*]", Some("rbac/*")),
            ("# plimsoll: ignore[|", Some("")),
            ("# plimsoll: ignore[a, |", Some("")),
            ("## plimsoll : ignore[a|]", Some("a")),
            ("# plimsoll: ignore[a] b|", None),
            ("# plimsoll: other[a|]", None),
            ("x: [a|]", None),
            ("# see [a|]", None),
        ] {
            let found = at(text, in_comment);
            assert_eq!(found.as_ref().map(|(word, _)| word.as_str()), word, "{text}");
        }
    }

    #[test]
    fn places_in_a_configuration_are_told_apart() {
        for (text, word, place) in [
            ("sel|ect: []", "select", Place::Key),
            ("|", "", Place::Key),
            ("ignore: [host-|network, b]", "host-network", Place::Value("ignore")),
            ("ignore:\n  - host|-network", "host-network", Place::Value("ignore")),
            ("ignore:\n- host|-network", "host-network", Place::Value("ignore")),
            ("ignore:\n  - |", "", Place::Value("ignore")),
            ("rules:\n  host|-network: off", "host-network", Place::KeyBelow("rules")),
            ("rules:\n  host-network: o|ff", "off", Place::Value("host-network")),
            ("rules:\n  host|", "host", Place::Value("rules")),
            ("profiles: [base|line]\nselect: []", "baseline", Place::Value("profiles")),
            ("profiles: x\nfail|", "fail", Place::Key),
        ] {
            assert_eq!(at(text, in_config), Some((word.to_owned(), place)), "{text}");
        }
        assert_eq!(at("# a comm|ent", in_config), None);
    }
}
