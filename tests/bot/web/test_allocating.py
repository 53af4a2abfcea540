"""Memory that a thread frees goes back to the system, in a process of its own: the setting is the whole process's."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

ROUNDS = """
import ctypes, sys, threading
from bot.web.allocating import return_what_is_free
if sys.argv[1] == "set":
    assert return_what_is_free()
libc = ctypes.CDLL(None)
libc.malloc.restype = libc.memset.restype = ctypes.c_void_p
def work():
    first = libc.malloc(ctypes.c_size_t(40 << 20)); libc.free(ctypes.c_void_p(first))  # glibc's threshold rises by it
    held = []
    for size in (30, 20, 10):
        size = ctypes.c_size_t(size << 20)
        block = libc.malloc(size); libc.memset(ctypes.c_void_p(block), 1, size)
        held += [block, libc.malloc(ctypes.c_size_t(100_000))]  # what stays keeps the arena's end from going
    for block in held[::2]:
        libc.free(ctypes.c_void_p(block))
for thread in [threading.Thread(target=work) for _ in range(6)]:
    thread.start(); thread.join()
print(int(open("/proc/self/statm").read().split()[1]) * 4096 // 2**20)
"""


def held(how: str) -> int:
    """Resident megabytes of a process in which threads were given memory and gave it back."""
    done = subprocess.run([sys.executable, "-c", ROUNDS, how], capture_output=True, text=True, check=True)
    return int(done.stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="the allocator is glibc's")
def test_what_threads_give_back_is_not_held() -> None:
    assert held("set") < held("as it is") / 2
