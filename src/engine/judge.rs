//! One text from its bytes to its findings. Reads no file and writes nothing: the run, the tests and the
//! editor all come through here.

use std::sync::Arc;

use super::{
    FileClass, Plan, Silencing,
    suppress::{self, Silence},
};
use crate::{
    base::{Diagnostic, ObjectId, Source},
    index::{self, ObjectFacts},
    kube::{self, Object},
    render,
    rule::{Context, DocumentContext, Examined, Native},
    yaml::{self, Desk, Kind, Limits, Node, Parsed, SyntaxErrorKind},
};

/// How texts are read.
#[derive(Debug, Clone, Copy, Default)]
pub struct Reading {
    /// Reads documents that cannot hold an object too, for the sake of their syntax.
    pub parse_all: bool,
    /// Bounds.
    pub limits: Limits,
}

/// What is known of a text before it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Nothing.
    Plain,
    /// Its name is that of a kustomization.
    Kustomization,
    /// A kustomization lays it over its resources.
    Patch,
    /// A kustomization takes it up, and its objects are judged as that makes them.
    Rendered,
    /// A kustomization takes it up that cannot be built: judged for what it sets, not for what it lacks.
    Unbuilt,
    /// A patch of a kustomization that cannot be built.
    UnbuiltPatch,
}

/// What became of one text.
#[derive(Debug, Default)]
pub struct Judged {
    /// What it turned out to be.
    pub class: FileClass,
    /// Kubernetes objects in it.
    pub objects: usize,
    /// What the rules found, in no order yet.
    pub findings: Vec<Diagnostic>,
    /// What the rules over all objects need to know of these, in the order written.
    pub facts: Vec<ObjectFacts>,
    /// The comments and annotations that silence.
    pub(super) silences: Vec<Silence>,
}

/// Reads `source` and judges what it holds by the rules of `plan`.
pub fn judge(source: &Source, role: Role, plan: &Plan<'_>, reading: &Reading) -> Judged {
    judge_parsed(&read(source, role, reading), role, plan)
}

/// Reads what of `source` is worth a tree.
pub(super) fn read<'s>(source: &'s Source, role: Role, reading: &Reading) -> Parsed<'s> {
    let keep = |document: &str| {
        reading.parse_all
            || role != Role::Plain
            || kube::may_hold_objects(document)
            || suppress::may_hold_for_file(document)
    };
    yaml::parse_filtered(source.id, &source.text, &reading.limits, keep)
}

/// As [`judge`], for a text that was parsed already.
pub fn judge_parsed(parsed: &Parsed<'_>, role: Role, plan: &Plan<'_>) -> Judged {
    judge_documents(parsed, (role, class_of(parsed, role)), plan, &|_| true)
}

/// As [`judge_parsed`], for a text of a known class; looks only at the documents that `chooses` says yes to.
pub(super) fn judge_documents(
    parsed: &Parsed<'_>,
    (role, class): (Role, FileClass),
    plan: &Plan<'_>,
    chooses: &dyn Fn(&yaml::Document) -> bool,
) -> Judged {
    let mut judged = Judged { class, ..Judged::default() };
    if let Some(silencing) = plan.silencing {
        judged.silences = suppress::of_text(parsed, silencing.peers);
    }
    let desk = Desk::new(parsed);
    for document in parsed.documents().iter().filter(|it| !it.skipped && chooses(it)) {
        if document.error.as_ref().is_some_and(|error| error.kind == SyntaxErrorKind::Template) {
            continue;
        }
        let root = parsed.root(document);
        let is_object = judged.class == FileClass::Kubernetes || role == Role::UnbuiltPatch;
        let objects = root.filter(|_| is_object).map(kube::objects).unwrap_or_default();
        let repeats_keys = !objects.is_empty()
            && plan.for_documents().next().is_some()
            && root.is_some_and(|root| !yaml::duplicate_keys(root).is_empty());
        for compiled in plan.for_documents() {
            let mut context =
                DocumentContext::new(parsed, document, &objects, compiled, &desk, &mut judged.findings);
            context.repeats_keys = repeats_keys;
            for native in &compiled.natives {
                if let Native::Document(check) = native {
                    check(&mut context);
                }
            }
        }
        if role == Role::Rendered {
            continue;
        }
        for object in objects {
            judge_object(object, plan, &desk, &mut judged);
        }
    }
    if matches!(role, Role::Unbuilt | Role::UnbuiltPatch) {
        judged.findings.retain(|finding| !finding.absence);
        // What a kustomization may still rename or move is no fact about other objects.
        judged.facts.clear();
    }
    trust(&mut judged, parsed, role);
    judged
}

/// Judges one object, whose values are edited at `desk`; what is found and what is known of it is added to `judged`. Gives what the object is called.
pub(super) fn judge_object(
    object: Object<'_>,
    plan: &Plan<'_>,
    desk: &Desk<'_>,
    judged: &mut Judged,
) -> Arc<ObjectId> {
    judged.objects += 1;
    let examined = Examined::new(object);
    judged.facts.extend(index::facts(&examined.object, examined.pod, &examined.role_rules, &examined.id()));
    if let Some(Silencing { peers, .. }) = plan.silencing {
        let silences = suppress::of_object(&examined.object, examined.pod, peers, || examined.id());
        judged.silences.extend(silences);
    }
    for compiled in plan.for_object(examined.object.group(), examined.object.kind()) {
        let mut context = Context::new(&examined, plan.target, compiled, desk, &mut judged.findings);
        compiled.check(&mut context);
    }
    examined.id()
}

/// What can be said about the silences of a text that was judged by itself.
fn trust(judged: &mut Judged, parsed: &Parsed<'_>, role: Role) {
    use FileClass::{Broken, HelmChart, HelmTemplate, Kubernetes, Kustomization, KustomizePatch, Other};
    let is_told = match judged.class {
        Kubernetes | Kustomization | KustomizePatch => true,
        HelmTemplate | HelmChart | Other | Broken => false,
    };
    let is_built = !matches!(role, Role::Unbuilt | Role::UnbuiltPatch);
    let is_whole = is_built && parsed.documents().iter().all(|document| document.error.is_none());
    for silence in &mut judged.silences {
        (silence.is_told, silence.is_whole) = (is_told, is_whole);
        // What is found in the text itself lies where its object stands.
        silence.object = None;
    }
}

/// What a text is that has such a role.
pub(super) fn class_of(parsed: &Parsed<'_>, role: Role) -> FileClass {
    match role {
        Role::Kustomization => return FileClass::Kustomization,
        Role::Patch | Role::UnbuiltPatch => return FileClass::KustomizePatch,
        Role::Plain | Role::Rendered | Role::Unbuilt => {}
    }
    let mut class = FileClass::Other;
    for document in parsed.documents() {
        match (parsed.root(document), &document.error) {
            (_, Some(error)) if error.kind == SyntaxErrorKind::Template => return FileClass::HelmTemplate,
            (Some(root), _) if render::is_kustomization(root) => return FileClass::Kustomization,
            (Some(root), _) if is_object(root) => class = FileClass::Kubernetes,
            (_, Some(_)) if class == FileClass::Other => class = FileClass::Broken,
            _ if document.skipped && class == FileClass::Other && holds_definition(parsed, document) => {
                class = FileClass::Kubernetes;
            }
            _ => {}
        }
    }
    class
}

fn is_object(root: Node<'_>) -> bool {
    root.kind() == Kind::Mapping && !kube::objects(root).is_empty()
}

/// A skipped CustomResourceDefinition: an object all the same, for the count of files.
fn holds_definition(parsed: &Parsed<'_>, document: &yaml::Document) -> bool {
    let text = parsed.text().get(document.start as usize..document.end as usize).unwrap_or_default();
    kube::is_definition(text)
}
