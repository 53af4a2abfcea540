"""Logs as they are: kinds of columns, times, and rows that cannot be used."""

from __future__ import annotations

from pathlib import Path

import pytest

from retrieval.catalogue.interaction_rows import InteractionRow, load_interactions
from retrieval.catalogue.loader import load_catalogue
from retrieval.errors import CatalogueError
from tests.retrieval.make import DECLARATION, row, write_catalogue

WITH_LOG = DECLARATION.replace("[columns]", 'interactions = "log.csv"\n[columns]')


def read(folder: Path, log: str) -> tuple[list[InteractionRow], list[tuple[int, str | None]]]:
    write_catalogue(folder, [row("a"), row("b"), row("“Ü”")], WITH_LOG)
    (folder / "log.csv").write_text(log, encoding="utf-8")
    rows, problems = load_interactions(load_catalogue(folder))
    return rows, [(problem.line, problem.column) for problem in problems]


def test_events_and_ratings(tmp_path: Path) -> None:
    rows, problems = read(tmp_path, "user,item,event,rating,timestamp\nu,a,View,,10\nu,b,,4.5,1970-01-01T00:00:20\n")
    assert rows == [InteractionRow("u", "a", "view", None, 10.0), InteractionRow("u", "b", None, 4.5, 20.0)]
    assert not problems


@pytest.mark.parametrize(
    ("line", "column"),
    [("u,a,,,10", "event"), (",a,view,,10", "user"), ("u,a,view,,", "timestamp"), ("u,a,view,,soon", "timestamp"),
     ("u,a,,much,10", "rating"), ("u,a,,nan,10", "rating"), ("u,,view,,10", "item"),
     ("u,a,explode,,10", "event"), ("u,a,,-100,10", "rating"), ("u,a,rating,inf,10", "rating")],
)  # fmt: skip
def test_a_bad_row_is_reported(tmp_path: Path, line: str, column: str) -> None:
    rows, problems = read(tmp_path, f"user,item,event,rating,timestamp\n{line}\nu,a,view,,1\n")
    assert [r.timestamp for r in rows] == [1.0]
    assert problems == [(2, column)]


def test_unknown_items_are_one_problem_with_their_count(tmp_path: Path) -> None:
    log = "user,item,event,timestamp\nu,x,view,1\nu,a,view,2\n" + "u,y,view,3\n" * 1500
    write_catalogue(tmp_path, [row("a")], WITH_LOG)
    (tmp_path / "log.csv").write_text(log)
    rows, problems = load_interactions(load_catalogue(tmp_path))
    assert len(rows) == 1
    assert len(problems) == 1
    assert "1,501 rows" in problems[0].reason


def test_json_escapes_in_an_id_and_milliseconds(tmp_path: Path) -> None:
    rows, problems = read(tmp_path, "user,item,event,timestamp\nu,\\u201c\\u00dc\\u201d,view,1700000000000\n")
    assert rows == [InteractionRow("u", "“Ü”", "view", None, 1.7e9)]
    assert not problems


@pytest.mark.parametrize("header", ["user,thing,event,timestamp", "user,item,timestamp", "user,item,event"])
def test_a_missing_column_is_an_error(tmp_path: Path, header: str) -> None:
    with pytest.raises(CatalogueError):
        read(tmp_path, f"{header}\n{'x,' * header.count(',')}x\n")


@pytest.mark.parametrize(
    ("log", "message"),
    [
        (None, "there is no file .*log.csv"),
        ("user,product,event,timestamp\nu,a,view,1\n", "no column 'item'.*the columns event, product, timestamp, user"),
        ("user;item;event;timestamp\nu;a;view;1\n", "separate with commas"),
    ],
)
def test_a_useless_log_is_told_with_the_catalogue(tmp_path: Path, log: str | None, message: str) -> None:
    write_catalogue(tmp_path, [row("a")], WITH_LOG)
    if log is not None:
        (tmp_path / "log.csv").write_text(log)
    with pytest.raises(CatalogueError, match=message):
        load_catalogue(tmp_path)


def test_ratings_of_an_asset_join_on_a_column(tmp_path: Path) -> None:
    pandas = pytest.importorskip("pandas")
    keys = 'interactions_asset = "demo"\ninteractions_join = "number"\n[columns]'
    write_catalogue(tmp_path, [row("a", number=7), row("b", number=None)], DECLARATION.replace("[columns]", keys))
    frame = pandas.DataFrame({"user": [1, 1], "number": [7, 9], "rating": [4.0, 3.0], "timestamp": [5, 6]})
    frame.to_parquet(tmp_path / "ratings.parquet")
    catalogue = load_catalogue(tmp_path)
    rows, problems = load_interactions(catalogue, tmp_path)
    assert rows == [InteractionRow("1", "a", None, 4.0, 5.0)]
    assert len(problems) == 1
    assert load_interactions(catalogue) == ([], [])
