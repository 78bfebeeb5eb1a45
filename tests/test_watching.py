"""What watches the bot, alerts, dashboard and unit, fits what the bot is."""

import configparser
import json
import re
import shutil
import subprocess
from pathlib import Path

import promql_parser
import pytest

from tests.slack_needs import parse_manifest
from tests.test_help import COMMANDS
from tests.test_readme import README, in_code, read_table

ROOT = Path(__file__).parents[1]
MANIFESTS = ROOT / "manifests"
ALERTS = {
    rule["alert"]: rule
    for group in parse_manifest((MANIFESTS / "alerts.yaml").read_text())["groups"]
    for rule in group["rules"]
}
BOARD = json.loads((MANIFESTS / "grafana.json").read_text())
#: What Grafana puts in by itself.
INTERVAL = "$__rate_interval"
#: Of Prometheus itself.
OWN = {"up"}


def board_expressions():
    return [target["expr"] for panel in BOARD["panels"] for target in panel["targets"]]


def expressions():
    watched = [rule["expr"] for rule in ALERTS.values()]
    return watched + [each.replace(INTERVAL, "5m") for each in board_expressions()]


def find_selectors(expression):
    """Return name and label names of all that a PromQL expression asks for."""
    found, grouped = [], set()

    def visit(node):
        if isinstance(node, promql_parser.MatrixSelector):
            node = node.vector_selector
        if isinstance(node, promql_parser.VectorSelector):
            found.append((node.name, {each.name for each in node.matchers.matchers}))
        if isinstance(node, promql_parser.AggregateExpr) and node.modifier:
            grouped.update(node.modifier.labels)

    promql_parser.walk(promql_parser.parse(expression), visit)
    return [(name, labels | grouped) for name, labels in found]


@pytest.mark.parametrize("expression", expressions())
def test_what_is_asked_of_prometheus_can_be_parsed(expression):
    assert find_selectors(expression)


def test_what_is_asked_for_is_what_the_bot_tells(socket_world):
    """Names, and the labels by which they are chosen, in a scrape of a real bot."""
    world = socket_world
    world.start_bot()
    world.wait_for_socket()
    file = world.slack.add_file()
    file.misbehave("cut", times=1)  # so that something is tried again
    message = world.slack.share([file], text="WEB-1")
    world.reply(message)
    world.settle()
    told = world.bot.get("/metrics")[1]
    families = read_families(told)

    asked = [each for text in expressions() for each in find_selectors(text)]

    for name, matched in asked:
        if name not in OWN:
            labels = families[re.sub(r"_bucket$", "", name)]
            assert matched <= labels | {"le", "job"}, name
    watched = {re.sub(r"_bucket$", "", name) for name, _ in asked}
    ours = {name: families[name] for name in families if name.startswith("loadmaster")}
    assert set(ours) - watched == set()  # nothing is measured for nobody
    assert ours == {
        in_code(name): set(re.findall(r"`(\w+)`", labels))
        for name, labels, _ in read_table(README, "metric")
    }


def read_families(scrape):
    """Return the labels of each metric in a scrape, but for a histogram's `le`."""
    families = {name: set() for name in re.findall(r"^# TYPE (\S+) ", scrape, re.M)}
    for name, rest in re.findall(r"^(\w+)\{(.*)\} ", scrape, re.M):
        family = re.sub(r"_(?:bucket|count|sum)$", "", name)
        families[family].update(re.findall(r"(\w+)=", rest))
    return {name: labels - {"le"} for name, labels in families.items()}


def test_every_alert_is_explained():
    rows = read_table(README, "alert")

    assert [in_code(name) for name, *_ in rows] == list(ALERTS)
    assert all(all(row) for row in rows)


def test_every_alert_says_what_is_the_matter():
    for name, rule in ALERTS.items():
        assert re.fullmatch(r"Loadmaster[A-Z]\w+", name)
        assert rule["labels"]["severity"] in ("critical", "warning")
        assert set(rule["annotations"]) == {"summary", "description"}


def test_every_panel_has_a_place_of_its_own():
    taken = set()
    for panel in BOARD["panels"]:
        place = panel["gridPos"]
        cells = {
            (place["x"] + x, place["y"] + y)
            for x in range(place["w"])
            for y in range(place["h"])
        }
        assert not cells & taken
        assert max(x for x, _ in cells) < 24
        taken |= cells
    assert len({panel["id"] for panel in BOARD["panels"]}) == len(BOARD["panels"])


@pytest.fixture
def unit():
    """The unit's sections; systemd takes a name several times, this one does not."""
    parser = configparser.ConfigParser(interpolation=None, comment_prefixes="#")
    parser.optionxform = str
    parser.read(MANIFESTS / "loadmaster.service")
    return parser


def test_the_unit_starts_what_there_is(unit):
    program, *arguments = unit["Service"]["ExecStart"].split()

    assert Path(program).name == "loadmaster"
    assert arguments == ["run"]
    assert "run" in COMMANDS
    assert unit["Install"]["WantedBy"] == "multi-user.target"


def test_the_unit_ends_as_the_bot_does(unit):
    service = unit["Service"]

    assert service["KillSignal"] == "SIGTERM"
    assert int(service["TimeoutStopSec"]) > 15  # which is what the bot promises
    assert service["Restart"] == "on-failure"
    assert service["RestartPreventExitStatus"] == "2"  # nothing but a person helps


def test_the_unit_may_write_its_ledger_and_nothing_else(unit):
    service = unit["Service"]
    folder = f"/var/lib/{service['StateDirectory']}"

    assert service["Environment"] == f"DATABASE_URL=sqlite:///{folder}/loadmaster.db"
    assert service["ProtectSystem"] == "strict"
    for name in ("DynamicUser", "NoNewPrivileges", "PrivateTmp", "ProtectHome"):
        assert service[name] == "yes"
    assert service["CapabilityBoundingSet"] == ""


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="there is no systemd")
def test_systemd_takes_the_unit(tmp_path):
    text = (MANIFESTS / "loadmaster.service").read_text()
    path = tmp_path / "loadmaster.service"
    path.write_text(re.sub(r"(?m)^ExecStart=\S+", "ExecStart=/bin/true", text))

    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", path],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
