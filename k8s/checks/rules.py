"""What an operator refuses although its schemas let it pass, and what this house asks of its manifests.

Each rule takes the objects of one overlay and yields what is wrong, in sentences.
"""

import re
import xml.etree.ElementTree
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
STATE_DIRS = ("execution.checkpointing.dir", "execution.checkpointing.savepoint-dir")
# Made by hand, as docs/deploy-kubernetes.md tells, and optional.
SECRETS_BY_HAND = {"tributary-s3"}
SECRET_NAME = re.compile(r"password|passphrase|secret|token|jaas|credential|access.?key", re.IGNORECASE)
REFERENCE = re.compile(r"\$\{(env|file):[^}]+}")
OWN_TOPICS = ("tributary.control", "tributary.reports", "tributary.dead-letters")
MIB = 1 << 20


def of_kind(objects, *kinds):
    return [each for each in objects if each["kind"] in kinds]


def names(objects, *kinds):
    return {each["metadata"]["name"] for each in of_kind(objects, *kinds)}


def walk(node, path=""):
    """Every value below a node, with its path."""
    yield path, node
    pairs = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in pairs:
        yield from walk(value, f"{path}/{key}")


def where(thing):
    return f"{thing['kind']} {thing['metadata']['name']}"


def pom(name):
    """The text of an element of the project's pom, by its path."""
    project = xml.etree.ElementTree.parse(ROOT / "pom.xml").getroot()
    return project.find("/".join("{*}" + step for step in name.split("/"))).text


def templates(deployment):
    """The pod templates of JobManager and TaskManager, joined as the operator joins them."""
    spec = deployment["spec"]
    shared = spec.get("podTemplate", {})
    for role in ("jobManager", "taskManager"):
        yield role, joined(shared, spec.get(role, {}).get("podTemplate", {}))


def joined(one, other):
    if isinstance(one, dict) and isinstance(other, dict):
        return {
            key: joined(one[key], other[key]) if key in one and key in other else one.get(key, other.get(key))
            for key in {**one, **other}
        }
    if isinstance(one, list) and isinstance(other, list) and all("name" in each for each in one + other):
        by_name = joined({each["name"]: each for each in one}, {each["name"]: each for each in other})
        return list(by_name.values())
    return other


def main_container(template):
    return next(c for c in template["spec"]["containers"] if c["name"] == "flink-main-container")


def jobs(objects):
    """Every job with its owner and the settings of Flink that count for it."""
    for deployment in of_kind(objects, "FlinkDeployment"):
        if "job" in deployment["spec"]:
            yield deployment, deployment["spec"]["job"], deployment["spec"].get("flinkConfiguration", {})
    clusters = {each["metadata"]["name"]: each for each in of_kind(objects, "FlinkDeployment")}
    for job in of_kind(objects, "FlinkSessionJob"):
        cluster = clusters.get(job["spec"].get("deploymentName"), {"spec": {}})
        settings = {**cluster["spec"].get("flinkConfiguration", {}), **job["spec"].get("flinkConfiguration", {})}
        yield job, job["spec"].get("job", {}), settings


def pipeline(objects):
    """The settings of the job, as it reads them."""
    for config in of_kind(objects, "ConfigMap"):
        for name, text in config.get("data", {}).items():
            if name == "pipeline.yaml":
                return yaml.safe_load(text)
    return {}


def secrets_are_references(objects):
    for thing in objects:
        if thing["kind"] == "Secret":
            yield f"{where(thing)}: a secret has no place in a manifest"
        for path, value in walk(thing):
            if path.rsplit("/", 1)[-1] == "env":
                for each in value:
                    if SECRET_NAME.search(each["name"]) and "value" in each:
                        yield f"{where(thing)}{path}: {each['name']} is written down instead of taken from a secret"
        for key, value in thing.get("spec", {}).get("flinkConfiguration", {}).items():
            if SECRET_NAME.search(key):
                yield f"{where(thing)}: {key} is written down, and Flink shows its settings"
    for path, value in walk(pipeline(objects).get("kafka", {})):
        if SECRET_NAME.search(path) and not isinstance(value, dict) and not REFERENCE.fullmatch(str(value)):
            yield f"pipeline.yaml: kafka{path} is a secret, or not by reference alone"


def images_are_pinned(objects):
    own = pom("version")
    flink = "v" + "_".join(pom("properties/flink.version").split(".")[:2])
    for thing in objects:
        for path, value in walk(thing):
            if path.rsplit("/", 1)[-1] != "image" or not isinstance(value, str):
                continue
            name, _, tag = value.rpartition("/")[-1].partition(":")
            if "@sha256:" not in value and tag in ("", "latest"):
                yield f"{where(thing)}: the image {value} can be another one tomorrow"
            if name == "tributary" and tag.removesuffix("-cuda") != own:
                yield f"{where(thing)}: the image {value} is not of version {own} (pom.xml)"
    for deployment in of_kind(objects, "FlinkDeployment"):
        if deployment["spec"].get("flinkVersion") != flink:
            yield f"{where(deployment)}: flinkVersion is not {flink}, which the job is built with (pom.xml)"


def operator_accepts(objects):
    """After the validator of Flink's operator, which sees a session job together with its cluster."""
    clusters = {each["metadata"]["name"]: each for each in of_kind(objects, "FlinkDeployment")}
    for name, cluster in clusters.items():
        settings = cluster["spec"].get("flinkConfiguration", {})
        highly_available = settings.get("high-availability.type", "NONE") != "NONE"
        if not re.fullmatch(r"[a-z]([-a-z0-9]{0,43}[a-z0-9])?", name):
            yield f"FlinkDeployment {name}: the name is too long, or has other than small letters, digits and -"
        for key in ("kubernetes.namespace", "kubernetes.cluster-id"):
            if key in settings:
                yield f"FlinkDeployment {name}: the operator sets {key} itself"
        if cluster["spec"].get("jobManager", {}).get("replicas", 1) > 1 and not highly_available:
            yield f"FlinkDeployment {name}: JobManagers that stand by need high availability"
        for role in ("jobManager", "taskManager"):
            if "memory" not in cluster["spec"].get(role, {}).get("resource", {}):
                yield f"FlinkDeployment {name}: the memory of {role} is not given"
    for owner, job, settings in jobs(objects):
        mode = job.get("upgradeMode", "stateless")
        for key in STATE_DIRS:
            if mode != "stateless" and not settings.get(key):
                yield f"{where(owner)}: upgradeMode {mode} needs {key}"
        if job.get("parallelism", 0) < 1:
            yield f"{where(owner)}: the parallelism is below 1"
        if owner["kind"] == "FlinkSessionJob":
            cluster = clusters.get(owner["spec"].get("deploymentName"))
            if cluster is None or "job" in cluster["spec"]:
                yield f"{where(owner)}: there is no session cluster {owner['spec'].get('deploymentName')}"


def references_lead_somewhere(objects):
    known = {
        "ConfigMap": names(objects, "ConfigMap"),
        "ServiceAccount": names(objects, "ServiceAccount"),
        # Strimzi makes a secret for each user, and one for the certificates of each cluster.
        "Secret": names(objects, "KafkaUser") | {n + "-cluster-ca-cert" for n in names(objects, "Kafka")} | SECRETS_BY_HAND,
        "Kafka": names(objects, "Kafka"),
        "FlinkDeployment": names(objects, "FlinkDeployment"),
        "Role": names(objects, "Role"),
    }
    for thing in objects:
        for kind, name in wanted(thing):
            if name not in known[kind]:
                yield f"{where(thing)}: there is no {kind} {name}"
    for cluster in of_kind(objects, "FlinkDeployment"):
        for role, template in templates(cluster):
            volumes = {each["name"] for each in template["spec"].get("volumes", [])}
            for mount in main_container(template).get("volumeMounts", []):
                if mount["name"] not in volumes:
                    yield f"{where(cluster)}: {role} mounts {mount['name']}, which is no volume"
            places = [each["mountPath"] + "/" for each in main_container(template).get("volumeMounts", [])]
            for path, value in walk(pipeline(objects).get("kafka", {})):
                file = str(value).removeprefix("${file:").removesuffix("}")
                if file.startswith("/") and not any(file.startswith(place) for place in places):
                    yield f"pipeline.yaml: kafka{path} names {file}, where {role} has nothing mounted"
    servers = {
        f"{kafka['metadata']['name']}-kafka-bootstrap:{listener['port']}"
        for kafka in of_kind(objects, "Kafka")
        for listener in kafka["spec"]["kafka"]["listeners"]
    }
    if pipeline(objects).get("kafka", {}).get("bootstrapServers") not in servers:
        yield f"pipeline.yaml: kafka.bootstrapServers is none of {sorted(servers)}"


def wanted(thing):
    """What an object names by kind."""
    cluster = thing["metadata"].get("labels", {}).get("strimzi.io/cluster")
    if cluster:
        yield "Kafka", cluster
    if thing["kind"] == "RoleBinding":
        yield "Role", thing["roleRef"]["name"]
        yield from ((each["kind"], each["name"]) for each in thing["subjects"])
    for path, value in walk(thing.get("spec", {})):
        last = path.rsplit("/", 1)[-1]
        if last in ("serviceAccount", "kubernetes.taskmanager.service-account"):
            yield "ServiceAccount", value
        elif last == "configMap" and "name" in value:
            yield "ConfigMap", value["name"]
        elif last == "secretName":
            yield "Secret", value
        elif last == "secretKeyRef":
            yield "Secret", value["name"]
        elif last == "matchLabels" and "app" in value:
            yield "FlinkDeployment", value["app"]
        elif last == "matchLabels" and "strimzi.io/cluster" in value:
            yield "Kafka", value["strimzi.io/cluster"]


def pods_are_confined(objects):
    for cluster in of_kind(objects, "FlinkDeployment"):
        if cluster["spec"].get("flinkConfiguration", {}).get("kubernetes.operator.pod-template.merge-arrays-by-name") != "true":
            yield f"{where(cluster)}: the operator would join the lists of pod templates by place"
        for role, template in templates(cluster):
            pod = template["spec"].get("securityContext", {})
            container = main_container(template)
            own = container.get("securityContext", {})
            asked = {
                "runAsNonRoot": pod.get("runAsNonRoot") is True,
                "runAsUser, which is not 0": pod.get("runAsUser", 0) != 0,
                "seccompProfile RuntimeDefault": pod.get("seccompProfile") == {"type": "RuntimeDefault"},
                "readOnlyRootFilesystem": own.get("readOnlyRootFilesystem") is True,
                "allowPrivilegeEscalation: false": own.get("allowPrivilegeEscalation") is False,
                "capabilities that drop ALL": own.get("capabilities") == {"drop": ["ALL"]},
            }
            yield from (f"{where(cluster)}: {role} has no {name}" for name, there in asked.items() if not there)
            emptied = {each["name"] for each in template["spec"].get("volumes", []) if "emptyDir" in each}
            written = {m["mountPath"] for m in container.get("volumeMounts", []) if m["name"] in emptied}
            for folder in {"/tmp", "/opt/flink/log"} - written:
                yield f"{where(cluster)}: {role} cannot write to {folder}"


def bytes_of(text):
    """A size as Flink and the settings of a job write it."""
    number, unit = re.fullmatch(r"(\d+)\s*([a-zA-Z]*)", str(text)).groups()
    shift = {"b": 0, "k": 10, "m": 20, "g": 30}[(unit or "b")[0].lower()]
    return int(number) << shift


def memory_and_threads_fit(objects):
    for cluster in of_kind(objects, "FlinkDeployment"):
        settings = cluster["spec"].get("flinkConfiguration", {})
        total = bytes_of(cluster["spec"]["taskManager"].get("resource", {}).get("memory", 0))
        # Flink's defaults: metaspace, the framework's heap and native memory; a tenth for what a JVM needs beside.
        beside = (256 + 128 + 128) * MIB + min(max(total // 10, 192 * MIB), 1024 * MIB)
        given = ("task.off-heap.size", "managed.size", "network.max")
        heap = total - beside - sum(bytes_of(settings.get("taskmanager.memory." + key, 0)) for key in given)
        if heap < 1024 * MIB:
            yield f"{where(cluster)}: {heap // MIB} MiB of heap are left to a TaskManager"
        for role, template in templates(cluster):
            environment = {each["name"]: each.get("value") for each in main_container(template)["env"]}
            told = re.search(r"pytorch\.num_threads=(\d+)", settings.get("env.java.opts.taskmanager", ""))
            if role == "taskManager" and (told is None or told[1] != environment.get("OMP_NUM_THREADS")):
                yield f"{where(cluster)}: OMP_NUM_THREADS and ai.djl.pytorch.num_threads are not the same"


def jvm_options_are_those_of_the_build(objects):
    options = ROOT / "job/src/main/resources/training-jvm.options"
    needed = {line for line in options.read_text().splitlines() if line and not line.startswith("#")}
    for cluster in of_kind(objects, "FlinkDeployment"):
        given = set(cluster["spec"].get("flinkConfiguration", {}).get("env.java.opts.all", "").split())
        for option in sorted(needed - given):
            yield f"{where(cluster)}: env.java.opts.all lacks {option} ({options.name})"


def kafka_gives_least(objects):
    for user in of_kind(objects, "KafkaUser"):
        if user["spec"].get("authentication", {}).get("type") != "scram-sha-512":
            yield f"{where(user)}: does not log in with SCRAM-SHA-512"
        for acl in user["spec"].get("authorization", {}).get("acls", [{}]):
            resource = acl.get("resource", {})
            if "All" in acl.get("operations", ["All"]) or resource.get("name") == "*" or resource.get("type") == "cluster":
                yield f"{where(user)}: may do more than it needs"
    for kafka in of_kind(objects, "Kafka"):
        for listener in kafka["spec"]["kafka"]["listeners"]:
            if not listener["tls"] or "authentication" not in listener:
                yield f"{where(kafka)}: the listener {listener['name']} lets anybody in, or all read along"
        if "authorization" not in kafka["spec"]["kafka"]:
            yield f"{where(kafka)}: no rights are checked"
    topics = {each["metadata"]["name"]: each["spec"] for each in of_kind(objects, "KafkaTopic")}
    settings = pipeline(objects)
    for name in OWN_TOPICS:
        if topics.get(name, {}).get("partitions") != 1:
            yield f"KafkaTopic {name}: is not there with one partition"
    for source in settings.get("sources", []):
        if "corpus." + source["name"] not in topics:
            yield f"KafkaTopic corpus.{source['name']}: a source that pipeline.yaml lists has no topic, and is awaited"
    largest = topics.get("tributary.dead-letters", {}).get("config", {}).get("max.message.bytes", 0)
    if bytes_of(settings.get("kafka", {}).get("maxDeadLetter", "1048588")) > largest:
        yield "KafkaTopic tributary.dead-letters: takes less than kafka.maxDeadLetter"


def monitoring_is_that_of_the_folder(objects):
    folder = ROOT / "monitoring"
    for rule in of_kind(objects, "PrometheusRule"):
        if rule["spec"]["groups"] != yaml.safe_load((folder / "alert-rules.yml").read_text())["groups"]:
            yield f"{where(rule)}: is not monitoring/alert-rules.yml; k8s/check --write writes it anew"
    dashboards = [each["data"] for each in of_kind(objects, "ConfigMap") if "tributary.json" in each.get("data", {})]
    if [each["tributary.json"] for each in dashboards] != [(folder / "grafana-dashboard.json").read_text()]:
        yield "ConfigMap tributary-dashboard: is not monitoring/grafana-dashboard.json"


ALL = (
    secrets_are_references,
    images_are_pinned,
    operator_accepts,
    references_lead_somewhere,
    pods_are_confined,
    memory_and_threads_fit,
    jvm_options_are_those_of_the_build,
    kafka_gives_least,
    monitoring_is_that_of_the_folder,
)
