//! `patches`, `patchesStrategicMerge`, `patchesJson6902`: who is patched, with what.

use std::sync::Arc;

use super::{
    BuildError, ResId, Resource,
    accumulator::{Accumulator, Note},
    build::Builder,
    error::Errors,
    inline,
    kustomization::{Kustomization, Word, field, flag, word},
    load, select, shared,
};
use crate::{
    base::Span,
    render::patch::{Merged, OpenApi, PatchError, PatchRules, Schemas, apply, merge_object},
    yaml::{Kind, Node, Tree},
};

/// Patches from one place.
struct Patch<'a> {
    body: Body<'a>,
    /// The entry that names them.
    span: Span,
    rules: PatchRules,
}

enum Body<'a> {
    /// Partial objects.
    Merge(Vec<Resource<'a>>),
    /// A list of operations.
    Json(Node<'a>),
}

/// `patchesStrategicMerge`: texts or files.
pub(super) fn strategic_merge_list<'a>(
    builder: &Builder<'a>,
    own: &Kustomization<'a>,
    accumulator: &mut Accumulator<'a>,
) -> Result<(), Errors> {
    merge_words(builder, own, own.words("patchesStrategicMerge").collect(), accumulator)
}

fn merge_words<'a>(
    builder: &Builder<'a>,
    own: &Kustomization<'a>,
    words: Vec<Word<'a>>,
    accumulator: &mut Accumulator<'a>,
) -> Result<(), Errors> {
    let schemas = schemas(accumulator);
    for word in words {
        let is_inline = word.text.contains('\n') || word.text.starts_with('{');
        let roots = if is_inline {
            inline::documents(builder.store, &word)?
        } else {
            documents(builder, own, &word)?
        };
        let patches = load::objects_in(roots, word.span)?;
        if patches.is_empty() {
            return Err(BuildError::invalid(word.span, "the patch is empty").into());
        }
        let patch = Patch { body: Body::Json(word.node), span: word.span, rules: PatchRules::default() };
        for partial in patches {
            patch.merge_by_name(&partial, &schemas, accumulator)?;
        }
    }
    accumulator.drop_gone();
    Ok(())
}

/// A partial object that stands as a value where kustomize wants a text.
pub(super) fn merge_laid<'a>(body: Node<'a>, accumulator: &mut Accumulator<'a>) -> Result<(), Errors> {
    let schemas = schemas(accumulator);
    let span = body.head();
    let patch = Patch { body: Body::Json(body), span, rules: PatchRules::default() };
    for partial in load::objects_in(vec![body], span)? {
        patch.merge_by_name(&partial, &schemas, accumulator)?;
    }
    accumulator.drop_gone();
    Ok(())
}

/// The same for a list of operations.
pub(super) fn operate_laid<'a>(
    operations: Node<'a>,
    target: Node<'a>,
    accumulator: &mut Accumulator<'a>,
) -> Result<(), Errors> {
    let body = Body::Json(operations);
    let patch = Patch { body, span: operations.head(), rules: PatchRules::default() };
    for index in chosen(target, accumulator)? {
        patch.operate(operations, &mut accumulator.resources[index])?;
    }
    accumulator.drop_gone();
    Ok(())
}

/// One entry of `patches`, or the configuration of a `PatchTransformer`.
pub(super) fn patch<'a>(
    builder: &Builder<'a>,
    own: &Kustomization<'a>,
    entry: Node<'a>,
    accumulator: &mut Accumulator<'a>,
) -> Result<(), Errors> {
    let patch = Patch::read(builder, own, entry, "patch")?;
    let target = field(entry, "target");
    let schemas = schemas(accumulator);
    match (&patch.body, target) {
        (Body::Merge(partials), None) => {
            partials.iter().try_for_each(|partial| patch.merge_by_name(partial, &schemas, accumulator))?;
        }
        (Body::Merge(partials), Some(target)) => {
            let [partial] = partials.as_slice() else {
                let message = "several patches in one entry cannot share a `target`";
                return Err(BuildError::invalid(target.head(), message).into());
            };
            for index in chosen(target, accumulator)? {
                patch.merge_into(partial, &schemas, &mut accumulator.resources[index])?;
            }
            accumulator.drop_gone();
            accumulator.check_names()?;
        }
        (Body::Json(_), None) => {
            return Err(BuildError::invalid(patch.span, "a JSON patch needs a `target`").into());
        }
        (Body::Json(operations), Some(target)) => {
            for index in chosen(target, accumulator)? {
                let resource = &mut accumulator.resources[index];
                resource.remember_id();
                patch.operate(*operations, resource)?;
            }
        }
    }
    accumulator.drop_gone();
    Ok(())
}

/// The objects that `target` selects; none is worth a note.
fn chosen<'a>(target: Node<'a>, accumulator: &mut Accumulator<'a>) -> Result<Vec<usize>, BuildError> {
    let chosen = select::select(target, &accumulator.resources)?;
    if chosen.is_empty() {
        let message = "the patch changes nothing: its target selects no object".to_owned();
        accumulator.notes.push(Note { message, span: target.head() });
    }
    Ok(chosen)
}

/// The configuration of a `PatchJson6902Transformer`.
pub(super) fn json6902_plugin<'a>(
    builder: &Builder<'a>,
    own: &Kustomization<'a>,
    config: Node<'a>,
    accumulator: &mut Accumulator<'a>,
) -> Result<(), Errors> {
    json6902(builder, own, config, "jsonOp", accumulator)
}

/// One entry of `patchesJson6902`; `key` is where a text stands.
pub(super) fn json6902<'a>(
    builder: &Builder<'a>,
    own: &Kustomization<'a>,
    entry: Node<'a>,
    key: &str,
    accumulator: &mut Accumulator<'a>,
) -> Result<(), Errors> {
    let target = field(entry, "target").filter(|target| word(*target, "name").is_some());
    let Some(target) = target else {
        return Err(BuildError::invalid(entry.head(), "a JSON patch needs a `target` with a `name`").into());
    };
    let patch = Patch::read(builder, own, entry, key)?;
    let Body::Json(operations) = patch.body else {
        return Err(
            BuildError::invalid(patch.span, "this is no JSON patch: it is a list of operations").into()
        );
    };
    for index in chosen(target, accumulator)? {
        patch.operate(operations, &mut accumulator.resources[index])?;
    }
    accumulator.drop_gone();
    Ok(())
}

/// The configuration of a `PatchStrategicMergeTransformer`.
pub(super) fn merge_plugin<'a>(
    builder: &Builder<'a>,
    own: &Kustomization<'a>,
    config: Node<'a>,
    accumulator: &mut Accumulator<'a>,
) -> Result<(), Errors> {
    let paths = field(config, "paths").into_iter().flat_map(Node::items).filter_map(Word::of);
    merge_words(builder, own, paths.chain(word(config, "patches")).collect(), accumulator)
}

/// The documents of a file.
pub(super) fn documents<'a>(
    builder: &Builder<'a>,
    own: &Kustomization<'a>,
    path: &Word<'a>,
) -> Result<Vec<Node<'a>>, Errors> {
    let text = builder.text(own, path)?;
    load::check_syntax(text.parsed, path.span)?;
    Ok(text.parsed.documents().iter().filter_map(|document| text.parsed.root(document)).collect())
}

/// Takes over how lists merge from the `openapi` of `own`, unless somebody said so before.
pub(super) fn read_schemas<'a>(
    builder: &Builder<'a>,
    own: &Kustomization<'a>,
    accumulator: &mut Accumulator<'a>,
) -> Result<(), Errors> {
    let Some(path) = own.get("openapi").and_then(|it| word(it, "path")) else { return Ok(()) };
    let root = documents(builder, own, &path)?.into_iter().next();
    if let (Some(root), None) = (root, &accumulator.schemas) {
        accumulator.schemas = Some(Arc::new(Schemas::Custom(OpenApi::read(root))));
    }
    Ok(())
}

/// How lists merge.
fn schemas(accumulator: &Accumulator<'_>) -> Arc<Schemas> {
    accumulator.schemas.clone().unwrap_or_default()
}

impl<'a> Patch<'a> {
    /// Reads the patch of an entry: a file under `path`, or a text under `key`.
    fn read(
        builder: &Builder<'a>,
        own: &Kustomization<'a>,
        entry: Node<'a>,
        key: &str,
    ) -> Result<Self, Errors> {
        let (roots, span) = match (word(entry, "path"), word(entry, key)) {
            (Some(path), None) => (documents(builder, own, &path)?, path.span),
            (None, Some(text)) => (inline::documents(builder.store, &text)?, text.span),
            (None, None) => {
                return Err(
                    BuildError::invalid(entry.head(), format!("a patch needs `path` or `{key}`")).into()
                );
            }
            (Some(path), Some(_)) => {
                let message = format!("a patch has `path` or `{key}`, not both");
                return Err(BuildError::invalid(path.span, message).into());
            }
        };
        let body = match roots.iter().find(|root| !super::kustomization::is_null(**root)) {
            Some(root) if root.kind() == Kind::Sequence => Body::Json(*root),
            _ => Body::Merge(load::objects_in(roots, span)?),
        };
        if matches!(&body, Body::Merge(partials) if partials.is_empty()) {
            return Err(BuildError::invalid(span, "the patch is empty").into());
        }
        let options = field(entry, "options");
        let allows = |key: &str| options.is_some_and(|options| flag(options, key));
        Ok(Self {
            body,
            span,
            rules: PatchRules {
                by_target: field(entry, "target").is_some(),
                name_change: allows("allowNameChange"),
                kind_change: allows("allowKindChange"),
            },
        })
    }

    /// Patches the one object that is, or was, called as the patch says.
    fn merge_by_name(
        &self,
        partial: &Resource<'a>,
        schemas: &Schemas,
        accumulator: &mut Accumulator<'a>,
    ) -> Result<(), Errors> {
        let found = accumulator.ever_called(partial.id());
        match found.as_slice() {
            [index] => self.merge_into(partial, schemas, &mut accumulator.resources[*index]),
            [] => Err(self.no_match(partial, &accumulator.resources).into()),
            _ => {
                let message = format!("several objects are, or were, called {}", partial.id());
                Err(BuildError::invalid(partial.head(), message).relate(self.span, "named here").into())
            }
        }
    }

    fn no_match(&self, partial: &Resource<'a>, resources: &[Resource<'a>]) -> BuildError {
        let id = partial.id();
        let mut message = format!("the patch matches nothing: there is no {id}");
        let near = |own: &&Resource<'_>| own.id().name == id.name && own.id().gvk.kind == id.gvk.kind;
        let near = resources.iter().find(near);
        if let Some(near) = near {
            message.push_str(&difference(near.id(), id));
        }
        let error = BuildError::invalid(partial.head(), message).relate(self.span, "named here");
        near.map_or(error.clone(), |near| error.relate(near.head(), "this one is near"))
    }

    fn merge_into(
        &self,
        partial: &Resource<'a>,
        schemas: &Schemas,
        resource: &mut Resource<'a>,
    ) -> Result<(), Errors> {
        let Tree::Link(patch) = partial.tree else { return Ok(()) };
        if self.rules.name_change || self.rules.kind_change {
            resource.remember_id();
        }
        let gvk = resource.gvk().clone();
        let schema = schemas.of(&gvk.api_version(), &gvk.kind);
        let merged = merge_object(&mut resource.tree, patch, schema, self.rules);
        if merged.map_err(|error| self.failed(error, resource))? == Merged::Deleted {
            resource.tree = Tree::Mapping(Vec::new(), resource.origin);
        }
        shared::spread(resource);
        resource.renamed();
        Ok(())
    }

    fn operate(&self, operations: Node<'a>, resource: &mut Resource<'a>) -> Result<(), Errors> {
        apply(&mut resource.tree, operations).map_err(|error| self.failed(error, resource))?;
        // kustomize writes the object out and reads it back: nothing is shared after that.
        resource.shared.clear();
        resource.renamed();
        Ok(())
    }

    fn failed(&self, error: PatchError, resource: &Resource<'_>) -> BuildError {
        BuildError::invalid(error.span, error.message)
            .relate(resource.head(), format!("in {}", resource.id()))
            .relate(self.span, "named here")
    }
}

/// What sets apart the object that is there from the one that the patch names.
fn difference(there: &ResId, asked: &ResId) -> String {
    if !there.same_namespace(asked) {
        let there = if there.namespace.is_empty() { "has no namespace" } else { "is in another namespace" };
        return format!(", the one of this name {there}");
    }
    format!(", the one of this name is of `{}`", there.gvk.api_version())
}
