//! What the client can do, read from `initialize` without trusting its form.

use std::path::PathBuf;

use serde_json::Value;

use super::{position::Encoding, uri};

/// The other side.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "each is an ability of its own")]
pub(super) struct Client {
    /// What positions count.
    pub(super) encoding: Encoding,
    /// It asks for diagnostics, and again when it is told to; they are pushed otherwise. A run may find something in a
    /// text that nobody touches: who asks only when a text changes would show what was found before.
    pub(super) pulls: bool,
    /// It shows related places.
    pub(super) relates: bool,
    /// It shows a link at a diagnostic's code.
    pub(super) describes: bool,
    /// It shows tags.
    pub(super) tags: bool,
    /// It keeps `data` for code actions.
    pub(super) keeps_data: bool,
    /// Edits may name the version that they are for.
    pub(super) versions_edits: bool,
    /// It watches files for the server.
    pub(super) watches: bool,
    /// It can be asked for its settings.
    pub(super) configures: bool,
    /// It shows Markdown in hovers.
    pub(super) shows_markdown: bool,
    /// It shows a preferred action as such.
    pub(super) prefers: bool,
    /// It asks for the edit of an action when that is chosen.
    pub(super) resolves: bool,
}

impl Client {
    /// Reads the parameters of `initialize`.
    pub(super) fn new(params: &Value) -> Self {
        let has =
            |path: &str| params.pointer(&format!("/capabilities/{path}")).is_some_and(|it| !it.is_null());
        let is = |path: &str| {
            params.pointer(&format!("/capabilities/{path}")).and_then(Value::as_bool).unwrap_or_default()
        };
        // In 3.18 the abilities stand at both kinds of diagnostics.
        let either = |ability: &str| {
            is(&format!("textDocument/publishDiagnostics/{ability}"))
                || is(&format!("textDocument/diagnostic/{ability}"))
        };
        let tags = "textDocument/publishDiagnostics/tagSupport";
        Self {
            encoding: encoding(params),
            pulls: has("textDocument/diagnostic")
                && (is("workspace/diagnostics/refreshSupport") || is("workspace/diagnostic/refreshSupport")),
            relates: either("relatedInformation"),
            describes: either("codeDescriptionSupport"),
            tags: has(tags) || has("textDocument/diagnostic/tagSupport"),
            keeps_data: either("dataSupport"),
            versions_edits: is("workspace/workspaceEdit/documentChanges"),
            watches: is("workspace/didChangeWatchedFiles/dynamicRegistration"),
            configures: is("workspace/configuration"),
            shows_markdown: lists(params, "textDocument/hover/contentFormat", "markdown"),
            prefers: is("textDocument/codeAction/isPreferredSupport"),
            resolves: is("textDocument/codeAction/dataSupport")
                && lists(params, "textDocument/codeAction/resolveSupport/properties", "edit"),
        }
    }
}

/// UTF-8 where the client offers it: it is what the texts are.
fn encoding(params: &Value) -> Encoding {
    if lists(params, "general/positionEncodings", "utf-8") { Encoding::Utf8 } else { Encoding::Utf16 }
}

fn lists(params: &Value, path: &str, word: &str) -> bool {
    let list = params.pointer(&format!("/capabilities/{path}")).and_then(Value::as_array);
    list.is_some_and(|list| list.iter().any(|it| it == word))
}

/// The folders that are open: the list, or else the one root of older clients (LSP 3.17, `InitializeParams`).
pub(super) fn folders(params: &Value) -> Vec<PathBuf> {
    if let Some(folders) = params.get("workspaceFolders").and_then(Value::as_array) {
        let uris = folders.iter().filter_map(|folder| folder.get("uri")?.as_str());
        return uris.filter_map(uri::to_path).collect();
    }
    let root = params.get("rootUri").and_then(Value::as_str).and_then(uri::to_path);
    let path = || params.get("rootPath").and_then(Value::as_str).map(PathBuf::from);
    root.or_else(path).filter(|it| it.is_absolute()).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn utf8_is_taken_where_it_is_offered_and_utf16_everywhere_else() {
        for (offered, expected) in [
            (json!(["utf-16", "utf-8"]), Encoding::Utf8),
            (json!(["utf-16"]), Encoding::Utf16),
            (json!(["utf-32"]), Encoding::Utf16),
            (json!("utf-8"), Encoding::Utf16),
            (json!(null), Encoding::Utf16),
        ] {
            let params = json!({"capabilities": {"general": {"positionEncodings": offered}}});
            assert_eq!(Client::new(&params).encoding, expected, "{params}");
        }
    }

    #[test]
    fn diagnostics_are_pushed_to_who_cannot_be_told_to_ask_again() {
        for (diagnostics, pulls) in [
            (json!({"refreshSupport": true}), true),
            (json!({"refreshSupport": false}), false),
            (json!(null), false),
        ] {
            let abilities =
                json!({"textDocument": {"diagnostic": {}}, "workspace": {"diagnostics": diagnostics}});
            assert_eq!(Client::new(&json!({"capabilities": abilities})).pulls, pulls, "{diagnostics}");
        }
    }

    #[test]
    fn anything_at_all_is_read_as_a_client_that_can_nothing() {
        for params in
            [json!(null), json!([]), json!(1), json!({"capabilities": 7}), json!({"capabilities": []})]
        {
            let client = Client::new(&params);
            assert!(!client.pulls && !client.relates && !client.watches, "{params}");
            assert_eq!(folders(&params), Vec::<PathBuf>::new());
        }
    }

    #[cfg(unix)]
    #[test]
    fn folders_come_from_the_list_or_from_the_root() {
        let list = json!({"workspaceFolders": [{"uri": "file:///a"}, {"uri": "untitled:b"}], "rootUri": "file:///c"});
        assert_eq!(folders(&list), [PathBuf::from("/a")]);
        assert_eq!(
            folders(&json!({"workspaceFolders": null, "rootUri": "file:///c"})),
            [PathBuf::from("/c")]
        );
        assert_eq!(folders(&json!({"rootPath": "/d"})), [PathBuf::from("/d")]);
        assert_eq!(folders(&json!({"rootPath": "d"})), Vec::<PathBuf>::new());
    }
}
