"""Promtool, asked which alerts fire over a course of metrics."""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.support import ROOT, THOROUGH

RULES = ROOT / "deploy/prometheus/alerts.yml"
_A_DAY = 1440
SCHEDULES = {"inbox-sweep": 60, "archive-watch": 600, "audit": 86400}

needs_promtool = pytest.mark.skipif(
    shutil.which("promtool") is None,
    reason="promtool is not installed: Debian has it in prometheus",
)


@dataclass(frozen=True)
class Case:
    """
    A course of metrics beside those of a healthy installation, and what fires when.

    Each series is in promtool's notation, a value a minute; None takes one of the
    healthy away. ``fires`` has the moments, in hours, and all that fires then.
    """

    name: str
    series: Mapping[str, str | None]
    fires: Mapping[float, set[str]] = field(default_factory=dict)
    minutes: int = 1


def healthy(every: int) -> dict[str, str | None]:
    """Give the metrics of an installation at which nothing is wrong."""
    now = f"0+{60 * every}x9999"
    gauges: dict[str, str | None] = {
        'up{job="letterbox-api", instance="a"}': "1x9999",
        'up{job="letterbox-worker", instance="w"}': "1x9999",
        'up{job="temporal", instance="t"}': "1x9999",
        'letterbox_inbox_depth{instance="a"}': "1x9999",
        'letterbox_inbox_oldest_seconds{instance="a"}': "20x9999",
        'letterbox_inbox_read_timestamp_seconds{instance="a"}': now,
        'letterbox_temporal_read_timestamp_seconds{instance="a"}': now,
        'letterbox_archives_overdue{instance="a"}': "0x9999",
        'letterbox_applications_unrecorded{instance="a"}': "0x9999",
        'letterbox_applications_unavailable{instance="a"}': "0x9999",
        'letterbox_audit_fine{instance="a"}': "1x9999",
        'letterbox_audit_last_run_timestamp_seconds{instance="a"}': now,
        'letterbox_catalogue_whole{instance="a"}': "1x9999",
        'letterbox_catalogue_last_import_timestamp_seconds{instance="a"}': now,
        'probe_success{job="letterbox-proxy", probe="answers"}': "1x9999",
        'probe_success{job="letterbox-proxy", probe="buffers"}': "1x9999",
        'probe_ssl_earliest_cert_expiry{instance="p"}': "99999999x9999",
        'node_filesystem_avail_bytes{job="disk"}': "50x9999",
        'node_filesystem_size_bytes{job="disk"}': "100x9999",
        slots("letterbox"): "16x9999",
    }
    for name, seconds in SCHEDULES.items():
        gauges |= {
            schedule("last_run_timestamp_seconds", name): now,
            schedule("last_success_timestamp_seconds", name): now,
            schedule("interval_seconds", name): f"{seconds}x9999",
            schedule("paused", name): "0x9999",
        }
    return gauges


def schedule(what: str, name: str) -> str:
    """Name the series that tells something of a schedule."""
    return f'letterbox_schedule_{what}{{schedule="{name}"}}'


def slots(queue: str) -> str:
    """Name the series of a worker's free slots."""
    return (
        "temporal_worker_task_slots_available"
        f'{{worker_type="ActivityWorker", task_queue="{queue}"}}'
    )


def _judged_every(case: Case) -> int:
    """
    Return how many minutes lie between judgements.

    Each takes 4 ms. One is at most five minutes before a moment: promtool then knows
    it. Of a course of days, a case names a longer interval.
    """
    moments = [round(hours * 60) for hours in case.fires]
    if THOROUGH:
        often = 1 if max(moments) <= _A_DAY else 5
    else:
        often = 5 if any(moment % 10 for moment in moments) else 10
    return max(case.minutes, often)


def run(case: Case, folder: Path) -> subprocess.CompletedProcess[str]:
    """Have promtool say whether just that fires."""
    series = healthy(case.minutes) | dict(case.series)
    hours = max(case.fires)
    enough = round(hours * 60 / case.minutes) + 2
    (folder / "alerts.yml").write_text(RULES.read_text())
    test: dict[str, Any] = {
        "rule_files": ["alerts.yml"],
        "evaluation_interval": f"{_judged_every(case)}m",
        "tests": [
            {
                "interval": f"{case.minutes}m",
                "input_series": [
                    {"series": name, "values": values.replace("x9999", f"x{enough}")}
                    for name, values in series.items()
                    if values is not None
                ],
                "promql_expr_test": [
                    {
                        "expr": 'group by (alertname) (ALERTS{alertstate="firing"})',
                        "eval_time": f"{round(hours * 60)}m",
                        "exp_samples": [
                            {"labels": f'{{alertname="{alert}"}}', "value": 1}
                            for alert in sorted(alerts)
                        ],
                    }
                    for hours, alerts in case.fires.items()
                ],
            }
        ],
    }
    # JSON is YAML.
    (folder / "test.yml").write_text(json.dumps(test))
    return subprocess.run(
        ["promtool", "test", "rules", "test.yml"],
        cwd=folder,
        # Go then tidies a quarter as often: memory for a sixth of its time.
        env=os.environ | {"GOGC": "400"},
        capture_output=True,
        text=True,
        check=False,
    )
