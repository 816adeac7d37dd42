//! `vars`: `$(NAME)` in some fields stands for a field of some object.

use std::{borrow::Cow, collections::BTreeMap};

use super::{
    Id, PatchError, bounds::LONGEST_TEXT, field_path::FieldPath, smp::is_null, target::text_of, typed,
};
use crate::{
    base::Span,
    yaml::{Kind, Node, Tree, Value},
};

/// An entry of `vars`.
#[derive(Debug, Clone)]
pub struct Var {
    /// What stands between `$(` and `)`.
    pub name: String,
    /// Where the entry stands.
    pub span: Span,
    group: String,
    version: String,
    kind: String,
    object: String,
    namespace: String,
    path: String,
    path_span: Span,
}

/// What the variables of a build say, by name.
#[derive(Debug, Clone, Default)]
pub struct VarValues<'a> {
    values: BTreeMap<String, Value<'a>>,
}

impl Var {
    /// Reads an entry.
    ///
    /// # Errors
    /// [`PatchError`] when it has no name.
    pub fn read(entry: Node<'_>) -> Result<Self, PatchError> {
        let text = |node: Option<Node<'_>>, key: &str| -> Result<Option<(Span, String)>, PatchError> {
            let Some(node) = node else { return Ok(None) };
            Ok(text_of(node, key)?.map(|(node, text)| (node.span(), text.into_owned())))
        };
        let Some((_, name)) = text(Some(entry), "name")? else {
            return Err(PatchError::new("the variable has no `name`", entry.head()));
        };
        let object = entry.get("objref");
        let part = |key| Ok::<_, PatchError>(text(object, key)?.map(|(_, text)| text).unwrap_or_default());
        let (mut group, mut version) = (part("group")?, part("version")?);
        let api_version = part("apiVersion")?;
        if !api_version.is_empty() {
            let (own_group, own_version) = api_version.split_once('/').unwrap_or(("", &api_version));
            (group, version) = (own_group.to_owned(), own_version.to_owned());
        }
        let (path_span, path) = text(entry.get("fieldref"), "fieldpath")?
            .or(text(entry.get("fieldref"), "fieldPath")?)
            .unwrap_or_else(|| (entry.head(), "metadata.name".to_owned()));
        Ok(Self {
            name,
            span: entry.head(),
            group,
            version,
            kind: part("kind")?,
            object: part("name")?,
            namespace: part("namespace")?,
            path,
            path_span,
        })
    }

    /// Whether it means the object that has, or had, the name `id`. Exactly one object must fit.
    pub fn means(&self, id: &Id<'_>) -> bool {
        let is_in_namespace = self.namespace.is_empty() || id.namespace.is_none_or(|it| it == self.namespace);
        is_in_namespace
            && self.object == id.name
            && self.kind == id.kind
            && self.version == id.version
            && self.group == id.group
    }
}

impl<'a> VarValues<'a> {
    /// Whether there is nothing to replace.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Takes the value of `var` from the object that it means.
    ///
    /// # Errors
    /// [`PatchError`] when the object has no such field.
    pub fn add(&mut self, var: &Var, object: &Tree<'a>) -> Result<(), PatchError> {
        let missing = || {
            PatchError::new(
                format!("the object of the variable `{}` has no field `{}`", var.name, var.path),
                var.path_span,
            )
        };
        let found = FieldPath::with_indices(&var.path).look_up(object);
        let mut value = found.ok().flatten().ok_or_else(missing)?;
        value.unfold();
        // A list or a mapping is no value: the reference stays as it is.
        if let Tree::Scalar(value) = value {
            self.values.insert(var.name.clone(), value);
        }
        Ok(())
    }

    /// Replaces the references in `field`: in a text, in each text of a mapping, in each element of a list.
    ///
    /// # Errors
    /// [`PatchError`] when a list has an element that is not text, which kustomize refuses.
    pub fn replace_in(&self, field: &mut Tree<'a>) -> Result<(), PatchError> {
        match field.kind() {
            Kind::Scalar => self.replace_text(field)?,
            Kind::Mapping => {
                let has_reference = field.node().entries().any(|entry| may_refer(entry.value));
                if has_reference && let Some(entries) = field.entries_mut() {
                    for (_, value) in entries {
                        self.replace_text(value)?;
                    }
                }
            }
            Kind::Sequence => {
                if let Some(odd) = field.node().items().find(|item| !typed::is_text(*item)) {
                    return Err(PatchError::new(
                        "a list in which variables stand for texts holds something else",
                        odd.head(),
                    ));
                }
                let has_reference = field.node().items().any(may_refer);
                if has_reference && let Some(items) = field.items_mut() {
                    for item in items {
                        self.replace_text(item)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn replace_text(&self, tree: &mut Tree<'a>) -> Result<(), PatchError> {
        let node = tree.node();
        if !may_refer(node) || !typed::is_text(node) {
            return Ok(());
        }
        let span = node.span();
        let text = node.text().unwrap_or_default().into_owned();
        let whole = text.strip_prefix("$(").and_then(|it| it.strip_suffix(')'));
        if let Some(value) = whole.and_then(|name| self.values.get(name)) {
            // Alone, it keeps its type, and the place where it was written.
            *tree = Tree::Scalar(as_value(value));
            return Ok(());
        }
        let expanded = self.expand(&text).ok_or_else(|| {
            PatchError::new(format!("the variables make a text of more than {LONGEST_TEXT} bytes"), span)
        })?;
        *tree = Tree::text(expanded, span);
        Ok(())
    }

    /// Replaces each `$(NAME)` that is known; `$$` is a dollar sign. `None` when the text would grow too long.
    fn expand(&self, text: &str) -> Option<String> {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = rest.find('$') {
            if out.len() > LONGEST_TEXT.max(text.len()) {
                return None;
            }
            out.push_str(&rest[..at]);
            let after = &rest[at + 1..];
            rest = if let Some(after) = after.strip_prefix('$') {
                out.push('$');
                after
            } else if let Some((name, after)) = after.strip_prefix('(').and_then(|it| it.split_once(')')) {
                match self.values.get(name) {
                    Some(value) => out.push_str(&as_value(value).text),
                    None => out.push_str(&format!("$({name})")),
                }
                after
            } else {
                out.push('$');
                after
            };
        }
        out.push_str(rest);
        Some(out)
    }
}

fn may_refer(node: Node<'_>) -> bool {
    node.kind() == Kind::Scalar && node.text().is_some_and(|text| text.contains('$'))
}

/// A value as kustomize reads it: numbers are decimal whatever they look like, a null is the word.
fn as_value<'a>(value: &Value<'a>) -> Value<'a> {
    let tree = Tree::Scalar(value.clone());
    let node = tree.node();
    if is_null(node) {
        return Value::text(value.text.clone(), value.span);
    }
    if typed::is_text(node) {
        return Value::text(value.text.clone(), value.span);
    }
    let text = &*value.text;
    let number = text
        .parse::<i64>()
        .map(|it| it.to_string())
        .or_else(|_| text.parse::<f64>().map(|it| it.to_string()));
    let text = number.map_or_else(|_| value.text.clone(), Cow::Owned);
    Value::plain(text, value.span)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::patch::{
        Target,
        testing::{json, json_of, objects, parsed, root},
    };

    const SERVICE: &str = "
apiVersion: v1
kind: Service
metadata: {name: svc, namespace: q}
spec: {ports: [{port: 80, name: http}], ip: 10.0.0.1, ok: true, f: 1.50, oct: 0644, m: {a: b}, s: '7', none: null}
";

    fn replaced(path: &str, field: &str) -> Result<serde_json::Value, PatchError> {
        let service = parsed(0, SERVICE);
        let vars = format!(
            "{{name: V, objref: {{kind: Service, version: v1, name: svc}}, fieldref: {{fieldpath: '{path}'}}}}"
        );
        let (vars, field) = (parsed(1, &vars), parsed(2, field));
        let mut values = VarValues::default();
        values.add(&Var::read(root(&vars))?, objects(&service)[0].tree())?;
        let mut tree = Tree::Link(root(&field));
        values.replace_in(&mut tree)?;
        Ok(json(tree.node()))
    }

    #[test]
    fn references_are_replaced_as_in_kubectl() {
        let cases = [
            ("spec.ip", "$(V)", "10.0.0.1"),
            ("spec.ip", "a$(V)b$(V)", "a10.0.0.1b10.0.0.1"),
            ("spec.ip", "$$(V)", "$(V)"),
            ("spec.ip", "$$$(V)", "$10.0.0.1"),
            ("spec.ip", "a$$b$", "a$b$"),
            ("spec.ip", "$(V $V $() $(W)", "$(V $V $() $(W)"),
            ("spec.ip", "$($(V))", "$($(V))"),
            ("spec.ip", "[$(V), a]", "[10.0.0.1, a]"),
            ("spec.ip", "{a: $(V), b: 5}", "{a: 10.0.0.1, b: 5}"),
            ("spec.ip", "5", "5"),
            // Alone, a value keeps its type.
            ("spec.ports[0].port", "$(V)", "80"),
            ("spec.ports.0.port", "'$(V)'", "80"),
            ("spec.ports.[name=http].port", "a$(V)", "a80"),
            ("spec.ok", "$(V)", "true"),
            ("spec.f", "[$(V), a$(V)]", "[1.5, a1.5]"),
            ("spec.oct", "$(V)", "644"),
            ("spec.s", "$(V)", "'7'"),
            ("spec.none", "$(V)", "'null'"),
            ("spec.m", "$(V)", "$(V)"),
            ("", "$(V)", "svc"),
        ];
        for (path, field, expected) in cases {
            assert_eq!(replaced(path, field).unwrap(), json_of(expected), "{path} in {field}");
        }
        let missing = replaced("spec.nowhere", "x").unwrap_err();
        assert_eq!(missing.message, "the object of the variable `V` has no field `spec.nowhere`");
        let odd = replaced("spec.ip", "['$(V)', 5]").unwrap_err();
        assert_eq!(odd.message, "a list in which variables stand for texts holds something else");
    }

    #[test]
    fn a_variable_means_the_object_of_its_whole_kind_and_name() {
        let service = parsed(0, SERVICE);
        let service = &objects(&service)[0];
        let means = |objref: &str| {
            let text = format!("{{name: V, objref: {objref}}}");
            let parsed = parsed(1, &text);
            service.ids().iter().any(|id| Var::read(root(&parsed)).unwrap().means(id))
        };
        assert!(means("{kind: Service, apiVersion: v1, name: svc}"));
        assert!(means("{kind: Service, version: v1, name: svc, namespace: q}"));
        assert!(!means("{kind: Service, name: svc}"));
        assert!(!means("{kind: Service, apiVersion: v1, name: svc, namespace: z}"));
        assert!(!means("{kind: Service, apiVersion: x/v1, name: svc}"));
        assert!(!means("{}"));
        assert!(Var::read(root(&parsed(1, "{objref: {}}"))).is_err());
    }
}
