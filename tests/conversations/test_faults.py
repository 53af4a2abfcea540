"""The seeded faults still fit the product: a line that moved on would be a fault that is never tried."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.conversations.faults import FAULTS, ROOT, Fault, seed


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_changes_what_runs(fault: Fault, tmp_path: Path) -> None:
    copy = tmp_path / fault.file
    copy.parent.mkdir(parents=True)
    shutil.copy(ROOT / fault.file, copy)
    seed(fault, tmp_path)
    text = copy.read_text(encoding="utf-8")
    compile(text, fault.file, "exec")
    assert fault.new in text
    assert fault.old not in text or fault.old in fault.new


def test_a_line_that_is_gone_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1\n", encoding="utf-8")
    with pytest.raises(ValueError, match="stands 0 times"):
        seed(Fault("f", "policy", "a.py", "y = 1", "y = 2"), tmp_path)


def test_faults_have_names_of_their_own() -> None:
    assert len({fault.name for fault in FAULTS}) == len(FAULTS) >= 20
