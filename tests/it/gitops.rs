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
    assert!(cases.len() >= 13, "{} cases", cases.len());
}
