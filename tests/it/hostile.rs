//! Repositories made to harm, and bases outside of what was walked.

use std::process::Output;

use super::dir::{Dir, plimsoll};

const DEPLOYMENT: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata: {name: a, annotations: {x: y}}
spec:
  selector: {matchLabels: {a: b}}
  template:
    metadata: {labels: {a: b}}
    spec:
      hostPID: true
      containers: [{name: c, image: x}]
";

fn run(dir: &Dir, arguments: &[&str]) -> Output {
    plimsoll(dir.path(), arguments).output().unwrap()
}

fn printed(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn a_chain_of_kustomizations_is_refused_before_the_stack_ends() {
    let dir =
        Dir::repository(&[("l0/d.yaml", DEPLOYMENT), ("l0/kustomization.yaml", "resources: [d.yaml]\n")]);
    for level in 1..600 {
        dir.write(&format!("l{level}/kustomization.yaml"), &format!("resources: [../l{}]\n", level - 1));
    }
    let output = run(&dir, &["check", "."]);
    assert_eq!(output.status.code(), Some(1), "{}", printed(&output));
    assert!(printed(&output).contains("nested deeper than 100 levels"), "{}", printed(&output));
}

#[test]
fn copies_that_double_and_texts_that_double_are_refused() {
    let copies: String = (0..40)
        .map(|k| {
            format!("      - {{op: copy, from: /metadata/annotations, path: /metadata/annotations/k{k}}}\n")
        })
        .collect();
    let patch =
        format!("resources: [d.yaml]\npatches:\n  - target: {{kind: Deployment}}\n    patch: |\n{copies}");
    let dir = Dir::repository(&[("d.yaml", DEPLOYMENT), ("kustomization.yaml", &patch)]);
    let output = run(&dir, &["render", "."]);
    assert_eq!(output.status.code(), Some(2), "{}", printed(&output));

    let pair = |from: &str, to: &str| {
        format!(
            "  - source: {{kind: ConfigMap, name: c, fieldPath: data.{from}}}\n    targets: [{{select: \
             {{kind: ConfigMap, name: c}}, fieldPaths: [data.{to}], options: {{delimiter: \"@\", index: -1}}}}]\n"
        )
    };
    let pairs: String = (0..40).map(|_| pair("a", "b") + &pair("b", "a")).collect();
    let dir = Dir::repository(&[
        (
            "c.yaml",
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {a: aaaaaaaa, b: bbbbbbbb}\n",
        ),
        ("kustomization.yaml", &format!("resources: [c.yaml]\nreplacements:\n{pairs}")),
    ]);
    let output = run(&dir, &["render", "."]);
    assert_eq!(output.status.code(), Some(2), "{}", printed(&output));
}

#[test]
fn values_stacked_on_each_other_are_refused() {
    let nest = |depth: usize| "{\"a\":".repeat(depth) + "{}" + &"}".repeat(depth);
    let mut path = "/metadata/annotations".to_owned();
    let mut operations = Vec::new();
    for _ in 0..30 {
        operations.push(format!("{{\"op\":\"add\",\"path\":\"{path}\",\"value\":{}}}", nest(400)));
        path.push_str(&"/a".repeat(400));
    }
    let kustomization = "resources: [d.yaml]\npatches: [{path: p.json, target: {kind: Deployment}}]\n";
    let operations = format!("[{}]", operations.join(","));
    let dir = Dir::repository(&[
        ("d.yaml", DEPLOYMENT),
        ("p.json", &operations),
        ("kustomization.yaml", kustomization),
    ]);
    let output = run(&dir, &["render", "."]);
    assert_eq!(output.status.code(), Some(2), "{}", printed(&output));
    assert!(printed(&output).contains("builds deeper than 512 levels"), "{}", printed(&output));
}

#[test]
fn two_objects_of_one_base_in_one_root_are_two_findings() {
    let dir = Dir::repository(&[
        ("b/d.yaml", DEPLOYMENT),
        ("b/kustomization.yaml", "resources: [d.yaml]\n"),
        ("p1/kustomization.yaml", "namePrefix: p1-\nresources: [../b]\n"),
        ("p2/kustomization.yaml", "namePrefix: p2-\nresources: [../b]\n"),
        ("o/kustomization.yaml", "resources: [../p1, ../p2]\n"),
    ]);
    let found = printed(&run(&dir, &["check", ".", "--select", "host-pid"]));
    assert!(found.contains("Deployment p1-a") && found.contains("Deployment p2-a"), "{found}");
}

#[test]
fn what_holds_for_a_base_outside_of_what_was_walked_is_asked() {
    let files = [
        ("base/d.yaml", DEPLOYMENT),
        ("base/kustomization.yaml", "resources: [d.yaml]\n"),
        ("ov/kustomization.yaml", "resources: [../base]\n"),
    ];
    let dir = Dir::repository(&files);
    assert_eq!(run(&dir, &["check", "ov"]).status.code(), Some(1));
    let output = run(&dir, &["check", "ov", "--min-severity", "critical"]);
    assert_eq!(output.status.code(), Some(0), "{}", printed(&output));
    dir.write("base/.plimsoll.yaml", "ignore: [host-pid]\n");
    let output = run(&dir, &["check", "ov"]);
    assert_eq!(output.status.code(), Some(0), "{}", printed(&output));
    dir.write("base/.plimsoll.yaml", "fail-onn: x\n");
    let output = run(&dir, &["check", "ov"]);
    assert_eq!(output.status.code(), Some(2), "{}", printed(&output));
    assert!(printed(&output).contains("fail-onn"), "{}", printed(&output));
}

/// Layers, each of which takes the last one twice, over a bottom of these files.
fn diamonds(bottom: &[(&str, &str)], layers: usize) -> Dir {
    let dir = Dir::repository(bottom);
    for layer in 1..=layers {
        for side in ["a", "b"] {
            let text = format!("namePrefix: {side}-\nresources:\n  - ../l{}\n", layer - 1);
            dir.write(&format!("{side}{layer}/kustomization.yaml"), &text);
        }
        let text = format!("resources:\n  - ../a{layer}\n  - ../b{layer}\n");
        dir.write(&format!("l{layer}/kustomization.yaml"), &text);
    }
    dir
}

/// What `check` finds wrong with kustomizations; it must come to an end soon.
fn refusals(dir: &Dir) -> Vec<String> {
    let started = std::time::Instant::now();
    let options = ["check", ".", "--select", "kustomization-invalid", "--output-format", "concise"];
    let output = run(dir, &options);
    let took = started.elapsed();
    assert!(took.as_secs() < 60, "took {took:?}");
    assert_eq!(output.status.code(), Some(1), "{}", printed(&output));
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().filter(|line| line.contains("kustomization-invalid")).map(str::to_owned).collect()
}

#[test]
fn bases_taken_twice_layer_upon_layer_are_refused() {
    let bottom = [("l0/d.yaml", DEPLOYMENT), ("l0/kustomization.yaml", "resources: [d.yaml]\n")];
    let refused = refusals(&diamonds(&bottom, 25));
    assert_eq!(refused.len(), 1, "{refused:?}");
    assert!(refused[0].starts_with("l13/kustomization.yaml:3:"), "{refused:?}");
    assert!(refused[0].contains("more than 5000 objects are built here"), "{refused:?}");
}

#[test]
fn bases_without_objects_taken_twice_layer_upon_layer_are_built() {
    let empty = "resources: [d.yaml]\nvalidators: [v.yaml]\n";
    let dir = diamonds(&[("l0/d.yaml", "# nothing\n"), ("l0/kustomization.yaml", empty)], 25);
    let started = std::time::Instant::now();
    let output = run(&dir, &["check", "."]);
    assert!(started.elapsed().as_secs() < 60, "took {:?}", started.elapsed());
    assert_eq!(output.status.code(), Some(0), "{}", printed(&output));
}

#[test]
fn a_mistake_below_bases_taken_twice_is_told_once_where_it_is() {
    let refused =
        refusals(&diamonds(&[("l0/kustomization.yaml", "resources:\n  - gone.yaml\n  - there\n")], 25));
    assert_eq!(refused.len(), 2, "{refused:?}");
    assert!(refused[0].starts_with("l0/kustomization.yaml:2:"), "{refused:?}");
    assert!(refused[0].contains("`gone.yaml` does not exist"), "{refused:?}");
    assert!(refused[1].starts_with("l0/kustomization.yaml:3:"), "{refused:?}");
}

#[test]
fn a_cycle_below_bases_taken_twice_is_told_where_it_is() {
    // Into itself, and from the bottom back to the top.
    for (back, line) in [("../l0", "l0/kustomization.yaml:3:"), ("../l25", "l0/kustomization.yaml:3:")] {
        let text = format!("resources:\n  - d.yaml\n  - {back}\n");
        let refused = refusals(&diamonds(&[("l0/d.yaml", DEPLOYMENT), ("l0/kustomization.yaml", &text)], 25));
        assert!(
            refused.iter().any(|it| it.starts_with(line) && it.contains("this is a cycle")),
            "{refused:?}"
        );
        assert!(refused.iter().all(|it| it.contains("this is a cycle")), "{refused:?}");
    }
}

#[test]
fn a_mistake_below_bases_with_their_own_schemas_is_told_once() {
    let top = "openapi: {path: s.json}\nresources: [../l25]\n";
    let bottom = [
        ("l0/kustomization.yaml", "resources:\n  - gone.yaml\n"),
        ("top/s.json", "{}"),
        ("top/kustomization.yaml", top),
    ];
    let refused = refusals(&diamonds(&bottom, 25));
    assert_eq!(refused.len(), 1, "{refused:?}");
    assert!(refused[0].starts_with("l0/kustomization.yaml:2:"), "{refused:?}");
}

/// Components, each of which takes the last one twice, over a bottom with this field, under a kustomization.
fn component_diamonds(bottom: &str) -> Dir {
    let head = "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n";
    let dir = Dir::repository(&[("top/d.yaml", DEPLOYMENT)]);
    dir.write("c0/kustomization.yaml", &format!("{head}{bottom}"));
    for layer in 1..=25 {
        let last = layer - 1;
        let text = format!("{head}components:\n  - ../c{last}\n  - ../c{last}\n");
        dir.write(&format!("c{layer}/kustomization.yaml"), &text);
    }
    dir.write("top/kustomization.yaml", "resources: [d.yaml]\ncomponents:\n  - ../c25\n");
    dir
}

#[test]
fn components_taken_twice_layer_upon_layer_are_refused() {
    let refused = refusals(&component_diamonds("labels:\n  - pairs: {a: b}\n"));
    assert_eq!(refused.len(), 1, "{refused:?}");
    assert!(refused[0].contains("more than 1000 components work on one kustomization"), "{refused:?}");
    let refused = refusals(&component_diamonds("resources:\n  - gone.yaml\n"));
    assert_eq!(refused.len(), 1, "{refused:?}");
    assert!(refused[0].starts_with("c0/kustomization.yaml:4:"), "{refused:?}");
    let refused = refusals(&component_diamonds("components:\n  - ../c25\n"));
    assert!(refused[0].starts_with("c0/kustomization.yaml:4:"), "{refused:?}");
    assert!(refused[0].contains("this is a cycle"), "{refused:?}");
}

#[test]
fn chains_of_components_and_of_transformers_end_before_the_stack() {
    let head = "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n";
    let dir = Dir::repository(&[
        ("top/d.yaml", DEPLOYMENT),
        ("top/kustomization.yaml", "resources: [d.yaml]\ncomponents: [../c0]\n"),
        ("plug/d.yaml", DEPLOYMENT),
        ("plug/kustomization.yaml", "resources: [d.yaml]\ntransformers: [../t0]\n"),
    ]);
    for level in 0..150 {
        let next = level + 1;
        dir.write(&format!("c{level}/kustomization.yaml"), &format!("{head}components:\n  - ../c{next}\n"));
        let transforming = format!("resources: [l.yaml]\ntransformers:\n  - ../t{next}\n");
        dir.write(&format!("t{level}/kustomization.yaml"), &transforming);
        let label = "apiVersion: builtin\nkind: LabelTransformer\nmetadata: {name: l}\nlabels: {a: b}\n";
        dir.write(&format!("t{level}/l.yaml"), label);
    }
    let refused = refusals(&dir);
    assert_eq!(refused.len(), 2, "{refused:?}");
    assert!(refused.iter().all(|it| it.contains("nested deeper than 100 levels")), "{refused:?}");
    assert!(refused[0].starts_with("c99/kustomization.yaml:4:"), "{refused:?}");
    assert!(refused[1].starts_with("t99/kustomization.yaml:3:"), "{refused:?}");
}

const TWO_MAPS: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {x: y}\n---\n\
                        apiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\ndata: {}\n";

/// A replacement of a field of the ConfigMap `to` by one of `from`.
fn replacement(from: (&str, &str), to: (&str, &str)) -> String {
    let ((from, source), (to, target)) = (from, to);
    format!(
        "  - source: {{kind: ConfigMap, name: {from}, fieldPath: {source}}}\n    targets: [{{select: {{name: {to}}}, \
         fieldPaths: [{target}], options: {{create: true}}}}]\n"
    )
}

/// The one refusal of `check`, and that `render` and `check` end in time and by themselves.
fn refused(files: &[(&str, &str)], expected: &str) {
    let dir = Dir::repository(files);
    let refused = refusals(&dir);
    assert!(refused.len() == 1 && refused[0].contains(expected), "{expected}: {refused:?}");
    assert_eq!(run(&dir, &["render", "."]).status.code(), Some(2));
}

#[test]
fn replacements_that_nest_and_that_double_are_refused() {
    let nest: String = (0..700)
        .map(|_| replacement(("b", "data"), ("a", "data.k")) + &replacement(("a", "data"), ("b", "data")))
        .collect();
    let head = "resources: [m.yaml]\nreplacements:\n";
    let nesting = format!("{head}{nest}");
    refused(&[("m.yaml", TWO_MAPS), ("kustomization.yaml", &nesting)], "deeper than 512 levels");
    let double: String =
        (0..60).map(|round| replacement(("a", "data"), ("a", &format!("data.k{round}")))).collect();
    let doubling = format!("{head}{double}");
    refused(&[("m.yaml", TWO_MAPS), ("kustomization.yaml", &doubling)], "the copies grow too large");
    let way = "k.".repeat(50_000);
    let long = format!("{head}{}", replacement(("a", "data.x"), ("b", &format!("data.{way}k"))));
    refused(&[("m.yaml", TWO_MAPS), ("kustomization.yaml", &long)], "it leads deeper than 512 levels");
}

#[test]
fn field_specs_names_and_variables_that_grow_are_refused() {
    let head = "resources: [m.yaml]\n";
    let way = "k/".repeat(50_000);
    let specs =
        format!("{head}labels: [{{pairs: {{a: b}}, fields: [{{path: spec/{way}k, create: true}}]}}]\n");
    refused(&[("m.yaml", TWO_MAPS), ("kustomization.yaml", &specs)], "has more than 100 keys");
    let prefix = format!("{head}namePrefix: {}\n", "p".repeat(5_000));
    refused(&[("m.yaml", TWO_MAPS), ("kustomization.yaml", &prefix)], "longer than 4096 bytes");
    let value = "v".repeat(100_000);
    let maps = format!(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a}}\ndata: {{x: {value}}}\n---\napiVersion: v1\n\
         kind: ConfigMap\nmetadata: {{name: b, annotations: {{t: '{}'}}}}\n",
        "$(V)".repeat(20_000)
    );
    let vars = format!(
        "{head}configurations: [c.yaml]\nvars:\n  - name: V\n    objref: {{kind: ConfigMap, name: a, apiVersion: \
         v1}}\n    fieldref: {{fieldpath: data.x}}\n"
    );
    let specs = "varReference: [{kind: ConfigMap, path: metadata/annotations}]\n";
    let files = [("m.yaml", &*maps), ("c.yaml", specs), ("kustomization.yaml", &vars)];
    refused(&files, "a text of more than 1048576 bytes");
}

#[test]
fn definitions_that_refer_to_each_other_end() {
    let fields: Vec<String> =
        (0..12).map(|at| format!("\"f{at}\":{{\"$ref\":\"#/definitions/x.A\"}}")).collect();
    let kind = "\"apiVersion\":{},\"kind\":{},\"metadata\":{}";
    let definitions =
        format!("{{\"x.A\":{{\"Schema\":{{\"properties\":{{{kind},{}}}}}}}}}", fields.join(","));
    let dir = Dir::repository(&[
        ("m.yaml", TWO_MAPS),
        ("d.json", &definitions),
        ("kustomization.yaml", "resources: [m.yaml]\ncrds: [d.json]\nnamePrefix: a-\n"),
    ]);
    let started = std::time::Instant::now();
    let output = run(&dir, &["check", "."]);
    assert!(started.elapsed().as_secs() < 60, "took {:?}", started.elapsed());
    assert_eq!(output.status.code(), Some(0), "{}", printed(&output));
}

#[test]
fn the_deepest_objects_below_the_longest_chain_fit_the_stack() {
    let object = |levels: usize, leaf: &str| {
        let nested = "{a: ".repeat(levels) + leaf + &"}".repeat(levels);
        format!("apiVersion: x/v1\nkind: Odd\nmetadata: {{name: o}}\nspec: {nested}\n")
    };
    let bottom = "resources: [o.yaml]\npatches: [{path: p.yaml}]\nimages: [{name: x, newTag: t1}]\n\
                  commonLabels: {l: m}\ntransformers: [h.yaml]\n";
    let dir = Dir::repository(&[
        ("l0/o.yaml", &object(508, "{x: y, n: null}")),
        ("l0/p.yaml", &object(190, "{x: z}")),
        ("l0/h.yaml", "apiVersion: builtin\nkind: HashTransformer\nmetadata: {name: h}\n"),
        ("l0/kustomization.yaml", bottom),
    ]);
    for level in 1..=99 {
        let text = format!("resources: [../l{}]\npatches: [{{path: p.yaml}}]\nnamePrefix: p-\n", level - 1);
        dir.write(&format!("l{level}/kustomization.yaml"), &text);
        dir.write(&format!("l{level}/p.yaml"), &object(190, &format!("{{x: {level}}}")));
    }
    let output = run(&dir, &["check", ".", "--select", "kustomization-invalid"]);
    assert_eq!(output.status.code(), Some(0), "{}", printed(&output));
    let output = run(&dir, &["render", "l99"]);
    assert_eq!(output.status.code(), Some(0), "{}", printed(&output));
    dir.write("l0/p.yaml", &object(300, "{x: z}"));
    let refused = refusals(&dir);
    assert!(refused[0].contains("the patch is nested deeper than 200 levels"), "{refused:?}");
}
