//! How long the language server takes. The bounds are loose: they hold in a debug build on a busy machine, and would
//! not if a keystroke waited for a run over the workspace. `tests/clients/run` measures the release build.

use std::{
    fmt::Write as _,
    time::{Duration, Instant},
};

use serde_json::json;

use super::{
    dir::Dir,
    lsp_client::{Client, full, pulling, uri},
};

fn deployment(name: &str) -> String {
    format!(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {name}\n  namespace: shop\nspec:\n  replicas: 2\n  \
         selector:\n    matchLabels: {{app: {name}}}\n  template:\n    metadata:\n      labels: {{app: {name}}}\n    \
         spec:\n      containers:\n        - name: main\n          image: registry.example/{name}:1.2.3\n          \
         ports:\n            - containerPort: 8080\n          securityContext:\n            privileged: true\n"
    )
}

/// A workspace of so many manifests, and one of 80 KB.
fn workspace(count: usize) -> (Dir, String) {
    let dir = Dir::new();
    dir.write(".git/HEAD", "");
    for number in 0..count {
        dir.write(&format!("apps/{}/d{number}.yaml", number % 40), &deployment(&format!("d{number}")));
    }
    let mut large = String::new();
    while large.len() < 80_000 {
        write!(large, "---\n{}", deployment(&format!("l{}", large.len()))).unwrap();
    }
    dir.write("large.yaml", &large);
    (dir, large)
}

#[test]
fn the_first_diagnostics_and_every_keystroke_come_soon() {
    let (dir, large) = workspace(1000);
    let file = uri(dir.path(), "large.yaml");
    let mut client = Client::start(dir.path());
    let began = Instant::now();
    let folders = json!([{"uri": uri(dir.path(), "").trim_end_matches('/'), "name": "x"}]);
    client.initialize(&folders, &pulling(), &json!({}));
    client.did_open(&file, &large);
    let ask = json!({"textDocument": {"uri": file}});
    let report = client.request("textDocument/diagnostic", ask.clone());
    let first = began.elapsed();
    assert!(!report["items"].as_array().unwrap().is_empty());
    assert!(first < Duration::from_secs(10), "{first:?}");

    let mut times = Vec::new();
    for number in 0..40_u32 {
        let place = json!({"line": 1, "character": 0});
        let change = json!([{"range": {"start": place, "end": place}, "text": "#"}]);
        let began = Instant::now();
        client.changes(&file, i64::from(number) + 2, &change);
        client.request("textDocument/diagnostic", ask.clone());
        times.push(began.elapsed());
        if number % 8 == 0 {
            // The keys rest, and a run begins.
            client.listen(Duration::from_millis(100));
        }
    }
    times.sort();
    let median = times[times.len() / 2];
    assert!(median < Duration::from_secs(2), "{times:?}");
}

#[test]
fn a_burst_of_keystrokes_is_answered_with_what_it_comes_to() {
    let (dir, large) = workspace(20);
    let file = uri(dir.path(), "large.yaml");
    let mut client = Client::open(dir.path(), &full(), &json!({"select": ["privileged-container"]}));
    client.did_open(&file, &large);
    client.until("diagnostics", |client| client.pushed.get(&file).is_some_and(|it| it["version"] == 1));
    let before = client.rules(&file).len();
    let began = Instant::now();
    for number in 0..300 {
        let place = json!({"line": 1, "character": 0});
        client.changes(&file, number + 2, &json!([{"range": {"start": place, "end": place}, "text": "#"}]));
    }
    client.until("the last version", |client| client.pushed[&file]["version"] == 301);
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
    // The first object lost its `apiVersion` line, or all of them are as they were: never a mixture of versions.
    assert!([before, before - 1].contains(&client.rules(&file).len()));
}
