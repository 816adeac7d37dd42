//! What the reports say about fixes, applied by this file alone: each format must come to the same text.

use std::{collections::BTreeMap, fs, path::Path};

use serde_json::Value;

use super::dir::{Dir, plimsoll};

fn run(folder: &Path, options: &[&str]) -> Vec<u8> {
    plimsoll(folder, &[&["check", "--profile=all", "-q"], options].concat()).output().unwrap().stdout
}

fn report(folder: &Path, format: &str) -> Value {
    let out = run(folder, &["--output-format", format]);
    serde_json::from_slice(&out).unwrap_or_else(|error| panic!("{format}: {error}"))
}

/// An edit as bytes of its file: from, to, and the new text.
type Bytes = (usize, usize, String);
/// The edits of a fix by the path of the file.
type Edits = BTreeMap<String, Vec<Bytes>>;

/// The texts of the files that reports name.
struct Texts<'f>(&'f Path, BTreeMap<String, (String, Vec<usize>)>);

impl Texts<'_> {
    /// The text of a file, and where each of its lines begins.
    fn get(&mut self, path: &str) -> &(String, Vec<usize>) {
        let folder = self.0;
        self.1.entry(path.to_owned()).or_insert_with(|| {
            let text = fs::read_to_string(folder.join(path)).unwrap();
            let bytes = text.as_bytes();
            let ends =
                |at: &usize| bytes[*at] == b'\n' || bytes[*at] == b'\r' && bytes.get(at + 1) != Some(&b'\n');
            let lines = std::iter::once(0).chain((0..text.len()).filter(ends).map(|at| at + 1)).collect();
            (text, lines)
        })
    }

    /// The byte at `line` and `column`, both from 1, where a character counts for `width`.
    fn byte(&mut self, path: &str, line: &Value, column: &Value, width: fn(char) -> usize) -> usize {
        let (line, column) = (line.as_u64().unwrap() as usize, column.as_u64().unwrap() as usize);
        let (text, lines) = self.get(path);
        let mut start = lines[line - 1];
        if line == 1 && text.starts_with('\u{feff}') && column > 1 && width('\u{feff}') == 1 {
            start += '\u{feff}'.len_utf8();
        }
        let mut left = column - 1;
        for c in text[start..].chars() {
            if left == 0 {
                break;
            }
            left = left.checked_sub(width(c)).expect("a column within a character");
            start += c.len_utf8();
        }
        assert_eq!(left, 0, "{path}:{line}:{column} is behind the end");
        start
    }
}

fn words(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// What an edit of plimsoll's own format says in bytes, characters and units of UTF-16, which must agree.
fn of_json(texts: &mut Texts<'_>, edit: &Value) -> (String, Bytes) {
    let path = words(&edit["path"]);
    let mut at = |end: &str| {
        let point = &edit["range"][end];
        let byte = point["byte"].as_u64().unwrap() as usize;
        assert_eq!(texts.byte(&path, &point["line"], &point["column"], |_| 1), byte, "{edit}");
        assert_eq!(texts.byte(&path, &point["line"], &point["utf16Column"], char::len_utf16), byte, "{edit}");
        byte
    };
    let (start, end) = (at("start"), at("end"));
    (path, (start, end, words(&edit["text"])))
}

/// An escaped path of SARIF.
fn path_of(uri: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = uri.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let hex = [rest.next().unwrap(), rest.next().unwrap()];
        bytes.push(u8::from_str_radix(std::str::from_utf8(&hex).unwrap(), 16).unwrap());
    }
    String::from_utf8(bytes).unwrap()
}

fn of_sarif(texts: &mut Texts<'_>, fix: &Value) -> Edits {
    let mut edits = Edits::new();
    for change in fix["artifactChanges"].as_array().unwrap() {
        let path = path_of(change["artifactLocation"]["uri"].as_str().unwrap());
        for it in change["replacements"].as_array().unwrap() {
            let region = &it["deletedRegion"];
            let end_line = region.get("endLine").unwrap_or(&region["startLine"]);
            let start = texts.byte(&path, &region["startLine"], &region["startColumn"], char::len_utf16);
            let end = texts.byte(&path, end_line, &region["endColumn"], char::len_utf16);
            edits.entry(path.clone()).or_default().push((start, end, words(&it["insertedContent"]["text"])));
        }
    }
    edits
}

fn of_rdjson(texts: &mut Texts<'_>, diagnostic: &Value) -> Edits {
    let path = words(&diagnostic["location"]["path"]);
    let mut edits = Edits::new();
    for it in diagnostic["suggestions"].as_array().into_iter().flatten() {
        let mut at = |end: &str| {
            let point = &it["range"][end];
            texts.byte(&path, &point["line"], &point["column"], char::len_utf8)
        };
        let (start, end) = (at("start"), at("end"));
        edits.entry(path.clone()).or_default().push((start, end, words(&it["text"])));
    }
    edits
}

/// Compares the formats on what is found in `folder`; how many fixes they agree about.
fn compare(folder: &Path) -> usize {
    let (json, sarif, rdjson) = (report(folder, "json"), report(folder, "sarif"), report(folder, "rdjson"));
    let run = &sarif["runs"][0];
    assert_eq!(run["columnKind"], "utf16CodeUnits");
    let findings = json["findings"].as_array().unwrap();
    let results = run["results"].as_array().unwrap();
    let diagnostics = rdjson["diagnostics"].as_array().unwrap();
    let diagnostics: Vec<&Value> =
        diagnostics.iter().filter(|it| it["code"]["value"] != "unreadable-file").collect();
    assert_eq!((results.len(), diagnostics.len()), (findings.len(), findings.len()));
    let mut texts = Texts(folder, BTreeMap::new());
    let mut count = 0;
    for ((finding, result), diagnostic) in findings.iter().zip(results).zip(diagnostics) {
        assert_eq!((&finding["rule"], &finding["rule"]), (&result["ruleId"], &diagnostic["code"]["value"]));
        let mut own = Vec::new();
        for fix in finding["fixes"].as_array().into_iter().flatten() {
            let mut edits = Edits::new();
            for edit in fix["edits"].as_array().unwrap() {
                let (path, bytes) = of_json(&mut texts, edit);
                edits.entry(path).or_default().push(bytes);
            }
            let can_be_applied = fix["safety"] != "manual" && !edits.is_empty();
            own.extend(can_be_applied.then_some(edits));
        }
        let theirs: Vec<Edits> =
            result["fixes"].as_array().into_iter().flatten().map(|fix| of_sarif(&mut texts, fix)).collect();
        assert_eq!(own, theirs, "{finding}\n{result}");
        let suggested = of_rdjson(&mut texts, diagnostic);
        assert!(suggested.is_empty() || own.contains(&suggested), "{finding}\n{diagnostic}");
        count += own.len();
    }
    count
}

const POD: &str = "\
apiVersion: v1
kind: Pod # 파드
metadata: {name: 웹}
spec:
  hostPID: true # 호스트
  containers:
    - {name: \"😀\", image: 'a:1', securityContext: {privileged: true, allowPrivilegeEscalation: true}} # 끝
    - name: b
      image: b:1
";

#[test]
fn all_formats_say_the_same_edits_whatever_stands_before_them() {
    let texts = [
        POD.to_owned(),
        POD.replace('\n', "\r\n"),
        format!("\u{feff}{POD}"),
        format!("# 😀 한글\r\n{}", POD.replace('\n', "\r\n")).trim_end().to_owned(),
        "\u{feff}{\"name\": \"한😀\", \"kind\": \"Pod\", \"apiVersion\": \"v1\", \"metadata\": {\"name\": \"웹\"}, \
         \"spec\": {\"hostPID\": true, \"containers\": [{\"name\": \"a\", \"image\": \"a\"}]}}"
            .to_owned(),
    ];
    for text in &texts {
        let dir = Dir::outside();
        dir.write("웹 100%.yaml", text);
        assert!(compare(dir.path()) >= 6, "{text}");
    }
}

#[test]
fn what_the_formats_say_is_what_fixing_does() {
    for rule in
        ["host-pid", "privileged-container", "privilege-escalation-allowed", "run-as-non-root-missing"]
    {
        for text in [POD.to_owned(), POD.replace('\n', "\r\n"), format!("\u{feff}{POD}")] {
            let dir = Dir::outside();
            dir.write("a.yaml", &text);
            let out = run(dir.path(), &["--output-format=json", "--select", rule]);
            let json: Value = serde_json::from_slice(&out).unwrap();
            let mut edits: Vec<Bytes> = Vec::new();
            let mut texts = Texts(dir.path(), BTreeMap::new());
            for finding in json["findings"].as_array().unwrap() {
                for edit in finding["fixes"][0]["edits"].as_array().unwrap() {
                    edits.push(of_json(&mut texts, edit).1);
                }
            }
            assert!(!edits.is_empty(), "{rule}");
            let mut after = text.clone();
            edits.sort();
            for (start, end, new) in edits.iter().rev() {
                after.replace_range(*start..*end, new);
            }
            run(dir.path(), &["--fix-only", "--unsafe-fixes", "--select", rule]);
            assert_eq!(fs::read_to_string(dir.path().join("a.yaml")).unwrap(), after, "{rule}");
        }
    }
}

#[test]
fn all_formats_say_the_same_edits_on_real_repositories() {
    let Some(corpus) = std::env::var_os("PLIMSOLL_CORPUS") else {
        eprintln!("skipped: PLIMSOLL_CORPUS is not set");
        return;
    };
    let mut folders: Vec<_> = fs::read_dir(corpus).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    // Each third is enough: the rules are the same in all.
    let count: usize = folders.iter().step_by(3).map(|folder| compare(folder)).sum();
    assert!(count > 100, "{count}");
}
