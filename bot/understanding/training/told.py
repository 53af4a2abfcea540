"""What one reply says: a template and what fills it, drawn from invented facts. Knows no other words for it.

`values` fill the template and the phrasings alike; a template's "{going_by}" and "{are}" have shapes of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bot.response.labels import capital, count_word, joined
from bot.understanding.training.facts import MONEY, YEARS, Invented
from bot.understanding.training.schema import plural
from retrieval.catalogue.schema import FacetKind

RUNTIME = "runtime"
NAMED = (FacetKind.CATEGORY, FacetKind.ENTITY)


@dataclass(frozen=True, slots=True)
class Told:
    """One template's part of a reply.

    `values` by the name of their place, empty where the turn has none; `shapes` fill the template only. `items`:
    (title, line of facts) of what is shown, in order.
    """

    key: str
    values: Mapping[str, str]
    shapes: Mapping[str, str] = field(default_factory=dict)
    items: tuple[tuple[str, str], ...] = ()


def tell(f: Invented, key: str) -> tuple[Told, ...]:
    """The parts of a reply of the kind `key` (`REPLIES`, `QUESTIONS`). Raises DoesNotFit where facts are missing."""
    told = _told(f, key)
    if key == "list" and f.r.random() < 0.2:
        return (_told(f, "like"), told)
    if key in ("list", "list_start") and f.r.random() < 0.2:
        return (told, _told(f, f.r.choice(QUESTIONS)[0]))
    return (told,)


def _told(f: Invented, key: str) -> Told:
    return _BUILT[key](f) if key in _BUILT else Told(key, {name: draw(f) for name, draw in _PLACES[key].items()})


def _asked(key: str, concept: str) -> Callable[[Invented], Told]:
    """A question about a number whose words need no label, where the catalogue has such a number."""

    def ask(f: Invented) -> Told:
        f.label((FacetKind.NUMBER,), concept)
        return Told(key, {})

    return ask


def _list(f: Invented, key: str, likes: float, most: int) -> Told:
    """A list of one to six items; at least an example or a wish where it is the first."""
    count = 1 if key == "list" and f.r.random() < 0.06 else f.r.randint(2, 6)
    example = f.titles_said() if f.r.random() < likes else ""
    wishes = f.wishes(f.r.randint(1 if key == "list" and not example else 0, most))
    return _listed(f, key, count, {"like": example and f" like {example}", "example": example}, wishes)


def _listed(f: Invented, key: str, count: int, like: dict[str, str], wishes: tuple[str, ...]) -> Told:
    shown = [(title, f.facts()) for title in f.titles(min(count, 3))]
    number = count_word(count)
    noun, nouns = f.schema.item, plural(f.schema.item)
    values = {"count": number, "Count": capital(number)} if count > 1 else {}
    values |= {"nouns": nouns, "noun": noun, **like, "wishes": joined(wishes), "t1": shown[0][0]}
    values |= {"t2": shown[1][0]} if count > 1 else {}
    values |= {"fact1": f.r.choice(shown[0][1])} if shown[0][1] else {}
    shapes = {
        "count": number,
        "Count": capital(number),
        "are": "are" if count > 1 else "is",
        "nouns": nouns if count > 1 else noun,
        "going_by": f": {', '.join(wishes)}" if wishes else "",
    } | ({"wish": wishes[0]} if wishes else {})
    return Told(key, values, shapes, tuple((title, " · ".join(facts)) for title, facts in shown))


def _shown(f: Invented, key: str, values: Mapping[str, str]) -> Told:
    """What is said about one item of the screen, whose facts stand beside its title."""
    title = f.title()
    return Told(key, {"title": title, **values}, items=((title, " · ".join(f.facts())),))


def _fact(f: Invented) -> Told:
    return _shown(f, "fact", {"fact": f.fact(f.view())})


def _no(f: Invented) -> Told:
    view = f.view()
    return _shown(f, "no", {"label": view.name.replace("_", " "), "fact": f.fact(view)})


def _accepted(f: Invented) -> Told:
    titles = f.titles(1 if f.r.random() < 0.75 else 2)
    return Told("accept", {"titles": joined(titles)}, items=tuple((title, " · ".join(f.facts())) for title in titles))


_BUILT: dict[str, Callable[[Invented], Told]] = {
    "list": lambda f: _list(f, "list", 0.45, 3),
    "list_more": lambda f: _list(f, "list_more", 0.3, 3),
    "list_start": lambda f: _listed(f, "list_start", f.r.randint(2, 6), {}, ()),
    "ask_year": _asked("ask_year", YEARS),
    "ask_money": _asked("ask_money", MONEY),
    "ask_duration": _asked("ask_duration", RUNTIME),
    "accept": _accepted,
    "fact": _fact,
    "yes": lambda f: _shown(f, "yes", {"fact": f.fact(f.view())}),
    "no": _no,
    "unsaid": lambda f: _shown(f, "unsaid", {}),
    "why_close": lambda f: _shown(f, "why_close", {"other": f.title()}),
    "why_people": lambda f: _shown(f, "why_people", {"other": f.title()}),
    "why_matches": lambda f: _shown(f, "why_matches", {"wishes": ", ".join(f.values(f.r.randint(1, 2)))}),
}
_PLACES: dict[str, Mapping[str, Callable[[Invented], str]]] = {
    "ask": {"label": lambda f: f.label(NAMED)},
    "ask_plain": {"label": lambda f: f.label((FacetKind.NUMBER,))},
    "like": {"titles": Invented.titles_said},
    "greet": {"noun": lambda f: f.schema.item},
}

ANSWERS: Mapping[str, tuple[str, ...]] = {
    "fact": ("{title}: {fact}.",),
    "yes": ("Yes. {title}: {fact}.",),
    "no": ("No. {title}: {label} {fact}.",),
    "why_close": ("{title}: Close to {other}, which you liked", "{title}: Like {other}, which you liked"),
    "why_people": ("{title}: People who liked {other} also liked it", "{title}: Liked by people who liked {other}"),
    "why_matches": ("{title}: Matches: {wishes}",),
}  #: replies whose words are not all in the templates: `bot.response.answers` and `ranking.explain` have these shapes

REPLIES = [
    ("list", 50), ("list_more", 12), ("list_start", 6), ("accept", 12), ("greet", 4), ("fact", 10), ("yes", 4),
    ("no", 3), ("unsaid", 4), ("why_close", 4), ("why_people", 3), ("why_matches", 3),
]  # fmt: skip
#: What a reply begins with, and how often.

QUESTIONS = [("ask", 10), ("ask_year", 3), ("ask_money", 3), ("ask_duration", 2), ("ask_plain", 2)]

_WHY = ("explain", "said_why")
_ABOUT = {
    "list": ("recommend", "said_list"),
    "list_more": ("recommend", "said_more"),
    "list_start": ("recommend", "said_start"),
    "accept": ("accept", "said_react"),
    "greet": ("greet", "said_chat"),
    **dict.fromkeys(("fact", "yes", "no", "unsaid"), ("describe", "said_ask")),
    **dict.fromkeys(("why_close", "why_people", "why_matches"), _WHY),
    **dict.fromkeys((key for key, _ in QUESTIONS), ("ask", "said_start")),
}


def act(key: str) -> str:
    """The act of a reply that begins with `key`, one of `bot.response.wording_brief.ACTS`."""
    return _ABOUT[key][0]


def message(key: str) -> str:
    """The section of phrasings with what a visitor wrote before such a reply."""
    return _ABOUT[key][1]
