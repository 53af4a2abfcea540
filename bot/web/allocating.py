"""What the C library's allocator does with memory that is free again, on Linux with glibc; elsewhere nothing is set.

A turn's tensors (a buffer of keys and values is 30 MB) come and go in the threads of turns. By itself glibc gives each
thread an arena and, from the first large block that is freed, takes blocks of up to 32 MB from arenas, which return to
the system from their ends alone: a server that worked on 0.8 GB held 0.7 GB more that nobody used (docs/log.md). With
few arenas, and large blocks mapped by themselves, what is freed is free. Knows `mallopt`; knows no tensor.
"""

from __future__ import annotations

import ctypes
import logging
import platform
from collections.abc import Mapping

MEGABYTE = 2**20
ARENAS = 2
SETTINGS: Mapping[int, int] = {
    -8: ARENAS,  # M_ARENA_MAX
    -3: 8 * MEGABYTE,  # M_MMAP_THRESHOLD: above what a layer's activations take, which are made and freed all the time
    -1: 64 * MEGABYTE,  # M_TRIM_THRESHOLD: free memory at an arena's end that is kept for the next turn
}  #: options of `mallopt`, by their numbers in glibc's malloc.h
log = logging.getLogger(__name__)


def return_what_is_free() -> bool:
    """Set the allocator of this process; whether it could be. To be called before there are threads."""
    if platform.libc_ver()[0] != "glibc":
        return False
    libc = ctypes.CDLL(None)
    done = [bool(libc.mallopt(option, value)) for option, value in SETTINGS.items()]
    if not all(done):
        log.warning("the allocator could not be set: memory that is free may stay with the server")
    return all(done)
