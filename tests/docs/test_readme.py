"""What the README tells a reader to type works, in the order in which it stands there."""

import re
import subprocess
import sys

import pytest
from support.product import Client, shared_product
from support.stack import TESTS

README = (TESTS.parent / "README.md").read_text()
BLOCKS = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)


@pytest.fixture(scope="module")
def anyone() -> Client:
    return shared_product()


def test_the_journey_in_curl(anyone: Client) -> None:
    journey = "\n".join(block for block in BLOCKS if "curl" in block)
    assert journey.count("SHOP=http://127.0.0.1:8000") == 1
    script = "set -euo pipefail\n" + journey.replace("http://127.0.0.1:8000", anyone.url)
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    assert '"client_secret"' in done.stdout
    assert '"status":"cancelled"' in done.stdout.replace(" ", "")
    assert "storefold-position:" in done.stdout.lower()


def test_every_command_that_is_named_exists() -> None:
    named = set(re.findall(r"^storefold ([a-z-]+(?: [a-z-]+)?)", "\n".join(BLOCKS), re.MULTILINE))
    assert named
    for name in sorted(named):
        words = [word for word in name.split() if not word.startswith("-")]
        argv = [sys.executable, "-m", "storefold", *words[:2], "--help"]
        done = subprocess.run(argv, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, (name, done.stderr)


def test_make_targets_that_are_named_exist() -> None:
    targets = set(re.findall(r"\bmake ([a-z-]+)", README))
    makefile = (TESTS.parent / "Makefile").read_text()
    assert targets >= {"run", "test", "bench"}
    for target in targets:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
