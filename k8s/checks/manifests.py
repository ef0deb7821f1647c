#!/usr/bin/env python3
"""Checks the built overlays, and that each kind of mistake is found when it is planted.

    manifests.py schemas DEFINITIONS OVERLAY.yaml...    strict schemas and the rules of rules.py
    manifests.py server KUBECTL OVERLAY.yaml...         a server's dry run; KUBECTL is the command with its options
    manifests.py definitions DEFINITIONS                them for an older server, on standard output
    manifests.py flink CLASSES OVERLAY.yaml...          names of settings, looked up in Flink's own jars
    manifests.py prometheus-rule                        monitoring/alert-rules.yml as base/prometheus-rule.yaml
"""

import copy
import subprocess
import sys
import zipfile
from pathlib import Path

import yaml

HERE = Path(__file__).resolve().parent
RULE_HEAD = """\
# The alerts of monitoring/alert-rules.yml for Prometheus's operator. k8s/check --write writes this file.
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: tributary
spec:
"""
# The server is of 2021. What these were called then, with the same fields.
OLDER = {"policy/v1": "policy/v1beta1"}
# Settings that are no option of Flink's by name: of its operator, and of plug-ins.
OTHER_SETTINGS = ("kubernetes.operator.", "metrics.reporter.", "external-resource.", "s3.")


def load(paths):
    """Overlay by name."""
    return {path.stem: [each for each in yaml.safe_load_all(path.read_text()) if each] for path in paths}


def planted(overlays):
    """Each mistake with its overlay and the object that has it."""
    for mistake in yaml.safe_load((HERE / "mistakes.yaml").read_text()):
        overlay = mistake.get("overlay", "cpu")
        objects = copy.deepcopy(overlays[overlay])
        thing = next(
            each
            for each in objects
            if each["kind"] == mistake["kind"] and mistake.get("name", each["metadata"]["name"]) == each["metadata"]["name"]
        )
        for pointer, value in mistake["set"].items():
            put(thing, pointer.strip("/").split("/"), value)
        yield mistake, objects, thing


def put(node, path, value):
    """Sets what a path leads to; null takes it away."""
    for step in path[:-1]:
        node = node[int(step)] if isinstance(node, list) else node.setdefault(step.replace("~1", "/"), {})
    last = int(path[-1]) if isinstance(node, list) else path[-1].replace("~1", "/")
    if value is None:
        del node[last]
    else:
        node[last] = value


class Report:
    """What was wrong, and how much was looked at."""

    def __init__(self):
        self.failures = 0
        self.passed = 0

    def expect(self, good, what):
        if good:
            self.passed += 1
        else:
            self.failures += 1
            print(f"FAILED: {what}", file=sys.stderr)

    def end(self, what):
        print(f"{what}: {self.passed} passed, {self.failures} failed")
        return 1 if self.failures else 0


def schemas_and_rules(definitions, paths):
    import rules
    import schemas

    validators = schemas.validators(schemas.read(sorted(Path(definitions).glob("*.y*ml"))))

    def of_schemas(objects):
        return [
            problem
            for each in objects
            if (each["apiVersion"], each["kind"]) in validators
            for problem in schemas.problems(validators[each["apiVersion"], each["kind"]], each)
        ]

    overlays, report = load(paths), Report()
    for name, objects in overlays.items():
        for each in objects:
            group = each["apiVersion"].rpartition("/")[0]
            known = (each["apiVersion"], each["kind"]) in validators or "." not in group or group.endswith(".k8s.io")
            report.expect(known, f"{name}: nothing is known of {each['apiVersion']} {each['kind']}")
        for problem in of_schemas(objects) + [problem for rule in rules.ALL for problem in rule(objects)]:
            report.expect(False, f"{name}: {problem}")
    untried = {rule.__name__ for rule in rules.ALL} | {"a schema for " + kind for _, kind in validators}
    for mistake, objects, thing in planted(overlays):
        by = mistake["by"]
        if by == "schema" and (thing["apiVersion"], thing["kind"]) in validators:
            found = of_schemas([thing])
            untried.discard("a schema for " + thing["kind"])
        elif by in {rule.__name__ for rule in rules.ALL}:
            found = list(getattr(rules, by)(objects))
            untried.discard(by)
        else:
            continue
        report.expect(any(mistake["says"] in each for each in found), f"{mistake['mistake']} was not found, but {found}")
    # A definition that is there without being used is no matter.
    used = {"a schema for " + each["kind"] for objects in overlays.values() for each in objects}
    for each in sorted(untried):
        report.expect(each.startswith("a schema for ") and each not in used, f"no mistake tries {each}")
    return report.end("schemas and rules")


def server(kubectl, paths):
    overlays, report = load(paths), Report()

    def dry_run(objects):
        older = [{**each, "apiVersion": OLDER.get(each["apiVersion"], each["apiVersion"])} for each in objects]
        return subprocess.run(
            [*kubectl.split(), "apply", "--dry-run=server", "-f", "-"],
            input=yaml.safe_dump_all(older),
            text=True,
            capture_output=True,
            check=False,
        )

    for name, objects in overlays.items():
        run = dry_run(objects)
        taken = len(run.stdout.splitlines())
        report.expect(run.returncode == 0 and taken == len(objects), f"{name} was not accepted: {run.stderr}")
    untried = {each["kind"] for objects in overlays.values() for each in objects}
    for mistake, _, thing in planted(overlays):
        if mistake["by"] in ("schema", "server"):
            run = dry_run([thing])
            refused = run.returncode != 0 and mistake["says"] in run.stderr
            report.expect(refused, f"{mistake['mistake']} was not refused, but: {run.stdout}{run.stderr}")
            untried.discard(thing["kind"])
    report.expect(not untried, f"no mistake tries {sorted(untried)}")
    return report.end("API server")


def flink(classes, paths):
    """Flink passes over settings that it does not know, so a misspelt one would do nothing in silence."""
    constants = b""
    for jar in sorted(Path(classes).glob("*.jar")):
        with zipfile.ZipFile(jar) as entries:
            constants += b"".join(entries.read(each) for each in entries.namelist() if each.endswith("Options.class"))
    report = Report()

    def known(key):
        text = key.encode()
        return key.startswith(OTHER_SETTINGS) or len(text).to_bytes(2, "big") + text in constants

    for name, objects in load(paths).items():
        for thing in objects:
            for key in thing.get("spec", {}).get("flinkConfiguration", {}):
                report.expect(known(key), f"{name}: {thing['kind']}: Flink has no setting {key}")
    report.expect(not known("taskmanager.memory.task.offheap.size"), "a misspelt setting of Flink was not found")
    return report.end("settings of Flink")


def older_definitions(folder):
    """Without the rules in CEL, which a server of 2021 takes for misspelt."""
    import schemas

    def plain(node):
        if isinstance(node, dict):
            return {key: plain(value) for key, value in node.items() if key != "x-kubernetes-validations"}
        return [plain(each) for each in node] if isinstance(node, list) else node

    definitions = schemas.read(sorted(Path(folder).glob("*.y*ml")))
    yaml.safe_dump_all([plain(each) for each in definitions], sys.stdout)
    return 0


def prometheus_rule():
    text = (HERE.parents[1] / "monitoring/alert-rules.yml").read_text()
    groups = text[text.index("groups:") :].rstrip("\n").split("\n")
    print(RULE_HEAD + "\n".join("  " + line if line else line for line in groups))
    return 0


def main(command, *arguments):
    if command == "schemas":
        return schemas_and_rules(arguments[0], map(Path, arguments[1:]))
    if command == "server":
        return server(arguments[0], map(Path, arguments[1:]))
    if command == "flink":
        return flink(arguments[0], map(Path, arguments[1:]))
    return {"definitions": older_definitions, "prometheus-rule": prometheus_rule}[command](*arguments)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
