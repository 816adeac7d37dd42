//! What Flux and Argo CD objects apply: small repositories with what they must come to.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use plimsoll::{
    base::{Source, SourceId, Span},
    render::{
        Remarks, emit,
        gitops::{Manifest, discover, may_apply},
        kustomize::{BuildError, Builder, Memory, Store, gather_all},
    },
    yaml::{Kind, Limits, Node},
};

/// A case: a Git repository in memory, its files in the order of their paths.
struct Case {
    name: String,
    memory: Memory,
    files: Vec<Manifest>,
}

fn cases() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/gitops");
    let mut folders: Vec<PathBuf> = walkdir(&folder).into_iter().filter(|it| it.is_dir()).collect();
    folders.sort();
    folders.iter().map(|folder| case(folder)).collect()
}

#[expect(clippy::disallowed_methods, reason = "tests read their cases")]
fn walkdir(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
}

fn files_below(folder: &Path, files: &mut Vec<PathBuf>) {
    for path in walkdir(folder) {
        if path.is_dir() { files_below(&path, files) } else { files.push(path) }
    }
}

fn case(folder: &Path) -> Case {
    let mut paths = Vec::new();
    files_below(folder, &mut paths);
    paths.sort();
    let mut texts: Vec<(String, String)> = vec![("/.git/HEAD".to_owned(), String::new())];
    for path in paths.iter().filter(|path| !path.ends_with("expected.txt")) {
        let way = path.strip_prefix(folder).unwrap().to_string_lossy().replace('\\', "/");
        texts.push((format!("/{way}"), fs::read_to_string(path).unwrap()));
    }
    let name = folder.file_name().unwrap().to_string_lossy().into_owned();
    in_memory(&name, &texts)
}

fn in_memory(name: &str, texts: &[(String, String)]) -> Case {
    let mut memory = Memory::default();
    let mut files = Vec::new();
    for (path, text) in texts {
        let id = memory.add(path, text);
        let source = Arc::new(Source::new(id, path.trim_start_matches('/'), text.as_str()));
        files.push(Manifest { path: PathBuf::from(path), source });
    }
    Case { name: name.to_owned(), memory, files }
}

/// Names the place of every value that was not written in the object's own document.
struct Origins<'m>(&'m Case);

impl Case {
    fn place(&self, span: Span) -> String {
        let file = self.files.iter().find(|file| file.source.id == span.source).unwrap();
        let position = file.source.position(span.start);
        format!("{}:{}:{}", file.source.path, position.line, position.column)
    }

    fn error(&self, error: &BuildError) -> String {
        let is_somewhere = error.span.source != SourceId(u32::MAX);
        let place = if is_somewhere { self.place(error.span) } else { "nowhere".to_owned() };
        format!("error: {place}: {}\n", error.message)
    }

    /// What is applied, with its labels, and every built object with the places of its values.
    fn applied(&self) -> String {
        let limits = Limits::default();
        let suspects: Vec<Manifest> =
            self.files.iter().filter(|file| may_apply(&file.source.text)).cloned().collect();
        let maps = |names: &BTreeSet<String>| {
            let fits = |file: &&Manifest| names.iter().any(|name| file.source.text.contains(name));
            self.files.iter().filter(fits).cloned().collect()
        };
        let applied = discover(&self.memory, &suspects, &maps, &limits);
        let gathered = gather_all(&self.memory, &[], &mut applied.iter().map(|it| &it.overlay));
        let store = Store::new(&gathered, &limits);
        let builder = Builder::new(&store);
        let mut out = String::new();
        for applied in &applied {
            out += &format!("# {}\n", applied.labels.join(", "));
            match applied.build(&builder) {
                Ok(built) => {
                    for resource in &built.resources {
                        out += "---\n";
                        emit(resource.node(), resource.origin, &Origins(self), &mut out);
                    }
                }
                Err(errors) => out.extend(errors.iter().map(|error| self.error(error))),
            }
            out.push('\n');
        }
        out
    }
}

impl Remarks for Origins<'_> {
    fn object(&self, _: Node<'_>) -> Option<String> {
        None
    }

    fn field(&self, object: Span, node: Node<'_>) -> Option<String> {
        let span = node.span();
        let is_elsewhere = span.source != object.source || !object.contains(span);
        (is_elsewhere && node.kind() == Kind::Scalar).then(|| self.0.place(span))
    }
}

#[test]
fn what_objects_apply_is_built_with_their_changes_and_places() {
    let mut report = String::new();
    let cases = cases();
    for case in &cases {
        let file = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("testdata/gitops")
            .join(&case.name)
            .join("expected.txt");
        let expected = fs::read_to_string(&file).unwrap_or_default();
        let applied = case.applied();
        if applied != expected {
            report += &format!("=== {}: applies\n{applied}instead of\n{expected}\n", case.name);
        }
    }
    assert!(report.is_empty(), "{report}");
    assert!(cases.len() >= 16, "{} cases", cases.len());
}

/// What the objects in these texts apply, by labels and folders.
fn folders(texts: &[(&str, &str)]) -> Vec<String> {
    let texts: Vec<(String, String)> =
        texts.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
    let case = in_memory("", &texts);
    case.applied();
    let applied = discover(&case.memory, &case.files, &|_| Vec::new(), &Limits::default());
    applied.iter().map(|it| format!("{}: {}", it.labels.join(", "), it.overlay.folder.display())).collect()
}

#[test]
fn without_a_repository_a_path_starts_at_the_nearest_folder_that_has_it() {
    let flux = |path: &str| {
        format!(
            "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {{name: a}}\nspec: \
             {{path: {path}, sourceRef: {{kind: GitRepository, name: flux-system}}}}\n"
        )
    };
    let config = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n";
    let found = folders(&[
        ("/one/two/apps/a.yaml", config),
        ("/one/apps/a.yaml", config),
        ("/one/two/clusters/a.yaml", &flux("./apps")),
        ("/one/clusters/b.yaml", &flux("apps")),
        ("/one/clusters/c.yaml", &flux("./")),
    ]);
    assert_eq!(
        found,
        [
            "Kustomization a (one/two/clusters/a.yaml): /one/two/apps",
            "Kustomization a (one/clusters/b.yaml): /one/apps"
        ]
    );
}

#[test]
fn objects_of_an_odd_shape_are_passed_over() {
    let flux = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\n";
    let argo = "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\n";
    let odd = [
        "spec: [a]",
        "spec: {sourceRef: a, path: a}",
        "spec: {sourceRef: {}, path: a}",
        "spec: {sourceRef: {kind: [], name: {}}, path: {a: b}}",
        "spec: {sourceRef: {kind: GitRepository, name: flux-system}, path: \"\\0\"}",
        "spec: {sourceRef: {kind: GitRepository, name: flux-system}, path: a, patches: b, images: {c: d}, \
         postBuild: {substitute: [], substituteFrom: [a, {kind: ConfigMap}]}, components: [{}], \
         commonMetadata: {labels: [a]}}",
        "spec: {template: {spec: {source: {repoURL: a, path: a}, destination: {}}}, generators: [a, {list: {}}, \
         {list: {elements: [a, [b]]}}, {git: {directories: [{}, a]}}, {git: {directories: [{path: '[' }]}}, \
         {matrix: {generators: [{matrix: {generators: [{matrix: a}]}}]}}, {merge: {}}]}",
        "spec: {template: {spec: {sources: [a, {}, {path: a}], destination: {namespace: [a]}}}, generators: [{}]}",
    ];
    for text in odd {
        for start in [flux, argo] {
            let object = format!("{start}metadata: {{name: a}}\n{text}\n");
            let config = ("/a/config.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n");
            let found = folders(&[("/.git/HEAD", ""), ("/object.yaml", &object), config]);
            assert!(found.iter().all(|it| it.ends_with(": /a")), "{object}{found:?}");
        }
    }
}

mod run {
    //! Whole runs over repositories with GitOps objects.

    use super::super::{dir::Dir, overlays::check};

    const POD: &str = "\
apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  hostNetwork: true
  containers:
    - name: web
      image: nginx:1.27
";
    const ONE: &str = "--select=host-network";

    fn flux(name: &str, path: &str, more: &str) -> String {
        format!(
            "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata:\n  name: {name}\n  \
             namespace: flux-system\nspec:\n  sourceRef: {{kind: GitRepository, name: flux-system}}\n  path: \
             {path}\n{more}"
        )
    }

    #[test]
    fn a_plain_folder_is_judged_as_it_is_applied_and_not_as_it_stands() {
        let dir = Dir::repository(&[
            ("clusters/prod.yaml", &flux("apps", "./apps", "  targetNamespace: shop\n")),
            ("apps/pod.yaml", POD),
        ]);
        let found = check(&dir, &[ONE]);
        assert_eq!(found.lines().count(), 1, "{found}");
        assert!(found.starts_with("apps/pod.yaml:6:16: ") && found.contains("Pod shop/web"), "{found}");
        assert!(found.ends_with("(in Kustomization flux-system/apps)\n"), "{found}");
    }

    #[test]
    fn a_kustomization_that_an_object_applies_is_no_root_by_itself() {
        let patch =
            "  patches:\n    - target: {kind: Pod}\n      patch: '[{op: remove, path: /spec/hostNetwork}]'\n";
        let dir = Dir::repository(&[
            ("clusters/prod.yaml", &flux("apps", "./apps", patch)),
            ("apps/kustomization.yaml", "resources: [pod.yaml]\n"),
            ("apps/pod.yaml", POD),
        ]);
        assert_eq!(check(&dir, &[ONE]), "");
    }

    #[test]
    fn what_an_object_sets_is_found_in_the_object() {
        let patch = "  patches:\n    - target: {kind: Pod}\n      patch: |\n        - op: add\n          path: \
                     /spec/hostPID\n          value: true\n";
        let dir = Dir::repository(&[
            ("clusters/prod.yaml", &flux("apps", "./apps", patch)),
            ("apps/kustomization.yaml", "resources: [pod.yaml]\n"),
            ("apps/pod.yaml", &POD.replace("  hostNetwork: true\n", "")),
        ]);
        let found = check(&dir, &["--select=host-pid"]);
        assert!(found.starts_with("clusters/prod.yaml:14:18: "), "{found}");
    }

    #[test]
    fn objects_of_one_name_are_told_apart_by_their_files() {
        let dir = Dir::repository(&[
            ("clusters/prod/apps.yaml", &flux("apps", "./apps", "  namePrefix: prod-\n")),
            ("clusters/staging/apps.yaml", &flux("apps", "./apps", "  namePrefix: staging-\n")),
            ("apps/pod.yaml", POD),
        ]);
        let found = check(&dir, &[ONE]);
        let expected = "(in Kustomization flux-system/apps (clusters/prod/apps.yaml), Kustomization \
                        flux-system/apps (clusters/staging/apps.yaml))\n";
        assert_eq!(found.lines().count(), 1, "{found}");
        assert!(found.ends_with(expected), "{found}");
    }

    #[test]
    fn a_secret_variable_is_unknown_and_a_set_one_is_what_it_says() {
        let pod = POD.replace("hostNetwork: true", "hostNetwork: ${NET}\n  hostPID: ${PID}");
        let variables =
            "  postBuild:\n    substitute: {NET: 'true'}\n    substituteFrom: [{kind: Secret, name: a}]\n";
        let dir = Dir::repository(&[
            ("clusters/prod.yaml", &flux("apps", "./apps", variables)),
            ("apps/pod.yaml", &pod),
        ]);
        let found = check(&dir, &["--select=host-network,host-pid"]);
        assert_eq!(found.lines().count(), 1, "{found}");
        assert!(found.starts_with("clusters/prod.yaml:10:23: ") && found.contains("host-network"), "{found}");
    }

    #[test]
    fn a_folder_that_cannot_be_built_is_told_at_the_object_and_judged_for_what_it_sets() {
        let dir = Dir::repository(&[
            ("clusters/prod.yaml", &flux("apps", "./apps", "")),
            ("apps/a.yaml", POD),
            ("apps/b.yaml", POD),
        ]);
        let found = check(&dir, &["--select=host-network,kustomization-invalid,run-as-non-root-missing"]);
        let lines: Vec<&str> = found.lines().collect();
        assert_eq!(lines.len(), 3, "{found}");
        assert!(
            lines[0].starts_with("apps/a.yaml:6:16: ") && lines[1].starts_with("apps/b.yaml:6:16: "),
            "{found}"
        );
        assert!(lines[2].starts_with("clusters/prod.yaml:8:9: high kustomization-invalid"), "{found}");
    }

    #[test]
    fn an_application_gives_its_namespace_to_objects_without_one() {
        let application = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: web, namespace: \
                           argocd}\nspec:\n  destination: {namespace: shop}\n  source: {repoURL: 'https://git.example/a', \
                           path: apps}\n";
        let dir = Dir::repository(&[("argocd.yaml", application), ("apps/pod.yaml", POD)]);
        let found = check(&dir, &[ONE]);
        assert!(found.contains("Pod shop/web"), "{found}");
        assert!(found.ends_with("(in Application argocd/web)\n"), "{found}");
    }

    const SET: &str = "\
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: set, namespace: argocd}
spec:
  goTemplate: true
  generators:
    - list: {elements: [{app: apps}]}
  template:
    metadata: {name: '{{ .app }}'}
    spec:
      destination: {namespace: shop}
      source: {repoURL: 'https://git.example/a', path: '{{ .app }}'}
";

    #[test]
    fn a_template_patch_that_may_change_the_source_leaves_open_what_is_not_there() {
        let rules = &["--select=host-network,run-as-non-root-missing"];
        let found = |more: &str| {
            check(&Dir::repository(&[("set.yaml", &format!("{SET}{more}")), ("apps/pod.yaml", POD)]), rules)
        };
        let harmless = "  templatePatch: |\n    spec: {syncPolicy: {automated: {prune: true}}}\n";
        for more in ["", harmless] {
            let found = found(more);
            assert!(found.contains("host-network") && found.contains("run-as-non-root-missing"), "{found}");
            assert!(found.contains("Pod shop/web"), "{found}");
        }
        let patch = "  templatePatch: |\n    spec:\n      source:\n        kustomize:\n          {{- range .patches }}\n";
        let own = found(patch);
        assert!(own.contains("host-network") && !own.contains("run-as-non-root-missing"), "{own}");
        assert!(own.contains("(in Application argocd/apps)"), "{own}");
        let set =
            SET.replace("[{app: apps}]}", "[{app: apps}], template: {metadata: {}, spec: {project: a}}}");
        let dir = Dir::repository(&[("set.yaml", &set), ("apps/pod.yaml", POD)]);
        assert!(!check(&dir, rules).contains("run-as-non-root-missing"));
    }

    #[test]
    fn parameters_from_files_lead_to_folders_that_are_judged_as_they_are_applied() {
        let set =
            SET.replace("list: {elements: [{app: apps}]}", "git: {files: [{path: 'envs/*/config.json'}]}");
        let dir = Dir::repository(&[
            ("set.yaml", &set),
            ("envs/dev/config.json", "{\"app\": \"apps\"}"),
            ("envs/none/config.json", "[1, {\"app\": \"../up\"}]"),
            ("apps/pod.yaml", POD),
        ]);
        let found = check(&dir, &[ONE]);
        assert_eq!(found.lines().count(), 1, "{found}");
        assert!(
            found.contains("Pod shop/web") && found.ends_with("(in Application argocd/apps)\n"),
            "{found}"
        );
    }
}
