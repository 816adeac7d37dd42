"""Reports against schemas and validators: `check.py REPORTS SCHEMAS SARIF_MULTITOOL`. See `validate`."""

import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import cmarkgfm
import jsonschema
from lxml import etree

REPORTS, SCHEMAS, MULTITOOL = map(Path, sys.argv[1:4])
failures = 0


def told(name, faults, what):
    """Says what came of one check."""
    global failures
    failures += bool(faults)
    print(f"{'FAIL' if faults else 'ok':4} {name}: {what}")
    for fault in faults[:10]:
        print(f"     {fault}")


def schema_faults(report, schema):
    validator = jsonschema.validators.validator_for(schema)(schema)
    return [f"{'/'.join(map(str, e.absolute_path))}: {e.message[:200]}" for e in validator.iter_errors(report)]


def check_json(extension, schema):
    for path in sorted(REPORTS.glob(f"*.{extension}")):
        report = json.loads(path.read_text())
        told(path.name, schema_faults(report, schema), f"valid by {extension}'s schema")
        if extension == "gitlab":
            twice = [print_ for print_, n in Counter(issue["fingerprint"] for issue in report).items() if n > 1]
            told(path.name, twice, f"{len(report)} fingerprints, all different")


def check_junit():
    schema = etree.XMLSchema(etree.parse(str(SCHEMAS / "junit.xsd")))
    for path in sorted(REPORTS.glob("*.junit")):
        tree = etree.parse(str(path))
        schema.validate(tree)
        told(path.name, [str(error) for error in schema.error_log], "valid by the XSD")
        root = tree.getroot()
        faults = []
        for element in [root, *root]:
            for name, tag in [("tests", "testcase"), ("failures", "failure"), ("errors", "error")]:
                count = len(element.findall(f".//{tag}"))
                if int(element.get(name)) != count:
                    faults.append(f"{element.get('name')}: {name} is {element.get(name)}, not {count}")
        told(path.name, faults, f"{root.get('tests')} tests, counted right")


def check_sarif():
    for path in sorted(REPORTS.glob("*.sarif")):
        report = json.loads(path.read_text())
        # A binary that was built without PLIMSOLL_HOME, of a package without a home, has no page to name. Those that
        # the tests print are built with one.
        is_of_tests = path.stem in {"awkward", "everything", "empty"}
        has_home = "informationUri" in report["runs"][0]["tool"]["driver"]
        allowed = set() if has_home or is_of_tests else {"SARIF2005"}
        schema = json.loads((MULTITOOL / "sarif-2.1.0.json").read_text(encoding="utf-8-sig"))
        told(path.name, schema_faults(report, schema), "valid by the schema of SARIF 2.1.0")
        verdict = path.with_suffix(".verdict")
        command = [MULTITOOL / "Sarif.Multitool", "validate", path, "--rule-kind", "Sarif;Ghas;Gh"]
        command += ["--level", "Error;Warning", "-o", verdict, "--log", "ForceOverwrite"]
        command += ["--config", SCHEMAS / "sarif.xml"]
        # It always exits with 0: its verdict is what it writes.
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        run = json.loads(verdict.read_text(encoding="utf-8-sig"))["runs"][0]
        found = [(r["ruleId"], r.get("level", "warning")) for r in run["results"]]
        bad = [f"{rule} ({level})" for rule, level in found if level != "note" and rule not in allowed]
        excused = sorted({rule for rule, level in found if level != "note" and rule in allowed})
        words = f", excused: {', '.join(excused)}" if excused else ""
        told(path.name, bad, f"no errors and no warnings by Microsoft's validator with GitHub's rules{words}")


def check_markdown():
    for path in sorted(REPORTS.glob("*.markdown")):
        text = path.read_text()
        html = cmarkgfm.github_flavored_markdown_to_html(text, options=cmarkgfm.cmark.Options.CMARK_OPT_UNSAFE)
        rows = html.count("<tr>") - html.count("<thead>")
        written = sum(line.startswith("| ") for line in text.splitlines()) - 2 * html.count("<thead>")
        faults = [] if rows == written else [f"{rows} rows, {written} written"]
        faults += [] if html.count("<td") == 4 * rows else [f"{html.count('<td')} cells in {rows} rows"]
        tags = set(re.findall(r"<([a-z]+)", html))
        known = {"table", "thead", "tbody", "tr", "td", "th", "a", "code", "strong", "p", "ul", "li", "h", "br", "span"}
        faults += [f"<{tag}> in the page" for tag in sorted(tags - known)]
        faults += [] if len(text.encode()) < 1 << 20 else ["more than 1 MiB"]
        told(path.name, faults, f"{rows} rows of 4 cells, no foreign element, {len(text.encode())} bytes")


check_json("gitlab", json.loads((SCHEMAS / "gitlab.schema.json").read_text()))
check_json("rdjson", json.loads((SCHEMAS / "rdjson.schema.json").read_text()))
check_junit()
check_sarif()
check_markdown()
sys.exit(failures > 0)
