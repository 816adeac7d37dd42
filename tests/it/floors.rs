//! A module imports only from floors to the left of its own: the line in `src/lib.rs` is the law.

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

/// The floors, lowest first, from the `// floors:` line.
fn floors(lib: &str) -> Vec<&str> {
    let line =
        lib.lines().find_map(|line| line.strip_prefix("// floors:")).expect("src/lib.rs names the floors");
    line.split_whitespace().collect()
}

/// Every floor that a line of code names behind `crate::`, groups (`crate::{a, b::c}`) included. `text` is the
/// rest of the file from that line on, since groups go over several lines.
fn named_after_crate(text: &str) -> Vec<String> {
    let line_end = text.find('\n').unwrap_or(text.len());
    let mut named = Vec::new();
    for (at, _) in text[..line_end].match_indices("crate::") {
        let before = text[..at].chars().next_back();
        if before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '$') {
            continue;
        }
        let rest = &text[at + "crate::".len()..];
        match rest.strip_prefix('{') {
            Some(group) => named.extend(heads_of_group(group)),
            None => named.push(first_word(rest)),
        }
    }
    named
}

/// The first path segment of each member of a group, from behind its opening brace.
fn heads_of_group(group: &str) -> Vec<String> {
    let mut heads = Vec::new();
    let (mut depth, mut start) = (0_i32, 0);
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => {
                heads.push(first_word(&group[start..at]));
                break;
            }
            '}' => depth -= 1,
            ',' if depth == 0 => {
                heads.push(first_word(&group[start..at]));
                start = at + 1;
            }
            _ => {}
        }
    }
    heads
}

fn first_word(text: &str) -> String {
    text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

/// One line for each import in `text` that does not go down from `floor`.
fn upward_imports(floors: &[&str], floor: &str, path: &str, text: &str) -> String {
    let height = |name: &str| floors.iter().position(|floor| *floor == name);
    let own = height(floor);
    let mut report = String::new();
    let mut at = 0;
    for (number, line) in text.split_inclusive('\n').enumerate() {
        let rest = &text[at..];
        at += line.len();
        if line.trim_start().starts_with("//") {
            continue;
        }
        for named in named_after_crate(rest) {
            if height(&named).is_some_and(|other| own.is_some_and(|own| other > own)) {
                let _ = writeln!(
                    report,
                    "{path}:{}: `{floor}` imports from `{named}`, which stands above it",
                    number + 1
                );
            }
        }
    }
    report
}

fn rust_files(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() {
            rust_files(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// (floor, shown path, text) of every file that stands on a floor; `lib.rs` and `main.rs` are the roof.
fn house() -> Vec<(String, String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    rust_files(&root.join("src"), &mut files);
    files.sort();
    let house = files.into_iter().filter_map(|file| {
        let below_src = file.strip_prefix(root.join("src")).ok()?;
        let floor = below_src.components().next()?.as_os_str().to_str()?;
        let floor = floor.strip_suffix(".rs").unwrap_or(floor).to_owned();
        let shown = file.strip_prefix(root).ok()?.display().to_string();
        (floor != "lib" && floor != "main").then(|| (floor, shown, fs::read_to_string(&file).unwrap()))
    });
    house.collect()
}

#[test]
fn no_module_imports_from_a_floor_above_its_own() {
    let lib = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs")).unwrap();
    let floors = floors(&lib);
    let mut report = String::new();
    for (floor, path, text) in house() {
        assert!(floors.contains(&floor.as_str()), "{path} stands on no floor: name `{floor}` in src/lib.rs");
        report += &upward_imports(&floors, &floor, &path, &text);
    }
    assert!(report.is_empty(), "a floor may only import from those below it:\n{report}");
}

#[test]
fn a_planted_upward_import_is_caught_in_every_form() {
    let floors = ["base", "yaml", "kube", "engine"];
    for (planted, lines) in [
        ("use crate::engine::Outcome;\n", vec![1]),
        ("use crate::yaml::Node;\n\nuse crate::engine;\n", vec![3]),
        ("use crate::{base::Span, engine::{run, Outcome}, yaml};\n", vec![1]),
        ("use crate::{\n    base::Span,\n    engine::run,\n};\n", vec![1]),
        ("fn f() {\n    let x = crate::engine::run();\n}\n", vec![2]),
        ("pub(crate) use crate::engine::a; use crate::engine::b;\n", vec![1, 1]),
        ("use crate::{base, yaml::{self, engine}};\n", vec![]),
        ("// use crate::engine::Outcome;\nuse mycrate::engine::x;\n", vec![]),
        ("use crate::kube::Pod;\nuse crate::engineering::x;\n", vec![]),
    ] {
        let report = upward_imports(&floors, "kube", "src/kube/pod.rs", planted);
        let found: Vec<_> =
            report.lines().map(|line| line.split(':').nth(1).unwrap().parse::<u32>().unwrap()).collect();
        assert_eq!(found, lines, "{planted}\n{report}");
    }
    let report = upward_imports(&floors, "kube", "src/kube/pod.rs", "use crate::engine::Outcome;\n");
    assert_eq!(report, "src/kube/pod.rs:1: `kube` imports from `engine`, which stands above it\n");
}
