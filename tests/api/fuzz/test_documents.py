"""Schemathesis over every document: whatever is sent, no fault of the server's and no answer that is not documented.

With HYPOTHESIS_PROFILE=deep also its methodical phase, which tries the bounds of every field and takes a minute or two.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from support.product import Client

CONFIG = Path(__file__).with_name("schemathesis.toml")
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "response_headers_conformance",
    "unsupported_method",
)


DEEP = os.environ.get("HYPOTHESIS_PROFILE") == "deep"
PHASES, EXAMPLES = ("examples,coverage,fuzzing", 50) if DEEP else ("examples,fuzzing", 6)  # of an operation


@pytest.mark.timeout(600 if DEEP else 200)
@pytest.mark.parametrize(
    ("document", "spared"),
    [
        ("/api/schema/", None),
        ("/openapi.json", None),
        ("/api/marketplace/schema/", None),
        ("/martaff/schema/", "/accounts/delete/"),  # whose sender would be nobody for all the rest
    ],
)
def test_no_fault_and_nothing_undocumented(
    anyone: Client, admin: Client, tmp_path: Path, document: str, spared: str | None
) -> None:
    # Somebody of their own, for what is made up may change its sender.
    person = anyone.newcomer("buyer", "seller")
    admin.command("grant-role", person_id=person.person_id, role="admin")
    token = anyone.signed_in(person.email, "Storefold-test-1").token
    arguments = [
        *("--config-file", str(CONFIG)),
        *("run", f"{anyone.url}{document}"),
        *("--header", f"Authorization: Bearer {token}"),
        *("--checks", ",".join(CHECKS)),
        *("--phases", PHASES),
        *("--max-examples", str(EXAMPLES)),
        *("--generation-database", "none"),
        *("--warnings", "off"),
        *(() if spared is None else ("--exclude-path", spared)),
        "--continue-on-failure",
        "--no-color",
    ]
    tool = Path(sys.executable).with_name("schemathesis")
    done = subprocess.run([tool, *arguments], cwd=tmp_path, capture_output=True, text=True, timeout=580, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    paths = httpx.get(f"{anyone.url}{document}").json()["paths"]
    tested = re.search(r"Tested: (\d+)", done.stdout)
    assert tested is not None, done.stdout
    assert int(tested[1]) == sum(len(paths[path]) for path in paths if path != spared), done.stdout
