"""What holds all over the write side, whoever adds to it."""

import re
import subprocess
import sys
from pathlib import Path
from typing import TypeVar

import pytest

from write_side import refusals
from write_side.messages import Access, Command, Event
from write_side.registry import COMMANDS, EVENTS
from write_side.work import AGGREGATES, HANDLERS, aggregate_of

ROOT = Path(__file__).parents[2]
PACKAGES = ("write_side", "projections", "read_side", "api", "history", "workers", "storefold")
MODULES = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
T = TypeVar("T")
LONGEST = 300  # lines; past one sitting


def subclasses(kind: type[T]) -> set[type[T]]:
    return {found for child in kind.__subclasses__() for found in {child, *subclasses(child)}}


def ours(kind: type) -> bool:
    return kind.__module__.startswith("write_side.")


def test_the_import_rules_hold() -> None:
    lint = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_is_one_sitting_and_opens_with_what_it_is(path: Path) -> None:
    text = path.read_text()
    assert len(text.splitlines()) <= LONGEST
    assert text.startswith(('"""', "#!/", "# ")) or not text.strip(), "no docstring says what this module is for"


# -- commands -------------------------------------------------------------------------------------


def test_every_command_can_be_sent() -> None:
    assert {c for c in subclasses(Command) if ours(c)} == set(HANDLERS) == set(COMMANDS.values())


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_says_what_it_does_and_who_may_send_it(name: str) -> None:
    command = COMMANDS[name]
    assert command.__doc__ and command.__doc__ != Command.__doc__
    assert isinstance(command.access, Access)
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", name)
    assert command.model_config["extra"] == "forbid" and command.model_config["frozen"]
    assert command.model_json_schema()


def test_what_anyone_and_services_may_send_is_chosen_and_not_forgotten() -> None:
    """A new command that nobody needs to be signed in for is worth a second look."""
    open_to_all = {name for name, command in COMMANDS.items() if command.access is Access.ANYONE}
    assert open_to_all == {"register-account", "request-password-reset", "reset-password"}
    for name in ("begin-session", "end-session", "sign-in-with-google"):
        assert COMMANDS[name].access is Access.SERVICE, f"{name} takes somebody's word for who it is"
    for name, command in COMMANDS.items():
        if name.startswith("record-") and command.__module__ == "write_side.payment.commands":
            assert command.access is Access.SERVICE, f"{name} says what Stripe did: nobody else may claim it"


# -- events ---------------------------------------------------------------------------------------


def test_every_event_has_a_stable_name_of_its_own() -> None:
    events = [e for e in subclasses(Event) if ours(e)]
    assert sorted(e.TOPIC for e in events) == sorted(EVENTS)  # two classes of one name would be one short
    for event in events:
        kind, _, fact = event.TOPIC.partition(".")
        assert kind in AGGREGATES
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", fact)
        assert event.__struct_config__.frozen
        assert event.class_version >= 1


def test_every_aggregate_is_found_by_its_streams() -> None:
    for name, aggregate in AGGREGATES.items():
        assert aggregate_of(aggregate.stream(7)) is aggregate
        assert aggregate.stream(7) == f"{name}-7"


# -- refusals -------------------------------------------------------------------------------------


def test_every_refusal_has_a_problem_type_of_its_own() -> None:
    kinds: list[type[refusals.Refusal]] = [refusals.Refusal, *(r for r in subclasses(refusals.Refusal) if ours(r))]
    types = [kind.__dict__.get("type") for kind in kinds]
    assert None not in types, "a refusal without a type of its own cannot be told from its base"
    assert len(set(types)) == len(types)
    for kind in kinds:
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", kind.type)
        assert 400 <= kind.status < 600
        assert kind.title and str(kind()) == kind.title


def test_every_broken_rule_has_a_test() -> None:
    tests = "".join(path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))
    rules = {r.__name__ for r in subclasses(refusals.Refusal) if ours(r) and r.__module__ != "write_side.refusals"}
    assert {rule for rule in rules if not re.search(rf"raises\([^)]*\b{rule}\b", tests)} == set()


# -- migrations -----------------------------------------------------------------------------------


def test_migrations_are_numbered_without_a_gap() -> None:
    for folder in (ROOT / "write_side/migrations", ROOT / "write_side/migrations/keys"):
        numbers = [int(path.name[:4]) for path in sorted(folder.glob("*.sql"))]
        assert numbers == list(range(1, len(numbers) + 1))
