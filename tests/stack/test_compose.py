"""The description for container engines runs the same parts with the same settings."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from storefold.settings import Settings

ROOT = Path(__file__).parents[2]
PROCESSES = ("migrate", "demo", "api", "projector-redis", "projector-elasticsearch", "dispatcher", "worker")


@pytest.fixture(scope="module")
def compose() -> Any:
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())


def test_everything_is_there(compose: Any) -> None:
    assert "version" not in compose
    parts = {"postgres", "postgres-keys", "redis", "elasticsearch", "rabbitmq", "mail", "stripe", "storage"}
    assert set(compose["services"]) == parts | set(PROCESSES)


def test_what_is_waited_for_exists_and_can_be_healthy(compose: Any) -> None:
    services = compose["services"]
    for service in services.values():
        for name, how in service.get("depends_on", {}).items():
            if how["condition"] == "service_healthy":
                assert "healthcheck" in services[name]


def test_every_setting_is_one_that_the_product_reads(compose: Any) -> None:
    known = {f"STOREFOLD_{name}".upper() for name in Settings.model_fields}
    known |= {"PORT", "STRIPE_API_KEY", "STRIPE_WEBHOOK_SECRET", "CARRIER_WEBHOOK_SECRET"}
    for name in PROCESSES:
        assert set(compose["services"][name]["environment"]) <= known


def test_the_local_node_is_the_image_s_version(compose: Any) -> None:
    pom = (ROOT / "storefold" / "stack" / "elasticsearch" / "pom.xml").read_text()
    versions = set(re.findall(r"<version>(9\.[\d.]+)</version>", pom))
    assert versions == {compose["services"]["elasticsearch"]["image"].rpartition(":")[2]}


def test_the_image_has_every_package() -> None:
    copied = set(re.findall(r"^COPY (\w+) \1$", (ROOT / "Dockerfile").read_text(), re.MULTILINE))
    allowed = set(re.findall(r"^!(\w+)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE))
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests", "bench"}
    assert copied == packages == allowed
