//! "Fix all": what `check --fix` makes of a document, worked out beside the thread that answers. Whoever asked hears of
//! it when it is done, unless the text has changed by then.

use std::{
    collections::BTreeMap,
    ops::Range,
    path::{Path, PathBuf},
    sync::mpsc::{Receiver, Sender},
};

use gen_lsp_types as lsp;
use lsp_server::{ErrorCode, RequestId};
use serde_json::{Value, json};
use similar::{DiffOp, DiffTag, TextDiff};

use super::{
    action::{Edits, is_wanted},
    position::Counting,
    requests::{Answer, BUG, FIX_ALL, Fault, guarded, params},
    runs::Session,
    server::{Event, response},
    transport::Writer,
    worker::{Job, request, take_known},
};
use crate::{
    base::{Safety, Source, SourceId, Span},
    config::Resolver,
    engine::{self, Drafts, Failure, Fixing, Outcome, Stdin, Stop},
    walk,
};

const TITLE: &str = "Fix all that plimsoll can fix safely";
/// The name under which a text is run over that is no file.
const UNTITLED: &str = "untitled.yaml";

/// What the worker is to find out.
#[derive(Debug)]
pub(super) struct Mending {
    id: RequestId,
    job: Job,
    file: Target,
    uri: lsp::Uri,
}

/// Where a document's text belongs.
#[derive(Debug)]
enum Target {
    /// In a file.
    File(PathBuf),
    /// In a file, once it is saved.
    Unsaved(PathBuf, String),
    /// Nowhere.
    Untitled(String),
}

/// A request that is answered when the worker is done.
#[derive(Debug)]
pub(super) struct Pending {
    id: RequestId,
    /// The document.
    uri: String,
    /// The states and the versions of all open documents when it came.
    open: BTreeMap<String, (u64, i32)>,
    asked: Asked,
    stop: Stop,
}

#[derive(Debug)]
enum Asked {
    /// For all actions of a place: these, and the one that is worked out.
    Actions(Vec<lsp::CodeAction>),
    /// For what was left open in this action.
    Edit(Box<lsp::CodeAction>),
}

/// What fixing everything comes to, by the client's names of the files; or why it comes to nothing.
pub(super) type Mended = Result<BTreeMap<String, Vec<lsp::TextEdit>>, String>;

impl Session {
    /// `textDocument/codeAction`
    pub(super) fn code_actions(&mut self, id: &RequestId, value: Value) -> Answer {
        let params: lsp::CodeActionParams = match params(value) {
            Ok(params) => params,
            Err(fault) => return Some(Err(fault)),
        };
        let uri = &params.text_document.uri.0;
        let mut actions = self.quick_fixes(&params);
        let only = params.context.only.as_deref();
        if !is_wanted(only, FIX_ALL) || !self.has_safe_fix(uri) {
            return Some(spelt(&actions));
        }
        if self.client.resolves {
            actions.push(lsp::CodeAction { data: Some(json!({"uri": uri})), ..fix_all(None) });
            return Some(spelt(&actions));
        }
        // To work it out takes a run; nobody waits for that who only looks what there is.
        if only.is_none() {
            return Some(spelt(&actions));
        }
        self.mend(id, uri, Asked::Actions(actions))
    }

    /// `codeAction/resolve`: the edit of an action that was offered without.
    pub(super) fn resolve_action(&mut self, id: &RequestId, value: Value) -> Answer {
        let action: lsp::CodeAction = match params(value) {
            Ok(action) => action,
            Err(fault) => return Some(Err(fault)),
        };
        let uri = action.data.as_ref().and_then(|data| data.get("uri")?.as_str()).map(str::to_owned);
        match uri.filter(|_| action.edit.is_none()) {
            Some(uri) => self.mend(id, &uri, Asked::Edit(Box::new(action))),
            // There is nothing to add to it.
            None => Some(spelt(&action)),
        }
    }

    /// Lets the worker find out what fixing the document comes to.
    fn mend(&mut self, id: &RequestId, uri: &str, asked: Asked) -> Answer {
        let Some(document) = self.documents.get(uri) else {
            return Some(Err(Fault::new(ErrorCode::InvalidParams, format!("`{uri}` is not open"))));
        };
        let stop = Stop::default();
        let mending = Mending {
            id: id.clone(),
            job: self.job(0, self.texts(), stop.clone()),
            file: match document.path.clone() {
                Some(path) if path.is_file() => Target::File(path),
                Some(path) => Target::Unsaved(path, document.text.clone()),
                None => Target::Untitled(document.text.clone()),
            },
            uri: document.uri.clone(),
        };
        let open = self.documents.iter().map(|(uri, it)| (uri.clone(), (it.state, it.version))).collect();
        self.pending.push(Pending { id: id.clone(), uri: uri.to_owned(), open, asked, stop });
        self.to_mend.push(mending);
        None
    }

    /// Answers the request `id` with what the worker found out.
    pub(super) fn take_mended(&mut self, id: &RequestId, mended: Mended, writer: &Writer) {
        let Some(at) = self.pending.iter().position(|pending| pending.id == *id) else { return };
        let Pending { id, uri, open, asked, .. } = self.pending.remove(at);
        let answer = match mended {
            Ok(files) => {
                let is_as_it_was = |uri: &String| {
                    let then = open.get(uri).map(|(state, _)| *state);
                    then == self.documents.get(uri).map(|document| document.state)
                };
                if files.keys().chain([&uri]).all(is_as_it_was) {
                    self.answer_mended(asked, files, &open)
                } else {
                    Err(Fault::new(ErrorCode::ContentModified, "the text was changed in the meantime"))
                }
            }
            Err(why) => Err(Fault::new(ErrorCode::RequestFailed, why)),
        };
        writer.send(&response(id, answer));
    }

    fn answer_mended(
        &self,
        asked: Asked,
        files: BTreeMap<String, Vec<lsp::TextEdit>>,
        open: &BTreeMap<String, (u64, i32)>,
    ) -> Result<Value, Fault> {
        let is_empty = files.is_empty();
        let with_versions = files.into_iter().map(|(uri, edits)| {
            let version = open.get(&uri).map(|(_, version)| *version);
            (uri, (version, edits))
        });
        let edit = self.workspace_edit(with_versions.collect::<Edits>());
        match asked {
            Asked::Actions(mut actions) => {
                actions.extend((!is_empty).then(|| fix_all(Some(edit))));
                spelt(&actions)
            }
            Asked::Edit(action) => spelt(&lsp::CodeAction { edit: Some(edit), ..*action }),
        }
    }

    /// Gives up what the requests that `chosen` means wait for; gives their ids.
    pub(super) fn drop_pending(&mut self, chosen: &dyn Fn(&RequestId) -> bool) -> Vec<RequestId> {
        let dropped = self.pending.extract_if(.., |pending| chosen(&pending.id));
        let stopped = dropped.map(|pending| {
            pending.stop.ask();
            pending.id
        });
        stopped.collect()
    }

    /// Whether something is found in a document that can be fixed safely.
    fn has_safe_fix(&mut self, uri: &str) -> bool {
        let judged = self.judgement(uri);
        let mut fixes = judged.iter().flat_map(|judged| &judged.findings).flat_map(|finding| &finding.fixes);
        fixes.any(|fix| fix.safety == Safety::Safe)
    }
}

fn spelt(answer: &impl serde::Serialize) -> Result<Value, Fault> {
    serde_json::to_value(answer).map_err(|error| Fault::new(ErrorCode::InternalError, error.to_string()))
}

fn fix_all(edit: Option<lsp::WorkspaceEdit>) -> lsp::CodeAction {
    lsp::CodeAction {
        title: TITLE.to_owned(),
        kind: Some(lsp::CodeActionKind::Custom(FIX_ALL.into())),
        edit,
        ..lsp::CodeAction::default()
    }
}

/// Finds out what is asked for, one after the other. Somebody waits for that, and not for the runs.
pub(super) fn work_out(asked: &Receiver<Mending>, events: &Sender<Event>) {
    while let Ok(mending) = asked.recv() {
        let mended = guarded(|| mended(&mending)).unwrap_or_else(|| Err(BUG.to_owned()));
        if events.send(Event::Mended(mending.id, mended)).is_err() {
            return;
        }
    }
}

fn mended(Mending { job, file, uri, .. }: &Mending) -> Mended {
    let (resolver, _) = job.resolver();
    let here = std::env::current_dir().unwrap_or_default();
    let fixing = Fixing { least: Safety::Safe, registry: job.registry, limits: job.limits };
    let fixed = engine::fix(&fixing, &mut |drafts| run(job, file, &resolver, drafts, &here));
    let fixed = fixed.map_err(|failure| failure.to_string())?;
    let mut files = BTreeMap::new();
    for (path, draft) in fixed.drafts.iter() {
        let path = here.join(path);
        let source = Source::new(SourceId(0), "", &*draft.before);
        let (uri, counting) = match file {
            Target::Untitled(_) => {
                (uri.clone(), Counting::open(&source.text, source.lines(), job.client.encoding))
            }
            Target::File(_) | Target::Unsaved(..) => job.named(&path, &source),
        };
        let edit = |(at, new_text): (Range<usize>, String)| lsp::TextEdit {
            range: counting.range(Span::new(source.id, at.start as u32, at.end as u32)),
            new_text,
        };
        files.insert(uri.0, edits_by_line(&draft.before, &draft.after).into_iter().map(edit).collect());
    }
    Ok(files)
}

/// A run over the document in which `drafts` stand for their files.
fn run(
    job: &Job,
    file: &Target,
    resolver: &Resolver<'static>,
    drafts: &Drafts,
    here: &Path,
) -> Result<Outcome, Failure> {
    let mut request = request(job, resolver);
    let stdin = |name: String, is_file, text: &String| Stdin { name, is_file, bytes: text.clone().into() };
    match file {
        Target::File(path) => request.paths.push(path.clone()),
        Target::Unsaved(path, text) => request.stdin = Some(stdin(walk::shown(path), true, text)),
        Target::Untitled(text) => request.stdin = Some(stdin(UNTITLED.to_owned(), false, text)),
    }
    drafts.lay(&mut request, here);
    let mut outcome = engine::run(job.registry, &request, &|_, _| {})?;
    if let Target::File(path) | Target::Unsaved(path, _) = file {
        let root = job.workspace.folder_of(path).map_or(path, |folder| &folder.real);
        take_known(job, root, &mut outcome, &mut Vec::new());
    }
    Ok(outcome)
}

/// What makes `after` of `before`: whole lines, so that the cursor and marks in the others stay where they are.
fn edits_by_line(before: &str, after: &str) -> Vec<(Range<usize>, String)> {
    let [olds, news] = [before, after].map(|text| text.split_inclusive('\n').collect::<Vec<_>>());
    let at = |lines: &[&str], line: usize| lines[..line].iter().map(|it| it.len()).sum::<usize>();
    let diff = TextDiff::from_slices(&olds, &news);
    let changed = diff.ops().iter().filter(|op| op.tag() != DiffTag::Equal);
    let edit = |op: &DiffOp| {
        let old = op.old_range();
        (at(&olds, old.start)..at(&olds, old.end), news[op.new_range()].concat())
    };
    changed.map(edit).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text() -> impl Strategy<Value = String> {
        prop::collection::vec(prop::sample::select(&["a\n", "b\r\n", "\r", "안녕\n", "\n", "x"][..]), 0..12)
            .prop_map(|parts| parts.concat())
    }

    proptest! {
        #[test]
        fn edits_by_line_make_the_new_text(before in text(), after in text()) {
            let mut made = before.clone();
            for (at, text) in edits_by_line(&before, &after).into_iter().rev() {
                made.replace_range(at, &text);
            }
            prop_assert_eq!(made, after);
        }
    }
}
