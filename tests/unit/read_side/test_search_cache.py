"""For how long an answer of Elasticsearch is repeated."""

from collections.abc import Callable

import pytest

from read_side.documents.layout import SEARCH
from read_side.queries.search_cache import BRIEFLY, KEPT, LARGEST, VISIBLE, SearchCache

STEP = 0.01  # seconds


class Heard:
    """Announcements, and the time at which they are heard."""

    def __init__(self) -> None:
        self.alive = True
        self.now = 1000.0
        self.change: Callable[[set[str] | None], None] = lambda _: None

    def on_change(self, listener: Callable[[set[str] | None], None]) -> None:
        self.change = listener


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def cache(heard: Heard) -> SearchCache:
    return made(heard)


def made(heard: Heard, room: int = 1000) -> SearchCache:
    return SearchCache(heard, room, clock=lambda: heard.now)  # type: ignore[arg-type]


def repeated_for(cache: SearchCache, heard: Heard) -> float:
    """Seconds from now on."""
    start = heard.now
    while cache.get(b"q", 7) is not None:
        heard.now += STEP
    return heard.now - start


def test_what_is_settled_is_kept(cache: SearchCache, heard: Heard) -> None:
    heard.now += VISIBLE
    cache.put(b"q", b"a", heard.now, 7)
    assert cache.get(b"q", 7) == b"a" and cache.get(b"other", 7) is None
    assert repeated_for(cache, heard) == pytest.approx(KEPT, abs=2 * STEP)


def test_what_was_asked_before_a_change_can_be_seen_is_kept_briefly(cache: SearchCache, heard: Heard) -> None:
    heard.now += VISIBLE - STEP
    cache.put(b"q", b"a", heard.now, 7)
    assert repeated_for(cache, heard) == pytest.approx(BRIEFLY, abs=2 * STEP)


@pytest.mark.parametrize("changed", [{SEARCH}, {"categories", SEARCH}, None])
def test_a_change_ends_it_and_what_is_being_asked_meanwhile(
    cache: SearchCache, heard: Heard, changed: set[str] | None
) -> None:
    heard.now += VISIBLE
    asked = heard.now
    cache.put(b"q", b"a", asked, 7)
    heard.now += BRIEFLY
    assert cache.get(b"q", 7) == b"a"
    heard.change(changed)
    assert cache.get(b"q", 7) is None
    cache.put(b"q", b"a", asked, 7)  # its answer comes only now
    assert cache.get(b"q", 7) is None


def test_what_changes_elsewhere_ends_nothing(cache: SearchCache, heard: Heard) -> None:
    heard.now += VISIBLE
    cache.put(b"q", b"a", heard.now, 7)
    heard.change({"categories"})
    assert repeated_for(cache, heard) == pytest.approx(KEPT, abs=2 * STEP)


def test_an_index_that_was_refreshed_is_asked_again(cache: SearchCache, heard: Heard) -> None:
    cache.put(b"q", b"a", heard.now, 7)
    assert cache.get(b"q", 8) is None
    cache.put(b"q", b"b", heard.now, 8)
    assert cache.get(b"q", 8) == b"b"


def test_nothing_is_known_while_nothing_is_announced(cache: SearchCache, heard: Heard) -> None:
    cache.put(b"q", b"a", heard.now, 7)
    heard.alive = False
    assert cache.get(b"q", 7) is None
    heard.alive = True
    assert cache.get(b"q", 7) == b"a"


def test_what_is_asked_for_once_drives_nothing_out(heard: Heard) -> None:
    cache = made(heard, room=3 * LARGEST)
    cache.put(b"1", b"a", heard.now, 7)
    cache.put(b"walk", bytes(LARGEST + 1), heard.now, 7)
    assert (cache.get(b"1", 7), cache.get(b"walk", 7)) == (b"a", None)
    cache.put(b"page", bytes(LARGEST), heard.now, 7)
    assert cache.get(b"page", 7)


def test_the_longest_unused_makes_room(heard: Heard) -> None:
    cache = made(heard, room=3 * 11)
    for query in (b"1", b"2", b"3"):
        cache.put(query, bytes(10), heard.now, 7)
    assert cache.get(b"1", 7)
    cache.put(b"4", bytes(10), heard.now, 7)
    assert [query for query in (b"1", b"2", b"3", b"4") if cache.get(query, 7)] == [b"1", b"3", b"4"]
    for _ in range(5):
        cache.put(b"1", bytes(10), heard.now, 7)  # the same again takes no more
    assert cache.get(b"3", 7)
    cache.put(b"big", bytes(100), heard.now, 7)
    assert not any(cache.get(query, 7) for query in (b"1", b"3", b"4", b"big"))
