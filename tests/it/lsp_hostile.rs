//! The language server against clients that are broken or mean.

use std::{
    fmt::Write as _,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use super::{
    dir::Dir,
    lsp_client::{Client, full, pulling, uri},
};

const POD: &str = "apiVersion: v1\nkind: Pod\nmetadata: {name: \"안녕 😀\"}\nspec:\n  hostNetwork: true\n";

fn dir() -> Dir {
    let dir = Dir::new();
    dir.write(".git/HEAD", "");
    dir.write("pod.yaml", POD);
    dir
}

fn one() -> Value {
    json!({"select": ["host-network"]})
}

#[test]
fn garbage_is_answered_and_read_on() {
    let dir = dir();
    let mut client = Client::start(dir.path());
    client.raw(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n\x00\xff\xfe garbage");
    client.raw(b"\r\nContent-Length: 4\r\n\r\nnope");
    client.raw(b"Content-Length: -1\r\n\r\nContent-Length: 999999999999999999999\r\n\r\n");
    client.raw(b"Content-Length: 2\r\n\r\n[]Content-Length: 14\r\n\r\n{\"jsonrpc\":2.0");
    client.raw(b"}\r\n");
    let root = uri(dir.path(), "").trim_end_matches('/').to_owned();
    client.initialize(&json!([{"uri": root, "name": "x"}]), &full(), &one());
    client.until_rules(&uri(dir.path(), "pod.yaml"), &["host-network@4:15"]);
    assert_eq!(client.leave(), Some(0));
}

#[test]
fn an_input_that_ends_in_the_middle_ends_the_server() {
    let dir = dir();
    for bytes in [&b""[..], b"Content-Le", b"Content-Length: 100\r\n\r\n{\"jsonrpc\"", b"\r\n\r\n"] {
        let mut client = Client::start(dir.path());
        client.raw(bytes);
        let began = Instant::now();
        assert_eq!(client.close(), Some(1));
        assert!(began.elapsed() < Duration::from_secs(5));
    }
    // A client that asks much and hears nothing.
    let mut client = Client::open(dir.path(), &full(), &one());
    for id in 0..100 {
        client.ask("textDocument/hover", json!({"textDocument": {"uri": "x"}, "position": {"line": id}}));
    }
    assert_eq!(client.close(), Some(1));
}

#[test]
fn wrong_positions_lead_to_the_nearest_place() {
    let dir = dir();
    let mut client = Client::open(dir.path(), &pulling(), &one());
    let pod = uri(dir.path(), "pod.yaml");
    client.did_open(&pod, POD);
    let range = |a: (u64, u64), b: (u64, u64)| json!({"start": {"line": a.0, "character": a.1}, "end": {"line": b.0, "character": b.1}});
    let huge = u64::from(u32::MAX);
    for (version, range) in (2..).zip([
        range((999, 0), (999, 5)),
        range((huge, huge), (huge, huge)),
        range((4, 0), (0, 0)),
        // In the middle of the emoji's two units.
        range((2, 21), (2, 21)),
        range((2, 20), (2, 21)),
        range((0, 9999), (1, 0)),
    ]) {
        client.changes(&pod, version, &json!([{"range": range, "text": "😀"}]));
        let params = json!({"textDocument": {"uri": pod}, "position": range["start"]});
        client.request("textDocument/hover", params.clone());
        client.request("textDocument/completion", params);
        let context = json!({"diagnostics": []});
        let params = json!({"textDocument": {"uri": pod}, "range": range, "context": context});
        client.request("textDocument/codeAction", params);
    }
    client.did_change(&pod, 99, POD);
    let report = client.request("textDocument/diagnostic", json!({"textDocument": {"uri": pod}}));
    assert_eq!(report["items"].as_array().unwrap().len(), 1);
    assert_eq!(client.leave(), Some(0));
}

#[test]
fn a_uri_that_is_no_file_is_no_trouble() {
    let dir = dir();
    let mut client = Client::open(dir.path(), &pulling(), &one());
    for uri in [
        "",
        ":",
        "%",
        "git:/a/b.yaml?%7B%7D",
        "vscode-notebook-cell:/x.ipynb#W0",
        "http://example.org/a.yaml",
        "file:",
        "file://",
        "file:///",
        "file:///c%3A/Users/x/a.yaml",
        "file:///C:/x.yaml",
        "file:///%00",
        "file:///%FF%FE.yaml",
        "file://server/share/a.yaml",
        "file:///../../../../etc/passwd",
        "file:///dev/stdin",
        "file:///proc/self/mem",
        "untitled:Untitled-1",
    ] {
        client.did_open(uri, POD);
        client.did_change(uri, 2, &format!("{POD}# x\n"));
        let document = json!({"uri": uri});
        client.request("textDocument/diagnostic", json!({"textDocument": document}));
        let at = json!({"line": 4, "character": 16});
        client.request("textDocument/hover", json!({"textDocument": document, "position": at}));
        let range = json!({"start": at, "end": at});
        client.request(
            "textDocument/codeAction",
            json!({"textDocument": document, "range": range, "context": {"diagnostics": []}}),
        );
        client.notify("textDocument/didSave", json!({"textDocument": document}));
        client.notify("textDocument/didClose", json!({"textDocument": document}));
    }
    // What was never opened can be neither changed nor closed.
    client.did_change("file:///nowhere/a.yaml", 7, POD);
    client.notify("textDocument/didClose", json!({"textDocument": {"uri": "file:///nowhere/a.yaml"}}));
    assert_eq!(client.leave(), Some(0));
}

#[test]
fn parameters_of_any_form_are_refused_and_nothing_more() {
    let dir = dir();
    let mut client = Client::open(dir.path(), &pulling(), &one());
    let methods = [
        "textDocument/didOpen",
        "textDocument/didChange",
        "textDocument/didClose",
        "textDocument/didSave",
        "textDocument/diagnostic",
        "textDocument/hover",
        "textDocument/completion",
        "textDocument/codeAction",
        "workspace/diagnostic",
        "workspace/didChangeConfiguration",
        "workspace/didChangeWatchedFiles",
        "workspace/didChangeWorkspaceFolders",
        "$/cancelRequest",
        "$/setTrace",
        "initialized",
        "telemetry/event",
    ];
    for method in methods {
        for params in [json!(null), json!([]), json!("x"), json!({}), json!({"textDocument": {"uri": 1}})] {
            client.notify(method, params.clone());
            if params != json!(null) && params != json!([]) || method != "initialized" {
                let id = client.ask(method, params);
                assert!(client.answer(id).get("error").is_some(), "{method}");
            }
        }
    }
    client.raw(b"Content-Length: 37\r\n\r\n{\"jsonrpc\":\"2.0\",\"id\":77,\"result\":{}}");
    assert_eq!(client.leave(), Some(0));
}

#[test]
fn the_server_leaves_in_the_middle_of_a_run() {
    let dir = dir();
    let mut many = String::new();
    for number in 0..2000 {
        write!(many, "---\n{}", POD.replace("name: ", &format!("namespace: n{number}, name: "))).unwrap();
    }
    for number in 0..40 {
        dir.write(&format!("many/{number}.yaml"), &many);
    }
    let began = Instant::now();
    let client = Client::open(dir.path(), &pulling(), &json!({"profile": "all"}));
    assert_eq!(client.leave(), Some(0));
    let client = Client::open(dir.path(), &full(), &json!({"profile": "all"}));
    assert_eq!(client.close(), Some(1));
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
}
