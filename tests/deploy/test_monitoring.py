"""Alerts and dashboard against the metrics that there are."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ruamel.yaml import YAML
from temporalio.runtime import PrometheusConfig

from api.metrics import Metrics
from letterbox.temporal.client import telemetry
from tests.deploy.alerting import needs_promtool
from tests.deploy.composed import health_url, services
from tests.support import ROOT

PROMETHEUS = ROOT / "deploy/prometheus"
GRAFANA = ROOT / "deploy/grafana"
DASHBOARD = GRAFANA / "dashboards/letterbox.json"
# Of the SDK: https://docs.temporal.io/references/sdk-metrics. Counters end in _total.
SDK = {
    "temporal_activity_succeed_endtoend_latency",
    "temporal_activity_execution_failed_total",
    "temporal_activity_schedule_to_start_latency",
    "temporal_local_activity_execution_failed_total",
    "temporal_long_request_failure_total",
    "temporal_request_failure_total",
    "temporal_worker_task_slots_available",
    "temporal_workflow_task_execution_failed_total",
    "temporal_workflow_task_schedule_to_start_latency",
}
CODE = [*(ROOT / "activities").glob("*.py"), *ROOT.glob("*.py")]


def _yaml(path: Path) -> Any:
    return YAML(typ="safe").load(path)


def _alerts() -> list[dict[str, Any]]:
    groups = _yaml(PROMETHEUS / "alerts.yml")["groups"]
    return [rule for group in groups for rule in group["rules"] if "alert" in rule]


def _panels() -> list[dict[str, Any]]:
    panels: list[dict[str, Any]] = json.loads(DASHBOARD.read_text())["panels"]
    return panels


def _expressions() -> list[str]:
    shown = [target["expr"] for panel in _panels() for target in panel["targets"]]
    groups = _yaml(PROMETHEUS / "alerts.yml")["groups"]
    return [rule["expr"] for group in groups for rule in group["rules"]] + shown


def _asked() -> set[str]:
    """Name the metrics that somebody looks at; a histogram's by its own name."""
    names = re.findall(r"(?<!:)\b(?:letterbox|temporal)_\w+", " ".join(_expressions()))
    return {re.sub(r"_(bucket|sum|count)$", "", name) for name in names}


def _counted() -> set[str]:
    """Name ours: the API's from its registry, the workers' from where they count."""
    api = {
        family.name + ("_total" if family.type == "counter" else "")
        for family in Metrics().registry.collect()
    }
    code = " ".join(module.read_text() for module in CODE)
    counters = re.findall(r'create_counter\(\s*"(letterbox_\w+)"', code)
    gauges = re.findall(r'create_gauge\w*\(\s*"(letterbox_\w+)"', code)
    return api | {f"{name}_total" for name in counters} | set(gauges)


def test_every_metric_that_an_alert_or_dashboard_names_exists() -> None:
    """An alert on a name that nobody counts is silent for ever."""
    assert _asked() <= _counted() | SDK


def test_every_metric_of_letterbox_is_on_the_dashboard_or_in_an_alert() -> None:
    """What is counted is on the dashboard, or in an alert."""
    assert _counted() <= _asked()


def test_counters_of_workers_end_as_prometheus_wants() -> None:
    """The SDK leaves ``_total`` off unless told, and all of these ask for it."""
    metrics = telemetry("127.0.0.1:0").metrics

    assert isinstance(metrics, PrometheusConfig)
    assert metrics.counters_total_suffix


def test_every_scrape_target_is_a_service_that_listens() -> None:
    """Every target is a service, and listens on the port that is asked."""
    scraped = {
        job["job_name"]: _target(job)
        for job in _yaml(PROMETHEUS / "prometheus.yml")["scrape_configs"]
    }
    worker = services()["worker"]["environment"]["LETTERBOX_WORKER_METRICS"]
    temporal = services()["temporal"]["environment"]["PROMETHEUS_ENDPOINT"]

    assert scraped == {
        "letterbox-api": ("api", health_url("api").split(":")[2].split("/")[0]),
        "letterbox-worker": ("worker", worker.split(":")[1]),
        "temporal": ("temporal", temporal.split(":")[1]),
        "letterbox-proxy": ("blackbox", health_url("blackbox").split(":")[2][:4]),
        "disk": ("disk", health_url("disk").split(":")[2][:4]),
    }
    asked = set(re.findall(r'job="([\w-]+)"', " ".join(_expressions())))
    assert asked == set(scraped)


def _target(job: dict[str, Any]) -> tuple[str, str]:
    if named := job.get("dns_sd_configs"):
        return named[0]["names"][0], str(named[0]["port"])
    target = job["static_configs"][0]["targets"][0]
    if asked := [r for r in job.get("relabel_configs", ()) if "replacement" in r]:
        assert urlsplit(target).port == 8443
        target = asked[0]["replacement"]
    host, _, port = target.partition(":")
    return host, port


def test_every_alert_has_a_text_and_a_severity() -> None:
    """Each has words for people, and a severity that somebody can route by."""
    names = [rule["alert"] for rule in _alerts()]

    assert len(names) == len(set(names))
    for rule in _alerts():
        assert rule["labels"]["severity"] in {"page", "ticket"}
        assert rule["annotations"]["summary"]


def test_grafana_finds_its_dashboards_and_data_source() -> None:
    """The paths of its provisioning are mounted, and the data source is there."""
    [source] = _yaml(GRAFANA / "provisioning/datasources/prometheus.yml")["datasources"]
    [provider] = _yaml(GRAFANA / "provisioning/dashboards/letterbox.yml")["providers"]
    grafana = services()["grafana"]
    mounted = {volume.split(":")[1] for volume in grafana["volumes"]}
    home = grafana["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"]

    assert {panel["datasource"]["uid"] for panel in _panels()} == {source["uid"]}
    assert source["url"].split("/")[2].split(":")[0] in services()
    assert provider["options"]["path"] in mounted
    assert home == f"{provider['options']['path']}/{DASHBOARD.name}"
    assert len({panel["id"] for panel in _panels()}) == len(_panels())


@needs_promtool
def test_promtool_accepts_the_prometheus_configuration() -> None:
    """It reads all of it, the rules included."""
    checked = subprocess.run(
        ["promtool", "check", "config", "prometheus.yml"],
        cwd=PROMETHEUS,
        capture_output=True,
        text=True,
        check=False,
    )

    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_the_runbook_has_a_line_for_every_alert() -> None:
    """Who is called at night finds what to do by the alert's name."""
    runbook = (ROOT / "docs/operations.md").read_text()

    assert [r["alert"] for r in _alerts() if f"`{r['alert']}`" not in runbook] == []
