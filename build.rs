//! Checks the rule files and embeds them, and lists the native checks. Adding a rule touches nothing else.

#![expect(clippy::disallowed_methods, reason = "a build script lives on files and the environment")]

use std::{
    collections::{BTreeMap, BTreeSet},
    env,
    error::Error,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

#[expect(
    dead_code,
    unreachable_pub,
    reason = "the build reads rule files with the crate's own form, and little else of it"
)]
#[path = "src/base"]
mod base {
    #[path = "minor.rs"]
    mod minor;
    #[path = "safety.rs"]
    mod safety;
    #[path = "severity.rs"]
    mod severity;

    pub use minor::Minor;
    pub use safety::Safety;
    pub use severity::Severity;
}

#[expect(dead_code, unreachable_pub, unused_imports, reason = "only the form is needed here")]
#[path = "src/rule/file/mod.rs"]
mod file;

use file::RuleFile;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=rules");
    println!("cargo::rerun-if-changed=src/checks");
    println!("cargo::rerun-if-changed=src/rule/file");
    if let Err(error) = generate() {
        println!("cargo::error={error}");
    }
}

fn generate() -> Result<(), Box<dyn Error>> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let natives = native_checks(&root)?;
    fs::write(out.join("checks.rs"), checks_module(&root, &natives)?)?;
    fs::write(out.join("rules.rs"), rules_module(&root, &natives)?)?;
    Ok(())
}

/// The names of the files in `src/checks/`, without `mod.rs`.
fn native_checks(root: &Path) -> Result<Vec<String>, Box<dyn Error>> {
    let mut names = Vec::new();
    for path in sorted(&root.join("src/checks"))? {
        let name = path.file_stem().and_then(|it| it.to_str()).unwrap_or_default();
        if path.extension().is_some_and(|it| it == "rs") && name != "mod" {
            names.push(name.to_owned());
        }
    }
    Ok(names)
}

fn checks_module(root: &Path, natives: &[String]) -> Result<String, Box<dyn Error>> {
    let mut code = String::new();
    for name in natives {
        let path = root.join("src/checks").join(format!("{name}.rs"));
        writeln!(code, "#[path = {:?}]\nmod {name};", path.display().to_string())?;
    }
    writeln!(code, "\n/// Every native check by the name that rule files use.")?;
    writeln!(code, "const NATIVES: &[(&str, Native)] = &[")?;
    for name in natives {
        writeln!(code, "    (\"{name}\", {name}::CHECK),")?;
    }
    writeln!(code, "];")?;
    Ok(code)
}

fn rules_module(root: &Path, natives: &[String]) -> Result<String, Box<dyn Error>> {
    let profiles: Vec<serde_json::Value> =
        serde_yaml::from_str(&fs::read_to_string(root.join("rules/profiles.yaml"))?)
            .map_err(|error| format!("rules/profiles.yaml: {error}"))?;
    let names: BTreeSet<&str> = profiles.iter().filter_map(|it| it["name"].as_str()).collect();
    let mut files = Vec::new();
    let mut texts = String::new();
    let mut used = BTreeSet::new();
    for folder in sorted(&root.join("rules"))?.into_iter().filter(|it| it.is_dir()) {
        let family = folder.file_name().and_then(|it| it.to_str()).unwrap_or_default().to_owned();
        for path in sorted(&folder)? {
            let shown = format!("rules/{family}/{}", path.file_name().unwrap_or_default().to_string_lossy());
            let text = fs::read_to_string(&path)?;
            let file: RuleFile = serde_yaml::from_str(&text).map_err(|error| format!("{shown}: {error}"))?;
            validate(&file, &path, &names, natives).map_err(|error| format!("{shown}: {error}"))?;
            used.extend(file.check.iter().filter_map(|check| check.native.clone()));
            let body = serde_json::to_string(&body(&file)?)?;
            writeln!(texts, "    ({family:?}, {body:?}, include_str!({:?})),", path.display().to_string())?;
            files.push(file);
        }
    }
    let mut ids = BTreeSet::new();
    if let Some(file) = files.iter().find(|file| !ids.insert(&file.id)) {
        return Err(format!("two rules are called `{}`", file.id).into());
    }
    if let Some(name) = natives.iter().find(|name| !used.contains(*name)) {
        return Err(format!("src/checks/{name}.rs: no rule file says `native: {name}`").into());
    }
    let mut implying = files.iter().flat_map(|it| it.implied_by.iter().chain(&it.implied_in_container_by));
    if let Some(missing) = implying.find(|id| !ids.contains(id)) {
        return Err(
            format!("implied-by or implied-in-container-by names `{missing}`, which is no rule").into()
        );
    }
    let peers = peers_table(&files)?;
    for file in &mut files {
        file.check.clear();
        file.fix.clear();
    }
    Ok(format!(
        "pub(super) const RULES: &str = {:?};\npub(super) const PROFILES: &str = {:?};\n\
         pub(super) const TEXTS: &[(&str, &str, &str)] = &[\n{texts}];\n\
         pub(super) const PEERS: &[super::Peer] = &[\n{peers}];\n",
        serde_json::to_string(&files)?,
        serde_json::to_string(&profiles)?,
    ))
}

/// What only those need who run the rule. It is read one rule at a time, so it is apart from the rest.
fn body(file: &RuleFile) -> Result<serde_json::Value, Box<dyn Error>> {
    Ok(
        serde_json::json!({"check": serde_json::to_value(&file.check)?, "fix": serde_json::to_value(&file.fix)?}),
    )
}

/// The rules of other tools, each with the rules that cover it: the run needs them, and not the prose around them.
fn peers_table(files: &[RuleFile]) -> Result<String, Box<dyn Error>> {
    let mut covering: BTreeMap<(&str, &str), BTreeSet<&str>> = BTreeMap::new();
    for file in files {
        for (tool, ids) in &file.references.peers {
            for id in ids {
                covering.entry((tool, id)).or_default().insert(&file.id);
            }
        }
    }
    let mut code = String::new();
    for ((tool, id), rules) in covering {
        let rules: Vec<&str> = rules.into_iter().collect();
        writeln!(code, "    ({tool:?}, {id:?}, &{rules:?}),")?;
    }
    Ok(code)
}

/// What the form alone cannot say.
fn validate(
    file: &RuleFile,
    path: &Path,
    profiles: &BTreeSet<&str>,
    natives: &[String],
) -> Result<(), String> {
    if path.file_stem().and_then(|it| it.to_str()) != Some(&file.id)
        || path.extension().is_none_or(|it| it != "yaml")
    {
        return Err(format!("its id is `{}`: the file must be called {0}.yaml", file.id));
    }
    if let Some(unknown) = file.profiles.iter().find(|it| !profiles.contains(it.as_str())) {
        return Err(format!("`{unknown}` is no profile of rules/profiles.yaml"));
    }
    if file.why.trim().is_empty() || file.how_to_fix.trim().is_empty() {
        return Err("`why` and `how-to-fix` must say something".to_owned());
    }
    let fixes = file.fix.iter().chain(file.check.iter().flat_map(|check| &check.fix));
    for fix in fixes {
        let is_shown_only = fix.safety == base::Safety::Manual && fix.title.is_some();
        if fix.changes() == 0 && !is_shown_only && !fix.native {
            return Err("a fix changes something, or is `native`, or is `manual` and has a title".to_owned());
        }
    }
    for check in &file.check {
        match &check.native {
            Some(name) if !natives.contains(name) => return Err(format!("there is no src/checks/{name}.rs")),
            None if check.on.is_none() => return Err("a check needs `native` or `on`".to_owned()),
            None if check.say.is_empty() => return Err("a check with `on` needs `say`".to_owned()),
            _ => {}
        }
    }
    Ok(())
}

/// What lies in `folder`, sorted by name.
fn sorted(folder: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder)? {
        paths.push(entry?.path());
    }
    paths.sort();
    Ok(paths)
}
