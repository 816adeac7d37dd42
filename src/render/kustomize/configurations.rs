//! `configurations` and `crds`: field specs from files.

use std::{borrow::Cow, sync::Arc};

use super::{
    BuildError, Gvk,
    accumulator::Accumulator,
    build::{Builder, default_config},
    config::{Config, NameReference},
    error::Errors,
    field_spec::FieldSpec,
    kustomization::Kustomization,
    load::check_syntax,
};
use crate::yaml::Node;

/// Adds the default field specs and those of the files that `own` names.
pub(super) fn merge<'a>(
    builder: &Builder<'a>,
    own: &Kustomization<'a>,
    accumulator: &mut Accumulator<'a>,
) -> Result<(), Errors> {
    let mut config = default_config();
    for entry in own.words("configurations") {
        let text = builder.text(own, &entry)?;
        check_syntax(text.parsed, entry.span)?;
        let root = text.parsed.documents().first().and_then(|document| text.parsed.root(document));
        let more = root.map(Config::read).unwrap_or_default();
        let merged = Arc::make_mut(&mut config).merge(&more);
        merged.map_err(|message| BuildError::invalid(entry.span, message))?;
    }
    for entry in own.words("crds") {
        let text = builder.text(own, &entry)?;
        check_syntax(text.parsed, entry.span)?;
        let root = text.parsed.documents().first().and_then(|document| text.parsed.root(document));
        let more = root.map(from_definitions).unwrap_or_default();
        let merged = Arc::make_mut(&mut config).merge(&more);
        merged.map_err(|message| BuildError::invalid(entry.span, message))?;
    }
    accumulator.merge_config(&config, own.head())?;
    Ok(())
}

/// Deeper than this, definitions refer to one another in a circle.
const DEPTH: usize = 32;
/// Fields that are looked at: definitions that refer to one another several times multiply.
const MOST_FIELDS: usize = 100_000;

/// Field specs from the type definitions, written as `OpenAPI`, with the marks of kustomize.
fn from_definitions(root: Node<'_>) -> Config {
    let mut definitions = Definitions { root, config: Config::default(), room: MOST_FIELDS };
    for entry in root.fields() {
        let own = entry.value.get("Schema").unwrap_or(entry.value);
        let Some(properties) = own.get("properties") else { continue };
        // A definition is a kind when it says so, or has what kinds have.
        let is_kind = ["apiVersion", "kind", "metadata"].iter().all(|key| properties.get(key).is_some());
        let name = entry.key.text().unwrap_or_default();
        if is_kind {
            let kind = name.rsplit('.').next().unwrap_or_default().to_owned();
            let gvk = Gvk { kind: Cow::Owned(kind), ..Gvk::default() };
            definitions.properties_of(own, &gvk, "", 0);
        }
    }
    definitions.config
}

/// Definitions on the way to field specs.
struct Definitions<'a> {
    root: Node<'a>,
    config: Config,
    room: usize,
}

impl Definitions<'_> {
    fn properties_of(&mut self, schema: Node<'_>, gvk: &Gvk, path: &str, depth: usize) {
        let Some(properties) = schema.get("properties").filter(|_| depth < DEPTH) else { return };
        for entry in properties.fields() {
            let Some(room) = self.room.checked_sub(1) else { return };
            self.room = room;
            let key = entry.key.text().unwrap_or_default();
            let path = if path.is_empty() { key.to_string() } else { format!("{path}/{key}") };
            Marks { schema: entry.value, gvk, path: &path }.add(&mut self.config);
            let referred =
                entry.value.get("$ref").or_else(|| entry.value.get("items").and_then(|it| it.get("$ref")));
            let target = referred.and_then(Node::text);
            let target = target.as_deref().map(|it| it.strip_prefix("#/definitions/").unwrap_or(it));
            let target = target.and_then(|name| self.root.get(name)).map(|it| it.get("Schema").unwrap_or(it));
            self.properties_of(target.unwrap_or(entry.value), gvk, &path, depth + 1);
        }
    }
}

struct Marks<'p, 'a> {
    schema: Node<'a>,
    gvk: &'p Gvk,
    path: &'p str,
}

impl Marks<'_, '_> {
    fn has(&self, mark: &str) -> bool {
        self.schema.get(mark).is_some()
    }

    fn text(&self, mark: &str) -> Option<String> {
        self.schema.get(mark).and_then(Node::text).map(Cow::into_owned)
    }

    fn spec(&self, path: String, create: bool) -> FieldSpec {
        FieldSpec { gvk: self.gvk.clone(), path: Cow::Owned(path), create }
    }

    fn add(&self, config: &mut Config) {
        if self.has("x-kubernetes-annotation") {
            config.annotations.push(self.spec(self.path.to_owned(), false));
        }
        if self.has("x-kubernetes-label-selector") {
            config.labels.push(self.spec(self.path.to_owned(), false));
        }
        if self.has("x-kubernetes-identity") {
            config.name_prefix.push(self.spec(self.path.to_owned(), false));
        }
        let version = self.text("x-kubernetes-object-ref-api-version");
        let kind = self.text("x-kubernetes-object-ref-kind");
        if let (Some(version), Some(kind)) = (version, kind) {
            let key = self.text("x-kubernetes-object-ref-name-key").unwrap_or_else(|| "name".to_owned());
            let referrer = self.spec(format!("{}/{key}", self.path), false);
            let gvk = Gvk::new(&version, &kind);
            config.name_references.push(NameReference { gvk, referrers: vec![referrer] });
        }
    }
}
