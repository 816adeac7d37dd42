//! What a run costs, against what reading alone costs. `cargo bench` measures a generated repository; the variable
//! `PLIMSOLL_BENCH` names another folder. Times on a shared machine are only good as ratios within one run, so the
//! ratios are printed first, each the best of several interleaved rounds.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::cast_precision_loss,
    reason = "a benchmark talks, makes files, and may stop where it stands"
)]

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use plimsoll::{
    base::{Minor, Source, SourceId},
    engine::{Plan, Reading, Role, judge},
    kube,
    rule::{Registry, Target},
    walk,
    yaml::{self, Limits},
};
use saphyr_parser::{Parser, StrInput};

const ROUNDS: usize = 15;

fn main() {
    if std::env::args().any(|arg| arg == "--test" || arg == "--list") {
        return;
    }
    let folder = folder();
    println!("folder: {}", folder.display());
    ratios(&folder);
    divan::main();
}

/// The folder that is measured: the one named, or a generated one.
fn folder() -> PathBuf {
    match std::env::var_os("PLIMSOLL_BENCH") {
        Some(folder) => folder.into(),
        None => generated(),
    }
}

fn paths(folder: &Path) -> Vec<PathBuf> {
    let walked = walk::walk(&[folder.to_path_buf()], &walk::Options::default(), &walk::Everything);
    walked.files.into_iter().map(|found| found.path).collect()
}

fn read(paths: &[PathBuf]) -> Vec<Source> {
    let texts = paths.iter().map(|path| (path, fs::read(path).unwrap()));
    let sources = texts
        .enumerate()
        .map(|(id, (path, bytes))| Source::decode(SourceId(id as u32), path.to_string_lossy(), bytes));
    sources.filter_map(Result::ok).collect()
}

fn target() -> Target {
    Target { kubernetes: Minor::NEWEST, platform: None }
}

fn ratios(folder: &Path) {
    let registry = Registry::embedded().unwrap();
    let plan = Plan::of_all(&registry, target()).unwrap();
    let sources = read(&paths(folder));
    let bytes: usize = sources.iter().map(|source| source.text.len()).sum();
    let without_crds: Vec<&Source> =
        sources.iter().filter(|source| !source.text.contains("CustomResourceDefinition")).collect();
    let plain_bytes: usize = without_crds.iter().map(|source| source.text.len()).sum();
    println!("{} files, {bytes} bytes, {plain_bytes} without CRDs", sources.len());

    let mut best = [Duration::MAX; 4];
    for _ in 0..ROUNDS {
        let times = [
            time(|| paths(folder).len() + read(&paths(folder)).iter().map(parse_kept).sum::<usize>()),
            time(|| {
                let sources = read(&paths(folder));
                paths(folder).len()
                    + sources
                        .iter()
                        .map(|it| judge(it, Role::Plain, &plan, &Reading::default()).findings.len())
                        .sum::<usize>()
            }),
            time(|| without_crds.iter().map(|source| parse_all(source)).sum()),
            time(|| without_crds.iter().map(|source| saphyr_events(&source.text)).sum()),
        ];
        for (best, time) in best.iter_mut().zip(times) {
            *best = (*best).min(time);
        }
    }
    let [reading, run, parsing, saphyr] = best;
    println!(
        "walk + read + parse: {reading:?}; the same with every rule: {run:?}; ratio {:.2}",
        ratio(run, reading)
    );
    println!(
        "parse only, without CRDs: {parsing:?} ({:.0} MB/s); saphyr-parser's events: {saphyr:?}; ratio {:.1}",
        plain_bytes as f64 / parsing.as_secs_f64() / 1e6,
        ratio(saphyr, parsing)
    );
}

fn ratio(a: Duration, b: Duration) -> f64 {
    a.as_secs_f64() / b.as_secs_f64()
}

fn time(work: impl FnOnce() -> usize) -> Duration {
    let start = Instant::now();
    divan::black_box(work());
    start.elapsed()
}

fn parse_kept(source: &Source) -> usize {
    yaml::parse_filtered(source.id, &source.text, &Limits::default(), kube::may_hold_objects).node_count()
}

fn parse_all(source: &Source) -> usize {
    yaml::parse(source.id, &source.text, &Limits::default()).node_count()
}

fn saphyr_events(text: &str) -> usize {
    Parser::new(StrInput::new(text)).take_while(Result::is_ok).count()
}

#[divan::bench]
fn parse_only(bencher: divan::Bencher<'_, '_>) {
    let sources = read(&paths(&folder()));
    bencher.bench(|| sources.iter().map(parse_kept).sum::<usize>());
}

#[divan::bench]
fn parse_and_rules(bencher: divan::Bencher<'_, '_>) {
    let registry = Registry::embedded().unwrap();
    let plan = Plan::of_all(&registry, target()).unwrap();
    let sources = read(&paths(&folder()));
    bencher.bench(|| {
        sources
            .iter()
            .map(|it| judge(it, Role::Plain, &plan, &Reading::default()).findings.len())
            .sum::<usize>()
    });
}

#[divan::bench]
fn load_rules(bencher: divan::Bencher<'_, '_>) {
    bencher.bench(|| Plan::of_all(&Registry::embedded().unwrap(), target()).unwrap().rules().len());
}

/// A repository of a thousand manifests of the usual kinds, made once.
fn generated() -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("bench-1000");
    for app in 0..250 {
        let place = folder.join(format!("apps/app-{app}"));
        if place.exists() {
            continue;
        }
        fs::create_dir_all(&place).unwrap();
        for (name, text) in [
            ("deployment.yaml", deployment(app)),
            ("service.yaml", service(app)),
            ("rbac.yaml", rbac(app)),
            ("config.yaml", config(app)),
        ] {
            fs::write(place.join(name), text).unwrap();
        }
    }
    folder
}

fn deployment(app: usize) -> String {
    let mut text = format!(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: app-{app}\n  labels:\n    app: app-{app}\nspec:\n  \
         replicas: {}\n  selector:\n    matchLabels:\n      app: app-{app}\n  template:\n    metadata:\n      labels:\n        \
         app: app-{app}\n    spec:\n      containers:\n",
        app % 5
    );
    for container in 0..=app % 3 {
        write!(
            text,
            "        - name: c{container}\n          image: registry.example/app-{app}:{container}.1 # pinned\n          \
             args: [\"--port\", \"8080\"]\n          ports:\n            - containerPort: 8080\n          \
             resources:\n            requests: {{cpu: 100m, memory: 128Mi}}\n          securityContext:\n            \
             allowPrivilegeEscalation: {}\n            capabilities:\n              drop: [ALL]\n",
            app.is_multiple_of(2)
        )
        .unwrap();
    }
    text
}

fn service(app: usize) -> String {
    format!(
        "apiVersion: v1\nkind: Service\nmetadata:\n  name: app-{app}\nspec:\n  selector:\n    app: app-{app}\n  ports:\n    \
         - name: http\n      port: 80\n      targetPort: 8080\n"
    )
}

fn rbac(app: usize) -> String {
    format!(
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata:\n  name: app-{app}\nrules:\n  - apiGroups: [\"\"]\n    \
         resources: [configmaps, secrets]\n    verbs: [get, list]\n---\napiVersion: rbac.authorization.k8s.io/v1\n\
         kind: RoleBinding\nmetadata:\n  name: app-{app}\nroleRef:\n  apiGroup: rbac.authorization.k8s.io\n  kind: Role\n  \
         name: app-{app}\nsubjects:\n  - kind: ServiceAccount\n    name: app-{app}\n    namespace: apps\n"
    )
}

fn config(app: usize) -> String {
    let mut text =
        format!("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: app-{app}\ndata:\n  notes: |\n");
    for line in 0..20 {
        writeln!(text, "    line {line} of the notes of app {app}, long enough to be read past").unwrap();
    }
    text
}
