//! What the server sends unasked: diagnostics, questions, words for the user.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use gen_lsp_types as lsp;
use lsp_server::{Message, Notification, Request, RequestId, Response};
use serde_json::{Value, json};

use super::{convert::Report, judgement::is_config, options::SECTION, runs::Session, transport::Writer};

/// What the client was sent as diagnostics.
#[derive(Debug, Default)]
pub(super) struct Published {
    /// The id of the report for each URI, and of which version it was.
    ids: HashMap<String, (String, Option<i32>)>,
    /// Documents that changed.
    marked: BTreeSet<String>,
    /// Everything may have changed.
    all: bool,
}

impl Published {
    /// The document at `uri` changed.
    pub(super) fn mark(&mut self, uri: &str) {
        self.marked.insert(uri.to_owned());
    }

    /// Anything may have changed.
    pub(super) fn mark_all(&mut self) {
        self.all = true;
    }

    /// Whether something is to be published.
    pub(super) fn waits(&self) -> bool {
        self.all || !self.marked.is_empty()
    }
}

/// What the client was asked.
#[derive(Debug, Default)]
pub(super) struct Asked {
    /// It asked for the diagnostics of the whole workspace once.
    pub(super) workspace: bool,
    /// It was told what there is, and is told again when that is another.
    pub(super) polled: bool,
    /// What is wrong in the first settings, until it can be said.
    mistakes: Vec<String>,
    /// The files that it was asked to watch.
    watches: Option<Vec<Value>>,
    last: i32,
    /// The question about settings whose answer counts.
    settings: Option<RequestId>,
}

impl Asked {
    /// Nothing asked yet.
    pub(super) fn new(mistakes: Vec<String>) -> Self {
        Self { mistakes, ..Self::default() }
    }
}

/// Writes words into the client's log.
pub(super) fn log(writer: &Writer, kind: lsp::MessageType, words: &str) {
    notify(writer, "window/logMessage", json!({"type": kind, "message": words}));
}

/// Shows words to the user.
pub(super) fn show(writer: &Writer, kind: lsp::MessageType, words: &str) {
    notify(writer, "window/showMessage", json!({"type": kind, "message": format!("plimsoll: {words}")}));
}

fn notify(writer: &Writer, method: &str, params: Value) {
    writer.send(&Message::Notification(Notification { method: method.to_owned(), params }));
}

impl Session {
    /// `initialized`: the client may be asked from now on.
    pub(super) fn initialized(&mut self, writer: &Writer) {
        for mistake in std::mem::take(&mut self.asked.mistakes) {
            show(writer, lsp::MessageType::Warning, &mistake);
        }
        self.register(writer);
        if self.client.configures {
            self.ask_settings(writer);
        }
    }

    /// Asks to hear of files that change on disk, where the client watches them: whatever a run may read, and what decides
    /// about that. What generators take may have any name; these are usual.
    fn register(&mut self, writer: &Writer) {
        const METHOD: &str = "workspace/didChangeWatchedFiles";
        const READ: [&str; 4] = [
            "**/*.{yaml,yml,json}",
            "**/Kustomization",
            "**/{.plimsoll.yaml,.plimsoll.yml,.gitignore,.ignore,.sourceignore}",
            "**/*.{env,properties,conf,ini,toml,txt}",
        ];
        if !self.client.watches {
            return;
        }
        let baseline =
            self.options.baseline.as_ref().and_then(|it| it.file_name()).and_then(|it| it.to_str());
        let baseline = baseline.map(|name| format!("**/{name}"));
        let globs = READ.into_iter().chain(baseline.as_deref());
        let watchers: Vec<_> = globs.map(|glob| json!({"globPattern": glob})).collect();
        if self.asked.watches.as_ref() == Some(&watchers) {
            return;
        }
        if self.asked.watches.is_some() {
            // The protocol spells it so.
            let gone = json!({"unregisterations": [{"id": "files", "method": METHOD}]});
            self.ask(writer, "client/unregisterCapability", gone);
        }
        let registration =
            json!({"id": "files", "method": METHOD, "registerOptions": {"watchers": watchers}});
        self.asked.watches = Some(watchers);
        self.ask(writer, "client/registerCapability", json!({"registrations": [registration]}));
    }

    /// Takes up settings. Where there are none, those hold that the client came with.
    pub(super) fn settings_came(&mut self, settings: Value, writer: &Writer) {
        let is_none = settings.as_object().is_none_or(serde_json::Map::is_empty);
        for mistake in self.set(if is_none { self.initial.clone() } else { settings }) {
            show(writer, lsp::MessageType::Warning, &mistake);
        }
        self.register(writer);
    }

    /// Asks for the settings of the user.
    pub(super) fn ask_settings(&mut self, writer: &Writer) {
        let id = self.ask(writer, "workspace/configuration", json!({"items": [{"section": SECTION}]}));
        self.asked.settings = Some(id);
    }

    fn ask(&mut self, writer: &Writer, method: &str, params: Value) -> RequestId {
        self.asked.last += 1;
        let id = RequestId::from(self.asked.last);
        let request = Request { id: id.clone(), method: method.to_owned(), params };
        writer.send(&Message::Request(request));
        id
    }

    /// Hears the answer to a question.
    pub(super) fn answered(&mut self, response: Response, writer: &Writer) {
        if self.asked.settings.as_ref() != Some(&response.id) {
            return;
        }
        self.asked.settings = None;
        let Ok(Value::Array(answers)) = response.response_result else { return };
        if let Some(settings) = answers.into_iter().next() {
            self.settings_came(settings, writer);
        }
    }

    /// Sends the diagnostics that are not as the client has them: all where it does not ask, else those of
    /// configurations that are not open, as long as it asks for open documents alone.
    pub(super) fn publish(&mut self, writer: &Writer) {
        if !self.is_ready() || !self.published.waits() {
            return;
        }
        let marked = std::mem::take(&mut self.published.marked);
        let is_all = std::mem::take(&mut self.published.all);
        if is_all {
            self.publish_all(writer);
        } else if !self.client.pulls {
            for uri in marked {
                if let Some(report) = self.report(&uri) {
                    self.send_report(&uri, &report, writer);
                }
            }
        }
    }

    fn publish_all(&mut self, writer: &Writer) {
        let mut wanted: Vec<(String, Arc<Report>)> = Vec::new();
        if !self.client.pulls {
            let uris: Vec<String> = self.documents.keys().cloned().collect();
            for uri in uris {
                wanted.extend(self.report(&uri).map(|report| (uri, report)));
            }
        }
        let pushes_all = !self.client.pulls;
        let pushes_config = !self.asked.workspace;
        for (path, report) in self.closed(&self.reports) {
            if pushes_all || (pushes_config && is_config(path)) {
                wanted.push((self.workspace.uri_of(path).0, Arc::new(report.clone())));
            }
        }
        let kept: BTreeSet<&str> = wanted.iter().map(|(uri, _)| uri.as_str()).collect();
        let mut gone: Vec<String> =
            self.published.ids.keys().filter(|uri| !kept.contains(uri.as_str())).cloned().collect();
        gone.sort_unstable();
        let none = Report::new(&[]);
        for uri in gone {
            self.send_report(&uri, &none, writer);
            self.published.ids.remove(&uri);
        }
        for (uri, report) in wanted {
            self.send_report(&uri, &report, writer);
        }
    }

    fn send_report(&mut self, uri: &str, report: &Report, writer: &Writer) {
        let version = self.documents.get(uri).map(|document| document.version);
        // An open document hears of each of its versions.
        let now = (report.id.clone(), version);
        if self.published.ids.get(uri) == Some(&now) {
            return;
        }
        self.published.ids.insert(uri.to_owned(), now);
        let version = version.map(|version| format!(",\"version\":{version}")).unwrap_or_default();
        let params = format!("{{\"uri\":{}{version},\"diagnostics\":{}}}", json!(uri), report.json);
        writer.notify("textDocument/publishDiagnostics", &params);
    }

    /// Lets a client that asks know that it should ask again, where a run brought something new.
    pub(super) fn tell_news(&mut self, is_new_elsewhere: bool, writer: &Writer) {
        if !self.client.pulls {
            return;
        }
        let uris: Vec<String> = self.documents.keys().cloned().collect();
        let mut is_new = is_new_elsewhere;
        for uri in uris {
            let Some(report) = self.report(&uri) else { continue };
            let told = self.documents.get(&uri).and_then(|document| document.told.as_ref());
            is_new |= told.is_some_and(|told| *told != report.id);
        }
        if is_new {
            self.ask(writer, "workspace/diagnostic/refresh", Value::Null);
        }
    }
}
