"""Rows of a CSV, JSONL or Parquet file, each with its line number, as plain tidy values.

A row that cannot be read is a `RowProblem` in the same stream; only a file that cannot be read at all raises. Text is
NFC and free of control characters, those that turn the direction of what follows included. Knows no column names and no
facets.
"""

from __future__ import annotations

import csv
import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path

from retrieval.catalogue.item import RowProblem
from retrieval.errors import CatalogueError

Row = Mapping[str, object]

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]+")
_TURNS = re.compile(r"[\u202a-\u202e\u2066-\u2069]")  # an open one reorders the words and links that come after
_LONGEST_CELL = 2**31 - 1  # the csv module's own default of 131,072 refuses long descriptions


def read_rows(path: Path) -> Iterator[tuple[int, Row | RowProblem]]:
    """The rows of `path` with their lines, 1-based (in a Parquet file, the row's number)."""
    readers = {".csv": _csv_rows, ".jsonl": _jsonl_rows, ".ndjson": _jsonl_rows, ".parquet": _parquet_rows}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise CatalogueError(
            f"{path.name!r} is of no kind that can be read", hint=f"write it as one of {', '.join(readers)}"
        )
    if not path.is_file():
        raise CatalogueError(f"there is no file {str(path)!r}", hint="check the path in catalogue.toml")
    return reader(path)


def tidy_text(text: str) -> str:
    """`text` in NFC, without control characters (of direction either, marks excepted) and outer blanks.

    Raises ValueError for what is no Unicode text.
    """
    if text.isascii() and text.isprintable():
        return text.strip()
    if not text.isascii():
        text.encode("utf-8")  # a lone surrogate raises UnicodeEncodeError, a ValueError
        text = unicodedata.normalize("NFC", _TURNS.sub("", text))
    if not text.isprintable():
        text = _CONTROL.sub(" ", text)
    return text.strip()


def tidy(value: object) -> object:
    """`value` with every string in it tidied, at any depth."""
    if isinstance(value, str):
        return tidy_text(value)
    if isinstance(value, list):
        return [tidy(v) for v in value]
    if isinstance(value, dict):
        return {tidy_text(str(k)): tidy(v) for k, v in value.items()}
    return value


_tidy_name = lru_cache(maxsize=1024)(tidy_text)  # the same few column names in every row


def _tidied(path: Path, line: int, row: dict[str, object]) -> Row | RowProblem:
    try:
        return {_tidy_name(name): tidy(value) for name, value in row.items()}
    except (ValueError, RecursionError):
        return RowProblem(path.name, line, None, "holds half of a surrogate pair, which is no Unicode text")


def _jsonl_rows(path: Path) -> Iterator[tuple[int, Row | RowProblem]]:
    with path.open("rb") as file:
        for line, raw in enumerate(file, start=1):
            content = raw.removeprefix(b"\xef\xbb\xbf") if line == 1 else raw
            if content.strip():
                yield line, _json_row(path, line, content)


def _json_row(path: Path, line: int, content: bytes) -> Row | RowProblem:
    try:
        row = json.loads(content.decode("utf-8"))
    except UnicodeDecodeError:
        return RowProblem(path.name, line, None, "not UTF-8")
    except json.JSONDecodeError as error:
        return RowProblem(path.name, line, None, f"broken JSON: {error.msg} at character {error.pos + 1}")
    except (ValueError, RecursionError) as error:
        return RowProblem(path.name, line, None, f"JSON beyond what can be read: {type(error).__name__}")
    if not isinstance(row, dict):
        return RowProblem(path.name, line, None, f"a JSON {type(row).__name__}, where an object is expected")
    return _tidied(path, line, row)


def _csv_rows(path: Path) -> Iterator[tuple[int, Row | RowProblem]]:
    csv.field_size_limit(_LONGEST_CELL)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file)
            header = [tidy_text(name) for name in next(reader, [])]
            repeated = sorted({name for name in header if header.count(name) > 1})
            if repeated:
                raise CatalogueError(f"{path.name} names the column {repeated[0]!r} twice", hint="rename one of them")
            line = reader.line_num + 1
            for cells in reader:
                if cells:
                    yield line, _csv_row(path, line, header, cells, spans_lines=reader.line_num > line)
                line = reader.line_num + 1
    except UnicodeDecodeError as error:
        raise CatalogueError(
            f"{path.name} is not UTF-8: byte {error.object[error.start]:#x}", hint="save it as UTF-8"
        ) from error
    except csv.Error as error:
        raise CatalogueError(
            f"{path.name}:{reader.line_num}: broken CSV: {error}", hint='write a quote inside a quoted cell as ""'
        ) from error


def _csv_row(path: Path, line: int, header: list[str], cells: list[str], *, spans_lines: bool) -> Row | RowProblem:
    if len(cells) > len(header):
        return RowProblem(path.name, line, None, f"{len(cells)} cells under {len(header)} column names")
    if spans_lines and len(cells) < len(header):  # a stray quote swallowed the lines below it
        return RowProblem(path.name, line, None, "a quote that opens here is not closed where the cell ends")
    padded = [cell if cell.strip() else None for cell in cells] + [None] * (len(header) - len(cells))
    return _tidied(path, line, dict(zip(header, padded, strict=True)))


def _parquet_rows(path: Path) -> Iterator[tuple[int, Row | RowProblem]]:
    import pyarrow as arrow
    from pyarrow import parquet

    try:
        with parquet.ParquetFile(path) as file:
            line = 0
            for batch in file.iter_batches():
                for row in batch.to_pylist():
                    line += 1
                    yield line, _tidied(path, line, row)
    except (arrow.ArrowException, OSError) as error:
        raise CatalogueError(f"{path.name} is no Parquet file that can be read: {error}", hint="write it again") from (
            error
        )
