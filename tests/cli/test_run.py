"""One home from its first start to its second, with the commands that are run beside it.

The tests of this module stand in the order in which things happen, and share the home.
"""

import json
import re
import signal
import socket
import subprocess
from pathlib import Path

import httpx
import psutil
import pytest
from run_console import Console

from storefold.demo.accounts import DEMO_ACCOUNTS, DEMO_PASSWORD
from storefold.stack.processes import marked

pytestmark = pytest.mark.timeout(400)


def positions(console: Console) -> dict[str, int]:
    return {one["store"]: one["position"] for one in json.loads(console.tool("projections", "status", "--json").stdout)}


def processes_of(home: Path) -> set[int]:
    found = set(marked(home))
    for process in psutil.process_iter():
        try:
            if Path(process.cwd()).is_relative_to(home) and process.status() != psutil.STATUS_ZOMBIE:
                found.add(process.pid)
        except psutil.Error:
            continue
    return found


def test_the_commands_say_what_to_do_while_nothing_runs(console: Console) -> None:
    for arguments in (("import-catalog", "x.json"), ("projections", "status"), ("projections", "rebuild")):
        done = console.tool(*arguments)
        assert done.returncode == 1
        assert "was never started. Start it with `make run`" in done.stderr, done.stderr
    for arguments in (("projections", "status"), ("create-admin", "boss@example.com"), ("log",)):
        done = console.tool(*arguments, STOREFOLD_PROFILE="production")
        assert done.returncode == 1
        assert "A setting cannot stand: STOREFOLD_SECRET_KEY must be set" in done.stdout + done.stderr
        assert "Traceback" not in done.stderr


def test_what_stands_in_the_way_of_a_start_is_named(console: Console) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = console.tool("run", PORT=str(port))
    assert done.returncode == 1
    assert f"port {port} of 127.0.0.1 cannot be listened on (Address already in use)" in done.stdout
    assert f"PORT={port + 1} make run" in done.stdout
    done = console.tool("run", PORT="many")
    assert (done.returncode, "A setting cannot stand: PORT:" in done.stdout) == (1, True), done.stdout
    done = console.tool("run", STOREFOLD_PROFILE="production")
    assert (done.returncode, "STOREFOLD_SECRET_KEY must be set" in done.stdout) == (1, True), done.stdout
    file = console.home.with_name("file")
    file.touch()
    done = console.tool("run", STOREFOLD_HOME=str(file))
    assert (done.returncode, "cannot write the home" in done.stdout) == (1, True), done.stdout


def test_the_first_start(console: Console) -> None:
    took = console.start()
    print(f"first start: {took:.1f} s")
    lines = console.said()
    ready = [number for number, line in enumerate(lines) if "ready at" in line]
    assert ready == [len(lines) - 1], "one ready line, and the last"
    assert re.fullmatch(rf"Storefold is ready at {console.url} \(\d+\.\d s\)", lines[-1])
    assert httpx.get(f"{console.url}/health/ready").json()["status"] == "ready"
    for account in DEMO_ACCOUNTS:
        assert any(account.email in line for line in lines)
        form = {"username": account.email, "password": DEMO_PASSWORD}
        assert httpx.post(f"{console.url}/auth/token", data=form).status_code == 200
    found = httpx.get(f"{console.url}/queries/search", params={"facets": "true", "size": 1}).json()
    assert found["total"] == 360
    assert found["facets"]


def test_its_three_lines_to_try_work_as_printed(console: Console) -> None:
    lines = console.said()
    first = next(number for number, line in enumerate(lines) if line.strip() == "Try:") + 1
    script = "\n".join(line.strip() + "; echo" for line in lines[first : first + 3])
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, timeout=60, check=True)
    _, search, added = done.stdout.splitlines()
    assert json.loads(search)["total"] > 0
    assert json.loads(added)["position"] > 0, added


def test_a_home_that_runs_is_not_started_twice(console: Console) -> None:
    assert console.process is not None
    done = console.tool("run", PORT="1")
    assert (done.returncode, f"in use by process {console.process.pid}" in done.stdout) == (1, True), done.stdout


def test_an_import_into_the_running_home_shows_in_the_search(console: Console, tmp_path: Path) -> None:
    path = tmp_path / "shop.csv"
    path.write_text("name,price,brand,category,stock\nQuizzical Zither,12.50,Zithers & Sons,Music > Strings,4\n")
    done = console.tool("import-catalog", path)
    assert (done.returncode, "created 1, updated 0, unchanged 0, skipped 0" in done.stdout) == (0, True), done.stdout
    position = json.loads(console.tool("projections", "status", "--json").stdout)[0]["head"]
    seen = {"Storefold-Min-Position": str(position)}
    found = httpx.get(f"{console.url}/queries/search", params={"q": "zither", "facets": "true"}, headers=seen).json()
    assert [item["name"] for item in found["items"]] == ["Quizzical Zither"]


def test_status_for_people_and_programs(console: Console) -> None:
    done = console.tool("projections", "status")
    assert done.returncode == 0, done.stdout
    assert "products.1" in done.stdout and "carts.1" in done.stdout
    both = json.loads(console.tool("projections", "status", "--json").stdout)
    assert [(one["store"], one["trouble"], one["parked"]) for one in both] == [
        ("redis", None, []),
        ("elasticsearch", None, []),
        ("observations", None, []),
    ]
    assert both[0]["position"] == both[0]["head"] > 1000


def test_a_rebuild_beside_the_running_shop_and_back(console: Console) -> None:
    assert console.tool("projections", "swap-back").returncode == 1, "there is nothing to go back to"
    done = console.tool("projections", "rebuild", "--check")
    assert done.returncode == 0, done.stderr
    assert "redis: live are now accounts.2" in done.stdout
    assert "elasticsearch: live are now products.2" in done.stdout
    assert httpx.get(f"{console.url}/queries/search", params={"size": 1}).json()["total"] == 361
    done = console.tool("projections", "swap-back", "redis")
    assert "redis: live are again accounts.1" in done.stdout
    live = {
        one["store"]: one["generations"] for one in json.loads(console.tool("projections", "status", "--json").stdout)
    }
    assert (live["redis"]["products"], live["elasticsearch"]["products"]) == ("products.1", "products.2")
    assert httpx.get(f"{console.url}/health/ready").status_code == 200


def test_the_end_leaves_no_process(console: Console) -> None:
    assert processes_of(console.home)
    console.home.with_name("positions").write_text(json.dumps(positions(console)))
    assert console.stop(signal.SIGINT) == 0
    assert processes_of(console.home) == set()
    done = console.tool("projections", "status")
    assert (done.returncode, "does not run. Start it with `make run`" in done.stderr) == (1, True), done.stderr


def test_the_second_start_finds_everything_and_makes_nothing(console: Console) -> None:
    took = console.start()
    print(f"second start: {took:.1f} s")
    assert not any("demo" in line and "loading" in line for line in console.said())
    assert httpx.get(f"{console.url}/queries/search", params={"size": 1}).json()["total"] == 361
    assert positions(console) == json.loads(console.home.with_name("positions").read_text())
    assert console.stop(signal.SIGTERM) == 0
    assert processes_of(console.home) == set()


def test_the_help_leads_everywhere(console: Console) -> None:
    text = console.tool("--help", COLUMNS="200").stdout
    for command in ("run", "import-catalog", "create-admin", "load-demo", "migrate", "projections"):
        assert command in text
    text = console.tool("run", "--help", COLUMNS="200").stdout
    for setting in ("PORT", "STOREFOLD_HOME", "STOREFOLD_PROFILE", "STOREFOLD_RATE_LIMITS", "STRIPE_WEBHOOK_SECRET"):
        assert setting in text
    assert "--stock" in console.tool("import-catalog", "--help", COLUMNS="200").stdout
