//! The language server as editors use it: documents, diagnostics, folders, settings.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::{
    dir::Dir,
    lsp_client::{Client, full, places, pulling, slice, uri},
};

const POD: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: a}
spec:
  containers:
    - name: c
      securityContext:
        privileged: true
";
const FOUND: &str = "privileged-container@7:20";

/// Only this rule, so that the tests do not move when rules are added.
fn one() -> Value {
    json!({"select": ["privileged-container"]})
}

fn clean() -> String {
    POD.replace("true", "false")
}

#[test]
fn a_server_lives_as_the_protocol_says() {
    let dir = Dir::repository(&[]);
    let mut client = Client::start(dir.path());
    assert_eq!(client.error("textDocument/hover", json!({})), -32002, "before `initialize`");
    let answer = client.initialize(&Value::Null, &full(), &Value::Null);
    let offered = &answer["capabilities"];
    assert_eq!(offered["positionEncoding"], "utf-16");
    assert_eq!(offered["textDocumentSync"]["change"], 2);
    assert_eq!(offered["diagnosticProvider"], Value::Null, "a client that does not ask is pushed to");
    assert_eq!(answer["serverInfo"]["name"], "plimsoll");
    assert_eq!(client.error("initialize", json!({"capabilities": {}})), -32600, "a second time");
    assert_eq!(client.error("no/such", json!({})), -32601);
    assert_eq!(client.error("textDocument/hover", json!({"textDocument": 7})), -32602);
    assert_eq!(client.request("shutdown", Value::Null), Value::Null);
    assert_eq!(client.error("textDocument/hover", json!({})), -32600, "after `shutdown`");
    client.notify("exit", Value::Null);
    assert_eq!(client.wait(), Some(0));
}

#[test]
fn leaving_without_shutdown_is_told_by_the_exit_code() {
    let dir = Dir::repository(&[]);
    let mut client = Client::open(dir.path(), &full(), &one());
    client.notify("exit", Value::Null);
    assert_eq!(client.wait(), Some(1));
    let client = Client::open(dir.path(), &full(), &one());
    assert_eq!(client.close(), Some(1), "the input ends");
    let client = Client::open(dir.path(), &full(), &one());
    assert_eq!(client.leave(), Some(0));
}

#[test]
fn files_are_told_open_or_not_and_an_edit_by_range_changes_what_is_told() {
    let dir = Dir::repository(&[("a b/pod.yaml", POD), ("clean.yaml", &clean())]);
    let mut client = Client::open(dir.path(), &full(), &one());
    let (pod, other) = (uri(dir.path(), "a b/pod.yaml"), uri(dir.path(), "clean.yaml"));
    client.until_rules(&pod, &[FOUND]);
    let told = &client.pushed[&pod]["diagnostics"][0];
    assert_eq!(slice(POD, &told["range"]), "true");
    assert_eq!(told["severity"], 1);
    assert_eq!(told["source"], "plimsoll");
    assert!(told["codeDescription"]["href"].as_str().unwrap().starts_with("https://"), "{told}");
    assert!(!client.pushed.contains_key(&other), "nothing is said of what is clean");

    client.did_open(&pod, POD);
    client.until("the version", |client| client.pushed[&pod]["version"] == 1);
    let edit = json!([
        {"range": {"start": {"line": 7, "character": 20}, "end": {"line": 7, "character": 24}}, "text": "false"},
        {"range": {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 0}}, "text": "# 😀\n"},
    ]);
    client.changes(&pod, 2, &edit);
    client.until("the edit", |client| client.pushed[&pod]["version"] == 2);
    assert_eq!(client.rules(&pod), Vec::<String>::new());
    let edit = json!([
        {"range": {"start": {"line": 8, "character": 20}, "end": {"line": 8, "character": 25}}, "text": "true"},
    ]);
    client.changes(&pod, 3, &edit);
    client.until("the edit", |client| client.pushed[&pod]["version"] == 3);
    assert_eq!(client.rules(&pod), ["privileged-container@8:20"]);
    client.notify("textDocument/didClose", json!({"textDocument": {"uri": pod}}));
    client.until_rules(&pod, &[FOUND]);
    assert_eq!(client.leave(), Some(0));
}

#[test]
fn places_behind_korean_and_emoji_are_right_in_both_encodings() {
    let text = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n  - {name: c, image: \"안녕 😀\", securityContext: {privileged: true}}\n";
    let dir = Dir::repository(&[("pod.yaml", text)]);
    let line = text.lines().nth(5).unwrap();
    let before = &line[..line.find("true").unwrap()];
    for (offered, used, column) in [
        (json!(["utf-16"]), "utf-16", before.encode_utf16().count()),
        (json!(["utf-32", "utf-8", "utf-16"]), "utf-8", before.len()),
    ] {
        let mut abilities = full();
        abilities["general"]["positionEncodings"] = offered;
        let mut client = Client::start(dir.path());
        let folders = json!([{"uri": uri(dir.path(), "").trim_end_matches('/'), "name": "x"}]);
        let answer = client.initialize(&folders, &abilities, &one());
        assert_eq!(answer["capabilities"]["positionEncoding"], used);
        let pod = uri(dir.path(), "pod.yaml");
        client.until_rules(&pod, &[&format!("privileged-container@5:{column}")]);
        client.did_open(&pod, text);
        // Behind the emoji, in the units of the encoding.
        let (from, to) = (column, column + 4);
        let edit = json!([{
            "range": {"start": {"line": 5, "character": from}, "end": {"line": 5, "character": to}},
            "text": "false",
        }]);
        client.changes(&pod, 2, &edit);
        client.until("the edit", |client| client.pushed[&pod]["version"] == 2);
        assert_eq!(client.rules(&pod), Vec::<String>::new(), "{used}");
    }
}

#[test]
fn a_client_that_asks_is_answered_and_told_when_nothing_changed() {
    let dir = Dir::repository(&[("pod.yaml", POD)]);
    let mut client = Client::open(dir.path(), &pulling(), &one());
    let pod = uri(dir.path(), "pod.yaml");
    client.did_open(&pod, POD);
    let ask = |previous: Value| json!({"textDocument": {"uri": pod}, "previousResultId": previous});
    let report = client.request("textDocument/diagnostic", ask(Value::Null));
    assert_eq!(report["kind"], "full");
    assert_eq!(places(&report["items"]), [FOUND]);
    let again = client.request("textDocument/diagnostic", ask(report["resultId"].clone()));
    assert_eq!(again, json!({"kind": "unchanged", "resultId": report["resultId"]}));
    client.did_change(&pod, 2, &clean());
    let after = client.request("textDocument/diagnostic", ask(report["resultId"].clone()));
    assert_eq!((&after["kind"], after["items"].as_array().unwrap().len()), (&json!("full"), 0));
    assert!(client.pushed.is_empty(), "nothing is pushed to a client that asks");
    assert_eq!(client.leave(), Some(0));
}

#[test]
fn the_whole_workspace_is_told_and_then_only_what_changes() {
    let dir = Dir::repository(&[("a.yaml", POD), ("b.yaml", POD)]);
    let mut client = Client::open(dir.path(), &pulling(), &one());
    let all = client.request("workspace/diagnostic", json!({"previousResultIds": []}));
    let items = all["items"].as_array().unwrap().clone();
    assert_eq!(items.len(), 2);
    assert!(items.iter().all(|item| places(&item["items"]) == [FOUND]), "{all}");
    let known: Vec<_> =
        items.iter().map(|item| json!({"uri": item["uri"], "value": item["resultId"]})).collect();
    let held = client.ask("workspace/diagnostic", json!({"previousResultIds": known}));
    client.did_open(&uri(dir.path(), "a.yaml"), POD);
    client.did_change(&uri(dir.path(), "a.yaml"), 2, &clean());
    let news = client.answer(held)["result"].clone();
    let of = |file: &str| {
        let items = news["items"].as_array().unwrap();
        items.iter().find(|item| item["uri"] == uri(dir.path(), file)).cloned().unwrap()
    };
    assert_eq!((&of("a.yaml")["kind"], places(&of("a.yaml")["items"]).len()), (&json!("full"), 0));
    assert_eq!(of("b.yaml")["kind"], "unchanged");
    // What is held is not forgotten when the client, or the server, has enough.
    let known: Vec<_> = ["a.yaml", "b.yaml"]
        .map(|file| json!({"uri": uri(dir.path(), file), "value": of(file)["resultId"]}))
        .to_vec();
    let cancelled = client.ask("workspace/diagnostic", json!({"previousResultIds": known}));
    client.notify("$/cancelRequest", json!({"id": cancelled}));
    assert_eq!(client.answer(cancelled)["error"]["code"], -32800);
    let refused = client.ask("workspace/diagnostic", json!({"previousResultIds": known}));
    let shutdown = client.ask("shutdown", Value::Null);
    assert_eq!(client.answer(refused)["error"]["code"], -32802);
    assert_eq!(client.answer(shutdown)["result"], Value::Null);
}

const DEPLOYMENT: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: c
          image: a
";
const PATCH: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  template:
    spec:
      containers:
        - name: c
          securityContext:
            privileged: true
";

fn overlay() -> Dir {
    Dir::repository(&[
        ("base/kustomization.yaml", "resources: [web.yaml]\n"),
        ("base/web.yaml", DEPLOYMENT),
        ("prod/kustomization.yaml", "resources: [../base]\npatches: [{path: patch.yaml}]\n"),
        ("prod/patch.yaml", PATCH),
    ])
}

#[test]
fn what_an_overlay_makes_is_told_where_it_is_written_with_the_way_to_it() {
    let dir = overlay();
    let mut client = Client::open(dir.path(), &full(), &one());
    let patch = uri(dir.path(), "prod/patch.yaml");
    client.until_rules(&patch, &["privileged-container@9:24"]);
    let told = client.pushed[&patch]["diagnostics"][0].clone();
    assert!(told["message"].as_str().unwrap().ends_with(" (in prod)"), "{told}");
    let related = told["relatedInformation"].as_array().unwrap();
    let files: Vec<_> = related.iter().map(|it| it["location"]["uri"].as_str().unwrap()).collect();
    let expected = ["prod/kustomization.yaml", "base/kustomization.yaml", "base/web.yaml"];
    assert_eq!(files, expected.map(|file| uri(dir.path(), file)));
    // Editors show the last name of a file, and there are two of one name.
    for (related, file) in related.iter().zip(expected) {
        assert!(related["message"].as_str().unwrap().ends_with(&format!(" ({file})")), "{related}");
    }
    assert!(
        !told.to_string().replace("file://", "").contains(&format!("`{}", dir.path().display())),
        "{told}"
    );
    // A client that cannot show them gets none.
    let mut client = Client::open(dir.path(), &json!({}), &one());
    client.until_rules(&patch, &["privileged-container@9:24"]);
    let told = &client.pushed[&patch]["diagnostics"][0];
    assert!(told.get("relatedInformation").is_none() && told.get("codeDescription").is_none(), "{told}");
}

/// A base that is privileged, and a patch beside the overlay that could mend it.
fn mendable() -> Dir {
    Dir::repository(&[
        ("base/kustomization.yaml", "resources: [web.yaml]\n"),
        ("base/web.yaml", &DEPLOYMENT.replace("image: a", "securityContext: {privileged: true}")),
        ("prod/kustomization.yaml", BARE),
        ("prod/patch.yaml", &PATCH.replace("true", "false")),
    ])
}

const BARE: &str = "resources: [../base]\n";
const MENDED: &str = "resources: [../base]\npatches: [{path: patch.yaml}]\n";
const FOUND_IN_BASE: &str = "privileged-container@10:40";

#[test]
fn a_text_that_is_not_saved_changes_what_is_told_of_other_files() {
    let dir = mendable();
    let mut client = Client::open(dir.path(), &full(), &one());
    let (base, prod) = (uri(dir.path(), "base/web.yaml"), uri(dir.path(), "prod/kustomization.yaml"));
    client.until_rules(&base, &[FOUND_IN_BASE]);
    client.did_open(&prod, BARE);
    client.did_change(&prod, 2, MENDED);
    client.until_rules(&base, &[]);
    client.notify("textDocument/didClose", json!({"textDocument": {"uri": prod}}));
    client.until_rules(&base, &[FOUND_IN_BASE]);
}

#[test]
fn a_client_that_asks_is_told_to_ask_again_when_another_file_changes_what_is_found() {
    let dir = mendable();
    let mut client = Client::open(dir.path(), &pulling(), &one());
    let (base, prod) = (uri(dir.path(), "base/web.yaml"), uri(dir.path(), "prod/kustomization.yaml"));
    client.did_open(&base, &std::fs::read_to_string(dir.path().join("base/web.yaml")).unwrap());
    client.did_open(&prod, BARE);
    let ask = json!({"textDocument": {"uri": base}});
    let first = client.request("textDocument/diagnostic", ask.clone());
    assert_eq!(places(&first["items"]), [FOUND_IN_BASE]);
    client.listen(std::time::Duration::from_millis(300));
    let before = client.refreshes;
    client.did_change(&prod, 2, MENDED);
    client.until("a refresh", |client| client.refreshes > before);
    assert_eq!(places(&client.request("textDocument/diagnostic", ask)["items"]), Vec::<String>::new());
}

#[test]
fn findings_of_a_built_object_move_with_the_text_until_the_next_run() {
    let dir = overlay();
    let mut client = Client::open(dir.path(), &full(), &one());
    let patch = uri(dir.path(), "prod/patch.yaml");
    client.until_rules(&patch, &["privileged-container@9:24"]);
    client.did_open(&patch, PATCH);
    let insert = json!([{
        "range": {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 0}}, "text": "# one\n# two\n",
    }]);
    client.changes(&patch, 2, &insert);
    client.until("the edit", |client| client.pushed[&patch]["version"] == 2);
    assert_eq!(client.rules(&patch), ["privileged-container@11:24"], "at once");
    client.listen(std::time::Duration::from_millis(400));
    assert_eq!(client.rules(&patch), ["privileged-container@11:24"], "and after the run");
}

#[test]
fn several_folders_come_and_go() {
    let (one_dir, other) = (Dir::repository(&[("a.yaml", POD)]), Dir::repository(&[("b.yaml", POD)]));
    let mut client = Client::open(one_dir.path(), &full(), &one());
    let (a, b) = (uri(one_dir.path(), "a.yaml"), uri(other.path(), "b.yaml"));
    client.until_rules(&a, &[FOUND]);
    let folder = |dir: &Dir| json!({"uri": uri(dir.path(), "").trim_end_matches('/'), "name": "x"});
    let event = json!({"added": [folder(&other)], "removed": []});
    client.notify("workspace/didChangeWorkspaceFolders", json!({"event": event}));
    client.until_rules(&b, &[FOUND]);
    let event = json!({"added": [], "removed": [folder(&one_dir)]});
    client.notify("workspace/didChangeWorkspaceFolders", json!({"event": event}));
    client.until_rules(&a, &[]);
    assert_eq!(client.rules(&b), [FOUND]);
}

#[test]
fn a_file_outside_of_all_folders_is_judged_by_itself() {
    let dir = Dir::repository(&[("a.yaml", POD), ("b.yaml", POD)]);
    let mut client = Client::start(dir.path());
    client.initialize(&Value::Null, &full(), &one());
    let (a, b) = (uri(dir.path(), "a.yaml"), uri(dir.path(), "b.yaml"));
    client.did_open(&a, POD);
    client.until_rules(&a, &[FOUND]);
    client.did_open(&uri(dir.path(), "new.yaml"), POD);
    client.until_rules(&uri(dir.path(), "new.yaml"), &[FOUND]);
    client.did_open("untitled:Untitled-1", POD);
    client.until_rules("untitled:Untitled-1", &[FOUND]);
    client.listen(std::time::Duration::from_millis(200));
    assert!(!client.pushed.contains_key(&b), "what is not open is not looked at");
}

#[test]
fn what_is_left_out_of_a_run_is_left_out_when_it_is_opened() {
    let dir = Dir::repository(&[
        (".plimsoll.yaml", "exclude: [vendor]\n"),
        ("vendor/a.yaml", POD),
        ("b.yaml", POD),
    ]);
    dir.write(".gitignore", "built/\n");
    dir.write("built/c.yaml", POD);
    let mut client = Client::open(dir.path(), &full(), &one());
    client.until_rules(&uri(dir.path(), "b.yaml"), &[FOUND]);
    for file in ["vendor/a.yaml", "built/c.yaml"] {
        client.did_open(&uri(dir.path(), file), POD);
        client.until_rules(&uri(dir.path(), file), &[]);
        client.did_change(&uri(dir.path(), file), 2, &format!("{POD}#\n"));
        client.until("the edit", |client| client.pushed[&uri(dir.path(), file)]["version"] == 2);
        assert_eq!(client.rules(&uri(dir.path(), file)), Vec::<String>::new(), "{file}");
    }
    client.did_open(&uri(dir.path(), "new.yaml"), POD);
    client.until_rules(&uri(dir.path(), "new.yaml"), &[FOUND]);
}

#[cfg(unix)]
#[test]
fn a_workspace_behind_a_symbolic_link_keeps_its_name() {
    let dir = Dir::repository(&[("real/pod.yaml", POD)]);
    std::os::unix::fs::symlink(dir.path().join("real"), dir.path().join("link")).unwrap();
    let mut client = Client::open(&dir.path().join("link"), &full(), &one());
    let pod = uri(dir.path(), "link/pod.yaml");
    client.until_rules(&pod, &[FOUND]);
    client.did_open(&pod, POD);
    client.did_change(&pod, 2, &clean());
    client.until_rules(&pod, &[]);
    assert_eq!(client.pushed.len(), 1, "{:?}", client.pushed);
}

#[test]
fn a_broken_configuration_is_told_in_itself_and_what_was_good_before_holds() {
    let two = "select: [privileged-container, host-network]\n";
    let pod = POD.replace("spec:", "spec:\n  hostNetwork: true");
    let dir = Dir::repository(&[
        (".plimsoll.yaml", &format!("{two}ignore: [privileged-container]\n")),
        ("a.yaml", &pod),
    ]);
    let mut client = Client::open(dir.path(), &full(), &json!({}));
    let (config, a) = (uri(dir.path(), ".plimsoll.yaml"), uri(dir.path(), "a.yaml"));
    client.until("a run", |client| client.pushed.contains_key(&a));
    let is_told = |client: &Client| client.rules(&a).iter().any(|it| it.starts_with("privileged-container"));
    assert!(!is_told(&client));
    dir.write(".plimsoll.yaml", "ignore: [privileged-contianer]\n");
    client.notify("workspace/didChangeWatchedFiles", json!({"changes": [{"uri": config, "type": 2}]}));
    client.until_rules(&config, &["configuration@0:9"]);
    let told = &client.pushed[&config]["diagnostics"][0]["message"];
    assert!(told.as_str().unwrap().contains("did you mean `privileged-container`?"), "{told}");
    assert!(
        client.shown().iter().any(|it| it.contains(".plimsoll.yaml:1:10: error")),
        "{:?}",
        client.shown()
    );
    assert!(!is_told(&client), "what was good before holds");
    // Open, it is told while it is written.
    client.did_open(&config, "ignore: [privileged-contianer]\n");
    client.did_change(&config, 2, "ignroe: []\n");
    client.until_rules(&config, &["configuration@0:0"]);
    // Editors that save at each pause must not have words pop up each time.
    dir.write(".plimsoll.yaml", "ignroe: []\n");
    client.notify("workspace/didChangeWatchedFiles", json!({"changes": [{"uri": config, "type": 2}]}));
    client.listen(std::time::Duration::from_millis(700));
    let popped: Vec<_> = client.shown().into_iter().filter(|it| it.contains("ignroe")).collect();
    assert!(popped.is_empty(), "{popped:?}");
    client.did_change(&config, 3, "ignore: []\n");
    client.until_rules(&config, &[]);
    dir.write(".plimsoll.yaml", "ignore: []\n");
    client.notify("textDocument/didSave", json!({"textDocument": {"uri": config}}));
    client.until("the new configuration", is_told);
}

#[test]
fn a_client_that_asks_for_open_files_alone_is_pushed_the_mistakes_of_a_closed_configuration() {
    let dir = Dir::repository(&[(".plimsoll.yaml", "no: 1\n"), ("a.yaml", POD)]);
    let mut client = Client::open(dir.path(), &pulling(), &json!({}));
    let config = uri(dir.path(), ".plimsoll.yaml");
    client.until_rules(&config, &["configuration@0:0"]);
    assert_eq!(client.pushed.len(), 1);
    // Once it asks for the workspace it hears of it there, and not twice.
    let all = client.request("workspace/diagnostic", json!({"previousResultIds": []}));
    let items = all["items"].as_array().unwrap();
    assert!(items.iter().any(|item| item["uri"] == config && item["items"][0]["code"] == "configuration"));
    client.until_rules(&config, &[]);
}

#[test]
fn settings_hold_and_may_change() {
    let dir = Dir::repository(&[("a.yaml", POD)]);
    let a = uri(dir.path(), "a.yaml");
    let mut client = Client::open(dir.path(), &full(), &json!({"select": ["host-network"]}));
    client.listen(std::time::Duration::from_millis(200));
    assert_eq!(client.rules(&a), Vec::<String>::new());
    let settings = json!({"plimsoll": {"select": "privileged-container", "minSeverity": "fatal"}});
    client.notify("workspace/didChangeConfiguration", json!({"settings": settings}));
    client.until_rules(&a, &[FOUND]);
    assert!(client.shown().iter().any(|it| it.contains("`fatal` is not a severity")), "{:?}", client.shown());
    // A client that is asked for them.
    let mut abilities = full();
    abilities["workspace"]["configuration"] = json!(true);
    abilities["workspace"]["didChangeWatchedFiles"] = json!({"dynamicRegistration": true});
    let mut client = Client::start(dir.path());
    client.settings = one();
    let folders = json!([{"uri": uri(dir.path(), "").trim_end_matches('/'), "name": "x"}]);
    client.initialize(&folders, &abilities, &json!({"select": ["host-network"]}));
    client.until_rules(&a, &[FOUND]);
    client.settings = json!({"select": ["host-network"]});
    client.notify("workspace/didChangeConfiguration", json!({"settings": null}));
    client.until_rules(&a, &[]);
    let watchers = client.asked.iter().find(|it| it["method"] == "client/registerCapability").unwrap();
    assert!(watchers.to_string().contains("**/Kustomization"), "{watchers}");
}

#[test]
fn a_baseline_and_a_configuration_may_be_named_in_the_settings() {
    let dir = Dir::repository(&[("a.yaml", POD), ("other.yaml", "select: [privileged-container]\n")]);
    let a = uri(dir.path(), "a.yaml");
    let mut client = Client::open(dir.path(), &full(), &json!({"config": "other.yaml"}));
    client.until_rules(&a, &[FOUND]);
    let (code, _, err) = dir.run(&["baseline", "write", "known.jsonl", "--config", "other.yaml"]);
    assert_eq!(code, 0, "{err}");
    let settings = json!({"config": "other.yaml", "baseline": "known.jsonl"});
    client.notify("workspace/didChangeConfiguration", json!({"settings": settings}));
    client.until_rules(&a, &[]);
    // A keystroke brings nothing back that is known, and finds what is not.
    client.did_open(&a, POD);
    client.did_change(&a, 2, &format!("# x\n{POD}"));
    client.until("the edit", |client| client.pushed[&a]["version"] == 2);
    assert_eq!(client.rules(&a), Vec::<String>::new());
    client.did_change(&a, 3, &POD.replace("name: a", "name: b"));
    client.until("the edit", |client| client.pushed[&a]["version"] == 3);
    assert_eq!(client.rules(&a), [FOUND]);
    client.notify("textDocument/didClose", json!({"textDocument": {"uri": a}}));
    client.until_rules(&a, &[]);
    dir.write("other.yaml", "select: [nothing]\n");
    client.notify("workspace/didChangeWatchedFiles", json!({"changes": [{"uri": a, "type": 2}]}));
    client.until_rules(&uri(dir.path(), "other.yaml"), &["configuration@0:9"]);
}

#[test]
fn comments_silence_at_once() {
    let dir = Dir::repository(&[("a.yaml", POD)]);
    let mut client = Client::open(dir.path(), &full(), &one());
    let a = uri(dir.path(), "a.yaml");
    client.did_open(&a, POD);
    client.until_rules(&a, &[FOUND]);
    let mut silenced = String::new();
    for line in POD.lines() {
        let comment =
            if line.contains("privileged") { " # plimsoll: ignore[privileged-container] test" } else { "" };
        writeln!(silenced, "{line}{comment}").unwrap();
    }
    client.did_change(&a, 2, &silenced);
    client.until("the edit", |client| client.pushed[&a]["version"] == 2);
    assert_eq!(client.rules(&a), Vec::<String>::new());
}
