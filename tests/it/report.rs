//! Hand-made outcomes and a small registry for the tests of the reports.

use std::{path::PathBuf, sync::Arc};

use plimsoll::{
    base::{Diagnostic, Edit, Fix, Label, ObjectId, RuleId, Safety, Severity, SourceId, Span, Subject},
    engine::{FileClass, Ignored, Outcome, Unreadable},
    report::{self, Format, Options},
    rule::{Registry, Rule},
};

const PRIVILEGED: &str = r#"
id: privileged-container
title: Container runs privileged
severity: critical
profiles: [default, baseline, aks]
since: "0.1"
kinds: [workload]
check:
  on: container
  path: securityContext.privileged
  when: {equals: true}
  say: container runs privileged
references:
  pss: {level: baseline, control: Privileged Containers}
  cis: ["5.2.2"]
  nsa: [Non-root containers and "rootless" engines]
  aks: [POD-2]
  azure-policy: [Kubernetes cluster should not allow privileged containers]
  cwe: [250, 79]
  peers:
    checkov: [CKV_K8S_16]
    kube-linter: [privileged-container]
  links: ["https://kubernetes.io/docs/concepts/security/pod-security-standards/"]
why: >-
  A privileged container sees every device of its node and may load kernel modules. Whoever takes over the
  process has taken over the node.
how-to-fix: >-
  Remove `privileged: true`. If the process needs one device or one kernel capability, give it that alone
  through `capabilities.add` or a device plugin.
examples:
  - name: a privileged init container counts like any other
    yaml: |
      apiVersion: v1
      kind: Pod
      metadata:
        name: web
      spec:
        initContainers:
          - name: setup
            securityContext:
              privileged: true # finding
  - name: an unprivileged container is fine
    kubernetes: "1.30"
    yaml: |
      apiVersion: v1
      kind: Pod
      metadata:
        name: web
      spec:
        containers:
          - name: web
            securityContext:
              privileged: false
"#;

const PROBE: &str = r#"
id: readiness-probe-missing
title: Container has no readiness probe
severity: low
confidence: medium
profiles: [reliability]
since: "0.1"
kinds: [Deployment, StatefulSet]
kubernetes: {from: "1.20", until: "1.36"}
params:
  ports:
    about: Container ports that need no probe, such as those of a metrics sidecar.
    default: [9090, 9113]
  prefix:
    about: Containers whose name starts with this are left alone, for whoever injects sidecars | proxies.
    default: ""
check:
  on: container
  path: readinessProbe
  missing: fires
  say: container has no readiness probe
why: A pod without one gets traffic before it can answer.
how-to-fix: Add a `readinessProbe` that asks what a client would ask.
examples: []
"#;

const BINDING: &str = r#"
id: rbac-wildcard-verbs
title: Role grants every verb
severity: high
since: "0.2"
kinds: [Role, ClusterRole]
platform: aks
check: {native: rbac_wildcard_verbs}
references: {cwe: [269], peers: {kubescape: [C-0187, C-0015]}}
why: |
  Verbs are added with new releases.

  A star grants them too.
how-to-fix: |
  List the verbs.

  A second paragraph that only `explain` shows.
examples:
  - name: code fences in a manifest do not end the page's
    platform: aks
    params: {ports: [1]}
    yaml: |
      kind: ConfigMap
      data:
        readme: |
          ```yaml
          a: b # 2 findings
          ```
"#;

/// Three rules that differ in everything.
pub(crate) fn registry() -> Registry {
    let rule = |family, text: &str| Rule::from_yaml(family, "rule.yaml", text.to_owned()).unwrap();
    let rules = vec![rule("pod-security", PRIVILEGED), rule("reliability", PROBE), rule("rbac", BINDING)];
    Registry::new(rules, Vec::new())
}

/// An outcome being made.
#[derive(Default)]
pub(crate) struct Case {
    pub(crate) outcome: Outcome,
}

impl Case {
    /// Adds a file with its text.
    pub(crate) fn file(&mut self, path: &str, text: &str) -> SourceId {
        self.outcome.sources.add(path, text)
    }

    /// The `nth` (from 0) place of `needle` in a file.
    pub(crate) fn nth(&self, file: SourceId, needle: &str, nth: usize) -> Span {
        let text = &self.outcome.sources.get(file).unwrap().text;
        let (at, _) =
            text.match_indices(needle).nth(nth).unwrap_or_else(|| panic!("no {needle:?} in the file"));
        Span::new(file, at as u32, (at + needle.len()) as u32)
    }

    /// The first place of `needle`.
    pub(crate) fn span(&self, file: SourceId, needle: &str) -> Span {
        self.nth(file, needle, 0)
    }

    /// Adds a finding of `privileged-container` at `span`.
    pub(crate) fn find(&mut self, span: Span, label: &str) -> &mut Diagnostic {
        self.outcome.findings.push(finding(span, label));
        self.outcome.findings.last_mut().unwrap()
    }

    /// Prints it.
    pub(crate) fn print(&self, format: Format, options: &Options) -> String {
        let mut out = Vec::new();
        report::write(format, &self.outcome, &registry(), options, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    /// Prints it in full, without colours.
    pub(crate) fn full(&self) -> String {
        self.print(Format::Full, &Options::default())
    }
}

pub(crate) fn finding(span: Span, label: &str) -> Diagnostic {
    Diagnostic {
        rule: RuleId::new("privileged-container"),
        severity: Severity::Critical,
        message: "container `web` runs privileged".into(),
        primary: Label { span, text: label.into() },
        related: Vec::new(),
        subject: None,
        help: None,
        fixes: Vec::new(),
        overlays: Vec::new(),
        spared: Vec::new(),
        absence: false,
    }
}

/// What a finding on a Deployment is about.
pub(crate) fn subject(container: Option<&str>, path: &str) -> Subject {
    let object = ObjectId {
        api_version: "apps/v1".into(),
        kind: "Deployment".into(),
        namespace: Some("shop".into()),
        name: "web".into(),
    };
    Subject { object: Arc::new(object), container: container.map(Into::into), path: path.into() }
}

/// A run with everything in it: two files, an overlay, related places, fixes, files that cannot be read.
pub(crate) fn everything() -> Case {
    let mut case = Case::default();
    case.outcome.base = PathBuf::from("/repo/clusters");
    case.outcome.root = PathBuf::from("/repo");
    let web = case.file("apps/web.yaml", WEB);
    let patch = case.file("apps/prod/웹 패치.yaml", "spec:\n  replicas: 3 # 복제본\n  priority: ~\n");
    let rbac = case.file("../shared/rbac.yaml", "kind: ClusterRole\nrules:\n  - verbs: [\"*\"]\n");
    let broken = case.file("broken.yaml", "kind: Pod\nspec: [\n");
    let gone = SourceId(4);
    // A source whose text was not kept.
    let paths =
        ["apps/web.yaml", "apps/prod/웹 패치.yaml", "../shared/rbac.yaml", "broken.yaml", "gone.yaml"];
    let mut sources = plimsoll::base::Sources::with_paths(paths.map(str::to_owned));
    for id in [web, patch, rbac, broken] {
        let source = case.outcome.sources.get(id).unwrap();
        sources.keep(Arc::new(plimsoll::base::Source::new(id, source.path.clone(), source.text.clone())));
    }
    case.outcome.sources = sources;

    let privileged = case.span(web, "true");
    let whole = case.span(web, "            privileged: true\n");
    let first = case.find(privileged, "privileged here");
    first.subject = Some(subject(Some("web"), "spec.template.spec.containers[0].securityContext.privileged"));
    first.fixes = vec![
        Fix {
            title: "Set `privileged` to `false`".into(),
            safety: Safety::Unsafe,
            edits: vec![Edit { span: privileged, text: "false".into() }],
        },
        Fix {
            title: "Remove `privileged`".into(),
            safety: Safety::Safe,
            edits: vec![Edit { span: whole, text: String::new() }],
        },
        Fix { title: "Name the capability that is needed".into(), safety: Safety::Manual, edits: Vec::new() },
    ];

    let container = case.span(web, "web\n          image");
    let probe = case.find(Span::new(web, container.start, container.start + 3), "");
    probe.rule = RuleId::new("readiness-probe-missing");
    probe.severity = Severity::Medium;
    probe.message = "container `web` has no readiness probe".into();
    probe.help = Some("Ask `/healthz` on port 8080, as the liveness probe does.".into());

    let (three, one) = (case.span(patch, "3"), case.span(web, "replicas: 1"));
    let replicas = case.find(three, "set to 3 here");
    replicas.rule = RuleId::new("no-such-rule");
    replicas.severity = Severity::Info;
    replicas.message = "`replicas` is [3](1), with a link that is none".into();
    replicas.relate(one, "the base says 1");
    replicas.relate(Span::new(gone, 10, 12), "and so did [this]");
    replicas.overlays = vec!["overlays/prod".into(), "overlays/staging".into()];
    replicas.subject = Some(subject(None, "spec.replicas"));

    let star = case.span(rbac, "\"*\"");
    let wildcard = case.find(star, "every verb");
    wildcard.rule = RuleId::new("rbac-wildcard-verbs");
    wildcard.severity = Severity::High;
    wildcard.message = "ClusterRole `(no name)` grants every verb".into();

    let bracket = case.span(broken, "[");
    let syntax = case.find(bracket, "this list is not closed");
    syntax.rule = RuleId::new("yaml-syntax");
    syntax.severity = Severity::High;
    syntax.message = "the list is not closed".into();

    let lost = case.find(Span::new(gone, 3, 7), "");
    lost.message = "found in a text that was not kept".into();

    case.outcome.unreadable =
        vec![Unreadable { path: "secret.yaml".into(), reason: "permission denied (os error 13)".into() }];
    case.outcome.rules_run =
        ["privileged-container", "rbac-wildcard-verbs", "readiness-probe-missing"].map(RuleId::new).into();
    case.outcome.stats.objects = 2;
    case.outcome.stats.files =
        [(FileClass::Kubernetes, 3), (FileClass::HelmTemplate, 1), (FileClass::Broken, 1)].into();
    case
}

/// Everything that a format may stumble over: names and texts with each format's own marks, controls, direction
/// marks, other scripts, spans over lines, both line breaks, a byte order mark, long lines.
pub(crate) fn awkward() -> Case {
    let mut case = Case::default();
    case.outcome.base = PathBuf::from("/repo/clusters");
    case.outcome.root = PathBuf::from("/repo");
    let odd = case.file(
        ODD_PATH,
        "\u{feff}이름: 😀 </script><img src=x onerror=alert(1)>\u{202e}\r\nspec:\r\n  a: 1\r\n",
    );
    let long =
        format!("{{\"a\":\"{}\",\"privileged\":true,\"b\":\"{}\"}}", "한".repeat(900), "&<".repeat(900));
    let long = case.file("long.json", &long);
    let plain = case.file("../plain.yaml", "a: 1\nb: 2\n");

    let image = case.span(odd, "</script><img src=x onerror=alert(1)>");
    let finding = case.find(image, "a `label` <b>|*_[x](y)");
    finding.message = ODD_TEXT.into();
    let object = ObjectId {
        api_version: "v1".into(),
        kind: "Pod".into(),
        namespace: None,
        name: "\"><script>alert(2)</script>'".into(),
    };
    let container = Some("::error::c\n##[add-mask]x".into());
    finding.subject = Some(Subject { object: Arc::new(object), container, path: "spec".into() });
    finding.overlays = vec!["overlays/<b>,;]".into()];

    let insertion = case.span(plain, "b").start;
    let lines = case.span(odd, "spec:\r\n  a: 1\r\n");
    let over_lines = case.find(lines, "");
    over_lines.severity = Severity::Medium;
    over_lines.message = "a span over lines".into();
    over_lines.fixes = vec![Fix {
        title: "Add `</script>`".into(),
        safety: Safety::Safe,
        edits: vec![
            Edit { span: Span::at(odd, lines.end), text: "  b: \"2\" # 😀\n".into() },
            Edit { span: Span::at(odd, lines.end), text: "  c: 3\n".into() },
        ],
    }];

    let deep = case.span(long, "true");
    let far = case.find(deep, "here");
    far.severity = Severity::High;
    far.relate(Span::at(plain, insertion), "missing here: `a|b`");

    let again = case.span(plain, "1");
    for severity in [Severity::Low, Severity::Low, Severity::Info] {
        let same = case.find(again, "");
        same.severity = severity;
        same.message = "told twice".into();
    }
    let silenced = finding_of_comment(again);
    case.outcome.ignored = vec![silenced];
    case.outcome.unreadable = vec![Unreadable {
        path: "::error::<x>,\n%0A;].yaml".into(),
        reason: "permission denied: ]]> & <b>".into(),
    }];
    case.outcome.stats.objects = 1;
    case
}

fn finding_of_comment(span: Span) -> Ignored {
    Ignored {
        finding: finding(span, ""),
        reason: "accepted | by <ops> `x` ##[group]".into(),
        place: None,
        peer: None,
    }
}

pub(crate) const ODD_PATH: &str = "웹 😀/100%,a:b;[c]'\"`|<i>\u{1b}\n\u{202e}.yaml";
pub(crate) const ODD_TEXT: &str = "`a|b` is 100% <b>\"odd\"</b>, so: [x](y) *z* _z_ ]]> ]; %0A @all $(X) 한글 😀 \
    \u{1b}[31m\u{202e}\r\n::error::forged\n##vso[task.logissue]forged ##[add-mask]x\u{0}\u{ffff}";

pub(crate) const WEB: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
spec:
  replicas: 1
  template:
    spec:
      containers:
        - name: web
          image: web:1.2.3
          securityContext:
            privileged: true
";

/// Compares `text` with `tests/it/snapshots/NAME.snap`; escape characters are shown as `␛`.
pub(crate) fn snapshot(name: &str, text: &str) {
    let text = text.replace('\u{1b}', "␛");
    insta::with_settings!({prepend_module_to_snapshot => false, omit_expression => true}, {
        insta::assert_snapshot!(name, text);
    });
}

/// [`snapshot`] of a format that tells plimsoll's version.
pub(crate) fn snapshot_of_version(name: &str, text: &str) {
    let version = env!("CARGO_PKG_VERSION");
    let text = text.replace(&format!("\"{version}\""), "\"VERSION\"");
    snapshot(name, &text.replace(&format!("plimsoll {version}"), "plimsoll VERSION"));
}
