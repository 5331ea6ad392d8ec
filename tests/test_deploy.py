"""The files of docs/deploy: what cannot be run here is checked by its own parser."""

from __future__ import annotations

import configparser
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from extract.paths import ROOT

DEPLOY = ROOT / "docs" / "deploy"
UNITS = sorted([*DEPLOY.glob("*.service"), *DEPLOY.glob("*.timer")])
HARDENING = {
    "NoNewPrivileges": "yes",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "PrivateTmp": "yes",
    "CapabilityBoundingSet": "",
    "SystemCallFilter": "@system-service",
}


def _unit(path: Path) -> configparser.ConfigParser:
    read = configparser.ConfigParser(strict=False, interpolation=None)
    read.optionxform = str  # type: ignore[assignment, method-assign]
    read.read(path, "utf-8")
    return read


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The units, with a command that is there in the place of the one that an installation brings."""
    for unit in UNITS:
        text = re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", unit.read_text("utf-8"), flags=re.MULTILINE)
        (tmp_path / unit.name).write_text(text, "utf-8")
    return tmp_path


def _verified(*units: Path) -> str:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed")
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", *units], capture_output=True, text=True, timeout=60)
    return done.stderr + (f"status {done.returncode}" if done.returncode else "")


def test_systemd_takes_the_units(checkout: Path) -> None:
    assert _verified(*sorted(checkout.iterdir())) == ""


def test_systemd_would_notice_a_word_that_it_does_not_know(checkout: Path) -> None:
    unit = checkout / "ogi-serve.service"
    unit.write_text(unit.read_text("utf-8").replace("ProtectSystem", "ProtectSistem"), "utf-8")
    assert "ProtectSistem" in _verified(unit)


@pytest.mark.parametrize("name", ["ogi-night.service", "ogi-serve.service"])
def test_services_are_hardened_and_call_commands_that_exist(name: str) -> None:
    unit = _unit(DEPLOY / name)["Service"]
    assert {key: unit[key] for key in HARDENING} == HARDENING
    assert unit["ReadWritePaths"] == unit["Environment"].removeprefix("OGI_HOME=")
    assert unit["User"] == "ogi"
    from flows.cli import app

    commands = {command.callback.__name__ for command in app.registered_commands if command.callback}
    assert unit["ExecStart"].split()[1] in commands


def test_the_timer_is_for_the_service_of_its_name_and_tells_the_time_of_china() -> None:
    timer = _unit(DEPLOY / "ogi-night.timer")["Timer"]
    assert timer["OnCalendar"].endswith("02:00:00 Asia/Shanghai") and timer["Persistent"] == "yes"
    assert (DEPLOY / "ogi-night.service").is_file()


def test_the_line_of_cron_is_one() -> None:
    lines = [line for line in (DEPLOY / "ogi.cron").read_text("utf-8").splitlines() if not line.startswith("#")]
    (line,) = [line for line in lines if not re.match(r"\w+=", line)]
    assert re.fullmatch(r"0 2 \* \* \* ogi .*ogi run .*", line)


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    described: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
    return described


def test_compose_names_only_what_is_described(compose: dict[str, Any]) -> None:
    services = compose["services"]
    assert set(services) == {"database", "server", "deploy", "worker", "dashboard"}
    known = {
        "image", "build", "command", "restart", "init", "environment", "depends_on", "volumes", "ports", "healthcheck",
        "security_opt", "cap_drop", "stop_grace_period",
    }  # fmt: skip
    for name, service in services.items():
        assert set(service) <= known, name
        for other, condition in service.get("depends_on", {}).items():
            assert other in services
            if condition["condition"] == "service_healthy":
                assert services[other]["healthcheck"]["test"][0] == "CMD"
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert source in compose["volumes"] or (DEPLOY / source).resolve().exists(), volume
        for port in service.get("ports", []):
            assert port.startswith("127.0.0.1:"), "nothing is open to others unless somebody wants it to be"
        build = service.get("build")
        if build:
            assert ((DEPLOY / build["context"]).resolve() / build["dockerfile"]).is_file()


def test_compose_keeps_no_secret_and_its_settings_are_prefects(compose: dict[str, Any]) -> None:
    for service in compose["services"].values():
        for key, value in service.get("environment", {}).items():
            assert not re.search("PASSWORD|AUTH", key) or value.startswith("${"), key
    names = {key for each in compose["services"].values() for key in each.get("environment", {})}
    assert {name for name in names if name.startswith("PREFECT_")} <= set(_settings_of_prefect())


def _settings_of_prefect() -> list[str]:
    """Names of Prefect's settings, told by another process: ours imports Prefect where its settings are made."""
    code = (
        "from prefect.settings import Settings; from prefect.settings.legacy import _get_valid_setting_names as names; "
        "print(*names(Settings))"
    )
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()


def test_docker_takes_the_compose_file() -> None:
    if (
        shutil.which("docker") is None
        or subprocess.run(["docker", "compose", "version"], capture_output=True).returncode
    ):
        pytest.skip("docker compose is not installed")
    environment = {"OGI_DATABASE_PASSWORD": "x", "OGI_PREFECT_AUTH": "a:b", "PATH": "/usr/bin:/bin:/usr/local/bin"}
    command = ["docker", "compose", "-f", str(DEPLOY / "compose.yaml"), "config", "--quiet"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


def test_the_image_installs_what_is_locked() -> None:
    text = (DEPLOY / "Dockerfile").read_text("utf-8")
    assert "--require-hashes -r requirements.lock" in text and re.search(r"^USER ogi$", text, re.MULTILINE)
    for source in re.findall(r"^COPY (\S+) ", text, re.MULTILINE):
        assert (ROOT / source).exists()
