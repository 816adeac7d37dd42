//! Diagnostics for clients that ask for them (LSP 3.17, "Pull Diagnostics").

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
};

use gen_lsp_types as lsp;
use lsp_server::{ErrorCode, RequestId};
use serde_json::{Value, json};

use super::{
    convert::Report,
    requests::{Answer, Fault, guarded, params},
    runs::Session,
    server::response,
    transport::Writer,
    uri, workspace,
};

/// A request that is answered when there is something to say.
#[derive(Debug)]
pub(super) struct Held {
    id: RequestId,
    asked: Question,
}

#[derive(Debug)]
enum Question {
    /// About one document, before the first run is done.
    Document(lsp::DocumentDiagnosticParams),
    /// About everything: held until something is not as the client knows it.
    Workspace(lsp::WorkspaceDiagnosticParams),
}

impl Session {
    /// `textDocument/diagnostic`
    pub(super) fn pull_document(&mut self, id: RequestId, value: Value, writer: &Writer) -> Answer {
        let params = match params(value) {
            Ok(params) => params,
            Err(fault) => return Some(Err(fault)),
        };
        if self.can_report(&params) {
            writer.answer(&id, &self.document_report(&params));
            return None;
        }
        self.held.push(Held { id, asked: Question::Document(params) });
        None
    }

    /// `workspace/diagnostic`
    pub(super) fn pull_workspace(&mut self, id: RequestId, value: Value) -> Answer {
        let params = match params(value) {
            Ok(params) => params,
            Err(fault) => return Some(Err(fault)),
        };
        // From now on the client knows of configurations that are not open, too.
        if !self.asked.workspace {
            self.asked.workspace = true;
            self.published.mark_all();
        }
        self.held.push(Held { id, asked: Question::Workspace(params) });
        None
    }

    /// Answers what can be answered now.
    pub(super) fn answer_held(&mut self, writer: &Writer) {
        for Held { id, asked } in std::mem::take(&mut self.held) {
            let answer = guarded(|| match &asked {
                Question::Document(params) => self.can_report(params).then(|| self.document_report(params)),
                Question::Workspace(params) => self.knows_all().then(|| self.news(params)).flatten(),
            });
            match answer {
                Some(Some(result)) => writer.answer(&id, &result),
                Some(None) => self.held.push(Held { id, asked }),
                None => writer.send(&response(id, Err(Fault::bug()))),
            }
        }
    }

    /// `$/cancelRequest`: only what is not answered at once can still be cancelled.
    pub(super) fn cancel(&mut self, params: lsp::CancelParams, writer: &Writer) {
        let id = match params.id {
            lsp::Id::Int(id) => RequestId::from(id),
            lsp::Id::String(id) => RequestId::from(id),
        };
        let fault = || Fault::new(ErrorCode::RequestCanceled, "cancelled by the client");
        self.refuse(&|own| *own == id, &fault, writer);
    }

    /// Answers everything that waits: nothing more will be found.
    pub(super) fn refuse_all(&mut self, writer: &Writer) {
        let fault = || Fault::new(ErrorCode::ServerCancelled, "the server shuts down");
        self.refuse(&|_| true, &fault, writer);
    }

    /// Answers the requests that `chosen` means, of those that wait, with `fault`.
    fn refuse(&mut self, chosen: &dyn Fn(&RequestId) -> bool, fault: &dyn Fn() -> Fault, writer: &Writer) {
        let held: Vec<_> = self.held.extract_if(.., |held| chosen(&held.id)).map(|held| held.id).collect();
        for id in held.into_iter().chain(self.drop_pending(chosen)) {
            writer.send(&response(id, Err(fault())));
        }
    }

    /// Whether there is something to say about the document: what runs say of those that are not open comes last.
    fn can_report(&self, params: &lsp::DocumentDiagnosticParams) -> bool {
        let is_open = self.documents.contains_key(&params.text_document.uri.0);
        self.is_ready() && (is_open || self.units.is_none() || self.knows_all())
    }

    fn document_report(&mut self, params: &lsp::DocumentDiagnosticParams) -> String {
        let uri = &params.text_document.uri.0;
        let Some(report) = self.report(uri) else {
            let path = uri::to_path(uri).map(|path| workspace::real(&path));
            let report = path.and_then(|path| self.reports.get(&path));
            let none = Report::new(&[]);
            return format!("{{{}}}", told(report.unwrap_or(&none), params.previous_result_id.as_deref()));
        };
        if let Some(document) = self.documents.get_mut(uri) {
            document.told = Some(report.id.clone());
        }
        format!("{{{}}}", told(&report, params.previous_result_id.as_deref()))
    }

    /// What is not as the client knows it, and that the rest is; nothing where all is.
    fn news(&mut self, params: &lsp::WorkspaceDiagnosticParams) -> Option<String> {
        let mut known = Known::new(&params.previous_result_ids);
        let mut items = Vec::new();
        let mut is_new = !std::mem::replace(&mut self.asked.polled, true);
        let mut tell = |uri: &lsp::Uri, version: Option<i32>, report: &Report, before: Option<&str>| {
            is_new |= before != Some(report.id.as_str()) && (before.is_some() || !report.is_empty);
            let (uri, version) = (json!(uri), json!(version));
            items.push(format!("{{\"uri\":{uri},\"version\":{version},{}}}", told(report, before)));
        };
        let uris: Vec<String> = self.documents.keys().cloned().collect();
        for uri in uris {
            let Some(report) = self.report(&uri) else { continue };
            let Some(document) = self.documents.get(&uri) else { continue };
            let before = known.take(&uri, document.path.as_deref());
            tell(&document.uri, Some(document.version), &report, before.map(|it| it.value.as_str()));
        }
        for (path, report) in self.closed(&self.reports) {
            let own = self.workspace.uri_of(path);
            let before = known.take(&own.0, Some(path));
            let uri = before.map_or(&own, |it| &it.uri);
            tell(uri, None, report, before.map(|it| it.value.as_str()));
        }
        // What had diagnostics and has none.
        let none = Report::new(&[]);
        for before in known.rest() {
            tell(&before.uri, None, &none, Some(&before.value));
        }
        is_new.then(|| format!("{{\"items\":[{}]}}", items.join(",")))
    }
}

/// What a client knows, by its own name of a file or by any.
struct Known<'p> {
    all: Vec<Option<&'p lsp::PreviousResultId>>,
    by_uri: HashMap<&'p str, usize>,
    by_path: HashMap<PathBuf, Vec<usize>>,
}

impl<'p> Known<'p> {
    fn new(previous: &'p [lsp::PreviousResultId]) -> Self {
        let mut by_path: HashMap<PathBuf, Vec<usize>> = HashMap::new();
        for (at, it) in previous.iter().enumerate() {
            if let Some(path) = uri::to_path(&it.uri.0) {
                by_path.entry(workspace::real(&path)).or_default().push(at);
            }
        }
        let by_uri = previous.iter().enumerate().map(|(at, it)| (it.uri.0.as_str(), at)).collect();
        Self { all: previous.iter().map(Some).collect(), by_uri, by_path }
    }

    /// What is known of the file, which nobody asks for again.
    fn take(&mut self, uri: &str, path: Option<&Path>) -> Option<&'p lsp::PreviousResultId> {
        let own = self.by_uri.get(uri).and_then(|at| self.all[*at].take());
        let others = path.and_then(|path| self.by_path.get(path)).into_iter().flatten();
        own.or_else(|| others.copied().find_map(|at| self.all[at].take()))
    }

    /// What nobody asked for.
    fn rest(self) -> impl Iterator<Item = &'p lsp::PreviousResultId> {
        self.all.into_iter().flatten()
    }
}

/// The fields of a report, or of one that says that the client has it already.
fn told(report: &Report, before: Option<&str>) -> String {
    let id = &report.id;
    if before == Some(id.as_str()) {
        return format!("\"kind\":\"unchanged\",\"resultId\":\"{id}\"");
    }
    format!("\"kind\":\"full\",\"resultId\":\"{id}\",\"items\":{}", report.json)
}
