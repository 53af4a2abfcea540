"""A table in a reply: Markdown that channels can draw, and that the check of facts reads column by column."""

from __future__ import annotations

from bot.response.comparing import compared, likened, which
from bot.response.grounding import Grounds, ungrounded
from bot.response.labels import Labels
from bot.response.tables import by_column, parts, table
from bot.terminal import _table as drawn
from bot.web.render import words_html
from bot.web.words import words_in
from retrieval.catalogue.item import Catalogue, Item

ROWS = (("", "A <b>", "B/C"), ("year", "1", "2"))


def item(catalogue: Catalogue, title: str) -> Item:
    return next(i for i in catalogue.items if i.title == title)


def test_rows_survive_the_text() -> None:
    text = f"Before.\n{table(ROWS)}\nAfter."
    assert list(parts(text)) == ["Before.", ROWS, "After."]
    assert list(parts("| a bar |\nno table")) == ["| a bar |\nno table"]
    assert by_column(table(ROWS)) == "A <b>: year 1\nB/C: year 2"


def test_channels_draw_it_and_escape_every_cell() -> None:
    html = words_html(f"1 < 2\n{table(ROWS)}", words_in("en"))
    assert html.startswith('1 &lt; 2<div class="cg-scroll"')
    assert '<th scope="col">A &lt;b&gt;</th>' in html
    assert drawn(ROWS).row_count == 1


def test_a_value_in_the_wrong_column_is_noticed(films: Catalogue) -> None:
    pair = (item(films, "Heat"), item(films, "Casino"))
    text = compared(pair, Labels(films))
    assert ungrounded(text, Grounds(pair)) == ()
    assert ungrounded(text.replace("| 170 min | 178 min |", "| 178 min | 170 min |"), Grounds(pair)) == ("178", "170")


def test_which_is_answered_by_the_numbers(films: Catalogue) -> None:
    items = [item(films, title) for title in ("Heat", "Casino", "Alien")]
    labels = Labels(films)
    assert which("which is the oldest?", items, labels) == "Alien is the oldest one: 1979; then Casino, 1995."
    assert which("which is longer?", items[:2], labels) == "Casino is the longer one: 178 min; then Heat, 170 min."
    assert which("which is newer?", items[:2], labels).startswith("None of them: Heat and Casino all have 1995")
    assert which("which is better?", items, labels) == ""


def test_likeness_is_what_both_have(films: Catalogue) -> None:
    heat, casino = item(films, "Heat"), item(films, "Casino")
    told = likened(heat, casino, 0.99, Labels(films))
    assert told.startswith("Yes, close: Heat is nearer to Casino than nearly all films here.")
    assert "Robert De Niro" in told
    assert likened(heat, casino, 0.2, Labels(films)).startswith("Not much:")


def test_a_cell_shows_that_it_is_cut_and_what_is_shared_stands_in_it(shop: Catalogue) -> None:
    labels = Labels(shop)
    for first, second in zip(shop.items, shop.items[1:], strict=False):
        head, *rows = next(part for part in parts(compared((first, second), labels)) if not isinstance(part, str))
        for label, *cells in rows:
            for one, cell in zip((first, second), cells, strict=True):
                values = one.values(label) if label in ("color", "size", "material", "category") else ()
                shown = cell.removesuffix(" …").split(", ")
                assert list(values) in ([], shown) or cell.endswith(" …") or cell == f"{values[0]}–{values[-1]}", cell
        assert head[1:] == (first.title, second.title)


def test_shared_values_are_not_those_cut_off(shop: Catalogue) -> None:
    many = next(i for i in shop.items if len(i.values("color")) > 3)
    last = many.values("color")[-1]
    other = next(
        i for i in shop.items if i is not many and set(i.values("color")) & set(many.values("color")) == {last}
    )
    rows, _ = parts(compared((many, other), Labels(shop)))
    colors = next(row for row in rows if row[0] == "color")
    assert last in colors[1]
    assert colors[1].endswith(" …")


def test_a_run_of_sizes_is_a_range(shop: Catalogue) -> None:
    shoes = [item(shop, t) for t in ("Veja Campo Sneakers", "Converse Chuck 70 High Top")]
    text = compared(shoes, Labels(shop))
    assert "| 5–12 | 4–13 |" in text
    assert ungrounded(text, Grounds(tuple(shoes))) == ()
