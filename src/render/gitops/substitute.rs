//! `${VAR}` in built objects, as Flux replaces it in their YAML.

use std::borrow::Cow;

use super::variables::Variables;
use crate::{
    base::Span,
    yaml::{Kind, Node, Style, Tree, Value},
};

/// Variables inside the defaults of variables; deeper than this they are nobody's configuration.
const DEPTH: usize = 16;

/// Replaces the variables in all of `tree`.
pub(super) fn substitute(tree: &mut Tree<'_>, variables: &Variables) {
    if holds_variable(tree.node()) {
        in_tree(tree, variables);
    }
}

fn holds_variable(node: Node<'_>) -> bool {
    match node.kind() {
        Kind::Scalar => node.text().is_some_and(|text| text.contains("${")),
        Kind::Sequence => node.items().any(holds_variable),
        Kind::Mapping => node.entries().any(|it| holds_variable(it.key) || holds_variable(it.value)),
    }
}

fn in_tree(tree: &mut Tree<'_>, variables: &Variables) {
    match tree {
        Tree::Link(node) => {
            if let Some(changed) = in_node(*node, variables) {
                *tree = changed;
            }
        }
        Tree::Scalar(value) => {
            if let Some(changed) = in_value(value, variables) {
                *value = changed;
            }
        }
        Tree::Sequence(items, _) => items.iter_mut().for_each(|item| in_tree(item, variables)),
        Tree::Mapping(entries, _) => {
            for (key, value) in entries {
                if let Some(changed) = in_value(key, variables) {
                    *key = changed;
                }
                in_tree(value, variables);
            }
        }
    }
}

/// `node` with its variables replaced; `None` where it has none.
fn in_node<'a>(node: Node<'a>, variables: &Variables) -> Option<Tree<'a>> {
    match node.kind() {
        Kind::Scalar => in_value(&Value::of(node), variables).map(Tree::Scalar),
        Kind::Sequence => {
            let changed: Vec<Option<Tree<'a>>> = node.items().map(|item| in_node(item, variables)).collect();
            changed.iter().any(Option::is_some).then(|| {
                let items = node.items().zip(changed);
                Tree::Sequence(
                    items.map(|(item, new)| new.unwrap_or(Tree::Link(item))).collect(),
                    node.span(),
                )
            })
        }
        Kind::Mapping => {
            let mut is_changed = false;
            let mut entries = Vec::new();
            for it in node.fields() {
                let key = Value::of(it.key);
                let (new_key, new) = (in_value(&key, variables), in_node(it.value, variables));
                is_changed |= new_key.is_some() || new.is_some();
                entries.push((new_key.unwrap_or(key), new.unwrap_or(Tree::Link(it.value))));
            }
            is_changed.then(|| Tree::Mapping(entries, node.span()))
        }
    }
}

/// Flux replaces in the text of the YAML, which is read again: what stood without quotes there, as `"${VAR}"` does
/// once kustomize has written it, is typed by the result.
fn in_value<'a>(value: &Value<'a>, variables: &Variables) -> Option<Value<'a>> {
    if !value.text.contains("${") {
        return None;
    }
    let (text, place) = evaluate(&value.text, variables, 0);
    if text == *value.text {
        return None;
    }
    let (text, style) = read_again(&value.text, text, value.style);
    Some(Value { text: Cow::Owned(text), style, span: place.unwrap_or(value.span), ..value.clone() })
}

/// The new text and style of a scalar that said `before`.
fn read_again(before: &str, after: String, style: Style) -> (String, Style) {
    let kept = if style == Style::Plain { Style::DoubleQuoted } else { style };
    if !stands_without_quotes(before) {
        return (after, kept);
    }
    for quote in ['"', '\''] {
        let inner = after.strip_prefix(quote).and_then(|it| it.strip_suffix(quote));
        if let Some(inner) = inner.filter(|inner| !inner.contains(['"', '\'', '\\'])) {
            return (inner.to_owned(), Style::DoubleQuoted);
        }
    }
    if after.is_empty() || stands_without_quotes(&after) { (after, Style::Plain) } else { (after, kept) }
}

/// Whether YAML has `text` without quotes, whatever that makes of its type.
fn stands_without_quotes(text: &str) -> bool {
    const INDICATORS: &[char] =
        &['{', '}', '[', ']', ',', '#', '&', '*', '!', '|', '>', '\'', '"', '%', '@', '`'];
    let begins = text.starts_with(INDICATORS) || text.starts_with("- ") || text.starts_with("? ");
    let breaks = text.contains('\n') || text.contains(": ") || text.ends_with(':') || text.contains(" #");
    !begins && !breaks && !text.is_empty() && text.trim() == text
}

/// `text` with the variables replaced, and, where it is one variable and nothing else, the place of its value.
/// What cannot be known stays as it is.
fn evaluate(text: &str, variables: &Variables, depth: usize) -> (String, Option<Span>) {
    let mut out = String::with_capacity(text.len());
    let mut place = None;
    let mut rest = text;
    while let Some(at) = rest.find("${") {
        let (before, from) = rest.split_at(at);
        if let Some(before) = before.strip_suffix('$') {
            // `$${` is how `${` is written.
            out.push_str(before);
            out.push_str("${");
            rest = &from[2..];
            continue;
        }
        out.push_str(before);
        let Some(end) = closing(from) else {
            rest = from;
            break;
        };
        let (expression, tail) = (&from[..=end], &from[end + 1..]);
        match variable(&expression[2..end], variables, depth) {
            Some((value, span)) => {
                place = span.filter(|_| expression.len() == text.len());
                out.push_str(&value);
            }
            None => out.push_str(expression),
        }
        rest = tail;
    }
    out.push_str(rest);
    (out, place)
}

/// Where the `}` stands that closes the `${` at the start of `text`.
fn closing(text: &str) -> Option<usize> {
    let mut open = 0_usize;
    let bytes = text.as_bytes();
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'{' if at > 0 && bytes[at - 1] == b'$' => open += 1,
            b'}' => {
                open = open.checked_sub(1)?;
                if open == 0 {
                    return Some(at);
                }
            }
            _ => {}
        }
    }
    None
}

/// What `NAME`, `NAME:=default` and the like stand for, and where that is written. `None` for what is not known and
/// for the rarer operators, which cut and replace.
fn variable(expression: &str, variables: &Variables, depth: usize) -> Option<(String, Option<Span>)> {
    let end = expression.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(expression.len());
    let (name, operator) = expression.split_at(end);
    if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let default = [":=", ":-", "=", "-"].iter().find_map(|start| operator.strip_prefix(start));
    if default.is_none() && !operator.is_empty() {
        return None;
    }
    match (variables.get(name), default) {
        (Some(value), None) => Some((value.text.to_string(), Some(value.span))),
        (Some(value), Some(_)) if !value.text.is_empty() => Some((value.text.to_string(), Some(value.span))),
        // Somebody unseen may set it: the rules know what an open default means.
        (None, _) if variables.are_open() => None,
        (_, Some(default)) if depth < DEPTH => Some((evaluate(default, variables, depth + 1).0, None)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::{
        base::SourceId,
        kube,
        yaml::{Limits, parse},
    };

    fn with_variables(spec: &str, check: impl FnOnce(&Variables)) {
        let parsed = parse(SourceId(0), spec, &Limits::default());
        let root = parsed.root(&parsed.documents()[0]).unwrap();
        check(&Variables::read(root, None, Path::new("/a.yaml"), &[]).unwrap());
    }

    const SET: &str = "postBuild: {substitute: {NAME: web, PORT: '8080', EMPTY: '', QUOTED: '\"true\"'}}";
    const OPEN: &str = "postBuild: {substitute: {NAME: web}, substituteFrom: [{kind: Secret, name: a}]}";

    #[test]
    fn variables_and_their_defaults_are_replaced() {
        with_variables(SET, |variables| {
            for (text, expected) in [
                ("${NAME}", "web"),
                ("a-${NAME}-${PORT}.b", "a-web-8080.b"),
                ("${NONE:=x}", "x"),
                ("${NONE:-x}", "x"),
                ("${NONE-x}", "x"),
                ("${NONE=x}", "x"),
                ("${NAME:=x}", "web"),
                ("${EMPTY:=x}", "x"),
                ("${EMPTY}", ""),
                ("${NONE:=}", ""),
                ("${NONE:=${NAME}-a}", "web-a"),
                ("$${NAME}", "${NAME}"),
                ("$NAME $(NAME) {NAME}", "$NAME $(NAME) {NAME}"),
                ("${NONE}", "${NONE}"),
                ("${NAME:0:1}", "${NAME:0:1}"),
                ("${NAME^^}", "${NAME^^}"),
                ("${1}", "${1}"),
                ("${", "${"),
                ("${NAME", "${NAME"),
                ("${NONE:=${NAME", "${NONE:=${NAME"),
                ("}${NAME}", "}web"),
            ] {
                assert_eq!(evaluate(text, variables, 0).0, expected, "{text}");
            }
        });
    }

    #[test]
    fn what_a_secret_may_set_stays_as_it_is() {
        with_variables(OPEN, |variables| {
            assert_eq!(evaluate("${NAME} ${NONE} ${NONE:=x}", variables, 0).0, "web ${NONE} ${NONE:=x}");
        });
    }

    #[test]
    fn a_replaced_value_is_typed_by_what_it_says_then() {
        with_variables(SET, |variables| {
            for (yaml, expected) in [
                ("${PORT}", kube::Value::Int(8080)),
                ("\"${PORT}\"", kube::Value::Int(8080)),
                ("${QUOTED}", kube::Value::Text("true".into())),
                ("${NAME}", kube::Value::Text("web".into())),
                ("${EMPTY}", kube::Value::Null),
                ("'port: ${PORT}'", kube::Value::Text("port: 8080".into())),
                ("|-\n  ${PORT}\n  a", kube::Value::Text("8080\na".into())),
            ] {
                let text = format!("key: {yaml}\n");
                let parsed = parse(SourceId(1), &text, &Limits::default());
                let mut tree = Tree::Link(parsed.root(&parsed.documents()[0]).unwrap());
                substitute(&mut tree, variables);
                assert_eq!(kube::value(tree.node().get("key").unwrap()), expected, "{yaml}");
            }
        });
    }

    #[test]
    fn a_value_that_is_one_variable_stands_where_the_variable_is_set() {
        with_variables(SET, |variables| {
            let text = "a: ${NAME}\nb: x-${NAME}\nc: [1, {d: '${NAME}'}]\n";
            let parsed = parse(SourceId(1), text, &Limits::default());
            let mut tree = Tree::Link(parsed.root(&parsed.documents()[0]).unwrap());
            substitute(&mut tree, variables);
            let root = tree.node();
            assert_eq!(root.get("a").unwrap().span().source, SourceId(0));
            assert_eq!(root.get("b").unwrap().span().source, SourceId(1));
            let list: Vec<Node<'_>> = root.get("c").unwrap().items().collect();
            assert_eq!(list[1].get("d").unwrap().text().unwrap(), "web");
            assert_eq!(list[0].span().source, SourceId(1));
        });
    }
}
