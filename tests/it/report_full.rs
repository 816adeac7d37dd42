//! The full format: one test for each way in which a file could spoil it, and its looks.

use plimsoll::{
    base::{Edit, Fix, Safety, Severity, Span},
    report::{Format, Options},
};

use crate::report::{Case, WEB, everything, snapshot};

/// Numbered lines with `needle` on those given.
fn lines(count: usize, marked: &[usize]) -> String {
    let line = |n| if marked.contains(&n) { format!("key-{n}: marked\n") } else { format!("key-{n}: x\n") };
    (1..=count).map(line).collect()
}

#[test]
fn a_label_beyond_column_65535_is_shown_in_a_window() {
    let mut case = Case::default();
    let items = (0..30_000).map(|n| format!("{{\"name\":\"c{n}\"}}")).collect::<Vec<_>>().join(",");
    let file = case.file("all.json", &format!("{{\"items\":[{items},{{\"privileged\":true}}]}}"));
    let span = case.span(file, "true");
    assert!(span.start > 400_000);
    case.find(span, "privileged here");
    let text = case.full();
    assert!(text.len() < 2000, "{} bytes", text.len());
    snapshot("full_trap_01_column_beyond_65535", &text);
}

#[test]
fn labels_far_apart_get_frames_of_their_own_without_the_lines_between() {
    let mut case = Case::default();
    let file = case.file("long.yaml", &lines(400, &[200, 390]));
    let (here, there) = (case.nth(file, "marked", 0), case.nth(file, "marked", 1));
    case.find(here, "this one").relate(there, "and that one");
    let text = case.full();
    assert!(!text.contains("key-300"), "{text}");
    snapshot("full_trap_02_far_labels", &text);
}

#[test]
fn a_neighbour_line_of_300_kilobytes_is_left_out() {
    let mut case = Case::default();
    let long = "x".repeat(300_000);
    let file = case.file("data.yaml", &format!("data: {long}\nprivileged: true\nmore: {long}\nend: true\n"));
    let (primary, end) = (case.nth(file, "true", 0), case.nth(file, "true", 1));
    case.find(primary, "here").relate(end, "two lines further, behind a long one");
    let in_line = case.span(file, "more");
    case.find(Span::new(file, in_line.start, in_line.start + 300_000), "a mark of 300 kilobytes");
    snapshot("full_trap_03_long_lines", &case.full());
}

#[test]
fn controls_and_direction_marks_of_the_file_never_reach_the_terminal() {
    let mut case = Case::default();
    let text = "kind: Pod\nname: \"\u{1b}[31mred\u{7}\u{9b}2J\u{7f}\"\nprivileged: true # \u{202e}eslaf\u{2066}\u{2028}\n";
    let file = case.file("evil\u{1b}]0;title\u{7}.yaml", text);
    let span = case.span(file, "true");
    let finding = case.find(span, "label\u{1b}[2K");
    finding.message = "container `\u{1b}[8mhidden\u{202e}` runs\r\nprivileged".into();
    finding.help = Some("do \u{1b}c this".into());
    finding.overlays = vec!["over\u{7}lay".into()];
    for format in Format::ALL {
        let text = case.print(*format, &Options::default());
        let raw = text.chars().find(|&c| c != '\n' && plimsoll::report::safe::is_unsafe(c));
        assert_eq!(raw, None, "{format}: {text:?}");
    }
    snapshot("full_trap_04_controls", &case.full());
}

#[test]
fn columns_count_characters_and_marks_stand_under_wide_ones() {
    let mut case = Case::default();
    let text = "이름: 웹 서버 한글 이름, privileged: true # 특권\n가족: 👩‍💻 privileged: true\n\ttab: true\n";
    let file = case.file("한글/배포.yaml", text);
    for nth in 0..3 {
        let span = case.nth(file, "true", nth);
        case.find(span, "여기").message = "컨테이너 `웹`이 특권 모드로 실행됩니다".into();
    }
    snapshot("full_trap_05_korean", &case.full());
}

#[test]
fn the_line_of_a_mark_keeps_its_indentation() {
    let mut case = Case::default();
    let file = case.file("one.yaml", "            privileged: true\n");
    let span = case.span(file, "true");
    case.find(span, "here");
    snapshot("full_trap_06_indentation", &case.full());
}

#[test]
fn the_frame_names_the_primary_place_wherever_the_other_labels_are() {
    let mut case = Case::default();
    let file = case.file("web.yaml", WEB);
    let (primary, name, image) =
        (case.span(file, "true"), case.nth(file, "web", 1), case.span(file, "web:1.2.3"));
    let finding = case.find(primary, "is privileged");
    finding.relate(image, "and its image has no digest");
    finding.relate(name, "the container");
    finding.relate(primary, "a label on the same place is not drawn over it");
    snapshot("full_trap_07_primary_first", &case.full());
}

#[test]
fn places_in_other_files_are_nested_and_a_file_without_text_is_named() {
    let case = everything();
    snapshot("full_trap_08_across_files", &case.full());
}

#[test]
fn a_finding_begins_with_its_severity_and_its_rule_and_links_only_where_they_are_on() {
    let mut case = Case::default();
    let file = case.file("web.yaml", WEB);
    let span = case.span(file, "true");
    case.find(span, "here");
    assert!(case.full().starts_with("critical[privileged-container]\n"));
    let linked = case.print(Format::Full, &Options { links: true, ..Options::default() });
    snapshot("full_trap_09_header_with_link", &linked);
}

#[test]
fn plain_words_for_a_screen_reader_have_right_columns_though_labels_are_far_apart() {
    let mut case = Case::default();
    let file = case.file("long.yaml", &lines(400, &[200, 390]));
    let (here, there) = (case.nth(file, "marked", 0), case.nth(file, "marked", 1));
    case.find(there, "this one").relate(here, "and that one");
    snapshot("concise_trap_10_far_labels", &case.print(Format::Concise, &Options::default()));
}

#[test]
fn a_lone_cr_ends_a_line_and_crlf_and_the_end_of_the_file_are_marked_right() {
    let mut case = Case::default();
    let old_mac = case.file("old-mac.yaml", "kind: Pod\rspec:\r  privileged: true\rname: web");
    let windows = case.file("windows.yaml", "kind: Pod\r\nspec:\r\n  privileged: true\r\n");
    for file in [old_mac, windows] {
        let span = case.span(file, "true");
        case.find(span, "here");
    }
    for file in [old_mac, windows] {
        let end = case.outcome.sources.get(file).unwrap().span().end;
        case.find(Span::at(file, end), "the end");
    }
    let text = case.full();
    assert!(!text.contains('\r'), "{text:?}");
    snapshot("full_trap_12_line_breaks", &text);
}

#[test]
fn empty_spans_and_spans_over_lines_and_beyond_the_text_have_a_place() {
    let mut case = Case::default();
    let file = case.file("web.yaml", WEB);
    let name = case.nth(file, "web", 1).start;
    case.find(Span::at(file, name), "no security context");
    case.find(Span::new(file, 0, 100), "a whole object");
    case.find(Span::new(file, 9_000, 9_001), "beyond the end");
    let empty = case.file("empty.yaml", "");
    case.find(Span::at(empty, 0), "nothing here");
    snapshot("full_spans", &case.full());
}

#[test]
fn ascii_uses_no_other_characters_of_its_own() {
    let mut case = everything();
    case.outcome.findings.truncate(3);
    let options = Options { unicode: false, ..Options::default() };
    let text = case.print(Format::Full, &options);
    let own = text.replace("복제본", "").replace("웹 패치", "");
    assert!(own.is_ascii(), "{own}");
    snapshot("full_ascii", &text);
}

#[test]
fn each_severity_has_its_colour() {
    let mut case = Case::default();
    let file = case.file("web.yaml", WEB);
    let (span, first) = (case.span(file, "true"), case.span(file, "v1"));
    for severity in Severity::WORST_FIRST {
        let finding = case.find(span, "here");
        finding.severity = severity;
        finding.relate(first, "far away");
    }
    let color = Options { color: true, ..Options::default() };
    snapshot("full_color", &case.print(Format::Full, &color));
    case.outcome.findings[0].overlays = vec!["overlays/prod".into()];
    snapshot("concise_color", &case.print(Format::Concise, &color));
}

#[test]
fn sentences_are_wrapped_to_the_width_and_a_narrow_one_is_no_panic() {
    let mut case = Case::default();
    let file = case.file("web.yaml", WEB);
    let span = case.span(file, "true");
    let finding = case.find(span, "here");
    finding.message = "a message of many words ".repeat(6);
    let narrow = case.print(Format::Full, &Options { width: 50, ..Options::default() });
    assert!(narrow.lines().all(|line| line.chars().count() <= 50), "{narrow}");
    case.print(Format::Full, &Options { width: 0, ..Options::default() });
    snapshot("full_narrow", &narrow);
}

#[test]
fn findings_beyond_the_maximum_are_counted() {
    let mut case = Case::default();
    let file = case.file("web.yaml", WEB);
    let span = case.span(file, "true");
    for _ in 0..4 {
        case.find(span, "here");
    }
    let shown = |max| case.print(Format::Full, &Options { max_findings: Some(max), ..Options::default() });
    assert!(shown(3).ends_with("\n1 more finding is not shown\n"), "{}", shown(3));
    assert_eq!(shown(0), "4 more findings are not shown\n");
    assert!(!shown(4).contains("not shown"));
    assert_eq!(shown(2).matches("critical[").count(), 2);
}

#[test]
fn many_places_are_counted_after_the_eighth() {
    let mut case = Case::default();
    let marked: Vec<usize> = (1..=10).map(|n| n * 20).collect();
    let file = case.file("long.yaml", &lines(201, &marked));
    let spans: Vec<_> = (0..10).map(|nth| case.nth(file, "marked", nth)).collect();
    let finding = case.find(spans[0], "here");
    for span in &spans[1..] {
        finding.relate(*span, "there");
    }
    let text = case.full();
    assert!(text.contains("1 more place is not shown"), "{text}");
    assert_eq!(text.matches("note: there").count(), 8);
}

/// A case with one finding at `at` whose fix makes `edits` in its file: what is replaced, and by what.
fn fixed(text: &str, at: &str, edits: &[(&str, &str)]) -> Case {
    let mut case = Case::default();
    let file = case.file("web.yaml", text);
    let edits = edits.iter().map(|(old, new)| Edit { span: case.span(file, old), text: (*new).to_owned() });
    let fix = Fix { title: "Do it".into(), safety: Safety::Unsafe, edits: edits.collect() };
    let span = case.span(file, at);
    case.find(span, "").fixes = vec![fix];
    case
}

/// The lines between the words of the fix and the reason.
fn change_of(case: &Case, options: &Options) -> Vec<String> {
    let text = case.print(Format::Full, options);
    let lines = text.lines().skip_while(|line| !line.contains("Do it")).skip(1);
    lines.take_while(|line| !line.contains("why:")).map(str::to_owned).collect()
}

fn change(text: &str, at: &str, edits: &[(&str, &str)]) -> Vec<String> {
    change_of(&fixed(text, at, edits), &Options::default())
}

#[test]
fn a_fix_shows_the_lines_that_it_changes() {
    let crlf = WEB.replace('\n', "\r\n");
    let added = [("name: web\n          image", "name: web\n          tty: false\n          image")];
    let added_crlf = added.map(|(old, new)| (old.replace('\n', "\r\n"), new.replace('\n', "\r\n")));
    let added_crlf: Vec<(&str, &str)> = added_crlf.iter().map(|(old, new)| (&**old, &**new)).collect();
    let expected = ["        12 +           tty: false"];
    assert_eq!(change(WEB, "true", &added), expected);
    assert_eq!(change(&crlf, "true", &added_crlf), expected);
    // Lines that come shift those behind them, and lines that go shift them back.
    let both = [("spec:\n  replicas: 1\n", "spec:\n  one: 1\n  two: 2\n"), ("true", "false")];
    assert_eq!(
        change(WEB, "true", &both),
        [
            "         7 -   replicas: 1",
            "         7 +   one: 1",
            "         8 +   two: 2",
            "        14 -             privileged: true",
            "        15 +             privileged: false",
        ]
    );
    let gone = [("            privileged: true\n", "")];
    assert_eq!(change(WEB, "true", &gone), ["        14 -             privileged: true"]);
    // Behind the last line, which has no break.
    assert_eq!(change("a: 1", "1", &[("1", "1\nb: 2\n")]), ["        2 + b: 2"]);
    assert_eq!(
        change("\u{feff}a: 1\n", "1", &[("a: 1\n", "")])[0].trim_start_matches(' '),
        "1 - \u{feff}a: 1"
    );
}

#[test]
fn long_changes_and_long_lines_are_cut_and_controls_are_not_shown() {
    let many: String = (0..20).map(|n| format!("\nk{n}: 1")).collect();
    let lines = change("a: 1\n", "1", &[("1", &format!("1{many}"))]);
    assert_eq!((lines.len(), lines[8].as_str()), (9, "        12 more lines change"));
    // Too much to look at for each finding.
    assert_eq!(change("a: 1\n", "1", &[("1", &"x".repeat(9000))]), [""; 0]);
    let long = format!(
        "{{\"한\": \"{}\", \"privileged\": true, \"b\": \"{}\"}}",
        "글".repeat(5000),
        "😀".repeat(5000)
    );
    let lines = change(&long, "true", &[("true", "false")]);
    assert!(lines[0].starts_with("        1 - …") && lines[0].ends_with('…'), "{lines:?}");
    assert!(lines[1].contains("\"privileged\": false, ") && lines.len() == 2, "{lines:?}");
    assert!(lines.iter().all(|line| line.len() < 300), "{lines:?}");
    let evil = [("1", "2 # \u{1b}[31m\u{202e}\u{7}\rnew: \u{2028}\u{9b}")];
    let case = fixed("a: 1 # \u{1b}]0;x\u{7}\n", "1", &evil);
    for color in [false, true] {
        let text = change_of(&case, &Options { color, ..Options::default() }).join("");
        let text = text.replace("\u{1b}[31m-", "").replace("\u{1b}[32m+", "").replace("\u{1b}[0m", "");
        let raw = text.chars().find(|c| plimsoll::report::safe::is_unsafe(*c));
        assert!(raw.is_none() && !text.contains("[31m-"), "{text:?}");
    }
}

#[test]
fn changes_in_other_files_name_them_and_colours_tell_old_from_new() {
    let mut case = fixed(WEB, "true", &[("true", "false")]);
    let base = case.file("base/웹.yaml", "spec: {hostPID: true}\n");
    let edit = Edit { span: case.span(base, "true"), text: "false".into() };
    case.outcome.findings[0].fixes[0].edits.push(edit);
    let color = Options { color: true, unicode: true, ..Options::default() };
    let text = [case.full(), case.print(Format::Full, &color)].join("");
    snapshot("full_changes", &text);
}

#[test]
fn changes_of_many_findings_on_one_long_line_cost_little() {
    let mut case = Case::default();
    let items: String = (0..4000).map(|n| format!("{{\"name\":\"c{n}\",\"privileged\":true}},")).collect();
    let file = case.file("all.json", &format!("{{\"items\":[{items}]}}"));
    let text = case.outcome.sources.get(file).unwrap().text.clone();
    for (at, _) in text.match_indices("true") {
        let span = Span::new(file, at as u32, at as u32 + 4);
        let edits = vec![Edit { span, text: "false".into() }];
        case.find(span, "").fixes = vec![Fix { title: "Do it".into(), safety: Safety::Safe, edits }];
    }
    let start = std::time::Instant::now();
    let shown = case.full();
    assert_eq!(shown.matches("        1 + ").count(), 4000);
    assert!(shown.len() < 8_000_000 && start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
}
