//! Kustomizations: the cases in testdata/kustomize, and where the values of built objects were written.
//!
//! A case is a folder with a kustomization (its own, or that of `overlay/`) and either `expected.yaml`, what kubectl
//! 1.32 (kustomize 5.5) prints for it, or `expected.txt`, how it is refused.

use std::{
    fs,
    path::{Path, PathBuf},
};

use plimsoll::{
    base::{SourceId, Span},
    render::kustomize::{BuildErrorKind, Builder, Built, Memory, Store, gather},
    render::{Plain, emit},
    yaml::{Limits, Node, parse},
};
use serde_yaml::Value;

use super::dir::{ended, plimsoll};

fn cases() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/kustomize");
    let mut cases: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).filter(|it| it.is_dir()).collect();
    cases.sort();
    cases
}

/// (exit code, standard output, standard error) of `plimsoll render` in the folder of a case.
fn render(case: &Path, options: &[&str]) -> (Option<i32>, String, String) {
    let root = if case.join("overlay").is_dir() { "overlay" } else { "." };
    let (code, out, err) = ended(plimsoll(case, &[&["render"], options, &[root]].concat()));
    (Some(code), out, err)
}

/// The objects of a text in order.
fn documents(text: &str) -> Vec<Value> {
    use serde::Deserialize;
    serde_yaml::Deserializer::from_str(text).map(|it| Value::deserialize(it).unwrap()).collect()
}

#[test]
fn every_case_is_built_as_kubectl_builds_it_or_refused_at_the_right_line() {
    let mut report = String::new();
    let (mut built, mut refused) = (0, 0);
    for case in cases() {
        let name = case.file_name().unwrap().to_string_lossy().into_owned();
        let (code, out, err) = render(&case, &[]);
        if let Ok(expected) = fs::read_to_string(case.join("expected.txt")) {
            refused += 1;
            if code != Some(2) || err != expected {
                report += &format!("{name}: exit {code:?}\n{err}instead of\n{expected}\n");
            }
            continue;
        }
        built += 1;
        let expected = fs::read_to_string(case.join("expected.yaml")).unwrap();
        if code != Some(0) {
            report += &format!("{name}: exit {code:?}\n{err}\n");
        } else if documents(&out) != documents(&expected) {
            report += &format!("{name}: built\n{out}instead of\n{expected}\n");
        }
    }
    assert!(report.is_empty(), "{report}");
    assert!(built >= 30 && refused >= 40, "{built} built, {refused} refused");
}

#[test]
fn what_is_printed_can_be_read_back_as_the_same() {
    for case in cases().iter().filter(|case| case.join("expected.yaml").is_file()) {
        let (_, out, _) = render(case, &[]);
        let parsed = parse(SourceId(0), &out, &Limits::default());
        let mut again = String::new();
        for (index, document) in parsed.documents().iter().enumerate() {
            again.push_str(if index > 0 { "---\n" } else { "" });
            let root = parsed.root(document).unwrap();
            emit(root, root.span(), &Plain, &mut again);
        }
        assert_eq!(again, out, "{}", case.display());
    }
}

/// Builds `root` of the files given and hands the result on.
fn build(files: &[(&str, &str)], root: &str, check: impl FnOnce(&Memory, &Built<'_>)) {
    let mut memory = Memory::default();
    for (path, text) in files {
        memory.add(path, text);
    }
    let gathered = gather(&memory, &[root.into()]);
    let store = Store::new(&gathered, &Limits::default());
    let built = Builder::new(&store).build(Path::new(root)).unwrap();
    check(&memory, &built);
}

/// `path:text` of a place.
fn shown(memory: &Memory, span: Span) -> String {
    let source = memory.source(span.source).unwrap();
    format!("{}:{}", source.path, source.slice(span))
}

fn find<'a>(root: Node<'a>, path: &[&str]) -> Node<'a> {
    path.iter().fold(root, |node, step| match step.parse::<usize>() {
        Ok(index) => node.items().nth(index).unwrap(),
        Err(_) => node.get(step).unwrap(),
    })
}

const BASE: &str = "apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 1
  template:
    spec:
      containers:
      - name: web
        image: nginx:1.25
        envFrom:
        - configMapRef:
            name: settings
";

#[test]
fn every_value_points_at_where_it_was_written() {
    let overlay = "namespace: shop
resources: [../base]
images:
- name: nginx
  newTag: '1.27'
labels:
- pairs: {team: front}
patches:
- path: patch.yaml
- patch: |-
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: web
    spec:
      paused: true # in place
- target: {kind: Deployment}
  patch: '[{\"op\": \"add\", \"path\": \"/spec/minReadySeconds\", \"value\": 5}]'
configMapGenerator:
- name: settings
  literals: [color=red]
  envs: [a.env]
  files: [notes.txt]
replicas:
- name: web
  count: 4
";
    let patch = "apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  revisionHistoryLimit: 3
";
    let files = [
        ("/base/kustomization.yaml", "resources: [web.yaml]\n"),
        ("/base/web.yaml", BASE),
        ("/overlay/kustomization.yaml", overlay),
        ("/overlay/patch.yaml", patch),
        ("/overlay/a.env", "# size\nsize=10\n"),
        ("/overlay/notes.txt", "words\n"),
    ];
    build(&files, "/overlay", |memory, built| {
        let web = built.resources.iter().find(|it| it.id().gvk.kind == "Deployment").unwrap();
        let place = |path: &[&str]| shown(memory, find(web.node(), path).span());
        let overlay = "/overlay/kustomization.yaml";
        assert_eq!(place(&["kind"]), "/base/web.yaml:Deployment");
        assert_eq!(place(&["metadata", "name"]), "/base/web.yaml:web");
        assert_eq!(place(&["metadata", "namespace"]), format!("{overlay}:shop"));
        assert_eq!(place(&["metadata", "labels", "team"]), format!("{overlay}:front"));
        assert_eq!(place(&["spec", "replicas"]), format!("{overlay}:4"));
        assert_eq!(place(&["spec", "revisionHistoryLimit"]), "/overlay/patch.yaml:3");
        assert_eq!(place(&["spec", "paused"]), format!("{overlay}:true"));
        assert_eq!(place(&["spec", "minReadySeconds"]), format!("{overlay}:5"));
        let container = ["spec", "template", "spec", "containers", "0"];
        let in_container = |path: &[&str]| place(&[&container, path].concat());
        assert_eq!(in_container(&["image"]), format!("{overlay}:'1.27'"));
        assert_eq!(in_container(&["name"]), "/base/web.yaml:web");
        assert_eq!(in_container(&["envFrom", "0", "configMapRef", "name"]), "/base/web.yaml:settings");
        assert!(shown(memory, web.origin).starts_with("/base/web.yaml:apiVersion"));
        let trail: Vec<String> = web.trail.iter().map(|entry| shown(memory, *entry)).collect();
        assert_eq!(trail, ["/base/kustomization.yaml:web.yaml", "/overlay/kustomization.yaml:../base"]);

        let map = built.resources.iter().find(|it| it.id().gvk.kind == "ConfigMap").unwrap();
        let place = |path: &[&str]| shown(memory, find(map.node(), path).span());
        assert_eq!(place(&["data", "color"]), format!("{overlay}:red"));
        assert_eq!(place(&["data", "size"]), "/overlay/a.env:10");
        assert_eq!(place(&["data", "notes.txt"]), "/overlay/notes.txt:words\n");
        assert_eq!(place(&["metadata", "name"]), format!("{overlay}:settings"));
        assert!(map.id().name.starts_with("settings-"));
        let named = find(web.node(), &[&container[..], &["envFrom", "0", "configMapRef", "name"]].concat());
        assert_eq!(named.text().unwrap(), map.id().name);
        let key = map.node().get("data").unwrap().entry("size").unwrap().key;
        assert_eq!(shown(memory, key.span()), "/overlay/a.env:size");
    });
}

#[test]
fn a_value_in_a_patch_whose_text_is_folded_is_pointed_at_itself() {
    let overlay = "resources: [web.yaml]
patches:
- patch: \"{apiVersion: apps/v1, kind: Deployment,
    metadata: {name: web}, spec: {paused: true}}\"
";
    let files = [("/kustomization.yaml", overlay), ("/web.yaml", BASE)];
    build(&files, "/", |memory, built| {
        let paused = find(built.resources[0].node(), &["spec", "paused"]).span();
        assert_eq!(shown(memory, paused), "/kustomization.yaml:true");
    });
}

#[test]
fn an_object_that_nothing_touches_is_the_text_itself() {
    let files = [("/kustomization.yaml", "resources: [web.yaml]\n"), ("/web.yaml", BASE)];
    build(&files, "/", |_, built| {
        assert!(matches!(built.resources[0].tree, plimsoll::yaml::Tree::Link(_)));
    });
}

#[test]
fn overlays_share_their_base_and_do_not_disturb_each_other() {
    let overlay = |name: &str| format!("namespace: {name}\nresources: [../base]\n");
    let (one, two) = (overlay("one"), overlay("two"));
    let mut memory = Memory::default();
    memory.add("/base/kustomization.yaml", "resources: [web.yaml]\nnamePrefix: p-\n");
    memory.add("/base/web.yaml", BASE);
    memory.add("/one/kustomization.yaml", &one);
    memory.add("/two/kustomization.yaml", &two);
    let gathered = gather(&memory, &["/one".into(), "/two".into()]);
    assert_eq!(gathered.files().len(), 4);
    let store = Store::new(&gathered, &Limits::default());
    let builder = Builder::new(&store);
    for (folder, namespace) in [("/one", "one"), ("/two", "two")] {
        let built = builder.build(Path::new(folder)).unwrap();
        assert_eq!(built.resources[0].id().namespace, namespace);
        assert_eq!(built.resources[0].id().name, "p-web");
        assert_eq!(built.resources[0].original_id().name, "web");
        assert_eq!(built.folders.len(), 2);
    }
}

#[test]
fn no_file_is_read_that_kustomize_would_not_read() {
    let mut memory = Memory::default();
    memory.add("/base/kustomization.yaml", "resources: [web.yaml]\n");
    memory.add("/base/web.yaml", BASE);
    memory.add("/top/kustomization.yaml", "resources: [../base, ../secret.yaml, /etc/hosts]\n");
    memory.add("/secret.yaml", "");
    memory.add("/etc/hosts", "");
    let gathered = gather(&memory, &["/top".into()]);
    let paths: Vec<_> = gathered.files().iter().map(|(path, _)| path.to_string_lossy()).collect();
    assert_eq!(paths, ["/top/kustomization.yaml", "/base/kustomization.yaml", "/base/web.yaml"]);
}

#[test]
fn threads_share_one_builder() {
    let mut memory = Memory::default();
    memory.add("/base/kustomization.yaml", "resources: [web.yaml]\n");
    memory.add("/base/web.yaml", BASE);
    let folders: Vec<PathBuf> = (0..16).map(|number| PathBuf::from(format!("/overlay{number}"))).collect();
    for folder in &folders {
        let text = "resources: [../base]\npatches:\n- patch: |-\n    apiVersion: apps/v1\n    kind: Deployment\n    \
                    metadata: {name: web}\n    spec: {replicas: 3}\n";
        memory.add(&folder.join("kustomization.yaml").to_string_lossy(), text);
    }
    let gathered = gather(&memory, &folders);
    let store = Store::new(&gathered, &Limits::default());
    let builder = Builder::new(&store);
    std::thread::scope(|scope| {
        let (builder, memory) = (&builder, &memory);
        for folder in &folders {
            scope.spawn(move || {
                let built = builder.build(folder).unwrap();
                let replicas = find(built.resources[0].node(), &["spec", "replicas"]);
                assert_eq!(replicas.text().unwrap(), "3");
                let source = memory.source(replicas.span().source).unwrap();
                assert!(Path::new(&source.path).starts_with(folder));
            });
        }
    });
}

#[test]
fn what_needs_the_network_is_told_from_what_is_wrong() {
    let mut memory = Memory::default();
    let text = "resources:\n- https://example.com/a.yaml\n- missing.yaml\n- github.com/a/b?ref=v1\n";
    memory.add("/kustomization.yaml", text);
    let gathered = gather(&memory, &["/".into()]);
    let store = Store::new(&gathered, &Limits::default());
    let errors = Builder::new(&store).build(Path::new("/")).unwrap_err();
    let kinds: Vec<_> = errors.iter().map(|error| error.kind).collect();
    assert_eq!(kinds, [BuildErrorKind::Offline, BuildErrorKind::Invalid, BuildErrorKind::Offline]);
    assert_eq!(errors[1].span.source, SourceId(0));
    assert_eq!(&text[errors[1].span.range()], "missing.yaml");
}

#[test]
fn origins_are_told_in_comments() {
    let case = cases().into_iter().find(|case| case.ends_with("components")).unwrap();
    let (code, out, _) = render(&case, &["--origins"]);
    assert_eq!(code, Some(0));
    assert!(
        out.contains(
            "# from base/all.yaml:1:1, through overlay/kustomization.yaml, base/kustomization.yaml\n"
        )
    );
    assert!(out.contains("  replicas: 2 # cache/kustomization.yaml:15:17\n"), "{out}");
    assert_eq!(documents(&out), documents(&render(&case, &[]).1));
}

#[test]
fn a_folder_without_a_kustomization_is_an_error_of_one_line() {
    let folder = super::dir::Dir::new();
    let (code, out, err) = render(folder.path(), &[]);
    assert_eq!((code, out.as_str()), (Some(2), ""));
    assert_eq!(err, "error: `.` holds no kustomization\n");
}

/// Every folder below `folder` that has a kustomization.
fn kustomizations(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() && !path.is_symlink() {
            kustomizations(&path, found);
        } else if plimsoll::render::kustomize::FILE_NAMES.iter().any(|name| path.ends_with(name)) {
            found.push(folder.to_path_buf());
        }
    }
}

#[test]
fn every_kustomization_of_the_corpus_is_built_or_refused_with_a_reason() {
    let Some(corpus) = std::env::var_os("PLIMSOLL_CORPUS") else {
        eprintln!("skipped: PLIMSOLL_CORPUS is not set");
        return;
    };
    let mut folders = Vec::new();
    kustomizations(Path::new(&corpus), &mut folders);
    folders.sort();
    let limits = Limits::default();
    let disk = plimsoll::engine::Disk::new(std::iter::empty(), &limits);
    let start = std::time::Instant::now();
    let gathered = gather(&disk, &folders);
    let read = start.elapsed();
    let store = Store::new(&gathered, &limits);
    let builder = Builder::new(&store);
    let (mut built, mut objects) = (0, 0);
    for folder in &folders {
        match builder.build(folder) {
            Ok(it) => {
                built += 1;
                objects += it.resources.len();
            }
            Err(errors) => assert!(!errors.is_empty(), "{}", folder.display()),
        }
    }
    eprintln!(
        "{built} of {} built, {objects} objects of {} files, read in {read:?}, all in {:?}",
        folders.len(),
        gathered.files().len(),
        start.elapsed()
    );
    assert!(built > 0);
}
