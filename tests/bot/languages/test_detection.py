"""Which language a message is in: clear sentences, names that prove nothing, English in bulk, and what follows what."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.dialogue.events import Restarted, Said, StepBegan, from_json, to_json
from bot.dialogue.state import fold
from bot.languages.hearing import Languages
from bot.understanding.training.generate import generate
from retrieval.catalogue.item import Catalogue
from retrieval.linking import Linker

NAMES = ("Roma", "Amelie", "Y tu mamá también", "La La Land", "El Mariachi", "Los Olvidados", "Antonio Banderas")


@pytest.fixture(scope="module")
def heard(films: Catalogue) -> Languages:
    return Languages(films, Linker(films))


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("quiero una comedia", "es"),
        ("¿quién la dirigió?", "es"),
        ("comedia romántica", "es"),
        ("una peli like Heat pero más corta", "es"),
        ("我想看一部科幻电影", "zh"),
        ("想看Heat那样的", "zh"),
        ("show me something newer", "en"),
        ("i want algo like Heat", "en"),
        ("have you seen El secreto de sus ojos", "en"),
        ("i loved 英雄, show me more", "en"),
    ],
)
def test_clear_sentences(heard: Languages, text: str, language: str) -> None:
    found = heard.hear(text, "fr")
    assert (found.language, found.clear) == (language, True)


@pytest.mark.parametrize("text", [*NAMES, "no", "ok", "ya", "si", "solo", "映画が見たい", "영화 추천해줘", "?", ""])
@pytest.mark.parametrize("so_far", ["en", "es"])
def test_what_proves_nothing_changes_nothing(heard: Languages, text: str, so_far: str) -> None:
    found = heard.hear(text, so_far)
    assert (found.language, found.clear) == (so_far, False)


def test_english_in_bulk_stays_english(heard: Languages) -> None:
    packs = generate(2024, "dev")
    messages = [sample.message.message for _, pack in zip(range(25), packs, strict=False) for sample in pack.samples]
    assert len(messages) > 300
    assert [m for m in messages if heard.hear(m).language != "en"] == []


def test_what_we_offered_is_in_the_language_of_the_conversation(heard: Languages) -> None:
    assert heard.hear("show me something newer", "es", ours=True).language == "es"
    assert heard.hear("más nueva", "es", ours=True).english == "newer"


def test_a_long_message_is_left_alone(heard: Languages) -> None:
    text = "quiero una comedia " * 200
    assert heard.hear(text) == type(heard.hear(text))("en", text)


def test_the_state_remembers_the_language_through_a_fresh_start_and_replay() -> None:
    events = (StepBegan(1), Said("hola", "es", "hello"), StepBegan(2), Said("Heat"), Restarted())
    assert fold(events[:2]).said == "hello"
    assert fold(events).language == "es"
    assert fold(from_json(to_json(event)) for event in events) == fold(events)
    assert from_json({"event": "Said", "text": "hi"}) == Said("hi"), "stored before there were languages"


def test_a_catalogue_without_lexicons_is_heard_in_plain_words(teas: Catalogue) -> None:
    found = Languages(teas, Linker(teas)).hear("quiero algo de menos de 10 euros")
    assert (found.language, found.english) == ("es", "i want something of under 10 euros")


@pytest.fixture
def teas(tmp_path: Path) -> Catalogue:
    from retrieval.catalogue.loader import load_catalogue

    (tmp_path / "catalogue.toml").write_text(
        'name = "teas"\nitem = "tea"\nitems = "i.csv"\n[columns]\nid = "id"\ntitle = "title"\n'
        '[facets.price]\ncolumn = "price"\nkind = "number"\nunit = "EUR"\n',
        "utf-8",
    )
    (tmp_path / "i.csv").write_text("id,title,price\nt1,Assam,6\nt2,Sencha,14\n", "utf-8")
    return load_catalogue(tmp_path)
