"""JSON Lines: one answer a row whatever the row holds, in UTF-8 whatever it came as."""

from __future__ import annotations

import io
import json

from bot.jsonl import Row, answer_rows


def echo(row: Row) -> Row:
    return row


def answered(raw: bytes) -> tuple[int, list[dict[str, object]]]:
    """The exit code and the answers, through streams as strict as those of a terminal."""
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", errors="strict")
    code = answer_rows(io.TextIOWrapper(io.BytesIO(raw), encoding="utf-8"), echo, out)
    out.seek(0)
    return code, [json.loads(line) for line in out]


def test_a_surrogate_without_its_pair_is_answered_as_it_came() -> None:
    code, rows = answered(b'{"id":"\\ud800"}\n{"id":"ok \\ud83c\\udf89"}\n')
    assert code == 0
    assert rows == [{"id": "\ud800"}, {"id": "ok \U0001f389"}]


def test_bytes_that_are_no_utf8_spoil_no_other_row() -> None:
    code, rows = answered(b'{"id":"a\xff"}\n\xfe\n{"id":"b"}\n')
    assert code == 1
    assert rows[0] == {"id": "a\udcff"}
    assert "is not JSON" in str(rows[1]["error"])
    assert rows[2] == {"id": "b"}
