//! Which shipped rules cover what rules of other tools mean.

use super::embedded::peers;

/// The shipped rules that cover the rule `id` of `tool`, each once; none where no rule means the same.
pub fn covering(tool: &str, id: &str) -> Vec<&'static str> {
    of_those(|its, known| its == tool && (known == id || tool == "trivy" && is_same_trivy(known, id)))
}

/// The shipped rules that cover any rule of `tool`, each once.
pub fn covering_any(tool: &str) -> Vec<&'static str> {
    of_those(|its, _| its == tool)
}

/// The shipped rules that cover a rule of any tool, each once.
pub fn covering_all() -> Vec<&'static str> {
    of_those(|_, _| true)
}

fn of_those(is_meant: impl Fn(&str, &str) -> bool) -> Vec<&'static str> {
    let meant = peers().iter().filter(|(tool, id, _)| is_meant(tool, id));
    let mut rules: Vec<&str> = meant.flat_map(|(_, _, rules)| *rules).copied().collect();
    rules.sort_unstable();
    rules.dedup();
    rules
}

/// Trivy takes `KSV012`, `KSV-0012` and `AVD-KSV-0012` for one.
fn is_same_trivy(known: &str, id: &str) -> bool {
    let number = |id: &str| -> Option<u32> {
        let digits = id.strip_prefix("AVD-").unwrap_or(id).strip_prefix("KSV")?;
        digits.strip_prefix('-').unwrap_or(digits).parse().ok()
    };
    number(id).is_some_and(|it| number(known) == Some(it))
}
