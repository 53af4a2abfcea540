"""A run of conversations as one HTML page that needs nothing else, and as JUnit's XML. Knows rows of a report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any
from xml.etree import ElementTree as Xml

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from bot.conversations.summary import Difference, changes_in_words, labelled, summarised

Row = Mapping[str, Any]


@cache
def _page() -> Template:
    loader = PackageLoader("bot.conversations", ".")
    environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    return environment.get_template("report.html.j2")


def html(rows: Sequence[Row], difference: Difference | None) -> str:
    """One page: figures, what changed, and every transcript with cards, events and times. Text is escaped."""
    changes = [] if difference is None else [(told, names) for told, names in changes_in_words(difference) if names]
    return _page().render(
        figures=labelled(summarised(rows)), changes=changes, rows=rows, compared=difference is not None
    )


def junit(rows: Sequence[Row], _: Difference | None = None) -> str:
    """JUnit's XML: a suite a script, a case a conversation, its first mismatch as the failure."""
    top = Xml.Element("testsuites")
    for script in dict.fromkeys(row["script"] for row in rows):
        own = [row for row in rows if row["script"] == script]
        failures = sum(row["outcome"] != "passed" for row in own)
        suite = Xml.SubElement(top, "testsuite", name=script, tests=str(len(own)), failures=str(failures))
        for row in own:
            _case(suite, row)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + Xml.tostring(top, encoding="unicode") + "\n"


def _case(suite: Xml.Element, row: Row) -> None:
    seconds = sum((turn.get("ms") or {}).get("total", 0.0) for turn in row["turns"]) / 1000
    name = f"{row['name']} ({row['mode']})"
    case = Xml.SubElement(suite, "testcase", name=_xml(name), classname=row["script"], time=f"{seconds:.3f}")
    wrong = [w for turn in row["turns"] for w in turn["wrong"]]
    if wrong:
        told = "\n".join(f"{w['what']}\n  expected: {w['expected']}\n  actual:   {w['actual']}" for w in wrong)
        Xml.SubElement(case, "failure", message=_xml(wrong[0]["what"])).text = _xml(told)


def _xml(text: str) -> str:
    """Without the characters that XML 1.0 cannot hold."""
    return "".join(
        c if c in "\t\n" or (c >= " " and c not in "\ufffe\uffff" and not "\ud800" <= c <= "\udfff") else "\ufffd"
        for c in text
    )
