//! The page for browsers: nothing in a manifest becomes a part of it.

use std::time::Instant;

use plimsoll::report::{Format, Options};

use crate::report::{Case, WEB, awkward, everything};

fn page(case: &Case) -> String {
    case.print(Format::Html, &Options { ignored: true, ..Options::default() })
}

/// Tags as they open, in order, without what stands in the page's own style and script.
fn tags(html: &str) -> Vec<String> {
    let (head, rest) = html.split_once("<style>").unwrap();
    let (_, body) = rest.split_once("</style>").unwrap();
    let (body, end) = body.rsplit_once("<script>").unwrap();
    let (_, end) = end.split_once("</script>").unwrap();
    let text = [head, body, end].concat();
    let mut tags: Vec<_> = text
        .split('<')
        .skip(1)
        .filter(|tag| !tag.starts_with('/'))
        .map(|tag| tag.split(['>', ' ']).next().unwrap_or_default().to_owned())
        .collect();
    tags.sort();
    tags.dedup();
    tags
}

#[test]
fn no_text_of_a_manifest_becomes_an_element() {
    let html = page(&awkward());
    let known = [
        "!doctype", "a", "article", "b", "body", "button", "circle", "code", "details", "div", "fieldset",
        "footer", "form", "h1", "h2", "h3", "h4", "head", "header", "html", "i", "input", "label", "legend",
        "li", "main", "mark", "meta", "option", "output", "p", "path", "section", "select", "small", "span",
        "strong", "summary", "svg", "title", "ul",
    ];
    for tag in tags(&html) {
        assert!(known.contains(&tag.as_str()), "<{tag}>");
    }
    assert_eq!(html.matches("<script").count(), 1);
    assert!(!html.contains("<img") && !html.contains("<i>\u{fffd}"));
    assert!(html.contains("&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;"));
    assert!(html.contains("data-object=\"Pod &quot;&gt;&lt;script&gt;alert(2)&lt;/script&gt;&#39;\""));
}

#[test]
fn the_page_asks_for_nothing_from_elsewhere_and_allows_only_its_own_script() {
    let html = page(&everything());
    assert!(html.contains("default-src 'none'; style-src 'sha256-"));
    for word in [" src=", "url(", "@import", "fetch(", "innerHTML", "style=\"", " onclick", "http://"] {
        assert!(!html.contains(word), "{word}");
    }
}

#[test]
fn findings_carry_what_the_filters_go_by_and_the_rules_stand_once() {
    let html = page(&everything());
    assert_eq!(html.matches("<article ").count(), 6);
    assert!(html.contains(
        "data-severity=\"critical\" data-rule=\"privileged-container\" data-file=\"apps/web.yaml\" \
         data-object=\"Deployment shop/web\">"
    ));
    assert_eq!(html.matches("id=\"rule-privileged-container\"").count(), 1);
    assert!(html.contains("<mark>true</mark><small>privileged here</small>"), "{html}");
}

#[test]
fn a_missing_thing_is_a_mark_without_text_and_a_silenced_one_says_why() {
    let mut case = awkward();
    let plain = case.outcome.findings[3].primary.span;
    case.outcome.findings[3].primary.span = plimsoll::base::Span::at(plain.source, plain.start);
    let html = page(&case);
    assert!(html.contains("<mark class=\"at\"></mark>"));
    assert!(html.contains("data-severity=\"ignored\""));
    assert!(html.contains("ignored: accepted | by &lt;ops&gt; `x` ##[group]"));
}

#[test]
fn a_long_line_is_shown_in_part() {
    let html = page(&awkward());
    let (_, rest) = html.split_once("data-file=\"long.json\"").unwrap();
    let (article, _) = rest.split_once("</article>").unwrap();
    assert!(article.len() < 2000, "{} bytes", article.len());
    assert!(article.contains("privileged&quot;:<mark>true</mark>"), "{article}");
}

#[test]
fn ten_thousand_findings_are_one_page_of_some_megabytes() {
    let mut case = Case::default();
    for nth in 0..100 {
        let file = case.file(&format!("apps/{nth}.yaml"), WEB);
        let span = case.span(file, "true");
        for _ in 0..100 {
            case.find(span, "here");
        }
    }
    let start = Instant::now();
    let html = page(&case);
    assert_eq!(html.matches("<article ").count(), 10_000);
    assert!(html.len() < 12 << 20, "{} bytes", html.len());
    assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
}
