"""Strict schemas out of the definitions of custom resources: a field that none of them names is a mistake."""

import jsonschema
import yaml


def read(paths):
    """The definitions in these files, with what this check needs beyond what is published."""
    definitions = [each for path in paths for each in yaml.safe_load_all(path.read_text()) if each]
    for definition in definitions:
        for version in definition["spec"]["versions"]:
            fields = version["schema"]["openAPIV3Schema"].get("properties", {}).get("spec", {}).get("properties", {})
            if "flinkVersion" in fields:
                # The newest definition that can be had from a repository of Maven ends at Flink 1.20.
                fields["flinkVersion"]["enum"] += ["v2_0", "v2_1", "v2_2", "v2_3"]
    return definitions


def validators(definitions):
    """By apiVersion and kind."""
    return {
        (f"{each['spec']['group']}/{version['name']}", each["spec"]["names"]["kind"]): jsonschema.Draft7Validator(
            strict(version["schema"]["openAPIV3Schema"])
        )
        for each in definitions
        for version in each["spec"]["versions"]
    }


def strict(schema, top=True):
    if not isinstance(schema, dict):
        return schema
    out = {key: value for key, value in schema.items() if not key.startswith("x-") and key not in ("description", "format")}
    if schema.get("x-kubernetes-int-or-string"):
        return {"type": ["integer", "string"]}
    if "properties" in schema:
        out["properties"] = {name: strict(each, False) for name, each in schema["properties"].items()}
        if top:
            out["properties"].update(apiVersion={}, kind={}, metadata={})
        if not schema.get("x-kubernetes-preserve-unknown-fields"):
            out.setdefault("additionalProperties", False)
    for key in ("items", "additionalProperties", "not"):
        if key in out:
            out[key] = strict(out[key], False)
    for key in ("allOf", "anyOf", "oneOf"):
        if key in schema:
            # These narrow what the schema around them names.
            out[key] = [{"required": each["required"]} if "required" in each else {} for each in schema[key]]
    if schema.get("nullable"):
        return {"anyOf": [{"type": "null"}, out]}
    return out


def problems(validator, thing):
    for error in validator.iter_errors(thing):
        path = ".".join(str(each) for each in error.absolute_path)
        yield f"{thing['kind']} {thing['metadata']['name']}: {path}: {error.message}"
