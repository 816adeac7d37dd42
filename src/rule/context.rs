//! What a check is given, and how it reports.

use std::{cell::OnceCell, sync::Arc};

use super::{
    Compiled, Params,
    file::Platform,
    remedy::{Step, fix_of},
};
use crate::{
    base::{Diagnostic, Label, Minor, ObjectId, Safety, Span, Subject},
    index::Index,
    kube::{Container, Object, Place, Pod, PolicyRule, Read},
    yaml::{Desk, Document, Parsed},
};

/// What the manifests are judged for.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// The Kubernetes version.
    pub kubernetes: Minor,
    /// The platform, where the user named one.
    pub platform: Option<Platform>,
}

/// An object with everything that several rules ask of it, found once.
#[derive(Debug)]
pub struct Examined<'a> {
    /// The object.
    pub object: Object<'a>,
    /// Its pod.
    pub pod: Option<Pod<'a>>,
    /// The pod's containers, of every list.
    pub containers: Vec<Container<'a>>,
    /// The rules of a Role or ClusterRole.
    pub role_rules: Vec<PolicyRule>,
    pub(super) may_be_windows: bool,
    pub(super) may_have_user_namespace: bool,
    id: OnceCell<Arc<ObjectId>>,
}

impl<'a> Examined<'a> {
    /// Looks at `object` once for all rules.
    pub fn new(object: Object<'a>) -> Self {
        let pod = object.pod();
        Self {
            containers: pod.iter().flat_map(Pod::containers).collect(),
            role_rules: if crate::kube::is_role(&object) {
                crate::kube::role_rules(&object)
            } else {
                Vec::new()
            },
            may_be_windows: pod.is_some_and(|pod| pod.may_be_windows()),
            may_have_user_namespace: pod
                .is_some_and(|pod| matches!(pod.host_users(), Read::Is(false) | Read::Unclear)),
            pod,
            object,
            id: OnceCell::new(),
        }
    }

    /// What the object is called; made on the first call.
    pub fn id(&self) -> Arc<ObjectId> {
        Arc::clone(self.id.get_or_init(|| Arc::new(self.object.id())))
    }
}

/// One rule looking at one object.
#[derive(Debug)]
pub struct Context<'c, 'a> {
    /// The object.
    pub examined: &'c Examined<'a>,
    /// What it is judged for.
    pub target: Target,
    /// The rule's parameters.
    pub params: Params<'c>,
    pub(super) compiled: &'c Compiled<'c>,
    pub(super) desk: &'c Desk<'c>,
    pub(super) out: &'c mut Vec<Diagnostic>,
}

impl<'c, 'a> Context<'c, 'a> {
    /// `compiled` looking at `examined`, whose values are edited at `desk`; what it finds is appended to `out`.
    pub fn new(
        examined: &'c Examined<'a>,
        target: Target,
        compiled: &'c Compiled<'c>,
        desk: &'c Desk<'c>,
        out: &'c mut Vec<Diagnostic>,
    ) -> Self {
        Self { examined, target, params: compiled.params, compiled, desk, out }
    }

    /// The object.
    pub fn object(&self) -> &'c Object<'a> {
        &self.examined.object
    }

    /// The object's pod.
    pub fn pod(&self) -> Option<Pod<'a>> {
        self.examined.pod
    }

    /// The pod's containers, of every list.
    pub fn containers(&self) -> &'c [Container<'a>] {
        &self.examined.containers
    }

    /// Notes that so many nodes were looked at for a fix; whether more may be.
    pub fn may_look_at(&self, nodes: usize) -> bool {
        self.desk.spend(nodes);
        !self.desk.is_spent()
    }

    /// Reports a finding at `place`. `say` is the fact alone: the object and the container are put before it. The
    /// fixes that the rule's file has for its native checks come with it.
    pub fn report(&mut self, place: Place, say: &str) -> &mut Diagnostic {
        let fixes = self.remedied(&place);
        let diagnostic = self.report_bare(place, say);
        diagnostic.fixes = fixes;
        diagnostic
    }

    /// As `report`, without any fix.
    pub(super) fn report_bare(&mut self, place: Place, say: &str) -> &mut Diagnostic {
        let object = self.examined.id();
        let message = match &place.container {
            Some((name, list)) => format!("{object}, {} `{name}`: {say}", list.noun()),
            None => format!("{object}: {say}"),
        };
        let subject = Subject { object, container: place.container.map(|(name, _)| name), path: place.path };
        let mut diagnostic = self.compiled.finding(message, place.span);
        diagnostic.subject = Some(subject);
        diagnostic.absence = place.is_missing;
        if let Some(via) = place.via {
            diagnostic.relate(via, "used here through an alias");
        }
        push(self.out, diagnostic)
    }
}

/// One rule looking at one document of a text.
#[derive(Debug)]
pub struct DocumentContext<'c, 't> {
    /// The text.
    pub parsed: &'c Parsed<'t>,
    /// The document.
    pub document: &'c Document,
    /// The Kubernetes objects that it holds.
    pub objects: &'c [Object<'t>],
    /// Some mapping of it holds a key twice: looked for once, for the several rules that ask.
    pub repeats_keys: bool,
    /// The rule's parameters.
    pub params: Params<'c>,
    compiled: &'c Compiled<'c>,
    desk: &'c Desk<'c>,
    out: &'c mut Vec<Diagnostic>,
}

impl<'c, 't> DocumentContext<'c, 't> {
    /// `compiled` looking at `document`; what it finds is appended to `out`.
    pub fn new(
        parsed: &'c Parsed<'t>,
        document: &'c Document,
        objects: &'c [Object<'t>],
        compiled: &'c Compiled<'c>,
        desk: &'c Desk<'c>,
        out: &'c mut Vec<Diagnostic>,
    ) -> Self {
        Self { parsed, document, objects, repeats_keys: true, params: compiled.params, compiled, desk, out }
    }

    /// Reports a finding at `span`; `say` is the whole message.
    pub fn report(&mut self, span: Span, say: impl Into<String>) -> &mut Diagnostic {
        push(self.out, self.compiled.finding(say.into(), span))
    }

    /// Reports a finding at `span`, which lies at `path` in the object. `say` is the fact alone.
    pub fn report_in(
        &mut self,
        object: &Arc<ObjectId>,
        span: Span,
        path: String,
        say: &str,
    ) -> &mut Diagnostic {
        let mut diagnostic = self.compiled.finding(format!("{object}: {say}"), span);
        diagnostic.subject = Some(Subject { object: Arc::clone(object), container: None, path });
        push(self.out, diagnostic)
    }

    /// Gives the last finding a fix that makes all of `steps`, where they can be made.
    pub fn fix(&mut self, safety: Safety, title: &str, steps: &[Step<'_>]) {
        let fix = fix_of(self.desk, safety, title, steps);
        if let Some(finding) = self.out.last_mut() {
            finding.fixes.extend(fix);
        }
    }
}

/// One rule looking at all objects together.
#[derive(Debug)]
pub struct IndexContext<'c> {
    /// The facts of every object.
    pub index: &'c Index,
    /// What they are judged for.
    pub target: Target,
    /// The rule's parameters.
    pub params: Params<'c>,
    compiled: &'c Compiled<'c>,
    out: &'c mut Vec<Diagnostic>,
}

impl<'c> IndexContext<'c> {
    /// `compiled` looking at `index`; what it finds is appended to `out`.
    pub fn new(
        index: &'c Index,
        target: Target,
        compiled: &'c Compiled<'c>,
        out: &'c mut Vec<Diagnostic>,
    ) -> Self {
        Self { index, target, params: compiled.params, compiled, out }
    }

    /// Reports a finding about `object` at `span`, which lies at `path` in it.
    pub fn report(&mut self, object: &Arc<ObjectId>, span: Span, path: &str, say: &str) -> &mut Diagnostic {
        let mut diagnostic = self.compiled.finding(format!("{object}: {say}"), span);
        diagnostic.subject =
            Some(Subject { object: Arc::clone(object), container: None, path: path.to_owned() });
        push(self.out, diagnostic)
    }
}

impl Compiled<'_> {
    /// A finding of this rule about no object in particular.
    pub fn finding(&self, message: String, span: Span) -> Diagnostic {
        Diagnostic {
            rule: self.rule.id.clone(),
            severity: self.severity,
            message,
            primary: Label { span, text: String::new() },
            related: Vec::new(),
            subject: None,
            help: None,
            fixes: Vec::new(),
            overlays: Vec::new(),
            spared: Vec::new(),
            absence: false,
        }
    }
}

fn push(out: &mut Vec<Diagnostic>, diagnostic: Diagnostic) -> &mut Diagnostic {
    out.push(diagnostic);
    let last = out.len() - 1;
    &mut out[last]
}
