"""Every bad row is reported and the rest loads; what cannot be used at all is one clear error."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.catalogue.item import Catalogue
from retrieval.catalogue.loader import load_catalogue
from retrieval.catalogue.rows import tidy_text
from retrieval.errors import CatalogueError
from tests.retrieval.make import DECLARATION, row, write_catalogue

CSV = DECLARATION.replace("items.jsonl", "items.csv")


def reasons(catalogue: Catalogue) -> list[tuple[int, str | None]]:
    return [(problem.line, problem.column) for problem in catalogue.problems]


def test_a_good_row_becomes_an_item(tmp_path: Path) -> None:
    catalogue = load_catalogue(write_catalogue(tmp_path, [row(kind=["car", "Car", "doll"], text=["wood", "red"])]))
    (item,) = catalogue.items
    assert (item.id, item.title, item.text) == ("a", "A toy", "Text: wood, red.")
    assert item.facets == {"kind": ("car", "doll"), "price": 2.0}
    assert not catalogue.problems
    assert len(item.content_hash) == len(catalogue.fingerprint) == 64


def test_folder_and_file_are_the_same(tmp_path: Path) -> None:
    write_catalogue(tmp_path, [row()])
    assert load_catalogue(tmp_path).fingerprint == load_catalogue(tmp_path / "catalogue.toml").fingerprint


@pytest.mark.parametrize(
    ("bad", "column"),
    [
        ({"title": "x"}, "id"),
        (row("b", title=""), "title"),
        (row("b", title=["x"]), "title"),
        (row(True), "id"),
        (row("a"), "id"),
        (["a"], None),
        ("\ud800", None),
        (row("b", text="\ud800"), None),
    ],
)
def test_a_bad_row_is_left_out(tmp_path: Path, bad: object, column: str | None) -> None:
    catalogue = load_catalogue(write_catalogue(tmp_path, [row(), bad, row("z")]))
    assert [item.id for item in catalogue.items] == ["a", "z"]
    assert reasons(catalogue) == [(2, column)]


@pytest.mark.parametrize("broken", [b"{", b"{'a': 1}", b"\xff\xfe", b'{"id": ' + b"[" * 100_000, b"1" * 5000])
def test_broken_json_is_a_row_problem(tmp_path: Path, broken: bytes) -> None:
    good = b'{"id": "a", "title": "A", "text": "", "kind": null, "price": null}'
    catalogue = load_catalogue(write_catalogue(tmp_path, broken + b"\n" + good))
    assert [item.id for item in catalogue.items] == ["a"]
    assert reasons(catalogue) == [(1, None)]


@pytest.mark.parametrize("number", ["x", True, [1], float("nan"), float("inf"), 10**400, "1e999", "$5"])
def test_a_bad_number_is_unknown_and_reported(tmp_path: Path, number: object) -> None:
    catalogue = load_catalogue(write_catalogue(tmp_path, [row(price=number)]))
    assert catalogue.items[0].number("price") is None
    assert reasons(catalogue) == [(1, "price")]


@pytest.mark.parametrize(("number", "value"), [(None, None), ("", None), ("12.5", 12.5), (3, 3.0), (-1.5, -1.5)])
def test_numbers(tmp_path: Path, number: object, value: float | None) -> None:
    catalogue = load_catalogue(write_catalogue(tmp_path, [row(price=number)]))
    assert catalogue.items[0].number("price") == value
    assert not catalogue.problems


def test_a_bad_value_leaves_the_field_out(tmp_path: Path) -> None:
    catalogue = load_catalogue(write_catalogue(tmp_path, [row(kind={"a": 1})]))
    assert catalogue.items[0].values("kind") == ()
    assert reasons(catalogue) == [(1, "kind")]


def test_csv_with_bom_crlf_lists_and_a_stray_quote(tmp_path: Path) -> None:
    content = (
        "\ufeffid,title,text,kind,price\r\n"
        'a,"A, toy","two\r\nlines",car|doll; puzzle,1.5\r\n'
        "b,B,,,\r\n"
        "c,C,x,car,1,too many\r\n"
        'd,D,"never closed,car,1\r\ne,E,x,car,1\r\n'
    )
    catalogue = load_catalogue(write_catalogue(tmp_path, content.encode(), CSV))
    assert [item.id for item in catalogue.items] == ["a", "b"]
    assert catalogue.items[0].values("kind") == ("car", "doll", "puzzle")
    assert catalogue.items[1].number("price") is None
    assert reasons(catalogue) == [(5, None), (6, None)]


def test_a_csv_with_semicolons_is_told(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="separate with commas"):
        load_catalogue(write_catalogue(tmp_path, b"id;title;text;kind;price\na;A;;car;2\n", CSV))


def test_parquet(tmp_path: Path) -> None:
    pandas = pytest.importorskip("pandas")
    rows = [row(), row("b", price=None)]
    write_catalogue(tmp_path, [], DECLARATION.replace("items.jsonl", "items.parquet"))
    pandas.DataFrame(rows).to_parquet(tmp_path / "items.parquet")
    catalogue = load_catalogue(tmp_path)
    assert [item.facets for item in catalogue.items] == [
        {"kind": ("car",), "price": 2.0},
        {"kind": ("car",), "price": None},
    ]


def test_a_broken_parquet_file_is_an_error(tmp_path: Path) -> None:
    write_catalogue(tmp_path, b"PAR1 no", DECLARATION.replace("items.jsonl", "items.parquet"))
    with pytest.raises(CatalogueError, match="no Parquet"):
        load_catalogue(tmp_path)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("items =", "itmes ="), r"unknown key 'itmes' \(did you mean 'items'"),
        (('kind = "category"', 'kind = "categorie"'), r"categorie.*did you mean 'category'"),
        (('id = "id"', ""), r"columns.id: is missing"),
        (('column = "kind"', ""), r"facets.kind.column: is missing"),
        (('column = "kind"', 'column = "kinds"'), r"'kinds', which is in no row.*did you mean 'kind'"),
        (('title = "title"', 'title = "name"'), r"columns.title names the column 'name'"),
        (("[facets.kind]", "[facets.item]"), r"cannot name a facet"),
        (('kind = "number"', 'kind = "number"\nsynonyms = {a = "b"}'), r"no meaning for kind 'number'"),
        (('kind = "category"', 'kind = "category"\nunit = "m"'), r"no meaning for kind 'category'"),
        (('kind = "number"', 'kind = "number"\nvariants = true'), r"no meaning for kind 'number'"),
        (('kind = "category"', 'kind = "category"\nvariants = "yes"'), r"variants: is neither true nor false"),
        (('name = "toys"', "name = "), r"not valid TOML.*line 2"),
        (('name = "toys"', 'name = "../../evil"'), r"name: '../../evil' cannot name a catalogue"),
        (('name = "toys"', 'name = "a..b"'), r"name: 'a..b' cannot name a catalogue"),
        (('name = "toys"', f'name = "{"a" * 65}"'), r"cannot name a catalogue"),
        (('id = "id"', 'id = "sku"'), r"'sku', which is in no row.*the columns id, kind, price, text, title"),
        (('name = "toys"', "name = 3"), r"name: 3 is not a text"),
        (('item = "toy"', 'item = "toy"\ninteractions_asset = "x"'), r"goes with interactions_join"),
        (("items.jsonl", "items.xlsx"), r"of no kind that can be read"),
        (("[facets.kind]", '[words]\nmakers = ["who"]\n[facets.kind]'), r"words names the column 'makers', which"),
        (("[facets.kind]", "[words]\nkind = 3\n[facets.kind]"), r"words.kind: 3 is not a list of texts"),
    ],
)
def test_a_bad_declaration_names_the_place_and_the_remedy(
    tmp_path: Path, change: tuple[str, str], message: str
) -> None:
    assert change[0] in DECLARATION
    write_catalogue(tmp_path, [row()], DECLARATION.replace(*change) if change[0] != "items =" else DECLARATION)
    (tmp_path / "catalogue.toml").write_text(DECLARATION.replace(*change, 1))
    with pytest.raises(CatalogueError) as error:
        load_catalogue(tmp_path)
    assert re.search(message, str(error.value), re.DOTALL), str(error.value)


def test_words_of_visitors_are_declared(tmp_path: Path) -> None:
    change = 'item_words = ["Plaything"]\n[words]\nkind = ["Sort of"]\ntext = "said"\n[columns]'
    write_catalogue(tmp_path, [row()], DECLARATION.replace("[columns]", change))
    schema = load_catalogue(tmp_path).schema
    assert schema.nouns == ("toy", "plaything")
    assert schema.plural_nouns == ("toys", "playthings")
    assert schema.words == {"kind": ("sort of",), "text": ("said",)}
    assert schema.words_for(schema.facet("kind")) == ("sort of", "kind")


def test_missing_and_empty_files(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match=r"there is no .*catalogue\.toml"):
        load_catalogue(tmp_path)
    write_catalogue(tmp_path, b"\n\n")
    with pytest.raises(CatalogueError, match="has no rows"):
        load_catalogue(tmp_path)
    (tmp_path / "items.jsonl").unlink()
    with pytest.raises(CatalogueError, match="there is no file"):
        load_catalogue(tmp_path)


def test_all_rows_bad_is_an_error_with_the_first(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match=r"not one of the 2 rows.*items\.jsonl:1.*'id'"):
        load_catalogue(write_catalogue(tmp_path, [row(None), row("")]))


def test_a_synonym_for_nothing_is_reported_with_its_line(tmp_path: Path) -> None:
    declaration = DECLARATION + '[facets.kind.synonyms]\nauto = "car"\nlorry = "truck+car"\n'
    catalogue = load_catalogue(write_catalogue(tmp_path, [row()], declaration))
    assert reasons(catalogue) == [(declaration.splitlines().index('lorry = "truck+car"') + 1, "facets.kind.synonyms")]
    assert catalogue.schema.facet("kind").synonyms == {"auto": "car", "lorry": "truck+car"}


def test_fingerprint_sees_items_and_schema_but_not_comments(tmp_path: Path) -> None:
    def fingerprint(name: str, rows: list[object], declaration: str = DECLARATION) -> str:
        return load_catalogue(write_catalogue(tmp_path / name, rows, declaration)).fingerprint

    first = fingerprint("a", [row()])
    assert fingerprint("b", [row()], "# a comment\n" + DECLARATION) == first
    assert fingerprint("c", [row(price=3)]) != first
    assert fingerprint("d", [row(extra="x")]) != first
    assert fingerprint("e", [row()], DECLARATION.replace('item = "toy"', 'item = "thing"')) != first


def test_unsafe_links_are_left_out(tmp_path: Path) -> None:
    declaration = DECLARATION.replace("[facets.kind]", 'url = "link"\n[facets.kind]')
    rows = [row("a", link="javascript:alert(1)"), row("b", link="https://x.org/a"), row("c", link="/a.html")]
    rows.append(row("d", link="java\tscript:alert(1)"))
    catalogue = load_catalogue(write_catalogue(tmp_path, rows, declaration))
    assert [item.url for item in catalogue.items] == [None, "https://x.org/a", "/a.html", None]
    assert reasons(catalogue) == [(1, "link"), (4, "link")]


def test_a_title_is_one_line(tmp_path: Path) -> None:
    (item,) = load_catalogue(write_catalogue(tmp_path, [row("a", title="| a |\n|---|\r\n| b |")])).items
    assert item.title == "| a | |---| | b |"  # else it would be drawn as a table


def test_a_text_cannot_turn_what_follows_it(tmp_path: Path) -> None:
    rows = [row("a", title="Kite \u202egnp.exe\u2066", text="\u202bred\u202c \u05d0\u200f!")]
    (item,) = load_catalogue(write_catalogue(tmp_path, rows)).items
    assert (item.title, item.text) == ("Kite gnp.exe", "red \u05d0\u200f!")


@given(st.text())
def test_tidy_text_is_idempotent(text: str) -> None:
    try:
        once = tidy_text(text)
    except ValueError:
        return
    assert tidy_text(once) == once


def test_fifty_thousand_rows_load_in_seconds(tmp_path: Path) -> None:
    write_catalogue(tmp_path, [row(f"i{n}", text="wooden " * 20) for n in range(50_000)])
    start = time.process_time()  # not the clock on the wall: the machine may be busy
    assert len(load_catalogue(tmp_path).items) == 50_000
    assert time.process_time() - start < 15
