"""A catalogue of four things and an assistant that answers what a test tells it to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from bot.conversations.bench import Bench, Effort, Visit
from bot.conversations.loading import Case, load_cases
from bot.dialogue.events import Event
from bot.dialogue.state import DialogueState, fold
from bot.messages import ItemCard, Reply, Step, TurnEvent
from retrieval.catalogue.item import Catalogue, Item
from retrieval.catalogue.schema import CatalogueSchema, Facet, FacetKind


def card_of(item: Item) -> ItemCard:
    facets = {name: list(value) if isinstance(value, tuple) else value for name, value in item.facets.items()}
    return ItemCard(item.id, item.title, 0.5, "because", facets)


@dataclass
class Answer:
    """What the double does in one turn: the items it shows, the events it records, anything else of the reply."""

    items: Sequence[str] = ()
    events: Sequence[Event] = ()
    reply: Reply = field(default_factory=lambda: Reply(None, "recommend", (), "here you are"))
    crossed: tuple[TurnEvent, ...] | None = None  #: instead of items, delta and done


@dataclass
class ScriptedTalk:
    """A conversation that answers by a list, one a turn; `state` may be set to something that no replay gives."""

    catalogue: Catalogue
    answers: list[Answer]
    steps: list[Step] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    lie: DialogueState | None = None

    @property
    def state(self) -> DialogueState:
        return self.lie or fold(self.events)

    def turn(self, step: Step) -> Iterator[TurnEvent]:
        answer = self.answers[len(self.steps)]
        self.steps.append(step)
        self.events += answer.events
        cards = answer.reply.items or tuple(card_of(self.catalogue.by_id[item]) for item in answer.items)
        done = TurnEvent("done", {"reply": replace(answer.reply, items=cards)})
        yield from answer.crossed or (TurnEvent("items", {"items": cards}), TurnEvent("delta", {"text": "…"}), done)


@pytest.fixture(scope="session")
def toys() -> Catalogue:
    def toy(name: str, kind: str, price: float | None) -> Item:
        return Item(name, name.title(), "", {"kind": (kind,), "price": price})

    facets = (Facet("kind", FacetKind.CATEGORY, ("kind",)), Facet("price", FacetKind.NUMBER, ("price",)))
    schema = CatalogueSchema("toys", "toy", Path("/"), Path("/"), None, "id", "title", (), facets)
    return Catalogue(
        schema,
        (toy("ball", "sport", 5.0), toy("bat", "sport", 9.0), toy("cat", "plush", 7.0), toy("dog", "plush", None)),
    )


@pytest.fixture
def make() -> type[Answer]:
    return Answer


@pytest.fixture
def talk(toys: Catalogue) -> Callable[..., ScriptedTalk]:
    return lambda *answers: ScriptedTalk(toys, list(answers))


@dataclass
class ScriptedBench:
    """A bench with one talk, that notes what the runner asks of it."""

    catalogue: Catalogue
    talk: ScriptedTalk
    asked: list[tuple[object, ...]] = field(default_factory=list)

    def begin(self, visit: Visit) -> ScriptedTalk:
        self.asked.append(("begin", visit))
        return self.talk

    def again(self, visit: Visit, /) -> ScriptedTalk:
        self.asked.append(("again", visit))
        return self.talk

    def wait(self, seconds: float, /) -> None:
        self.asked.append(("wait", seconds))

    def expecting(self, step: int, message: str, model: str | None, words: str | None = None) -> None:
        self.asked.append(("expecting", step, message, model))

    def effort(self) -> Effort | None:
        return Effort(1, 9)


@pytest.fixture
def bench(toys: Catalogue) -> Callable[[ScriptedTalk], Bench]:
    return lambda talk: ScriptedBench(toys, talk)


@pytest.fixture
def script(tmp_path: Path) -> Callable[[str], tuple[Case, ...]]:
    """Cases of a script given as text."""

    def load(text: str) -> tuple[Case, ...]:
        path = tmp_path / "x.conv.yaml"
        path.write_text(text, encoding="utf-8")
        return load_cases(path)

    return load
