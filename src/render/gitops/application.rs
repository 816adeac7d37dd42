//! Argo CD `Application`.

use std::path::{Path, PathBuf};

use globset::{GlobBuilder, GlobMatcher};

use super::{
    Applied,
    after::After,
    discover::{Site, World},
    fields::{Fields, copied, copied_value, flag, mapping, text},
    images::images,
};
use crate::{
    base::Span,
    render::kustomize::{FILE_NAMES, Overlay},
    walk,
    yaml::{Kind, Node, Tree, Value},
};

/// The group of `Application` and `ApplicationSet`.
pub(super) const GROUP: &str = "argoproj.io";

/// The fields of `source.kustomize` that a kustomization has, too.
const SAME: [&str; 7] =
    ["namePrefix", "nameSuffix", "namespace", "commonAnnotations", "patches", "components", "replicas"];

/// Who applies a folder.
pub(super) struct Owner {
    pub(super) label: String,
    pub(super) head: Span,
}

/// What the application with this `spec` applies: the folders of its sources that are in the repository and hold no
/// chart.
pub(super) fn applied(spec: Node<'_>, owner: &Owner, site: &Site<'_>, world: &World<'_>) -> Vec<Applied> {
    let Some(destination) = mapping(spec, "destination") else { return Vec::new() };
    let namespace = text(destination, "namespace").and_then(|_| destination.get("namespace"));
    let mut sources: Vec<Node<'_>> = spec.get("sources").into_iter().flat_map(Node::items).collect();
    if sources.is_empty() {
        sources.extend(mapping(spec, "source"));
    }
    let one = |source| {
        let (overlay, head) = (overlay(source, owner, site, world)?, owner.head);
        let after = After { namespace: namespace.map(copied_value), ..After::default() };
        Some(Applied { labels: vec![owner.label.clone()], object: head, overlay, is_open: false, after })
    };
    sources.into_iter().filter_map(one).collect()
}

fn overlay(source: Node<'_>, owner: &Owner, site: &Site<'_>, world: &World<'_>) -> Option<Overlay> {
    // A patch of such an object names no repository.
    text(source, "repoURL")?;
    let is_other = ["chart", "helm", "plugin"].iter().any(|key| source.get(key).is_some_and(is_set));
    let folder = world.repository.folder(site.file, &text(source, "path")?).filter(|_| !is_other)?;
    let directory = source.get("directory").filter(|it| it.kind() == Kind::Mapping);
    let kustomize = source.get("kustomize").filter(|it| it.kind() == Kind::Mapping);
    let has_kustomization = world.repository.has_kustomization(&folder);
    let is_chart = || world.repository.has(&folder.join("Chart.yaml"));
    let edits = match (directory, kustomize) {
        (None, Some(_)) if has_kustomization => true,
        (None, Some(_)) => return None,
        (None, None) if is_chart() => return None,
        (None, None) => has_kustomization,
        (Some(_), _) => false,
    };
    let mut fields = Fields::default();
    if edits {
        edit(&mut fields, kustomize);
    } else {
        let resources = listed(&folder, directory, world);
        if resources.is_empty() {
            return None;
        }
        fields.put_list("resources", source.get("path").unwrap_or(source).span(), resources);
    }
    let fields = fields.into_tree(owner.head);
    let (file, path) = (site.source.id, site.file.to_path_buf());
    Some(Overlay { folder, file, path, fields, edits, laid: Vec::new(), skips_repeated: true })
}

fn is_set(node: Node<'_>) -> bool {
    match node.kind() {
        Kind::Scalar => node.text().is_some_and(|text| !matches!(&*text, "" | "~" | "null")),
        _ => true,
    }
}

/// What Argo CD does with `kustomize edit`.
fn edit(fields: &mut Fields, kustomize: Option<Node<'_>>) {
    let Some(kustomize) = kustomize else { return };
    for key in SAME {
        fields.take(key, kustomize.entry(key));
    }
    if let Some(entry) = kustomize.entry("images") {
        fields.put("images", entry.key.span(), images(entry.value));
    }
    let Some(labels) = kustomize.entry("commonLabels").filter(|it| it.value.kind() == Kind::Mapping) else {
        return;
    };
    let span = labels.key.span();
    if !flag(kustomize, "labelWithoutSelector") {
        fields.take("commonLabels", Some(labels));
        return;
    }
    let mut entry = vec![(Value::plain("pairs", span), copied(labels.value))];
    if flag(kustomize, "labelIncludeTemplates") {
        entry.push((Value::plain("includeTemplates", span), Tree::Scalar(Value::plain("true", span))));
    }
    fields.put("labels", span, Tree::Sequence(vec![Tree::Mapping(entry, span)], span));
}

/// The files that a directory source takes, relative to `folder`.
fn listed(folder: &Path, directory: Option<Node<'_>>, world: &World<'_>) -> Vec<String> {
    let recurses = directory.is_some_and(|it| flag(it, "recurse"));
    let pattern = |key| directory.and_then(|it| text(it, key)).map(|text| matcher(&text));
    let (include, exclude) = (pattern("include"), pattern("exclude"));
    let all = world.repository.manifests(folder);
    let ways = all.iter().filter_map(|file| file.strip_prefix(folder).ok());
    let is_taken = |way: &&Path| {
        let is_direct = way.parent().is_some_and(|parent| parent.as_os_str().is_empty());
        let is_own = way.file_name().is_some_and(|name| FILE_NAMES.iter().any(|own| name == *own));
        let shown = PathBuf::from(walk::shown(way));
        let fits = |glob: &Option<Option<GlobMatcher>>, default| match glob {
            Some(glob) => glob.as_ref().is_some_and(|glob| glob.is_match(&shown)),
            None => default,
        };
        (is_direct || recurses) && !is_own && fits(&include, true) && !fits(&exclude, false)
    };
    ways.filter(is_taken).map(walk::shown).collect()
}

/// A pattern of `include` and `exclude`: `*` stands for slashes, too.
fn matcher(pattern: &str) -> Option<GlobMatcher> {
    GlobBuilder::new(pattern).literal_separator(false).build().ok().map(|glob| glob.compile_matcher())
}
