//! What an editor can do with a finding: actions, hovers, completions.

use serde_json::{Value, json};

use super::{
    dir::Dir,
    lsp_client::{Client, applied, full, pulling, uri, whole},
};

const POD: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: \"안녕 😀\"}
spec:
  hostNetwork: true
  containers:
    - name: c
      securityContext:
        privileged: true
";

fn two() -> Value {
    json!({"select": ["privileged-container", "host-network"]})
}

fn at(line: u32, character: u32) -> Value {
    json!({"line": line, "character": character})
}

fn titles(actions: &[Value]) -> Vec<&str> {
    actions.iter().map(|action| action["title"].as_str().unwrap()).collect()
}

#[test]
fn each_action_that_ignores_leaves_a_text_without_its_finding() {
    for text in [POD.to_owned(), POD.replace('\n', "\r\n"), format!("# first\n---\n{POD}")] {
        let dir = Dir::repository(&[("pod.yaml", &text)]);
        let mut client = Client::open(dir.path(), &pulling(), &two());
        let pod = uri(dir.path(), "pod.yaml");
        client.did_open(&pod, &text);
        assert_eq!(client.pull(&pod).len(), 2, "{text:?}");
        let offered = client.actions(&pod, &whole(), &json!(["quickfix"]));
        let ignoring: Vec<_> = offered
            .iter()
            .filter(|it| it["title"].as_str().unwrap().starts_with("Ignore"))
            .cloned()
            .collect();
        assert_eq!(
            titles(&ignoring),
            [
                "Ignore host-network here",
                "Ignore privileged-container here",
                "Ignore host-network in this file",
                "Ignore privileged-container in this file",
            ]
        );
        for (number, action) in ignoring.iter().enumerate() {
            let rule = action["diagnostics"][0]["code"].as_str().unwrap();
            assert_eq!(action["kind"], "quickfix");
            let change = &action["edit"]["documentChanges"][0];
            assert_eq!(change["edits"].as_array().unwrap().len(), 1);
            let after = applied(&text, action, &pod);
            let kept = after.lines().filter(|line| !line.contains("plimsoll:"));
            assert!(kept.eq(text.lines()), "only a comment is added: {after}");
            let version = 10 * (i64::try_from(number).unwrap() + 1);
            client.did_change(&pod, version, &after);
            let left = client.pull(&pod);
            assert!(left.len() == 1 && !left[0].starts_with(rule), "{action}: {left:?}\n{after}");
            client.did_change(&pod, version + 1, &text);
        }
        assert_eq!(client.leave(), Some(0));
    }
}

#[test]
fn a_rule_joins_the_comment_at_the_top_that_gives_no_reason() {
    let cases = [
        ("# plimsoll: ignore-file[host-ipc]\n", "# plimsoll: ignore-file[host-ipc, host-network]\n"),
        (
            "\u{feff}# 안녕\n# plimsoll: ignore-file[ rbac/* , host-ipc ]\n---\n",
            "\u{feff}# 안녕\n# plimsoll: ignore-file[ rbac/* , host-ipc, host-network ]\n---\n",
        ),
        (
            "# plimsoll: ignore-file[host-ipc] why\n",
            "# plimsoll: ignore-file[host-network]\n# plimsoll: ignore-file[host-ipc] why\n",
        ),
    ];
    for (before, after) in cases {
        let text = format!("{before}{POD}");
        let dir = Dir::repository(&[("pod.yaml", &text)]);
        let mut client = Client::open(dir.path(), &pulling(), &two());
        let pod = uri(dir.path(), "pod.yaml");
        client.did_open(&pod, &text);
        assert_eq!(client.pull(&pod).len(), 2, "{text:?}");
        let offered = client.actions(&pod, &whole(), &json!(["quickfix"]));
        let action = offered.iter().find(|it| it["title"] == "Ignore host-network in this file").unwrap();
        assert_eq!(applied(&text, action, &pod), format!("{after}{POD}"));
        client.did_change(&pod, 2, &format!("{after}{POD}"));
        let left = client.pull(&pod);
        assert!(left.len() == 1 && left[0].starts_with("privileged-container"), "{left:?}");
        assert_eq!(client.leave(), Some(0));
    }
}

#[test]
fn actions_are_those_of_the_place_and_of_the_kinds_asked_for() {
    let dir = Dir::repository(&[("pod.yaml", POD)]);
    let mut client = Client::open(dir.path(), &full(), &two());
    let pod = uri(dir.path(), "pod.yaml");
    client.did_open(&pod, POD);
    client.until("diagnostics", |client| client.rules(&pod).len() == 2);
    let on_value = json!({"start": at(8, 22), "end": at(8, 22)});
    let offered = client.actions(&pod, &on_value, &Value::Null);
    assert!(titles(&offered).iter().all(|it| !it.contains("host-network")), "{:?}", titles(&offered));
    assert!(titles(&offered).contains(&"Ignore privileged-container here"));
    let elsewhere = json!({"start": at(0, 0), "end": at(0, 3)});
    assert_eq!(client.actions(&pod, &elsewhere, &json!(["quickfix"])), Vec::<Value>::new());
    assert_eq!(client.actions(&pod, &whole(), &json!(["refactor"])), Vec::<Value>::new());
    let version = &offered[0]["edit"]["documentChanges"][0]["textDocument"];
    assert_eq!((&version["uri"], &version["version"]), (&json!(pod), &json!(1)));
    // A client that knows no versions gets plain changes.
    let mut client = Client::open(dir.path(), &json!({}), &two());
    client.did_open(&pod, POD);
    client.until("diagnostics", |client| client.rules(&pod).len() == 2);
    let offered = client.actions(&pod, &on_value, &Value::Null);
    assert!(offered[0]["edit"]["changes"][&pod].is_array(), "{}", offered[0]);
}

#[test]
fn json_has_no_place_for_a_comment() {
    let text =
        r#"{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}, "spec": {"hostNetwork": true}}"#;
    let dir = Dir::repository(&[("pod.json", text)]);
    let mut client = Client::open(dir.path(), &full(), &two());
    let pod = uri(dir.path(), "pod.json");
    client.did_open(&pod, text);
    client.until("diagnostics", |client| client.rules(&pod).len() == 1);
    let offered = client.actions(&pod, &whole(), &Value::Null);
    assert!(titles(&offered).iter().all(|it| !it.starts_with("Ignore")), "{:?}", titles(&offered));
}

#[expect(clippy::needless_pass_by_value, reason = "positions are written where they are used")]
fn hover(client: &mut Client, uri: &str, position: Value) -> Value {
    client.request("textDocument/hover", json!({"textDocument": {"uri": uri}, "position": position}))
}

#[test]
fn a_rule_is_explained_where_it_is_found_and_where_it_is_named() {
    let text = format!("# plimsoll: ignore-file[host-ipc, rbac/*] why\n{POD}");
    let config = "profiles: [baseline]\nignore: [host-ipc]\nrules:\n  host-pid: off\n";
    let dir = Dir::repository(&[("pod.yaml", &text), (".plimsoll.yaml", config)]);
    let mut client = Client::open(dir.path(), &full(), &two());
    let (pod, settings) = (uri(dir.path(), "pod.yaml"), uri(dir.path(), ".plimsoll.yaml"));
    client.did_open(&pod, &text);
    client.did_open(&settings, config);
    client.until("diagnostics", |client| client.rules(&pod).len() == 2);
    let mut said = |uri: &str, line, character| hover(&mut client, uri, at(line, character));
    let found = said(&pod, 9, 21);
    assert_eq!(found["contents"]["kind"], "markdown");
    let page = found["contents"]["value"].as_str().unwrap();
    assert!(page.starts_with("# privileged-container\n") && page.contains("## How to fix"), "{page}");
    assert_eq!(found["range"]["start"], at(9, 20));
    let words = |said: Value| said["contents"]["value"].as_str().unwrap_or_default().to_owned();
    assert!(words(said(&pod, 0, 26)).starts_with("# host-ipc\n"));
    assert!(words(said(&pod, 0, 36)).contains("`rbac-cluster-admin-binding`"));
    assert_eq!(said(&pod, 1, 2), Value::Null);
    assert_eq!(said(&pod, 0, 44), Value::Null);
    assert!(words(said(&settings, 0, 2)).contains("Profiles in place of"), "a key");
    assert!(words(said(&settings, 0, 12)).starts_with("baseline: "), "a profile");
    assert!(words(said(&settings, 1, 12)).starts_with("# host-ipc\n"), "a value");
    assert!(words(said(&settings, 3, 4)).starts_with("# host-pid\n"), "a key that is a rule");
}

#[expect(clippy::needless_pass_by_value, reason = "positions are written where they are used")]
fn labels(client: &mut Client, uri: &str, position: Value) -> Vec<String> {
    let params = json!({"textDocument": {"uri": uri}, "position": position});
    let answer = client.request("textDocument/completion", params);
    let items = answer["items"].as_array().cloned().unwrap_or_default();
    items.iter().map(|item| item["label"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn names_are_completed_in_comments_and_in_the_configuration() {
    let text = format!("# plimsoll: ignore-file[host-]\n{POD}");
    let config = "prof\nprofiles: []\nignore:\n  - \nrules:\n  host-pid: \n";
    let dir = Dir::repository(&[("pod.yaml", &text)]);
    let mut client = Client::open(dir.path(), &full(), &two());
    let (pod, settings) = (uri(dir.path(), "pod.yaml"), uri(dir.path(), ".plimsoll.yaml"));
    client.did_open(&pod, &text);
    client.did_open(&settings, config);
    let in_comment = labels(&mut client, &pod, at(0, 29));
    for name in ["host-network", "rbac/*", "*"] {
        assert!(in_comment.iter().any(|it| it == name), "{name}: {in_comment:?}");
    }
    let params = json!({"textDocument": {"uri": pod}, "position": at(0, 29)});
    let first = client.request("textDocument/completion", params)["items"][0]["textEdit"]["range"].clone();
    assert_eq!(first, json!({"start": at(0, 24), "end": at(0, 29)}), "the word so far is replaced");
    assert_eq!(labels(&mut client, &pod, at(5, 4)), Vec::<String>::new());
    assert!(labels(&mut client, &settings, at(0, 4)).contains(&"profiles".to_owned()));
    assert!(labels(&mut client, &settings, at(1, 11)).contains(&"baseline".to_owned()));
    assert!(labels(&mut client, &settings, at(3, 4)).contains(&"rbac/*".to_owned()));
    let values = labels(&mut client, &settings, at(5, 12));
    assert_eq!(values, ["critical", "high", "medium", "low", "info", "off"]);
}

const SILENCED: &str = "\
# plimsoll: ignore-file[host-ipc] nothing to silence
apiVersion: v1
kind: Pod
metadata: {name: \"안녕 😀\"}
spec:
  hostNetwork: true # plimsoll: ignore[host-network, host-pid] known
  containers:
    - name: c
      securityContext: {privileged: true} # kept
";

fn three() -> Value {
    json!({"select": ["privileged-container", "host-network", "host-pid", "host-ipc", "ignore-unused"]})
}

#[test]
fn a_fix_mends_its_finding_and_says_when_it_may_break_something() {
    let dir = Dir::repository(&[("pod.yaml", SILENCED)]);
    let pod = uri(dir.path(), "pod.yaml");
    let mut client = Client::open(dir.path(), &pulling(), &three());
    client.did_open(&pod, SILENCED);
    assert_eq!(client.pull(&pod).len(), 3);
    let place = json!({"start": at(8, 36), "end": at(8, 36)});
    let offered = client.actions(&pod, &place, &json!(["quickfix"]));
    assert_eq!(offered[0]["title"], "Set `securityContext.privileged` to `false` (unsafe)", "{offered:#?}");
    assert_eq!(offered[0]["isPreferred"], Value::Null, "what may break something is not preferred");
    let data = &offered[0]["diagnostics"][0]["data"]["fixes"][0];
    assert_eq!((&data["safety"], &data["edits"][0]["uri"]), (&json!("unsafe"), &json!(pod)), "{data}");
    let after = applied(SILENCED, &offered[0], &pod);
    assert_eq!(after, SILENCED.replace("privileged: true", "privileged: false"));
    client.did_change(&pod, 2, &after);
    assert!(client.pull(&pod).iter().all(|it| it.starts_with("ignore-unused")));
    // Who wants none of these is offered none.
    let mut settings = three();
    settings["unsafeFixes"] = json!(false);
    let mut client = Client::open(dir.path(), &pulling(), &settings);
    client.did_open(&pod, SILENCED);
    client.pull(&pod);
    let offered = client.actions(&pod, &place, &json!(["quickfix"]));
    assert!(titles(&offered).iter().all(|it| it.starts_with("Ignore")), "{:?}", titles(&offered));
}

#[test]
fn all_safe_fixes_come_in_one_action_and_no_other_is_among_them() {
    let dir = Dir::repository(&[("pod.yaml", SILENCED)]);
    let pod = uri(dir.path(), "pod.yaml");
    let mut client = Client::open(dir.path(), &pulling(), &three());
    client.did_open(&pod, SILENCED);
    let before = client.pull(&pod);
    assert_eq!(before.iter().filter(|it| it.starts_with("ignore-unused")).count(), 2, "{before:?}");
    let offered = client.actions(&pod, &whole(), &json!(["source.fixAll"]));
    assert_eq!(offered.len(), 1, "{:?}", titles(&offered));
    assert_eq!(offered[0]["kind"], "source.fixAll.plimsoll");
    assert_eq!(offered[0]["edit"]["documentChanges"][0]["textDocument"]["version"], 1);
    let after = applied(SILENCED, &offered[0], &pod);
    assert!(!after.contains("host-ipc") && !after.contains("host-pid"), "{after}");
    assert!(after.contains("ignore[host-network] known") && after.contains("privileged: true"), "{after}");
    client.did_change(&pod, 2, &after);
    assert_eq!(client.pull(&pod), ["privileged-container@7:36"]);
    assert_eq!(client.actions(&pod, &whole(), &json!(["source.fixAll"])), Vec::<Value>::new());
}

/// Two annotations side by side, whose fixes touch: they take a round each.
const ANNOTATED: &str = "\
apiVersion: v1
kind: Pod
metadata:
  name: \"안녕 😀\"
  annotations:
    container.apparmor.security.beta.kubernetes.io/c: runtime/default
    container.apparmor.security.beta.kubernetes.io/d: localhost/strict
    kept: here
spec:
  containers:
    - {name: c, image: a}
    - {name: d, image: a}
";

fn annotations() -> Value {
    json!({"select": ["apparmor-annotation-deprecated"], "kubernetesVersion": "1.33"})
}

/// What `check --fix` makes of a text.
fn fixed_by_command(text: &str, settings: &Value) -> String {
    let dir = Dir::repository(&[("pod.yaml", text)]);
    let select = format!("--select={}", settings["select"][0].as_str().unwrap());
    let (code, _, err) = dir.run(&["check", "--fix-only", "--kubernetes-version=1.33", &select, "pod.yaml"]);
    assert_eq!(code, 0, "{err}");
    std::fs::read_to_string(dir.path().join("pod.yaml")).unwrap()
}

#[test]
fn fixing_all_comes_to_what_the_command_makes() {
    let dir = Dir::repository(&[("pod.yaml", "")]);
    let pod = uri(dir.path(), "pod.yaml");
    let mut client = Client::open(dir.path(), &pulling(), &annotations());
    client.did_open(&pod, ANNOTATED);
    assert_eq!(client.pull(&pod).len(), 2);
    let offered = client.actions(&pod, &whole(), &json!(["source.fixAll"]));
    let after = applied(ANNOTATED, &offered[0], &pod);
    assert_eq!(after, fixed_by_command(ANNOTATED, &annotations()));
    assert!(!after.contains("beta") && after.contains("kept: here"), "{after}");
    // Who can ask for the edit of an action later is offered it along with the others, and gets it later.
    let all = json!({"textDocument": {"uri": pod}, "range": whole(), "context": {"diagnostics": []}});
    let offered = client.request("textDocument/codeAction", all.clone());
    assert!(titles(offered.as_array().unwrap()).iter().all(|it| !it.starts_with("Fix all")));
    let mut abilities = pulling();
    abilities["textDocument"]["codeAction"] =
        json!({"dataSupport": true, "resolveSupport": {"properties": ["edit"]}});
    let mut client = Client::start(dir.path());
    let folders = json!([{"uri": uri(dir.path(), "").trim_end_matches('/'), "name": "x"}]);
    client.initialize(&folders, &abilities, &annotations());
    client.did_open(&pod, ANNOTATED);
    let offered = client.request("textDocument/codeAction", all);
    let last = offered.as_array().unwrap().last().unwrap();
    assert_eq!((&last["kind"], &last["edit"]), (&json!("source.fixAll.plimsoll"), &Value::Null));
    let resolved = client.request("codeAction/resolve", last.clone());
    assert_eq!(applied(ANNOTATED, &resolved, &pod), after);
    // Nothing is fixed twice, and what was changed meanwhile is not overwritten.
    client.did_change(&pod, 2, &after);
    let resolved = client.request("codeAction/resolve", last.clone());
    assert_eq!(resolved["edit"]["documentChanges"], json!([]));
    client.did_change(&pod, 3, ANNOTATED);
    let asked = client.ask("codeAction/resolve", last.clone());
    client.did_change(&pod, 4, &after);
    let answer = client.answer(asked);
    assert_eq!(answer["error"]["code"], -32801, "{answer}");
}

#[test]
fn a_text_that_is_no_file_is_fixed_too() {
    let dir = Dir::repository(&[]);
    let mut client = Client::open(dir.path(), &pulling(), &annotations());
    client.did_open("untitled:Untitled-1", ANNOTATED);
    let offered = client.actions("untitled:Untitled-1", &whole(), &json!(["source.fixAll.plimsoll"]));
    let after = applied(ANNOTATED, &offered[0], "untitled:Untitled-1");
    assert_eq!(after, fixed_by_command(ANNOTATED, &annotations()));
}
