//! Merging lists by the keys of their elements, in the order that kustomize leaves them: what the patch
//! names comes first, in its order; then the rest.

use std::{borrow::Cow, collections::HashMap};

use super::{
    PatchError,
    schema::Schema,
    smp::{self, is_null},
};
use crate::yaml::{Kind, Node, Tree};

/// Lays the elements of `patch` over those of `dest`. Without `keys`, values are compared as they are.
pub(super) fn overlay<'a>(
    dest: Vec<Tree<'a>>,
    patch: &[Node<'a>],
    keys: &[&str],
    element: Schema<'_>,
) -> Result<Vec<Tree<'a>>, PatchError> {
    let Some(first) = keys.first() else { return Ok(union(dest, patch)) };
    check(&dest, patch)?;
    let own: Vec<_> = dest.iter().map(Tree::node).collect();
    if keys.len() == 1 && are_distinct(&own, keys) && are_distinct(patch, keys) {
        return overlay_distinct(dest, patch, first, element);
    }
    Merge { pool: dest, element, keys, is_self: false }.run(patch)
}

/// Lays the elements of a list over themselves, where it is new.
pub(super) fn overlay_self<'a>(
    items: &[Node<'a>],
    keys: &[&str],
    element: Schema<'_>,
) -> Result<Vec<Tree<'a>>, PatchError> {
    if keys.is_empty() {
        return Ok(union(Vec::new(), items));
    }
    check(&[], items)?;
    let pool = items.iter().copied().map(Tree::Link).collect();
    Merge { pool, element, keys, is_self: true }.run(items)
}

/// Only mappings have keys.
fn check(dest: &[Tree<'_>], patch: &[Node<'_>]) -> Result<(), PatchError> {
    let odd = |node: &Node<'_>| node.kind() != Kind::Mapping && !is_null(*node);
    let wrong = dest.iter().map(Tree::node).find(odd).or_else(|| patch.iter().copied().find(odd));
    match wrong {
        Some(node) => Err(PatchError::new("an element of a list that merges is not a mapping", node.head())),
        None => Ok(()),
    }
}

/// Whether each of `items` has a first key of its own (or, without `keys`, a value of its own).
pub(super) fn are_distinct(items: &[Node<'_>], keys: &[&str]) -> bool {
    let mut seen = std::collections::HashSet::new();
    items.iter().all(|item| {
        let value = match keys.first() {
            Some(key) => item.get(key).filter(|it| !is_null(*it)),
            None => Some(*item),
        };
        let text = value.and_then(Node::text).unwrap_or_default();
        !text.is_empty() && seen.insert(text)
    })
}

/// A list of plain values as a set: the patch's, then those that only the target has.
fn union<'a>(dest: Vec<Tree<'a>>, patch: &[Node<'a>]) -> Vec<Tree<'a>> {
    let mut merged: Vec<Tree<'a>> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    let patched = patch.iter().copied().map(|node| (Tree::Link(node), true));
    for (value, is_patch) in patched.chain(dest.into_iter().map(|value| (value, false))) {
        if is_null(value.node()) {
            continue;
        }
        let text = value.as_text().map(Cow::into_owned).unwrap_or_default();
        match places.get(&text) {
            // Who wrote it first wrote it: the target's value stays the target's.
            Some(at) if !is_patch => merged[*at] = value,
            Some(_) => {}
            None => {
                places.insert(text, merged.len());
                merged.push(value);
            }
        }
    }
    merged
}

/// The common case: one key, which every element has, and no two the same.
fn overlay_distinct<'a>(
    dest: Vec<Tree<'a>>,
    patch: &[Node<'a>],
    key: &str,
    element: Schema<'_>,
) -> Result<Vec<Tree<'a>>, PatchError> {
    let name = |node: Node<'_>| node.get(key).and_then(Node::text).map(Cow::into_owned).unwrap_or_default();
    let places: HashMap<String, usize> =
        dest.iter().enumerate().map(|(at, it)| (name(it.node()), at)).collect();
    let mut dest: Vec<Option<Tree<'a>>> = dest.into_iter().map(Some).collect();
    let mut merged = Vec::with_capacity(dest.len() + patch.len());
    for item in patch {
        let own = places.get(&name(*item)).and_then(|at| dest.get_mut(*at)).and_then(Option::take);
        match own {
            // `$patch: replace` on an element does nothing but move it: kustomize puts the old one back.
            Some(own) if smp::replaces(*item) => merged.push(own),
            Some(mut own) => {
                if smp::overlay(&mut own, *item, element)? {
                    merged.push(own);
                }
            }
            None => merged.extend(smp::fresh(*item, element)?),
        }
    }
    for mut own in dest.into_iter().flatten() {
        if smp::settle(&mut own, element)? {
            merged.push(own);
        }
    }
    Ok(merged)
}

/// The general case, in kustomize's own steps, whose order of things decides what repeated and missing keys
/// do. Elements are named by their places in the pool: the target's first, then what the patch brought.
struct Merge<'a, 's, 'k> {
    pool: Vec<Tree<'a>>,
    element: Schema<'s>,
    keys: &'k [&'k str],
    /// The patch is the target, its elements the same by place.
    is_self: bool,
}

/// One value for each key; empty where it is missing.
type Row = Vec<String>;

/// The steps compare each element with each: what is longer than this, nobody wrote.
const LONGEST: usize = 4000;

impl<'a, 'k> Merge<'a, '_, 'k> {
    fn run(mut self, patch: &[Node<'a>]) -> Result<Vec<Tree<'a>>, PatchError> {
        let longest = [self.pool.last().map(Tree::node), patch.last().copied()].into_iter().flatten();
        if let (true, Some(last)) = (self.pool.len().max(patch.len()) > LONGEST, longest.last()) {
            let message = format!("a list of more than {LONGEST} elements is too long to be merged");
            return Err(PatchError::new(message, last.head()));
        }
        let mut dest: Vec<usize> = (0..self.pool.len()).collect();
        let mut merged: Vec<usize> = Vec::new();
        let rows = self.rows(patch);
        let keys = self.keys_in_use(&rows);
        for row in &rows {
            let row = self.in_use(&keys, row);
            match self.merge_row(&dest, patch, &keys, &row)? {
                Some(element) => self.put(&mut merged, &keys, &row, Some(element)),
                None => self.put(&mut dest, &keys, &row, None),
            }
        }
        if rows.is_empty() {
            merged = dest;
        } else {
            self.append(&mut merged, &dest, &keys);
        }
        Ok(merged.into_iter().map(|at| self.pool[at].clone()).collect())
    }

    /// What the elements are told apart by: the patch's rows, then the target's, each once.
    fn rows(&self, patch: &[Node<'a>]) -> Vec<Row> {
        let mut rows: Vec<Row> = Vec::new();
        for node in patch.iter().copied().chain(self.pool.iter().map(Tree::node)) {
            let row: Row = self.keys.iter().map(|key| key_value(node, key)).collect();
            if !rows.contains(&row) {
                rows.push(row);
            }
        }
        if self.keys.len() > 1 {
            unite(&mut rows);
        }
        rows
    }

    /// Of several keys, those that any element has.
    fn keys_in_use(&self, rows: &[Row]) -> Vec<&'k str> {
        let is_used = |at: usize| rows.iter().any(|row| !row[at].is_empty());
        let used: Vec<_> = (0..self.keys.len()).filter(|at| is_used(*at)).map(|at| self.keys[at]).collect();
        if used.is_empty() { self.keys.to_vec() } else { used }
    }

    fn in_use(&self, keys: &[&str], row: &Row) -> Row {
        let values = self.keys.iter().zip(row).filter(|(key, _)| keys.contains(key));
        values.map(|(_, value)| value.clone()).collect()
    }

    /// Merges the elements of `row`; `None` when there is none, or none is left.
    fn merge_row(
        &mut self,
        dest: &[usize],
        patch: &[Node<'a>],
        keys: &[&str],
        row: &Row,
    ) -> Result<Option<usize>, PatchError> {
        let own = dest.iter().copied().find(|at| is_of_row(self.pool[*at].node(), keys, row));
        if self.is_self {
            let Some(at) = own else { return Ok(None) };
            let adopted = smp::adopt(patch[at], self.element)?;
            let is_kept = adopted.is_some();
            self.pool[at] = adopted.unwrap_or_else(|| smp::without_directive(patch[at]));
            return Ok(is_kept.then_some(at));
        }
        let patched = patch.iter().copied().find(|node| is_of_row(*node, keys, row));
        let fresh = match (own, patched) {
            (None, None) => return Ok(None),
            (Some(own), None) => {
                return Ok(smp::settle(&mut self.pool[own], self.element)?.then_some(own));
            }
            (Some(own), Some(patched)) if !smp::replaces(patched) => {
                return Ok(smp::overlay(&mut self.pool[own], patched, self.element)?.then_some(own));
            }
            (_, Some(patched)) => smp::fresh(patched, self.element)?,
        };
        Ok(fresh.filter(|it| it.node().entries().next().is_some()).map(|fresh| {
            self.pool.push(fresh);
            self.pool.len() - 1
        }))
    }

    /// Puts `element` in the place of every element of `row`, or at the end when there is none; without an
    /// element, takes those of the row out.
    fn put(&self, list: &mut Vec<usize>, keys: &[&str], row: &[String], element: Option<usize>) {
        let mut is_found = false;
        let mut kept = Vec::with_capacity(list.len() + 1);
        for at in list.drain(..) {
            let node = self.pool[at].node();
            if node.kind() != Kind::Mapping || node.entries().next().is_none() {
                continue;
            }
            if is_put_over(node, keys, row) {
                is_found = true;
                kept.extend(element);
            } else if !row.is_empty() {
                kept.push(at);
            }
        }
        if !is_found {
            kept.extend(element);
        }
        *list = kept;
    }

    /// Appends the target's elements to the merged ones, in which most of them stand already.
    fn append(&self, merged: &mut Vec<usize>, dest: &[usize], keys: &[&str]) {
        for at in dest {
            let node = self.pool[*at].node();
            let mut row = Row::new();
            for key in keys {
                match node.get(key) {
                    Some(value) => row.push(value.text().unwrap_or_default().into_owned()),
                    None => merged.push(*at),
                }
            }
            if keys.len() > 1 {
                self.put(merged, keys, &row, None);
            }
            self.put(merged, keys, &row, Some(*at));
        }
    }
}

fn key_value(node: Node<'_>, key: &str) -> String {
    let value = node.get(key).filter(|it| !is_null(*it));
    value.and_then(Node::text).map(Cow::into_owned).unwrap_or_default()
}

/// Whether an element is told by `row`: at least one key says the same and none says another thing.
fn is_of_row(node: Node<'_>, keys: &[&str], row: &Row) -> bool {
    let mut is_same = false;
    for (key, value) in keys.iter().zip(row) {
        match node.get(key) {
            Some(own) if own.is(value) => is_same = true,
            None if value.is_empty() => {}
            _ => return false,
        }
    }
    is_same
}

/// Whether an element is overwritten by one of `row`: it has every key, and says what the row says where that
/// says anything. A row may be shorter than the keys; then its last answer holds for the rest.
fn is_put_over(node: Node<'_>, keys: &[&str], row: &[String]) -> bool {
    let mut is_same = false;
    for (at, key) in keys.iter().enumerate() {
        if let Some(value) = row.get(at) {
            is_same = node.get(key).is_some_and(|own| value.is_empty() || own.is(value));
        }
        if !is_same {
            return false;
        }
    }
    true
}

/// Two rows are one when they agree where both say something and share at least one value: port 80 without
/// a protocol is the port 80 of any protocol.
fn unite(rows: &mut [Row]) {
    for first in 0..rows.len() {
        let row = rows[first].clone();
        for second in 0..rows.len() {
            if let Some(both) = united(&row, &rows[second]) {
                rows[first].clone_from(&both);
                rows[second] = both;
            }
        }
    }
}

fn united(one: &Row, other: &Row) -> Option<Row> {
    if !one.iter().zip(other).any(|(a, b)| a == b) {
        return None;
    }
    let either = one.iter().zip(other).map(|(a, b)| match (a.as_str(), b.as_str()) {
        (a, b) if a == b || b.is_empty() => Some(a.to_owned()),
        ("", b) => Some(b.to_owned()),
        _ => None,
    });
    either.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::patch::{
        Schemas,
        testing::{json, json_of, parsed, root},
    };

    /// Ports of a Service: target, patch, what kubectl makes of them.
    const PORTS: &[(&str, &str, &str)] = &[
        // Nobody names a protocol: one key, the patch's elements first.
        (
            "[{port: 1}, {port: 2}, {port: 3}]",
            "[{port: 3, x: q}, {port: 4}, {port: 1, x: w}]",
            "[{port: 3, x: q}, {port: 4}, {port: 1, x: w}, {port: 2}]",
        ),
        // Two keys: what is new first, then the target's in its own order.
        (
            "[{port: 1, protocol: T}, {port: 2, protocol: T}, {port: 3, protocol: T}]",
            "[{port: 3, protocol: T, x: q}, {port: 4, protocol: T}, {port: 1, protocol: T, x: w}]",
            "[{port: 4, protocol: T}, {port: 1, protocol: T, x: w}, {port: 2, protocol: T}, {port: 3, protocol: T, x: q}]",
        ),
        // A port with a protocol and one without are one, and the target's wins.
        ("[{port: 1, protocol: T}]", "[{port: 1, x: q}, {port: 4}]", "[{port: 4}, {port: 1, protocol: T}]"),
        ("[{port: 1}]", "[{port: 1, protocol: T, x: q}]", "[{port: 1}]"),
        (
            "[{port: 1, protocol: T}, {port: 1, protocol: U}]",
            "[{port: 1, protocol: U, x: q}]",
            "[{port: 1, protocol: T}, {port: 1, protocol: U, x: q}]",
        ),
        // Repeated ones become the last.
        (
            "[{port: 1, protocol: T, x: a}, {port: 1, protocol: T, x: b}]",
            "[{port: 9, protocol: T}]",
            "[{port: 9, protocol: T}, {port: 1, protocol: T, x: b}]",
        ),
        (
            "[]",
            "[{port: 1, protocol: T}, {port: 2}, {port: 2, protocol: U}]",
            "[{port: 1, protocol: T}, {port: 2, protocol: U}]",
        ),
        ("[{port: 1, protocol: T}, {port: 2}]", "[{port: 1, protocol: T, $patch: delete}]", "[{port: 2}]"),
        // Without its protocol it is not found, and so not deleted.
        (
            "[{port: 1, protocol: T}, {port: 2}]",
            "[{port: 2, $patch: delete}]",
            "[{port: 1, protocol: T}, {port: 2}]",
        ),
        // Nonsense in, kubectl's nonsense out.
        (
            "[{protocol: T, x: d}]",
            "[{port: 2, protocol: T}]",
            "[{port: 2, protocol: T}, {protocol: T, x: d}, {protocol: T, x: d}]",
        ),
        ("[{port: 1, protocol: T}, {port: 2, protocol: T}]", "[{x: p}]", "[]"),
    ];

    #[test]
    fn ports_merge_by_number_and_protocol() {
        for (target, patch, expected) in PORTS {
            let (target_text, patch_text) = (parsed(0, target), parsed(1, patch));
            let dest = root(&target_text).items().map(Tree::Link).collect();
            let items: Vec<_> = root(&patch_text).items().collect();
            let schemas = Schemas::default();
            let element = schemas.of("v1", "Service").field("spec").field("ports").element();
            let merged = overlay(dest, &items, &["port", "protocol"], element).unwrap();
            let merged: Vec<_> = merged.iter().map(|it| json(it.node())).collect();
            assert_eq!(serde_json::Value::Array(merged), json_of(expected), "{target} <- {patch}");
        }
    }

    #[test]
    fn plain_values_merge_as_a_set_and_stay_with_who_had_them_first() {
        let (target, patch) = (parsed(0, "[x, y]"), parsed(1, "[z, x, z]"));
        let dest = root(&target).items().map(Tree::Link).collect();
        let merged =
            overlay(dest, &root(&patch).items().collect::<Vec<_>>(), &[], Schemas::default().of("", ""))
                .unwrap();
        let told: Vec<_> =
            merged.iter().map(|it| (it.as_text().unwrap().into_owned(), it.span().source.0)).collect();
        assert_eq!(told, [("z".to_owned(), 1), ("x".to_owned(), 0), ("y".to_owned(), 0)]);
    }

    #[test]
    fn an_element_that_is_no_mapping_is_refused() {
        let (target, patch) = (parsed(0, "[{name: a}, b]"), parsed(1, "[{name: a}]"));
        let dest = root(&target).items().map(Tree::Link).collect();
        let error = overlay(
            dest,
            &root(&patch).items().collect::<Vec<_>>(),
            &["name"],
            Schemas::default().of("", ""),
        );
        assert_eq!(error.unwrap_err().message, "an element of a list that merges is not a mapping");
    }
}
