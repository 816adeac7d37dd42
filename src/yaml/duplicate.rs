//! Keys that a mapping has more than once: go-yaml refuses some of them and keeps the last of others, and
//! people mean neither.

use std::borrow::Cow;
use std::collections::HashMap;

use super::{Entry, Kind, Node};

/// Up to this many keys, looking at each pair is faster than hashing.
const FEW: usize = 16;

/// Every repeated key below `root`, as the first entry and the one that repeats its key, in the order written.
/// Aliases are not followed: each mapping is looked at where it is written.
pub fn duplicate_keys(root: Node<'_>) -> Vec<(Entry<'_>, Entry<'_>)> {
    let mut found = Vec::new();
    for node in root.written() {
        if node.kind() == Kind::Mapping {
            in_mapping(node, &mut found);
        }
    }
    found.sort_by_key(|(_, repeated)| repeated.key.via().unwrap_or(repeated.key.span()).start);
    found
}

fn in_mapping<'a>(mapping: Node<'a>, found: &mut Vec<(Entry<'a>, Entry<'a>)>) {
    let mut few: [Option<Entry<'a>>; FEW] = [None; FEW];
    let before = found.len();
    for (count, entry) in mapping.entries().enumerate() {
        if count >= FEW {
            found.truncate(before);
            return in_big_mapping(mapping, found);
        }
        if entry.key.kind() != Kind::Scalar {
            continue;
        }
        let first = few.iter().flatten().find(|first| first.key.says_same(entry.key));
        match first {
            Some(first) => found.push((*first, entry)),
            None => few[count] = Some(entry),
        }
    }
}

fn in_big_mapping<'a>(mapping: Node<'a>, found: &mut Vec<(Entry<'a>, Entry<'a>)>) {
    let mut seen: HashMap<Cow<'a, str>, Entry<'a>> = HashMap::new();
    for entry in mapping.entries() {
        let Some(text) = entry.key.text() else { continue };
        if let Some(first) = seen.get(&text) {
            found.push((*first, entry));
        } else {
            seen.insert(text, entry);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::SourceId;
    use crate::yaml::{Limits, parse};

    /// Where the first and the repeated keys stand.
    fn found(text: &str) -> Vec<(u32, u32)> {
        let parsed = parse(SourceId(0), text, &Limits::default());
        let root = parsed.root(&parsed.documents()[0]).unwrap();
        let start = |entry: Entry<'_>| entry.key.span().start;
        duplicate_keys(root).into_iter().map(|(first, again)| (start(first), start(again))).collect()
    }

    #[test]
    fn keys_are_repeated_when_they_say_the_same_however_they_are_written() {
        assert_eq!(
            found("a: 1\n\"a\": 2\n? 'a'\n: 3\nb: {c: 1, \"\\x63\": 2}\n"),
            [(0, 5), (0, 14), (26, 32)]
        );
        assert_eq!(found("a: 1\nA: 2\nb: {a: 3}\n"), []);
        assert_eq!(found("- {a: 1}\n- {a: 1}\n"), []);
    }

    #[test]
    fn repeated_keys_come_in_the_order_written_at_every_depth() {
        assert_eq!(found("a:\n  b: 1\n  b: 2\na: 3\n"), [(5, 12), (0, 17)]);
    }

    #[test]
    fn big_mappings_find_what_small_ones_find() {
        let key = |number: usize| format!("key{number:02}: v\n");
        let text: String = (0..20).map(key).collect::<String>() + &key(3) + &key(19) + &key(3);
        let line = |number: u32| number * 9;
        assert_eq!(found(&text), [(line(3), line(20)), (line(19), line(21)), (line(3), line(22))]);
        let early: String = [0, 0, 1, 2, 3, 4, 5, 6, 7, 8].map(key).concat();
        assert_eq!(found(&early), [(0, line(1))]);
    }

    #[test]
    fn what_an_alias_stands_for_is_looked_at_once() {
        assert_eq!(found("a: &x {b: 1, b: 2}\nc: *x\nd: *x\n"), [(7, 13)]);
    }
}
