//! The words of a comment that silences: `# plimsoll: ignore[rule-a, family/*] reason`.

use std::ops::Range;

use crate::base::{Day, did_you_mean};

/// What a comment asks for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Words<'c> {
    /// `ignore-file`, not `ignore`.
    pub(super) is_for_file: bool,
    /// What is named, each with its first byte in the comment.
    pub(super) names: Vec<(usize, &'c str)>,
    pub(super) reason: String,
    pub(super) until: Option<Day>,
}

/// Words of other tools that somebody may write here.
const OTHER_WORDS: [&str; 6] = ["allow", "disable", "nolint", "noqa", "skip", "suppress"];

/// Reads `comment`, from its `#` on; `None` where it says nothing to plimsoll.
///
/// # Errors
/// What is wrong with a comment that was meant to silence.
pub(super) fn read(comment: &str) -> Option<Result<Words<'_>, String>> {
    for (at, _) in comment.match_indices('#') {
        if at > 0 && !comment[..at].ends_with(|c: char| c.is_whitespace() || c == '#') {
            continue;
        }
        let words = comment[at..].trim_start_matches('#').trim_start();
        let Some(rest) = after_name(words) else { continue };
        if let Some(order) = rest.trim_start().strip_prefix(':') {
            return order_of(comment, order.trim_start(), words.starts_with("plimsoll"));
        }
        if rest.trim_start().starts_with("ignore[") || rest.trim_start().starts_with("ignore-file[") {
            return Some(Err("a colon is missing: write `# plimsoll: ignore[…]`".to_owned()));
        }
    }
    None
}

/// What follows the word `plimsoll`, in any case.
fn after_name(words: &str) -> Option<&str> {
    const NAME: &str = "plimsoll";
    words.get(..NAME.len()).filter(|word| word.eq_ignore_ascii_case(NAME)).and(words.get(NAME.len()..))
}

fn order_of<'c>(comment: &'c str, order: &'c str, is_lower: bool) -> Option<Result<Words<'c>, String>> {
    let end = order.find(|c: char| !c.is_alphanumeric() && c != '-' && c != '_').unwrap_or(order.len());
    let (word, rest) = order.split_at(end);
    let is_for_file = word == "ignore-file";
    if (is_for_file || word == "ignore") && is_lower {
        return Some(names_of(comment, word, rest).and_then(|(names, rest)| {
            let (reason, until) = reason_of(rest)?;
            Ok(Words { is_for_file, names, reason, until })
        }));
    }
    // `# plimsoll: judged in March` is a sentence, and no order that went wrong.
    let lower = word.to_ascii_lowercase();
    let near = did_you_mean(&lower, ["ignore", "ignore-file"]);
    let is_meant = near.is_some()
        || lower.starts_with("ignore")
        || rest.starts_with('[')
        || OTHER_WORDS.contains(&lower.as_str());
    is_meant.then(|| {
        Err(if lower == "ignore" || lower == "ignore-file" {
            format!("write `plimsoll: {lower}` in lower case")
        } else {
            format!("`{word}` is no order: write `{}[…]`", near.unwrap_or("ignore"))
        })
    })
}

/// A comment as it was meant.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Mended {
    /// Which of its bytes are written anew.
    pub(super) at: Range<usize>,
    /// What it names.
    pub(super) names: Vec<String>,
    /// What stands there then.
    pub(super) text: String,
}

/// How `comment`, which cannot be read, was meant; `None` where that is anybody's guess. Whether the names are rules
/// is for the caller to see.
pub(super) fn mended(comment: &str) -> Option<Mended> {
    let lower = comment.to_ascii_lowercase();
    let start = lower.find("plimsoll").filter(|at| lower[..*at].trim_end().ends_with('#'))?;
    let rest = lower[start..].strip_prefix("plimsoll")?.trim_start_matches([':', ' ', '\t']);
    let end = rest.find(|c: char| !c.is_alphanumeric() && c != '-' && c != '_').unwrap_or(rest.len());
    let (word, _) = rest.split_at(end);
    let known = did_you_mean(word, ["ignore", "ignore-file"]);
    let word = known.or_else(|| OTHER_WORDS.contains(&word).then_some("ignore"))?;
    // Lower case changes no length: what is left of the one is as long as what is left of the other.
    let rest = comment[comment.len() - (rest.len() - end)..].trim_start_matches([':', '=', ' ', '\t']);
    let list = rest.strip_prefix('[').map_or(rest, str::trim_start);
    let closed = list.find(']').filter(|_| list.len() < rest.len());
    // A list without its bracket ends with the first word.
    let end = closed.or_else(|| list.find(char::is_whitespace)).unwrap_or(list.len());
    let (inside, after) = list.split_at(end);
    let names: Vec<String> = inside
        .split([',', ' ', '\t'])
        .filter(|it| !it.is_empty())
        .map(|it| it.trim_end_matches(':').to_owned())
        .collect();
    let after = after.strip_prefix(']').unwrap_or(after);
    let text = format!("plimsoll: {word}[{}]", names.join(", "));
    let mended = Mended { at: start..comment.len() - after.len(), names, text };
    let whole = [&comment[..start], &mended.text, after].concat();
    matches!(read(&whole), Some(Ok(_))).then_some(mended)
}

/// Something read, and what follows it.
type ThenRest<'c, T> = Result<(T, &'c str), String>;

/// The names in the brackets that `rest` begins with.
fn names_of<'c>(comment: &'c str, word: &str, rest: &'c str) -> ThenRest<'c, Vec<(usize, &'c str)>> {
    let Some(inside) = rest.strip_prefix('[') else {
        return Err(if rest.trim_start().starts_with('[') {
            format!("the bracket follows the word at once: write `{word}[…]`")
        } else {
            format!("the rules stand in brackets: write `{word}[rule-name] reason`")
        });
    };
    let (inside, rest) = inside.split_once(']').ok_or("the bracket is never closed")?;
    if inside.trim().is_empty() {
        return Err("the brackets are empty: name a rule, `family/*`, or `*` for all".to_owned());
    }
    // Both are parts of one text, so the difference of their lengths from its end is a place in it.
    let first = comment.len() - rest.len() - 1 - inside.len();
    let names = names(inside)?.into_iter().map(|(at, name)| (first + at, name)).collect();
    Ok((names, rest))
}

/// The names of a list with commas, each with its first byte in it.
///
/// # Errors
/// What is wrong with the list.
pub(super) fn names(list: &str) -> Result<Vec<(usize, &str)>, String> {
    let mut names = Vec::new();
    let mut at = 0;
    for part in list.split(',') {
        let name = part.trim();
        if name.is_empty() {
            return Err("a name is missing beside a comma".to_owned());
        }
        if name.contains(char::is_whitespace) {
            return Err(format!("commas separate rules, and `{name}` has none"));
        }
        names.push((at + part.len() - part.trim_start().len(), name));
        at += part.len() + 1;
    }
    Ok(names)
}

/// The reason, and the day that stands in it as `until=2027-01-31`.
///
/// # Errors
/// What is wrong with the day.
pub(super) fn reason_of(text: &str) -> Result<(String, Option<Day>), String> {
    let mut until = None;
    let mut reason = Vec::new();
    let mut before = "";
    for word in text.split_whitespace() {
        let lower = word.to_ascii_lowercase();
        let is_day = lower.starts_with("until=") || lower.starts_with("until:");
        if is_day || (before.eq_ignore_ascii_case("until") && word.starts_with('=')) {
            let day = word.strip_prefix("until=").ok_or("write the day as `until=2027-01-31`")?;
            let day: Day =
                day.trim_end_matches([',', ';', '.', ')']).parse().map_err(|it| format!("{it}"))?;
            if until.replace(day).is_some() {
                return Err("two days: write `until=` once".to_owned());
            }
        } else {
            reason.push(word);
        }
        before = word;
    }
    let reason = reason.join(" ");
    Ok((reason.trim_start_matches([':', '-', '–', '—', ' ']).to_owned(), until))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_that_silence_are_read_whole() {
        for (comment, is_for_file, names, reason, until) in [
            ("# plimsoll: ignore[rule-a]", false, "rule-a", "", None),
            ("# plimsoll: ignore[rule-a] it is fine", false, "rule-a", "it is fine", None),
            ("#plimsoll:ignore[rule-a]", false, "rule-a", "", None),
            ("## plimsoll : ignore[ a , b/* ]  x ", false, "a b/*", "x", None),
            ("# plimsoll: ignore[*]: all of it", false, "*", "all of it", None),
            ("# plimsoll: ignore[a] - see #12", false, "a", "see #12", None),
            ("# plimsoll: ignore-file[a, b] vendored", true, "a b", "vendored", None),
            ("# plimsoll: ignore[a] until=2027-01-31", false, "a", "", Some("2027-01-31")),
            (
                "# plimsoll: ignore[a] moved until=2027-01-31, see #7",
                false,
                "a",
                "moved see #7",
                Some("2027-01-31"),
            ),
            ("# other:skip=1 # plimsoll: ignore[a] why", false, "a", "why", None),
            ("# plimsoll: ignore[한국어] 이유", false, "한국어", "이유", None),
        ] {
            let words = read(comment).unwrap().unwrap();
            let found: Vec<&str> = words.names.iter().map(|(_, name)| *name).collect();
            assert_eq!(found.join(" "), names, "{comment}");
            assert_eq!((words.is_for_file, words.reason.as_str()), (is_for_file, reason), "{comment}");
            assert_eq!(words.until.map(|day| day.to_string()).as_deref(), until, "{comment}");
            for (at, name) in words.names {
                assert!(comment[at..].starts_with(name), "{comment}: {name} at {at}");
            }
        }
    }

    #[test]
    fn comments_that_were_meant_to_silence_say_what_is_wrong() {
        for (comment, part) in [
            ("# plimsoll: ignore[rule-a", "never closed"),
            ("# plimsoll: ignore[]", "empty"),
            ("# plimsoll: ignore[ ]", "empty"),
            ("# plimsoll: ignore[a,]", "beside a comma"),
            ("# plimsoll: ignore[a,,b]", "beside a comma"),
            ("# plimsoll: ignore[a b]", "commas separate"),
            ("# plimsoll: ignore", "in brackets"),
            ("# plimsoll: ignore rule-a", "in brackets"),
            ("# plimsoll: ignore-file rule-a", "in brackets"),
            ("# plimsoll: ignore [a]", "at once"),
            ("# plimsoll: Ignore[a]", "lower case"),
            ("# Plimsoll: ignore[a]", "lower case"),
            ("# plimsoll ignore[a]", "colon"),
            ("# plimsoll: ignroe[a]", "`ignore[…]`"),
            ("# plimsoll: ignore_file[a]", "`ignore-file[…]`"),
            ("# plimsoll: ignore-next-line[a]", "is no order"),
            ("# plimsoll: disable=a", "is no order"),
            ("# plimsoll: ignore[a] until=2027-02-30", "is not a day"),
            ("# plimsoll: ignore[a] until=tomorrow", "is not a day"),
            ("# plimsoll: ignore[a] until: 2027-02-01", "write the day as"),
            ("# plimsoll: ignore[a] until = 2027-02-01", "write the day as"),
            ("# plimsoll: ignore[a] until=2027-02-01 until=2027-02-02", "two days"),
        ] {
            let message = read(comment).expect(comment).expect_err(comment);
            assert!(message.contains(part), "{comment}: {message}");
        }
    }

    #[test]
    fn what_was_meant_by_a_broken_comment_is_found_where_it_is_plain() {
        for (comment, meant) in [
            ("# plimsoll: ignore[rule-a", Some("# plimsoll: ignore[rule-a]")),
            ("# plimsoll: ignore[rule-a why", Some("# plimsoll: ignore[rule-a] why")),
            ("# plimsoll: ignore[a,] why", Some("# plimsoll: ignore[a] why")),
            ("# plimsoll: ignore[a b]", Some("# plimsoll: ignore[a, b]")),
            ("# plimsoll: ignore rule-a why", Some("# plimsoll: ignore[rule-a] why")),
            ("# plimsoll: ignore-file rule-a", Some("# plimsoll: ignore-file[rule-a]")),
            ("# plimsoll: ignore [a] why", Some("# plimsoll: ignore[a] why")),
            ("## Plimsoll: Ignore[a]", Some("## plimsoll: ignore[a]")),
            ("# plimsoll ignore[a] 이유", Some("# plimsoll: ignore[a] 이유")),
            ("# plimsoll: ignroe[a]", Some("# plimsoll: ignore[a]")),
            ("# plimsoll: disable=a,b why", Some("# plimsoll: ignore[a, b] why")),
            ("# plimsoll: ignore[]", None),
            ("# plimsoll: ignore", None),
            ("# plimsoll: ignore[a] until=tomorrow", None),
            ("# plimsoll: ignore-next-line[a]", None),
        ] {
            let mended = mended(comment)
                .map(|it| [&comment[..it.at.start], it.text.as_str(), &comment[it.at.end..]].concat());
            assert_eq!(mended.as_deref(), meant, "{comment}");
        }
    }

    #[test]
    fn other_comments_say_nothing() {
        for comment in [
            "#",
            "# a comment",
            "# plimsoll is a line on a ship",
            "# plimsoll: judged in March",
            "# write `# plimsoll: ignore[a]` to silence",
            "# not-plimsoll: ignore[a]",
            "# explimsoll: ignore[a",
            "# kube-linter: ignore[a]",
            "# 플림솔",
        ] {
            assert_eq!(read(comment), None, "{comment}");
        }
    }
}
