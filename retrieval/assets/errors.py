"""What can go wrong with an asset, in words that a visitor of the README can act on. Knows no asset by name."""

from __future__ import annotations

import errno

from retrieval.errors import ChatalogueError


class AssetError(ChatalogueError):
    """A downloaded asset is missing, damaged or cannot be fetched."""

    code = "asset"


def is_disk_full(error: BaseException) -> bool:
    """Whether `error` means that no space is left; safetensors and pip say so in text only."""
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return True
    return any(sign in str(error) for sign in ("No space left on device", "os error 28", "Errno 28"))
