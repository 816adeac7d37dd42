//! The language server where editors do what they seldom do: two names for a file, settings taken back, texts that are
//! not saved yet, edits taken back before a run.

use std::time::Duration;

use serde_json::{Value, json};

use super::{
    dir::Dir,
    lsp_client::{Client, actions_in, full, pulling, uri, whole},
};

const POD: &str =
    "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  hostNetwork: true\n  hostPID: true\n";

fn host() -> Value {
    json!({"select": ["host-network", "host-pid"]})
}

/// Pulls until `is_so`.
fn pull_until(client: &mut Client, uri: &str, is_so: impl Fn(&[String]) -> bool) {
    for _ in 0..200 {
        if is_so(&client.pull(uri)) {
            return;
        }
        client.listen(Duration::from_millis(25));
    }
    panic!("{uri} is never so: {:?}", client.pull(uri));
}

fn edit(line: u32, from: u32, to: u32, text: &str) -> Value {
    let at = |character: u32| json!({"line": line, "character": character});
    json!([{"range": {"start": at(from), "end": at(to)}, "text": text}])
}

#[test]
fn what_is_taken_back_before_a_run_is_found_where_it_was() {
    let text = format!("---\n{POD}").repeat(5);
    let dir = Dir::repository(&[("a.yaml", &text)]);
    let file = uri(dir.path(), "a.yaml");
    let mut client = Client::open(dir.path(), &pulling(), &host());
    client.did_open(&file, &text);
    let before = client.pull(&file);
    assert_eq!(before.len(), 10, "{before:?}");
    let value = "  hostNetwork: ".len() as u32;
    for (version, (there, back)) in [
        (edit(5, value, value + 1, ""), edit(5, value, value, "t")),
        (edit(5, value + 3, value + 4, ""), edit(5, value + 3, value + 3, "e")),
        (edit(5, 0, 2, "# "), edit(5, 0, 2, "  ")),
    ]
    .into_iter()
    .zip(1_i64..)
    .map(|(edits, number)| (2 * number, edits))
    {
        client.changes(&file, version, &there);
        client.changes(&file, version + 1, &back);
        assert_eq!(client.pull(&file), before);
    }
}

#[test]
fn a_range_that_is_none_replaces_nothing() {
    let dir = Dir::repository(&[("a.yaml", POD)]);
    let file = uri(dir.path(), "a.yaml");
    let mut client = Client::open(dir.path(), &pulling(), &host());
    client.did_open(&file, POD);
    let before = client.pull(&file);
    for start in [json!({"line": "4", "character": 0}), json!(null)] {
        let range = json!({"start": start, "end": {"line": 4, "character": 0}});
        client.changes(&file, 2, &json!([{"range": range, "text": "x"}]));
        assert_eq!(client.pull(&file), before);
    }
    // Far behind the end is the end.
    let range =
        json!({"start": {"line": 1_u64 << 40, "character": 0}, "end": {"line": 1_u64 << 41, "character": 0}});
    client.changes(&file, 3, &json!([{"range": range, "text": "# end\n"}]));
    assert_eq!(client.pull(&file), before);
}

#[test]
fn edits_for_another_text_of_the_same_version_are_not_given() {
    let role = "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata:\n  name: r\n  namespace: shop\n";
    let dir = Dir::repository(&[("a.yaml", role)]);
    let file = uri(dir.path(), "a.yaml");
    let mut client =
        Client::open(dir.path(), &pulling(), &json!({"select": ["rbac-namespace-on-cluster-object"]}));
    client.did_open(&file, role);
    client.pull(&file);
    let asked = client.ask("textDocument/codeAction", actions_in(&file, &whole(), &json!(["source.fixAll"])));
    client.notify("textDocument/didClose", json!({"textDocument": {"uri": file}}));
    client.did_open(&file, &format!("# another\n{role}"));
    let answer = client.answer(asked);
    assert_eq!(answer["error"]["code"], -32801, "{answer}");
    // A file that is not there yet is fixed like any other.
    let new = uri(dir.path(), "new.yaml");
    client.did_open(&new, role);
    assert_eq!(client.pull(&new).len(), 1);
    let offered = client.actions(&new, &whole(), &json!(["source.fixAll"]));
    let edit = &offered[0]["edit"]["documentChanges"][0];
    assert_eq!((&edit["textDocument"]["uri"], &edit["edits"][0]["newText"]), (&json!(new), &json!("")));
}

#[test]
fn a_file_that_is_not_saved_yet_obeys_what_holds_for_its_folder() {
    let dir = Dir::repository(&[("a.yaml", POD), ("strict.yaml", "select: [host-pid]\n")]);
    let new = uri(dir.path(), "new.yaml");
    let has_pid = |found: &[String]| found.iter().any(|it| it == "host-pid@5:11");
    let mut client = Client::open(dir.path(), &pulling(), &json!({}));
    client.did_open(&new, POD);
    assert!(has_pid(&client.pull(&new)));
    dir.write(".plimsoll.yaml", "rules: {host-pid: off}\n");
    let changed = json!({"changes": [{"uri": uri(dir.path(), ".plimsoll.yaml"), "type": 1}]});
    client.notify("workspace/didChangeWatchedFiles", changed);
    pull_until(&mut client, &new, |found| !found.is_empty() && !has_pid(found));
    // So it does where one configuration holds for all.
    let mut client = Client::open(dir.path(), &pulling(), &json!({"config": "strict.yaml"}));
    client.did_open(&new, POD);
    client.did_open("untitled:x", POD);
    for open in [new.as_str(), "untitled:x"] {
        assert_eq!(client.pull(open), ["host-pid@5:11"]);
    }
}

#[test]
fn a_configuration_of_any_name_tells_its_mistakes_and_what_was_good_holds() {
    let good = "select: [host-pid]\n";
    let dir = Dir::repository(&[("a.yaml", POD), ("strict.yaml", good)]);
    let (config, pod) = (uri(dir.path(), "strict.yaml"), uri(dir.path(), "a.yaml"));
    let mut client = Client::open(dir.path(), &full(), &json!({"config": "strict.yaml"}));
    client.did_open(&config, good);
    client.until_rules(&pod, &["host-pid@5:11"]);
    dir.write("strict.yaml", "select: [host-pidd]\n");
    client.did_change(&config, 2, "select: [host-pidd]\n");
    client.notify("textDocument/didSave", json!({"textDocument": {"uri": config}}));
    client.until_rules(&config, &["configuration@0:9"]);
    client.listen(Duration::from_millis(200));
    assert_eq!(client.rules(&pod), ["host-pid@5:11"], "what was good before holds on");
}

#[cfg(unix)]
#[test]
fn two_names_of_one_file_are_two_texts_each_right_in_itself() {
    let dir = Dir::repository(&[("a.yaml", POD)]);
    std::os::unix::fs::symlink("a.yaml", dir.path().join("link.yaml")).unwrap();
    let (file, link) = (uri(dir.path(), "a.yaml"), uri(dir.path(), "link.yaml"));
    let mut client = Client::open(dir.path(), &pulling(), &host());
    let longer = format!("# 1\n# 2\n# 3\n{POD}");
    client.did_open(&file, POD);
    client.did_open(&link, &longer);
    for _ in 0..2 {
        assert_eq!(client.pull(&file), ["host-network@4:15", "host-pid@5:11"]);
        assert_eq!(client.pull(&link), ["host-network@7:15", "host-pid@8:11"]);
        // And again behind a run.
        client.listen(Duration::from_millis(400));
    }
    let all = client.request("workspace/diagnostic", json!({"previousResultIds": []}));
    assert_is_held(&mut client, &all);
}

/// That a client which knows `all` waits for news.
fn assert_is_held(client: &mut Client, all: &Value) {
    let items = all["items"].as_array().unwrap();
    let known: Vec<_> = items.iter().map(|it| json!({"uri": it["uri"], "value": it["resultId"]})).collect();
    let asked = client.ask("workspace/diagnostic", json!({"previousResultIds": known}));
    client.listen(Duration::from_millis(300));
    client.notify("$/cancelRequest", json!({"id": asked}));
    let answer = client.answer(asked);
    assert_eq!(answer["error"]["code"], -32800, "it was answered: {answer}");
}

#[test]
fn who_asks_about_a_clean_workspace_is_answered_once() {
    let dir = Dir::repository(&[("a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n")]);
    let mut client = Client::open(dir.path(), &pulling(), &host());
    let all = client.request("workspace/diagnostic", json!({"previousResultIds": []}));
    assert_eq!(all["items"], json!([]));
    assert_is_held(&mut client, &all);
}

#[test]
fn what_a_baseline_knows_stays_known_when_it_is_gone_for_a_while() {
    let dir = Dir::repository(&[("a.yaml", POD)]);
    let (code, _, err) = dir.run(&["baseline", "write", "known.json", "--select=host-pid"]);
    assert_eq!(code, 0, "{err}");
    let file = uri(dir.path(), "a.yaml");
    let mut settings = host();
    settings["baseline"] = json!("known.json");
    let mut client = Client::open(dir.path(), &pulling(), &settings);
    client.did_open(&file, POD);
    assert_eq!(client.pull(&file), ["host-network@4:15"]);
    client.did_change(&file, 2, &POD.replace("hostPID: true", "hostPID: false"));
    // A run finds nothing there.
    client.listen(Duration::from_millis(600));
    client.did_change(&file, 3, POD);
    assert_eq!(client.pull(&file), ["host-network@4:15"]);
}

#[test]
fn settings_that_are_taken_back_leave_those_that_the_client_came_with() {
    let dir = Dir::repository(&[("a.yaml", POD)]);
    let file = uri(dir.path(), "a.yaml");
    let mut client = Client::open(dir.path(), &full(), &host());
    let both = ["host-network@4:15", "host-pid@5:11"];
    client.until_rules(&file, &both);
    for none in [json!({}), json!(null)] {
        let set = |client: &mut Client, settings: Value| {
            client.notify("workspace/didChangeConfiguration", json!({"settings": settings}));
        };
        set(&mut client, json!({"plimsoll": {"select": ["host-pid"]}}));
        client.until_rules(&file, &both[1..]);
        set(&mut client, none);
        client.until_rules(&file, &both);
    }
}

#[test]
fn a_baseline_named_later_is_watched_from_then_on() {
    let dir = Dir::repository(&[("a.yaml", POD)]);
    let mut abilities = full();
    abilities["workspace"]["didChangeWatchedFiles"] = json!({"dynamicRegistration": true});
    let mut client = Client::open(dir.path(), &abilities, &host());
    let watched = |client: &Client| {
        let of = |it: &&Value| it["method"] == "client/registerCapability";
        client.asked.iter().rev().find(of).map(ToString::to_string).unwrap_or_default()
    };
    client.until("a list of files", |client| watched(client).contains(".gitignore"));
    assert!(!watched(&client).contains("known.json"));
    let settings = json!({"plimsoll": {"baseline": "known.json"}});
    client.notify("workspace/didChangeConfiguration", json!({"settings": settings}));
    client.until("the baseline among them", |client| watched(client).contains("**/known.json"));
    assert!(client.asked.iter().any(|it| it["method"] == "client/unregisterCapability"));
}

#[test]
fn what_is_closed_at_once_is_shown_as_it_was() {
    let dir = Dir::repository(&[("a.yaml", POD)]);
    let file = uri(dir.path(), "a.yaml");
    let mut client = Client::open(dir.path(), &full(), &host());
    let both = ["host-network@4:15", "host-pid@5:11"];
    client.until_rules(&file, &both);
    for _ in 0..5 {
        client.did_open(&file, POD);
        client.notify("textDocument/didSave", json!({"textDocument": {"uri": file}}));
        client.listen(Duration::from_millis(5));
        client.notify("textDocument/didClose", json!({"textDocument": {"uri": file}}));
        let end = std::time::Instant::now() + Duration::from_millis(300);
        while std::time::Instant::now() < end {
            client.listen(Duration::from_millis(10));
            assert_eq!(client.rules(&file), both);
        }
    }
}
