//! What the client tells of its documents, folders, files and settings.

use gen_lsp_types as lsp;

use super::{
    document::Document,
    judgement::is_config,
    runs::{Session, way_from},
    transport::Writer,
    uri, workspace,
};

impl Session {
    /// `textDocument/didOpen`
    pub(super) fn open(&mut self, params: lsp::DidOpenTextDocumentParams) {
        let lsp::TextDocumentItem { uri, version, text, .. } = params.text_document;
        let path = uri::to_path(&uri.0).map(|path| workspace::real(&path));
        let key = uri.0.clone();
        let mut document = Document::new(uri, path, version, text);
        if let Some(units) = &self.units {
            document.way = way_from(units, &document);
        }
        self.published.mark(&key);
        self.documents.insert(key, document);
        self.want_run(false);
    }

    /// `textDocument/didChange`
    pub(super) fn change(&mut self, params: lsp::DidChangeTextDocumentParams) {
        let key = params.text_document.text_document_identifier.uri.0;
        let Some(document) = self.documents.get_mut(&key) else { return };
        for event in params.content_changes {
            document.change(event, self.client.encoding);
        }
        document.version = params.text_document.version;
        document.forget();
        self.published.mark(&key);
        self.want_run(false);
    }

    /// `textDocument/didClose`: the file on disk counts again.
    pub(super) fn close(&mut self, params: &lsp::DidCloseTextDocumentParams) {
        let closed = self.documents.remove(&params.text_document.uri.0);
        // What was shown last is nearer to the truth than what a run found before.
        let last = closed.and_then(|document| document.path.zip(document.report));
        if let Some((path, report)) = last {
            self.reports.insert(path, (*report).clone());
        }
        self.published.mark(&params.text_document.uri.0);
        self.want_run(true);
    }

    /// `textDocument/didSave`: a configuration, or a file that others read, may be new on disk.
    pub(super) fn save(&mut self, params: &lsp::DidSaveTextDocumentParams) {
        let path = uri::to_path(&params.text_document.uri.0);
        if path.is_some_and(|path| is_config(&path)) {
            self.want_another_run();
        } else {
            self.want_run(true);
        }
    }

    /// `workspace/didChangeWatchedFiles`
    pub(super) fn watched(&mut self, params: &lsp::DidChangeWatchedFilesParams) {
        if !params.changes.is_empty() {
            self.want_run(false);
        }
    }

    /// `workspace/didChangeWorkspaceFolders`
    pub(super) fn folders_changed(&mut self, params: lsp::DidChangeWorkspaceFoldersParams) {
        let paths = |folders: Vec<lsp::WorkspaceFolder>| {
            folders.into_iter().filter_map(|folder| uri::to_path(&folder.uri.0)).collect::<Vec<_>>()
        };
        for path in paths(params.event.removed) {
            self.workspace.remove(&path);
        }
        for path in paths(params.event.added) {
            self.workspace.add(path);
        }
        self.want_another_run();
    }

    /// `workspace/didChangeConfiguration`: the settings themselves, or that it is time to ask for them.
    pub(super) fn configure(&mut self, params: lsp::DidChangeConfigurationParams, writer: &Writer) {
        if self.client.configures {
            self.ask_settings(writer);
        } else {
            self.settings_came(params.settings, writer);
        }
    }
}
