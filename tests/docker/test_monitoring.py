"""The names that Airflow's metrics get on their way to Prometheus, and what the rules and the dashboard ask for."""

from __future__ import annotations

import json
import re
from itertools import chain
from pathlib import Path
from typing import Any

import promql_parser
import pytest
import yaml

ROOT = Path(__file__).parents[2]
DOCKER = ROOT / "docker"
RULES = [
    rule
    for group in yaml.safe_load((DOCKER / "prometheus" / "alerts.yml").read_text("utf-8"))["groups"]
    for rule in group["rules"]
]
DASHBOARD = json.loads((DOCKER / "grafana" / "dashboards" / "mlmonitor.json").read_text("utf-8"))
TARGETS = [target for panel in DASHBOARD["panels"] for target in panel["targets"]]
EXPRESSIONS = [*(rule["expr"] for rule in RULES), *(target["expr"] for target in TARGETS if "expr" in target)]
DOCUMENTED = re.findall(
    r"^\| `mlmonitor\.(\w+)` \| (\w+)", (ROOT / "docs" / "observing.md").read_text(), re.MULTILINE
)


def prometheus_name(name: str) -> tuple[str, dict[str, str]]:
    """What the exporter makes of a dotted name: the first mapping whose pattern it fits, else dots as underscores."""
    for mapping in yaml.safe_load((DOCKER / "statsd" / "mapping.yml").read_text("utf-8"))["mappings"]:
        pattern = re.escape(mapping["match"]).replace(r"\*", r"([^.]*)")
        if found := re.fullmatch(pattern, name):
            fill = lambda text, found=found: re.sub(r"\$(\d)", lambda at: found[int(at[1])], text)  # noqa: E731
            labels = {label: fill(value) for label, value in mapping.get("labels", {}).items()}
            return fill(mapping["name"]), labels
    return name.replace(".", "_"), {}


@pytest.mark.parametrize(("name", "kind"), DOCUMENTED)
def test_a_metric_has_one_name_and_the_same_labels_whether_statsd_has_tags_or_not(name, kind):
    suffix = ".fail" if kind == "counter" else ""
    tagged, none = prometheus_name(f"airflow.mlmonitor.{name}")
    plain, labels = prometheus_name(f"airflow.mlmonitor.{name}.fares.fares_skew{suffix}")
    assert (plain, none) == (tagged, {})
    assert labels == {"model": "fares", "monitor": "fares_skew", **({"status": "fail"} if suffix else {})}


def known_names() -> set[str]:
    names = {prometheus_name(f"airflow.mlmonitor.{name}")[0] for name, _ in DOCUMENTED}
    return names | {f"{name}_bucket" for name in names if name.endswith("_seconds")}


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_an_expression_is_promql_and_asks_for_metrics_that_are_sent(expression):
    parsed = promql_parser.parse(expression)
    asked = set(re.findall(r"airflow_\w+", parsed.prettify()))
    assert asked
    assert asked <= known_names()


def test_alerts_say_what_to_do_and_name_labels_that_there_are():
    for rule in RULES:
        said = rule["annotations"]["summary"] + rule["annotations"]["description"]
        assert set(re.findall(r"\$labels\.(\w+)", said)) <= {"model", "monitor"}
        assert rule["labels"]["severity"] in ("page", "ticket")


def test_prometheus_reads_its_rules_and_asks_where_the_exporter_listens():
    config = yaml.safe_load((DOCKER / "prometheus" / "prometheus.yml").read_text("utf-8"))
    assert all((DOCKER / "prometheus" / name).exists() for name in config["rule_files"])
    targets = chain.from_iterable(
        one["targets"] for job in config["scrape_configs"] for one in job["static_configs"]
    )
    compose = (DOCKER / "compose.yaml").read_text("utf-8")
    assert "statsd-exporter:9102" in targets
    assert "--web.listen-address=:9102" in compose
    assert "--statsd.listen-udp=:9125" in compose
    assert 'AIRFLOW__METRICS__STATSD_PORT: "9125"' in compose


def test_the_dashboard_is_laid_out_without_overlaps_and_every_panel_says_what_it_is():
    taken: set[tuple[int, int]] = set()
    for panel in DASHBOARD["panels"]:
        at = panel["gridPos"]
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert not cells & taken, panel["title"]
        assert at["x"] + at["w"] <= 24
        taken |= cells
        assert panel["title"]
        assert panel["description"]
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(DASHBOARD["panels"])


def test_the_dashboard_uses_sources_that_are_provisioned():
    given: dict[str, Any] = {
        source["uid"]: source["type"]
        for source in yaml.safe_load(
            (DOCKER / "grafana" / "provisioning" / "datasources" / "datasources.yaml").read_text("utf-8")
        )["datasources"]
    }
    asked = [target["datasource"] for target in TARGETS] + [
        one["datasource"] for one in DASHBOARD["templating"]["list"]
    ]
    assert {(one["uid"], one["type"]) for one in asked} == set(given.items())
