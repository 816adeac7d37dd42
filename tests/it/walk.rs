//! What a walk finds on a real disk.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    sync::Mutex,
};

use super::dir::Dir;
use plimsoll::walk::{Everything, Filter, NameHint, Options, Walked, walk};

impl Dir {
    fn walk_with(&self, paths: &[&str], options: &Options, filter: &dyn Filter) -> Walked {
        let paths: Vec<PathBuf> = paths.iter().map(|path| self.path().join(path)).collect();
        let mut walked = walk(&paths, options, filter);
        let own = format!("{}/", self.path().display());
        for file in &mut walked.files {
            file.shown = file.shown.replace(&own, "");
        }
        for (path, reason) in &mut walked.errors {
            *path = path.replace(&own, "");
            *reason = reason.replace(&own, "");
        }
        walked
    }

    /// The shown paths, from this folder on.
    fn walk(&self, paths: &[&str]) -> Vec<String> {
        shown(&self.walk_with(paths, &Options::default(), &Everything))
    }
}

fn shown(walked: &Walked) -> Vec<String> {
    walked.files.iter().map(|file| file.shown.clone()).collect()
}

#[test]
fn yaml_json_and_kustomizations_are_found_in_the_order_of_their_paths() {
    let dir = Dir::with(&[
        "b/x.yml",
        "a.YAML",
        "b.json",
        "b-c/y.yaml",
        "b/Kustomization",
        "README.md",
        "b/x.yaml.bak",
    ]);
    assert_eq!(dir.walk(&[""]), ["a.YAML", "b-c/y.yaml", "b.json", "b/Kustomization", "b/x.yml"]);
}

#[test]
fn a_file_that_is_named_counts_whatever_it_is_called() {
    let dir = Dir::with(&["manifest.txt", ".hidden.yaml", "no-extension"]);
    assert_eq!(
        dir.walk(&["manifest.txt", ".hidden.yaml", "no-extension"]),
        [".hidden.yaml", "manifest.txt", "no-extension"]
    );
}

#[test]
fn hidden_names_are_skipped_unless_named_and_git_is_never_entered() {
    let dir = Dir::with(&[".github/a.yaml", ".github/.b/c.yaml", ".git/config.yaml", "d.yaml", ".e.yaml"]);
    assert_eq!(dir.walk(&[""]), ["d.yaml"]);
    assert_eq!(dir.walk(&[".github"]), [".github/a.yaml"]);
    assert_eq!(dir.walk(&[".git"]), [""; 0]);
}

#[test]
fn a_path_given_twice_or_inside_another_yields_each_file_once() {
    let dir = Dir::with(&["a/x.yaml", "a/y.yaml"]);
    assert_eq!(dir.walk(&["a", "a/x.yaml", "a/../a/x.yaml", "./a", "a/"]).len(), 2);
}

#[test]
fn gitignore_holds_from_the_repository_down_and_the_nearest_word_wins() {
    let dir = Dir::with(&[
        ".git/HEAD",
        "gen/a.yaml",
        "keep.gen.yaml",
        "x.gen.yaml",
        "sub/y.gen.yaml",
        "sub/deep/z.yaml",
    ]);
    dir.write(".gitignore", "/gen/\n*.gen.yaml\n!keep.gen.yaml\n");
    dir.write("sub/.gitignore", "!y.gen.yaml\ndeep\n");
    assert_eq!(dir.walk(&[""]), ["keep.gen.yaml", "sub/y.gen.yaml"]);
    assert_eq!(dir.walk(&["sub"]), ["sub/y.gen.yaml"], "the files above the named folder count too");
    assert_eq!(dir.walk(&["x.gen.yaml"]), ["x.gen.yaml"], "a named file is not ignored");
    let all = Options { gitignore: false, ..Options::default() };
    assert_eq!(dir.walk_with(&[""], &all, &Everything).files.len(), 5);
}

#[test]
fn outside_of_a_repository_gitignore_counts_from_the_named_folder_down() {
    let dir = Dir::outside();
    for file in ["top/sub/a.yaml", "top/sub/b.yaml", "top/c.yaml"] {
        dir.write(file, "");
    }
    dir.write("top/.gitignore", "a.yaml\n");
    assert_eq!(dir.walk(&["top"]), ["top/c.yaml", "top/sub/b.yaml"]);
    assert_eq!(dir.walk(&["top/sub"]), ["top/sub/a.yaml", "top/sub/b.yaml"]);
}

#[test]
fn an_inner_repository_is_not_bound_by_the_outer_ones_gitignore() {
    let dir = Dir::with(&[".git/HEAD", "inner/.git/HEAD", "inner/a.yaml", "outer/a.yaml"]);
    dir.write(".gitignore", "a.yaml\n");
    assert_eq!(dir.walk(&[""]), ["inner/a.yaml"]);
}

#[test]
fn dot_ignore_beats_gitignore_at_any_depth() {
    let dir = Dir::with(&[".git/HEAD", "sub/a.yaml", "sub/b.yaml", "sub/c.yaml"]);
    dir.write(".ignore", "!a.yaml\nb.yaml\n");
    dir.write("sub/.gitignore", "a.yaml\n!b.yaml\n");
    assert_eq!(dir.walk(&[""]), ["sub/a.yaml", "sub/c.yaml"]);
}

#[test]
fn a_chart_is_known_also_when_the_walk_begins_inside_it() {
    let dir = Dir::with(&[
        ".git/HEAD",
        "c/Chart.yaml",
        "c/values-prod.yaml",
        "c/templates/tests/t.yaml",
        "c/crds/crd.yaml",
        "c/charts/sub/Chart.yaml",
        "c/charts/sub/templates/s.yaml",
        "values.yaml",
        "templates/t.yaml",
    ]);
    let hint = |paths: &[&str], file: &str| {
        let walked = dir.walk_with(paths, &Options::default(), &Everything);
        walked.files.iter().find(|found| found.shown == file).map(|found| found.hint)
    };
    for (file, expected) in [
        ("c/Chart.yaml", NameHint::ChartMeta),
        ("c/values-prod.yaml", NameHint::ChartValues),
        ("c/templates/tests/t.yaml", NameHint::ChartTemplate),
        ("c/charts/sub/templates/s.yaml", NameHint::ChartTemplate),
        ("c/crds/crd.yaml", NameHint::Plain),
        ("values.yaml", NameHint::Plain),
        ("templates/t.yaml", NameHint::Plain),
    ] {
        let parent = file.rsplit_once('/').map_or("", |(parent, _)| parent);
        assert_eq!(hint(&[""], file), Some(expected), "{file}, from the top");
        assert_eq!(hint(&[file], file), Some(expected), "{file}, named");
        assert_eq!(hint(&[parent], file), Some(expected), "{file}, its folder named");
        assert_eq!(plimsoll::walk::hint(&dir.path().join(file)), expected, "{file}, asked for alone");
    }
}

#[test]
fn what_is_missing_is_an_error_with_a_near_name_and_the_rest_is_found() {
    let dir = Dir::with(&["deploy/a.yaml"]);
    let walked = dir.walk_with(&["deplyo", "deploy", "elsewhere"], &Options::default(), &Everything);
    assert_eq!(shown(&walked), ["deploy/a.yaml"]);
    let errors: Vec<_> =
        walked.errors.iter().map(|(path, reason)| (path.as_str(), reason.as_str())).collect();
    assert_eq!(
        errors,
        [
            ("deplyo", "no such file or directory, did you mean `deploy`?"),
            ("elsewhere", "no such file or directory"),
        ]
    );
}

#[cfg(unix)]
#[test]
fn links_are_not_followed_unless_named_and_loops_end() {
    use std::os::unix::fs::symlink;
    let dir = Dir::with(&["real/a.yaml"]);
    let at = |name: &str| dir.path().join(name);
    symlink(at("real"), at("real/loop")).unwrap();
    symlink(at("real"), at("folder-link")).unwrap();
    symlink(at("real/a.yaml"), at("file-link.yaml")).unwrap();
    symlink(at("nowhere"), at("broken.yaml")).unwrap();
    symlink(at("self.yaml"), at("self.yaml")).unwrap();
    assert_eq!(dir.walk(&[""]), ["real/a.yaml"]);
    assert_eq!(dir.walk(&["folder-link"]), ["folder-link/a.yaml"]);
    assert_eq!(dir.walk(&["file-link.yaml"]), ["file-link.yaml"]);
    assert_eq!(dir.walk(&["file-link.yaml", "real/a.yaml"]).len(), 1, "two names of one file");
    let walked = dir.walk_with(&["broken.yaml", "self.yaml"], &Options::default(), &Everything);
    assert_eq!(walked.errors[0].1, "a symbolic link to nothing");
    assert_eq!(walked.errors[1].0, "self.yaml");
}

#[cfg(unix)]
#[test]
fn a_pipe_or_socket_is_never_opened() {
    let dir = Dir::with(&["a.yaml"]);
    let made = std::process::Command::new("mkfifo").arg(dir.path().join("pipe.yaml")).status();
    if !made.is_ok_and(|status| status.success()) {
        eprintln!("skipped: no mkfifo here");
        return;
    }
    let _socket = std::os::unix::net::UnixListener::bind(dir.path().join("s.yaml")).unwrap();
    assert_eq!(dir.walk(&[""]), ["a.yaml"]);
    let walked = dir.walk_with(&["pipe.yaml", "s.yaml"], &Options::default(), &Everything);
    assert_eq!(walked.files, []);
    let reasons: Vec<_> = walked.errors.iter().map(|(_, reason)| reason.as_str()).collect();
    assert_eq!(reasons, ["a pipe is not read by name: give its content to `-`", "not a regular file"]);
}

#[test]
fn folders_thousands_deep_do_not_overflow_the_stack() {
    // One thread with a small stack: recursion would not survive it.
    let dir = Dir::new();
    let deep = "d/".repeat(900);
    dir.write(&format!("{deep}a.yaml"), "");
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).stack_size(128 << 10).build().unwrap();
    let found = pool.install(|| dir.walk(&[""]));
    assert_eq!(found, [format!("{deep}a.yaml")]);
}

/// Leaves out what is called `out`, and notes which folders were entered.
#[derive(Default)]
struct NoOut(Mutex<Vec<(PathBuf, Vec<OsString>)>>);

impl Filter for NoOut {
    fn enter(&self, folder: &Path, dotted: &[OsString]) {
        self.0.lock().unwrap().push((folder.to_path_buf(), dotted.to_vec()));
    }

    fn excludes(&self, path: &Path) -> bool {
        path.iter().any(|part| part == "out")
    }

    fn excludes_named(&self, path: &Path) -> bool {
        self.excludes(path)
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_name_that_is_no_text_is_found_all_the_same() {
    use std::os::unix::ffi::OsStrExt;
    let dir = Dir::new();
    let name = std::ffi::OsStr::from_bytes(b"caf\xe9.yaml");
    std::fs::write(dir.path().join(name), "").unwrap();
    let walked = dir.walk_with(&[""], &Options::default(), &Everything);
    assert_eq!(walked.files.len(), 1);
    assert_eq!(walked.files[0].path.file_name(), Some(name));
    assert_eq!(walked.files[0].shown, "caf\u{fffd}.yaml");
}

#[test]
fn an_excluded_folder_is_not_entered_and_named_files_only_yield_to_force_exclude() {
    let dir = Dir::with(&["in/.plimsoll.yaml", "in/a.yaml", "out/b.yaml"]);
    let filter = NoOut::default();
    assert_eq!(shown(&dir.walk_with(&[""], &Options::default(), &filter)), ["in/a.yaml"]);
    let mut entered = filter.0.into_inner().unwrap();
    entered.sort();
    assert_eq!(entered.len(), 2);
    assert_eq!(entered[1], (dir.path().join("in"), vec![OsString::from(".plimsoll.yaml")]));

    let named = ["out/b.yaml", "in/a.yaml"];
    assert_eq!(dir.walk_with(&named, &Options::default(), &NoOut::default()).files.len(), 2);
    let force = Options { force_exclude: true, ..Options::default() };
    assert_eq!(shown(&dir.walk_with(&named, &force, &NoOut::default())), ["in/a.yaml"]);
    assert_eq!(shown(&dir.walk_with(&["out"], &force, &NoOut::default())), [""; 0]);
}

#[test]
fn the_order_is_the_same_however_many_threads_there_are() {
    let files: Vec<String> = (0..200).map(|n| format!("d{}/e{}/f{n}.yaml", n % 7, n % 13)).collect();
    let dir = Dir::with(&files.iter().map(String::as_str).collect::<Vec<_>>());
    let orders: Vec<_> = [1, 2, 8]
        .map(|threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| dir.walk(&[""]))
        })
        .into();
    assert_eq!(orders[0].len(), 200);
    assert!(orders[0].is_sorted());
    assert!(orders.iter().all(|order| *order == orders[0]));
}
