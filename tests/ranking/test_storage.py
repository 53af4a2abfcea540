"""The interaction store: what was written is read, by every engine here; no driver's error escapes."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from ranking.interactions import EVENTS, Interaction, InteractionStore, impressions, standing
from ranking.request import RankedItem, RankedList
from ranking.storage import StorageError, open_database
from tests.servers import empty_database, free_port


def url_of(folder: Path) -> str:
    return f"sqlite:///{folder / 'visits' / 'log.sqlite3'}"


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.server)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return url_of(tmp_path)
    address: str = request.getfixturevalue("postgres")
    empty_database(address)
    return address


def test_keeps_everything_over_a_restart(url: str) -> None:
    given = [
        Interaction("ann", "t1", "view", None, 1.5),
        Interaction("bob", "t1", "rating", 4.5, 2.0),
        Interaction("ann", "t2", "like", None, 1_900_000_000.25, {"from": "chip", "n": [1, 2]}),
    ]
    engine = open_database(url)
    assert InteractionStore(engine).append(given) == 3
    engine.dispose()
    store = InteractionStore(open_database(url))
    assert store.since() == given
    assert store.since(2.0) == given[1:]
    assert store.of_user("ann") == [given[0], given[2]]
    assert (store.count(), store.count("ann"), store.count("eve")) == (3, 2, 0)


def test_forgets_one_user_only(url: str) -> None:
    store = InteractionStore(open_database(url))
    store.append(Interaction(user, "t1", "view", None, n) for n, user in enumerate(("ann", "bob", "ann")))
    assert store.forget("ann") == 2
    assert store.of_user("ann") == []
    assert store.count() == 1
    assert store.forget("ann") == 0


def test_session_is_latest_wins(url: str) -> None:
    store = InteractionStore(open_database(url))
    steps = [("a", "like"), ("b", "dislike"), ("a", "seen"), ("b", "like"), ("a", "dislike"), ("c", "accept")]
    store.append(Interaction("ann", item, event, None, n) for n, (item, event) in enumerate(steps))
    store.append([Interaction("ann", "d", "rating", 5.0, 10), Interaction("ann", "e", "rating", 1.5, 11)])
    session = store.session("ann")
    assert (session.user, session.liked, session.disliked) == ("ann", ("b", "c", "d"), ("a", "e"))
    assert session.seen == ("a",)


def test_a_reaction_taken_back_leaves_the_others(url: str) -> None:
    store = InteractionStore(open_database(url))
    store.append([Interaction("ann", "a", "like", None, 1), Interaction("ann", "a", "seen", None, 2)])
    store.append([Interaction("ann", "a", "like", 0.0, 3)])
    session = store.session("ann")
    assert (session.liked, session.seen) == ((), ("a",))
    assert [row.event for row in standing(store.since())] == ["seen"]


def test_forgotten_words_are_gone_from_the_files(tmp_path: Path) -> None:
    store = InteractionStore(open_database(url_of(tmp_path)))
    store.append([Interaction("ann-of-cleves", "t1", "view", None, 1.0)])
    store.forget("ann-of-cleves")
    files = list((tmp_path / "visits").iterdir())
    assert files
    assert not any(b"ann-of-cleves" in file.read_bytes() for file in files)


def test_impressions_carry_what_learning_needs(tmp_path: Path) -> None:
    ranked = RankedList((RankedItem("a", 0.9, {}), RankedItem("b", 0.5, {})), "prior-1", (1.0, 0.25))
    store = InteractionStore(open_database(url_of(tmp_path)))
    store.append(impressions("ann", ranked, "list-7", 5.0))
    second = store.of_user("ann")[1]
    assert (second.item, second.event) == ("b", "impression")
    assert second.context == {"position": 2, "list": "list-7", "ranker": "prior-1", "propensity": 0.25}


@pytest.mark.parametrize(
    "bad",
    [
        {"event": "stare"},
        {"event": "rating"},
        {"event": "rating", "value": 7.0},
        {"event": "dwell"},
        {"event": "view", "timestamp": float("nan")},
        {"event": "impression"},
        {"event": "view", "user": ""},
    ],
)
def test_refuses_what_is_no_interaction(bad: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="Interaction"):
        Interaction(**{"user": "ann", "item": "t1", **bad})  # type: ignore[arg-type]


def test_every_event_of_the_design_can_be_stored(tmp_path: Path) -> None:
    values = {"rating": 4.0, "dwell": 12.5}
    shown = {"position": 1, "list": "l", "ranker": "r", "propensity": 1.0}
    rows = [Interaction("u", "i", e, values.get(e), 1.0, shown if e == "impression" else {}) for e in EVENTS]
    store = InteractionStore(open_database(url_of(tmp_path)))
    store.append(rows)
    assert store.since() == rows


WRITER = """
import sys
from ranking.interactions import Interaction, InteractionStore
from ranking.storage import open_database
store = InteractionStore(open_database(sys.argv[1]))  # all processes create the tables at once
for n in range(20):
    store.append([Interaction(sys.argv[2], f"t{n}", "view", None, n)] * 3)
"""


def test_many_programs_write_at_once(tmp_path: Path) -> None:
    command = [sys.executable, "-c", WRITER, url_of(tmp_path)]
    writers = [subprocess.Popen([*command, f"u{n}"], cwd=tmp_path) for n in range(3)]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    assert InteractionStore(open_database(url_of(tmp_path))).count() == 180


# -- no driver's error escapes


def failure(action: object, *args: object) -> StorageError:
    with pytest.raises(StorageError) as caught:
        action(*args)  # type: ignore[operator]
    assert caught.value.hint
    assert caught.value.__cause__ is not None
    return caught.value


ROWS = [Interaction("ann", f"t{n}", "view", None, n) for n in range(2000)]


def test_locked(tmp_path: Path) -> None:
    store = InteractionStore(open_database(url_of(tmp_path), busy_s=0.05))
    other = sqlite3.connect(tmp_path / "visits" / "log.sqlite3")
    other.execute("BEGIN IMMEDIATE")
    error = failure(store.append, ROWS[:1])
    assert (error.reason, error.retryable) == ("locked", True)
    assert store.count() == 0  # reading goes on
    other.rollback()
    other.close()
    assert store.append(ROWS[:1]) == 1


def test_read_only(tmp_path: Path) -> None:
    InteractionStore(open_database(url_of(tmp_path))).append(ROWS[:2])
    file = tmp_path / "visits" / "log.sqlite3"
    store = InteractionStore(open_database(f"sqlite:///file:{file}?mode=ro&uri=true"))
    assert store.count() == 2
    error = failure(store.append, ROWS[:1])
    assert (error.reason, error.retryable) == ("read_only", False)


def test_disk_full(tmp_path: Path) -> None:
    engine = open_database(url_of(tmp_path))
    store = InteractionStore(engine)
    with engine.connect() as connection:  # the pool hands the same connection out again
        connection.exec_driver_sql("PRAGMA max_page_count=12")
    error = failure(store.append, ROWS)
    assert error.reason == "full"
    assert store.count() == 0  # all or none
    assert "t1999" not in str(error)  # no visitor's rows in a message


def test_corrupt(tmp_path: Path) -> None:
    file = tmp_path / "broken.sqlite3"
    file.write_bytes(b"this is no database, whatever its name says" * 200)
    assert failure(open_database, f"sqlite:///{file}").reason == "corrupt"


def test_corrupt_while_open(tmp_path: Path) -> None:
    engine = open_database(url_of(tmp_path))
    store = InteractionStore(engine)
    store.append(ROWS)
    engine.dispose()
    file = tmp_path / "visits" / "log.sqlite3"
    content = bytearray(file.read_bytes())
    content[4096:] = b"\xa5" * (len(content) - 4096)
    file.write_bytes(content)
    assert failure(store.since).reason == "corrupt"


def test_no_such_place(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    failure(open_database, f"sqlite:///{tmp_path / 'file' / 'below.sqlite3'}")
    assert failure(open_database, f"sqlite:///{tmp_path}").reason == "absent"


@pytest.mark.parametrize(("url", "reason"), [("no url at all", "url"), ("quill://ink", "driver")])
def test_unusable_url(url: str, reason: str) -> None:
    assert failure(open_database, url).reason == reason


@pytest.mark.server
def test_server_down() -> None:
    pytest.importorskip("psycopg", reason="psycopg is not installed")
    error = failure(open_database, f"postgresql+psycopg://tester@127.0.0.1:{free_port()}/postgres")
    assert (error.reason, error.retryable) == ("server_down", True)
