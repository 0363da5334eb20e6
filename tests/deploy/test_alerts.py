"""Every alert fires when it should, for as long as it should, and not otherwise."""

from collections import Counter
from itertools import chain
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from tests.deploy.alert_cases import CASES
from tests.deploy.alerting import RULES, Case, needs_promtool, run


@needs_promtool
@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_an_alert_fires_where_it_should_and_no_other_does(
    case: Case, tmp_path: Path
) -> None:
    """At each of the moments, nothing else fires."""
    tested = run(case, tmp_path)

    assert tested.returncode == 0, tested.stdout + tested.stderr


def test_every_alert_is_seen_to_fire_and_to_stay() -> None:
    """One that nothing tests may be silent for ever, or go while its cause lasts."""
    groups = YAML(typ="safe").load(RULES)["groups"]
    alerts = {
        rule["alert"] for group in groups for rule in group["rules"] if "alert" in rule
    }
    lasting = {
        alert
        for case in CASES
        for alert, moments in Counter(chain(*case.fires.values())).items()
        if moments > 1
    }

    seen = {alert for case in CASES for fired in case.fires.values() for alert in fired}
    assert seen == alerts
    assert lasting == alerts
