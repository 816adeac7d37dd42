//! Which request goes where, and what is answered when it cannot be done.

use std::panic::{AssertUnwindSafe, catch_unwind};

use gen_lsp_types as lsp;
use lsp_server::{ErrorCode, Notification, Request};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::{client::Client, position::Encoding, runs::Session, transport::Writer};

/// The kind of the action that applies every safe fix of a file.
pub(super) const FIX_ALL: &str = "source.fixAll.plimsoll";

/// What is said where a bug ended some work.
pub(super) const BUG: &str = "an internal error; the server goes on";

/// Why a request was not done.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) code: i32,
    pub(super) message: String,
}

impl Fault {
    /// A fault in words.
    pub(super) fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code: code as i32, message: message.into() }
    }

    /// A bug ended the work.
    pub(super) fn bug() -> Self {
        Self::new(ErrorCode::InternalError, BUG)
    }
}

/// What a request comes to; `None` where the answer comes later.
pub(super) type Answer = Option<Result<Value, Fault>>;

/// Does `work`; a bug in it ends the work, not the server.
pub(super) fn guarded<T>(work: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(work)).ok()
}

/// Reads parameters.
///
/// # Errors
/// [`Fault`] when they are not of the form that the protocol gives them.
pub(super) fn params<P: DeserializeOwned>(value: Value) -> Result<P, Fault> {
    serde_json::from_value(value).map_err(|error| Fault::new(ErrorCode::InvalidParams, error.to_string()))
}

/// What is offered to `client`.
pub(super) fn capabilities(client: &Client) -> lsp::ServerCapabilities {
    let encoding = match client.encoding {
        Encoding::Utf8 => lsp::PositionEncodingKind::UTF8,
        Encoding::Utf16 => lsp::PositionEncodingKind::UTF16,
    };
    let sync = lsp::TextDocumentSyncOptions {
        open_close: Some(true),
        change: Some(lsp::TextDocumentSyncKind::Incremental),
        save: Some(true.into()),
        ..lsp::TextDocumentSyncOptions::default()
    };
    let diagnostics = lsp::DiagnosticOptions {
        identifier: Some("plimsoll".to_owned()),
        inter_file_dependencies: true,
        workspace_diagnostics: true,
        ..lsp::DiagnosticOptions::default()
    };
    let actions = lsp::CodeActionOptions {
        code_action_kinds: Some(vec![
            lsp::CodeActionKind::QuickFix,
            lsp::CodeActionKind::Custom(FIX_ALL.into()),
        ]),
        resolve_provider: Some(true),
        ..lsp::CodeActionOptions::default()
    };
    let triggers = ["[", ",", "/", "-", ":", " "];
    let folders = lsp::WorkspaceFoldersServerCapabilities {
        supported: Some(true),
        change_notifications: Some(true.into()),
    };
    lsp::ServerCapabilities {
        position_encoding: Some(encoding),
        text_document_sync: Some(sync.into()),
        hover_provider: Some(true.into()),
        completion_provider: Some(lsp::CompletionOptions {
            trigger_characters: Some(triggers.map(str::to_owned).to_vec()),
            ..lsp::CompletionOptions::default()
        }),
        code_action_provider: Some(lsp::CodeActionProvider::CodeActionOptions(actions)),
        diagnostic_provider: client.pulls.then(|| diagnostics.into()),
        workspace: Some(lsp::WorkspaceOptions {
            workspace_folders: Some(folders),
            ..lsp::WorkspaceOptions::default()
        }),
        ..lsp::ServerCapabilities::default()
    }
}

impl Session {
    /// Answers a request, now or later.
    pub(super) fn request(&mut self, request: Request, writer: &Writer) -> Answer {
        let Request { id, method, params: value } = request;
        match method.as_str() {
            "textDocument/diagnostic" => self.pull_document(id, value, writer),
            "workspace/diagnostic" => self.pull_workspace(id, value),
            "textDocument/codeAction" => self.code_actions(&id, value),
            "codeAction/resolve" => self.resolve_action(&id, value),
            "textDocument/hover" => Some(params(value).map(|it| self.hover(&it))),
            "textDocument/completion" => Some(params(value).map(|it| self.complete(&it))),
            _ => Some(Err(Fault::new(ErrorCode::MethodNotFound, format!("there is no method `{method}`")))),
        }
    }

    /// Does what a notification says; one that is malformed or unknown says nothing.
    pub(super) fn notification(&mut self, notification: Notification, writer: &Writer) {
        let Notification { method, params: value } = notification;
        let done = match method.as_str() {
            "initialized" => {
                self.initialized(writer);
                Ok(())
            }
            "$/cancelRequest" => params(value).map(|it| self.cancel(it, writer)),
            "textDocument/didOpen" => params(value).map(|it| self.open(it)),
            "textDocument/didChange" => changes(value).and_then(params).map(|it| self.change(it)),
            "textDocument/didClose" => params(value).map(|it| self.close(&it)),
            "textDocument/didSave" => params(value).map(|it| self.save(&it)),
            "workspace/didChangeConfiguration" => params(value).map(|it| self.configure(it, writer)),
            "workspace/didChangeWatchedFiles" => params(value).map(|it| self.watched(&it)),
            "workspace/didChangeWorkspaceFolders" => params(value).map(|it| self.folders_changed(it)),
            _ => Ok(()),
        };
        if let Err(fault) = done {
            let words = format!("`{method}` is not understood: {}", fault.message);
            super::push::log(writer, lsp::MessageType::Warning, &words);
        }
    }
}

/// The parameters of a change as the protocol has them: with a version, where clients that count none send null, and with
/// places that can be counted, where one out of reach is the nearest.
///
/// # Errors
/// [`Fault`] when the range of a change is none: what comes with it must not be taken for the whole text.
fn changes(mut value: Value) -> Result<Value, Fault> {
    if let Some(version) = value.pointer_mut("/textDocument/version").filter(|it| it.is_null()) {
        *version = json!(0);
    }
    let changes = value.get_mut("contentChanges").and_then(Value::as_array_mut);
    for range in changes.into_iter().flatten().filter_map(|change| change.get_mut("range")) {
        for place in ["/start/line", "/start/character", "/end/line", "/end/character"] {
            if let Some(number) = range.pointer_mut(place).filter(|it| it.is_number()) {
                let beyond = if number.as_f64().is_some_and(|it| it > 0.0) { i64::MAX } else { 0 };
                *number = json!(number.as_i64().unwrap_or(beyond).clamp(0, i64::from(i32::MAX)));
            }
        }
        if !range.is_null() {
            params::<lsp::Range>(range.clone())?;
        }
    }
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_out_of_reach_is_the_nearest_and_one_that_is_none_is_refused() {
        let range = |start: Value| {
            let end = json!({"line": 1, "character": 2});
            let change = json!({"range": {"start": start, "end": end}, "text": "x"});
            let changes = changes(json!({"textDocument": {"version": null}, "contentChanges": [change]}));
            changes.map(|it| it.pointer("/contentChanges/0/range/start").cloned().unwrap_or_default())
        };
        let most = i32::MAX;
        for (line, nearest) in
            [(json!(7), 7), (json!(-1), 0), (json!(1_u64 << 40), most), (json!(1e99), most)]
        {
            let start = range(json!({"line": line, "character": 0})).unwrap();
            assert_eq!(start, json!({"line": nearest, "character": 0}), "{line}");
        }
        for start in [json!({"line": "1", "character": 0}), json!({"line": 1}), json!(null), json!([])] {
            assert!(range(start.clone()).is_err(), "{start}");
        }
        assert!(changes(json!({"contentChanges": [{"range": null, "text": "x"}]})).is_ok());
    }

    #[test]
    fn a_bug_ends_its_work_and_nothing_else() {
        assert_eq!(guarded(|| -> u8 { panic!("a bug") }), None);
        assert_eq!(guarded(|| 1), Some(1));
    }
}
