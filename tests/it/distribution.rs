//! What people install plimsoll by: the hooks, the action, the crate and the wheel; and that it stays offline.

use std::{
    collections::BTreeSet,
    fs,
    path::Path,
    process::{Command, Stdio},
};

use regex::Regex;
use serde_json::Value as Json;
use serde_yaml::Value;

use super::dir::Dir;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(file: &str) -> String {
    fs::read_to_string(root().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

fn yaml(file: &str) -> Value {
    serde_yaml::from_str(&read(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn list(value: &Value) -> &[Value] {
    value.as_sequence().map_or(&[], Vec::as_slice)
}

fn keys(value: &Value) -> Vec<&str> {
    value.as_mapping().unwrap().keys().map(|key| key.as_str().unwrap()).collect()
}

/// The scripts of the action, all in one text, without comments.
fn scripts() -> String {
    let mut all = String::new();
    for entry in fs::read_dir(root().join("action")).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.extension().is_some_and(|extension| extension == "sh") {
            let text = fs::read_to_string(path).unwrap();
            all.extend(
                text.lines()
                    .filter(|line| !line.trim_start().starts_with('#'))
                    .map(|line| format!("{line}\n")),
            );
        }
    }
    all
}

#[test]
fn the_hooks_see_manifests_by_their_names_and_leave_everything_else() {
    let hooks = yaml(".pre-commit-hooks.yaml");
    let hooks = list(&hooks);
    let ids: Vec<_> = hooks.iter().map(|hook| text(hook, "id")).collect();
    assert_eq!(ids, ["plimsoll", "plimsoll-system", "plimsoll-all"]);
    for hook in hooks {
        let id = text(hook, "id");
        assert_eq!(hook.get("require_serial"), Some(&Value::Bool(true)), "{id}");
        assert!(text(hook, "entry").starts_with("plimsoll check"), "{id}");
        assert!(
            hook.get("types").is_none() && hook.get("types_or").is_none(),
            "{id}: types know extensions only"
        );
    }
    for hook in &hooks[..2] {
        assert!(text(hook, "entry").ends_with(" --force-exclude"), "{}", text(hook, "id"));
        // pre-commit searches, it does not match from the start.
        let files = Regex::new(text(hook, "files")).unwrap();
        for file in ["a.yaml", "a/b.yml", "x.json", "Kustomization", "apps/Kustomization", "한 글.yaml"] {
            assert!(files.is_match(file), "{file}");
        }
        for file in ["a.yaml.bak", "Kustomization.md", "myKustomization", "yaml", "Makefile", "a.yamlx"] {
            assert!(!files.is_match(file), "{file}");
        }
    }
    assert_eq!(hooks[2].get("pass_filenames"), Some(&Value::Bool(false)));
}

#[cfg(unix)]
#[test]
fn the_hooks_without_the_dot_are_a_link_to_those_with_it() {
    let link = fs::read_link(root().join("pre-commit-hooks.yaml")).unwrap();
    assert_eq!(link, Path::new(".pre-commit-hooks.yaml"));
}

#[test]
fn inputs_reach_the_action_through_the_environment_alone() {
    let action = yaml("action.yml");
    let runs = action.get("runs").unwrap();
    assert_eq!(text(runs, "using"), "composite");
    let word = Regex::new("^[a-z0-9]+(-[a-z0-9]+)*$").unwrap();
    let whole = read("action.yml");
    for name in keys(action.get("inputs").unwrap()) {
        assert!(word.is_match(name), "{name}: GitHub does not tell `_` from `-`, people do");
        assert!(whole.contains(&format!("inputs.{name}")), "{name} is never used");
    }
    let mut uses = 0;
    for step in list(runs.get("steps").unwrap()) {
        let name = text(step, "name");
        assert!(
            !text(step, "run").contains("${{"),
            "{name}: an expression in a script is code for who fills it in"
        );
        assert!(step.get("uses").is_some() || text(step, "shell") == "bash", "{name}");
        if step.get("uses").is_some() {
            uses += 1;
            let own = "github.event.pull_request.head.repo.full_name == github.repository";
            assert!(text(step, "if").contains(own), "{name}: a fork's own pull requests are no strangers");
        }
    }
    assert_eq!(uses, 1, "the upload is the only step of somebody else");
}

#[test]
fn the_scripts_of_the_action_evaluate_no_text_and_read_no_bash_newer_than_macos_has() {
    let scripts = scripts();
    assert!(scripts.contains("INPUT_PATHS"));
    let newer =
        r"\b(eval|mapfile|readarray|coproc)\b|(declare|local) -[An]\b|\$\{\w+(,,|\^\^|@)|\|&|&>>|wait -n";
    if let Some(found) = Regex::new(newer).unwrap().find(&scripts) {
        panic!("`{}` in a script of the action", found.as_str());
    }
    for tool in ["jq", "python", "perl", "node", "wget"] {
        let word = Regex::new(&format!(r"(?m)^\s*{tool}\b|[|(]\s*{tool}\b")).unwrap();
        assert!(!word.is_match(&scripts), "the action needs {tool}");
    }
}

#[test]
fn every_action_that_is_used_is_pinned_to_a_commit() {
    let pinned = Regex::new(r"^[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d").unwrap();
    let mut seen = 0;
    let mut files = vec![root().join("action.yml")];
    // A crate has no workflows.
    let workflows = fs::read_dir(root().join(".github/workflows")).unwrap();
    files.extend(workflows.map(|entry| entry.unwrap().path()));
    for file in files {
        for line in fs::read_to_string(&file).unwrap().lines() {
            let Some((_, used)) = line.split_once("uses: ") else { continue };
            seen += 1;
            assert!(used.starts_with("./ ") || pinned.is_match(used), "{}: {used}", file.display());
        }
    }
    assert!(seen > 10, "{seen}");
}

/// What `tests/integration/run` runs against the real programs.
#[test]
fn a_change_of_what_the_slow_tests_are_about_runs_them() {
    let slow = yaml(".github/workflows/slow.yml");
    let paths = slow.get("on").unwrap().get("pull_request").unwrap().get("paths").unwrap();
    let paths: BTreeSet<_> = list(paths).iter().map(|path| path.as_str().unwrap()).collect();
    for path in ["action.yml", ".pre-commit-hooks.yaml"] {
        assert!(paths.contains(path) && root().join(path).is_file(), "{path}");
    }
    for folder in [
        ".github",
        "action",
        "editors",
        "python",
        "src/lsp",
        "src/report",
        "tests/clients",
        "tests/formats",
        "tests/integration",
    ] {
        assert!(paths.contains(&*format!("{folder}/**")) && root().join(folder).is_dir(), "{folder}");
    }
}

#[test]
fn only_a_tag_is_published() {
    let release = yaml(".github/workflows/release.yml");
    assert_eq!(keys(release.get("permissions").unwrap()), Vec::<&str>::new());
    let jobs = release.get("jobs").unwrap();
    for (name, job) in jobs.as_mapping().unwrap() {
        let name = name.as_str().unwrap();
        let permissions = serde_yaml::to_string(job.get("permissions").unwrap()).unwrap();
        if permissions.contains("write") {
            let needs = serde_yaml::to_string(job.get("needs").unwrap()).unwrap();
            let guarded = text(job, "if") == "github.event_name == 'push' && github.ref_type == 'tag'";
            assert!(guarded || needs.contains("publish"), "{name}");
        }
    }
    assert_eq!(
        text(jobs.get("publish").unwrap(), "if"),
        "github.event_name == 'push' && github.ref_type == 'tag'"
    );
}

/// action/check.sh reads the numbers from this line, since a runner may have nothing that reads JSON.
#[test]
fn the_json_report_has_its_counts_on_a_line_that_the_action_reads() {
    let dir = Dir::new();
    dir.write(".git/HEAD", "");
    let name = r#"a\n  \"findings\": {\"critical\":9,\"high\":9,\"medium\":9,\"low\":9,\"info\":9}"#;
    let pod = format!(
        "apiVersion: v1\nkind: Pod\nmetadata: {{name: \"{name}\"}}\nspec: {{hostPID: true, containers: [{{name: c}}]}}\n"
    );
    dir.write("a.yaml", &pod);
    let mut command = Command::new(env!("CARGO_BIN_EXE_plimsoll"));
    command.current_dir(dir.path()).args(["check", "--select=host-pid", "--output-format=json"]);
    let out = String::from_utf8(command.output().unwrap().stdout).unwrap();
    let form = Regex::new(
        r#"(?m)^  "findings": \{"critical":(\d+),"high":(\d+),"medium":(\d+),"low":(\d+),"info":(\d+)\}"#,
    );
    let counts: Vec<_> = form.unwrap().captures_iter(&out).collect();
    assert_eq!(counts.len(), 1, "{out}");
    let sum: u32 =
        counts[0].iter().skip(1).map(|count| count.unwrap().as_str().parse::<u32>().unwrap()).sum();
    assert_eq!(sum, 1, "{out}");
}

#[test]
fn the_wheel_has_the_name_the_binary_and_the_licences() {
    let project = read("python/pyproject.toml");
    for line in ["name = \"plimsoll-lint\"", "bindings = \"bin\"", "dynamic = [\"version\"]"] {
        assert!(project.contains(&format!("\n{line}\n")), "{line}");
    }
    assert!(
        !root().join("pyproject.toml").exists(),
        "pip would build from source for a hook of this repository"
    );
    for licence in ["LICENSE-MIT", "LICENSE-APACHE"] {
        assert_eq!(
            read(licence),
            read(&format!("python/{licence}")),
            "a wheel takes no file from above its folder"
        );
    }
}

/// A package in the build for Linux.
struct Package {
    name: String,
    /// The library that it says it links.
    links: Option<String>,
    /// What its build script uses.
    build: Vec<String>,
    features: Vec<String>,
}

/// What a build for Linux holds, tests apart. None where cargo cannot tell.
fn packages() -> Option<Vec<Package>> {
    let mut command = Command::new(option_env!("CARGO").unwrap_or("cargo"));
    command.current_dir(root()).args(["metadata", "--locked", "--offline", "--format-version=1"]);
    command.arg("--filter-platform=x86_64-unknown-linux-gnu");
    let output = command.output().ok().filter(|output| output.status.success())?;
    let metadata: Json = serde_json::from_slice(&output.stdout).unwrap();
    let nodes = metadata["resolve"]["nodes"].as_array().unwrap();
    let node = |id: &str| nodes.iter().find(|node| node["id"] == id).unwrap();
    let mut seen = BTreeSet::new();
    let mut ways = vec![metadata["resolve"]["root"].as_str().unwrap()];
    while let Some(id) = ways.pop() {
        if seen.insert(id) {
            ways.extend(node(id)["deps"].as_array().unwrap().iter().filter_map(dependency));
        }
    }
    let packages = metadata["packages"].as_array().unwrap().iter().filter_map(|package| {
        let id = package["id"].as_str().filter(|id| seen.contains(id))?;
        let build =
            package["dependencies"].as_array()?.iter().filter(|dependency| dependency["kind"] == "build");
        Some(Package {
            name: string(&package["name"]),
            links: package["links"].as_str().map(str::to_owned),
            build: build.map(|dependency| string(&dependency["name"])).collect(),
            features: node(id)["features"].as_array()?.iter().map(string).collect(),
        })
    });
    Some(packages.collect())
}

/// The id of a dependency that is not for tests alone.
fn dependency(dependency: &Json) -> Option<&str> {
    let kinds = dependency["dep_kinds"].as_array().unwrap();
    kinds.iter().any(|kind| kind["kind"] != "dev").then(|| dependency["pkg"].as_str().unwrap())
}

fn string(value: &Json) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

#[test]
fn no_dependency_compiles_c_or_opens_sockets() {
    // Each is declarations of what the kernel or the C library has, in Rust; there is no C in them.
    const DECLARATIONS: [&str; 2] = ["inotify-sys", "linux-raw-sys"];
    const COMPILES_C: [&str; 7] = ["autotools", "bindgen", "cc", "cmake", "nasm-rs", "pkg-config", "vcpkg"];
    const NETWORK: [&str; 19] = [
        "async-std",
        "attohttpc",
        "curl",
        "h2",
        "hickory-resolver",
        "hyper",
        "isahc",
        "minreq",
        "native-tls",
        "openssl",
        "quinn",
        "reqwest",
        "rustls",
        "smol",
        "socket2",
        "surf",
        "tokio",
        "tungstenite",
        "ureq",
    ];
    let Some(packages) = packages() else {
        eprintln!("skipped: cargo cannot tell the dependencies here");
        return;
    };
    assert!(packages.len() > 50, "{}", packages.len());
    for Package { name, links, build, features } in &packages {
        let c = build.iter().find(|build| COMPILES_C.contains(&build.as_str()));
        assert_eq!(c, None, "{name} compiles C");
        // rayon-core names itself, so that there is one of it in a program.
        let links = links.as_ref().filter(|links| *links != name || name != "rayon-core");
        assert_eq!(links, None, "{name} links a library");
        assert!(!name.ends_with("-sys") || DECLARATIONS.contains(&name.as_str()), "{name} binds a C library");
        assert!(!NETWORK.contains(&name.as_str()), "{name} is for the network");
        // notify waits for the kernel's events with it, and for nothing else.
        assert!(name != "mio" || !features.iter().any(|feature| feature == "net"), "mio opens sockets");
    }
}

#[test]
fn the_source_names_no_socket_and_starts_no_program_but_git() {
    fn visit(folder: &Path, found: &mut Vec<String>) {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let path = entry.path();
            if path.is_dir() {
                visit(&path, found);
                continue;
            }
            let text = fs::read_to_string(&path).unwrap();
            // `--changed` asks Git.
            let text = if path.ends_with("cli/changed.rs") {
                text.replace("Command::new(\"git\")", "")
            } else {
                text
            };
            for word in ["std::net", "unix::net", "TcpStream", "UdpSocket", "UnixStream", "Command::new(\""] {
                if text.contains(word) {
                    found.push(format!("{}: {word}", path.display()));
                }
            }
        }
    }
    let mut found = Vec::new();
    visit(&root().join("src"), &mut found);
    assert_eq!(found, Vec::<String>::new());
}

#[cfg(target_os = "linux")]
#[test]
fn without_any_network_everything_works_as_it_does_with_one() {
    let plimsoll = env!("CARGO_BIN_EXE_plimsoll");
    let unshare = |program: &[&str]| {
        let mut command = Command::new("unshare");
        command.args(["--map-root-user", "--net"]).args(program).current_dir(root()).stdin(Stdio::null());
        command.output()
    };
    // A new namespace has its own loopback device, which is down, and no route.
    let Ok(routes) = unshare(&["cat", "/proc/net/route"]) else {
        eprintln!("skipped: no `unshare` here");
        return;
    };
    if !routes.status.success() {
        eprintln!("skipped: no network namespace may be made here");
        return;
    }
    assert!(String::from_utf8_lossy(&routes.stdout).lines().count() <= 1, "no more than the heading");
    for arguments in [
        &["check", "--isolated", "--profile=all", "testdata/guide"][..],
        &["check", "--isolated", "--output-format=sarif", "testdata/guide"],
        &["explain", "privileged-container"],
        &["rules"],
    ] {
        let with = Command::new(plimsoll).args(arguments).current_dir(root()).output().unwrap();
        let without = unshare(&[&[plimsoll], arguments].concat()).unwrap();
        assert!(!with.stdout.is_empty(), "{arguments:?}");
        assert_eq!(with.status.code(), without.status.code(), "{arguments:?}");
        assert!(with.stdout == without.stdout, "{arguments:?}");
        assert!(!String::from_utf8_lossy(&without.stderr).contains("error"), "{arguments:?}");
    }
}

#[test]
fn manual_pages_are_printed_or_written_one_a_command() {
    let dir = Dir::new();
    let run = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_plimsoll"));
        command.arg("man").args(arguments).current_dir(dir.path()).output().unwrap()
    };
    let page = run(&[]).stdout;
    assert!(String::from_utf8_lossy(&page).contains(".TH plimsoll 1 "));
    let written = run(&["--folder", "new/man1"]);
    assert!(written.status.success() && written.stdout.is_empty());
    assert_eq!(fs::read(dir.path().join("new/man1/plimsoll.1")).unwrap(), page);
    assert!(dir.path().join("new/man1/plimsoll-baseline-write.1").exists());
    dir.write("file", "");
    let failed = run(&["--folder", "file/man1"]);
    assert_eq!(failed.status.code(), Some(2));
    assert!(
        String::from_utf8_lossy(&failed.stderr).starts_with("error: cannot make the folder `file/man1`: ")
    );
}
