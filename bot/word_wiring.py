"""From settings to how the assistant speaks: tone, length, the shop's own style, and whether a model words replies.

Knows concrete classes; knows no assistant.
"""

from __future__ import annotations

from pathlib import Path

from bot.llm.port import LanguageModel
from bot.model_wiring import WiringError
from bot.response.wording import MOST_CHARS, Voice
from bot.response.wording_brief import ACTS, PREFERRED
from bot.response.writing import Wish, Writer
from bot.settings import DEFAULT_MODEL, Settings
from retrieval.catalogue.item import Catalogue

HOUSE = Path("prompts") / "house.txt"  #: in a catalogue's folder


def worded_acts(settings: Settings) -> frozenset[str]:
    """The acts whose replies a model words.

    With `words` "auto": all of them where a model was configured (a server, or another local one than the default) and
    reads messages as well; with the default model those that a blind comparison preferred; none where the rules read.
    """
    if settings.words != "auto":
        return frozenset(ACTS) if settings.words == "model" else frozenset()
    if settings.reader == "rules":
        return frozenset()
    return frozenset(ACTS) if settings.llm_base_url or settings.model != DEFAULT_MODEL else PREFERRED


def voice_of(settings: Settings, catalogue: Catalogue) -> Voice:
    """How replies sound. Raises WiringError when the shop's own style cannot be used."""
    return Voice(settings.tone, settings.length, house_style(settings, catalogue))


def house_style(settings: Settings, catalogue: Catalogue) -> str:
    """The shop's own style, from the file that the settings name or the catalogue's folder holds; else empty.

    Raises WiringError when a file that was named is not there, or any is no text or too long.
    """
    path = settings.house_prompt or catalogue.schema.folder / HOUSE
    if settings.house_prompt is None and not path.is_file():
        return ""
    try:
        text = path.expanduser().read_text(encoding="utf-8-sig").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise WiringError(
            f"the house prompt {str(path)!r} cannot be read", hint="set CHATALOGUE_HOUSE_PROMPT to a text file in UTF-8"
        ) from error
    if len(text) > MOST_CHARS:
        raise WiringError(
            f"the house prompt {str(path)!r} has {len(text):,} characters", hint=f"say it in {MOST_CHARS:,} at most"
        )
    return text


def build_writer(settings: Settings, catalogue: Catalogue, llm: LanguageModel | None) -> Writer | None:
    """The model that words replies; None when templates do all."""
    acts = worded_acts(settings)
    if llm is None or not acts:
        return None
    voice = voice_of(settings, catalogue)
    return Writer(llm, catalogue.schema.items_noun, voice, Wish(acts, settings.words_deadline_s))
