"""What the tags of phrasings put into a message: a title, a person, a genre, an amount, a reference to the screen.

Knows neither scenarios nor noise.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.understanding.reading import Polarity
from bot.understanding.training import amounts, names
from bot.understanding.training.describe import describe
from bot.understanding.training.draft import DoesNotFit, Draft
from bot.understanding.training.lists import mapping, words
from bot.understanding.training.schema import ITEM, Meaning, Mention, genre_meanings, need_meanings

COMPARATIVES = ("darker", "lighter", "more recent", "newer", "older", "shorter")
Filler = Callable[[Draft, Polarity | None], str]


def meanings(tag: str, said: str, domain: str) -> tuple[Meaning, ...]:
    """What words given in a phrasing mean: `{gen+:comedies}` a genre, `{say+:dark}` a need."""
    return genre_meanings(said) if tag == "gen" else need_meanings(said, domain)


def _all(d: Draft, polarity: Polarity | None) -> str:
    for i in range(len(d.scene.shows)):
        d.refer(i, polarity)
    return ""


def _by_price(choose: Callable[[list[int]], int]) -> Filler:
    def fill(d: Draft, polarity: Polarity | None) -> str:
        if not d.scene.priced or len(d.scene.prices) != len(d.scene.shows):
            raise DoesNotFit
        return d.refer(d.scene.prices.index(choose(d.scene.prices)), polarity)

    return fill


def _by_year(choose: Callable[[list[int]], int]) -> Filler:
    def fill(d: Draft, polarity: Polarity | None) -> str:
        years = [y for _, y in d.scene.titles]
        if not d.scene.dated or len(set(years)) < len(years) or len(years) < 2:
            raise DoesNotFit
        return d.refer(years.index(choose(years)), polarity)

    return fill


def _by_color(d: Draft, polarity: Polarity | None) -> str:
    titles = [t for t, _ in d.scene.titles]
    colors = [c for c in words("shop")["color"] if sum(names.capitals(c) in t for t in titles) == 1]
    if d.domain != "shop" or not colors:
        raise DoesNotFit
    color = d.r.choice(colors)
    d.refer(next(i for i, t in enumerate(titles) if names.capitals(color) in t), polarity)
    return f"the {color} one"


def _index(i: int) -> Filler:
    return lambda d, polarity: d.refer(i, polarity)


def _known(i: int) -> Filler:
    return lambda d, polarity: d.known(i, polarity)


def _person_before(d: Draft, polarity: Polarity | None) -> str:
    """Somebody named in the turns before, whom the message does not name. Raises DoesNotFit."""
    if not d.scene.person:
        raise DoesNotFit
    if polarity is not None:
        d.proposals.append((Mention((Meaning("person"),), polarity), d.scene.person, polarity))
    return ""


def _size_word(d: Draft, polarity: Polarity | None) -> str:
    value = d.pick(words("shop")["size"][:7])
    return d.say(d.worded("size", value, False), (Meaning("size", (value,)),), polarity)


def _area(d: Draft, polarity: Polarity | None) -> str:
    value = d.pick(words(d.domain)["area"])
    before = {"downtown": "", "midtown": "", "Uptown": "", "the harbor": "near ", "the riverside": "near "}.get(
        value, "in "
    )
    said = d.lowered(value)
    if said.lower().startswith("the "):
        before, said = before + "the ", said[4:]
    return before + d.say(said, (Meaning("area", (value,)),), polarity)


def _franchise(d: Draft, polarity: Polarity | None) -> str:
    name = d.pick(words("films")["franchises"])
    said = d.r.choices([name, name.lower(), names.without_article(name)], [6, 2, 2])[0]
    return d.say(said, (Meaning(ITEM),), polarity, name=True)


def _everyday_title(d: Draft, polarity: Polarity | None) -> str:
    """A title that is an ordinary word, written bare: only for phrasings that leave no doubt."""
    pronouns = ("It", "Her", "Us", "Go", "Up")
    title = d.pick(tuple(t for t in words("films")["ordinary_titles"] if t not in pronouns))
    said = title.lower() if d.r.random() < 0.5 else title
    return d.say(said, (Meaning(ITEM),), polarity, name=True)


def _country(d: Draft, polarity: Polarity | None) -> str:
    said, (country, *_) = d.r.choice(list(mapping("films", "places").items()))
    before = "the " if said.startswith("the ") else ""
    return before + d.say(said.removeprefix("the "), (Meaning("country", (country,)),), polarity)


def _language(d: Draft, polarity: Polarity | None) -> str:
    value = d.pick(words("films")["language"])
    return d.say(value, (Meaning("language", (value,)),), polarity)


def _nationality(d: Draft, polarity: Polarity | None) -> str:
    said = d.pick(tuple(mapping("films", "nationality")))
    return d.say(said, need_meanings(said, "films"), polarity)


def _comparing(word: str) -> Filler:
    def fill(d: Draft, polarity: Polarity | None) -> str:
        plain = tuple(a for a in words("films")["adjectives"] if a not in COMPARATIVES and not a.startswith("more "))
        return d.say(f"{word} {d.pick(plain)}", (), polarity)

    return fill


def _positive(d: Draft, polarity: Polarity | None) -> str:
    said = d.pick(tuple(a for a in words("films")["adjectives"] if a not in COMPARATIVES))
    return d.say(said, need_meanings(said, "films"), polarity)


def _kids(d: Draft, polarity: Polarity | None) -> str:
    return d.say(d.r.choice(["kids", "family", "kid friendly"]), (Meaning("genre", ("children",)),), polarity)


def _for_kids(d: Draft, polarity: Polarity | None) -> str:
    return d.say(d.r.choice(["kids", "kids", "children", "little kids"]), (Meaning("genre", ("children",)),), polarity)


def _described(many: bool) -> Filler:
    def fill(d: Draft, polarity: Polarity | None) -> str:
        return describe(d, polarity, many)

    return fill


def _diet(d: Draft, polarity: Polarity | None) -> str:
    value = d.pick(("vegan", "vegan", "vegetarian", "lactose free"))
    return d.say(value, (Meaning("diet", (value,)),), polarity)


def _need(section: str) -> Filler:
    return lambda d, polarity: d.need(section, polarity)


def _genre(section: str) -> Filler:
    return lambda d, polarity: d.genre(section, polarity)


def _audience(d: Draft, polarity: Polarity | None) -> str:
    said = d.pick(tuple(mapping("shop", "audience_words")))
    return d.say(said, need_meanings(said, "shop"), polarity)


def _relative(d: Draft, polarity: Polarity | None) -> str:
    return d.say(d.pick(words(d.domain)["relative"]), (), polarity)


def _pointed(d: Draft, polarity: Polarity | None) -> str:
    from bot.understanding.training.list_scenarios import pointed

    return pointed(d, polarity)


def _every(d: Draft, polarity: Polarity | None) -> str:
    from bot.understanding.training.list_scenarios import every

    return every(d, polarity)


REFERENCES: Mapping[str, Filler] = {
    "pos": _pointed,
    "it": _index(0),
    "a": _index(0),
    "b": _index(1),
    "c": _index(2),
    "last": _index(-1),
    "all": lambda d, p: _every(d, p) if d.scene.kind == "list" else _all(d, p),
    "T": _known(0),
    "A": _known(0),
    "B": _known(1),
    "C": _known(2),
    "D": _known(3),
    "E": _known(4),
    "cheap": _by_price(min),
    "exp": _by_price(max),
    "newer": _by_year(max),
    "older": _by_year(min),
    "colref": _by_color,
    "per": _person_before,
}
EVERYWHERE: Mapping[str, Filler] = {"n": Draft.new_item, "rel": _relative}
FILMS: Mapping[str, Filler] = {
    "nf": _franchise,
    "nr": _everyday_title,
    "g": _genre("genre_nouns"),
    "ga": _genre("genre_adjectives"),
    "gs": _genre("genre_predicates"),
    "p": Draft.person,
    "pi": Draft.person_in,
    "y": lambda d, p: d.say_amount(amounts.year(d.r), "year", p),
    "ya": lambda d, p: d.say_amount(amounts.year_adjective(d.r), "year", p),
    "rt": lambda d, p: d.say_amount(amounts.runtime(d.r), "runtime", p),
    "bn": _need("topics"),
    "ba": _need("kinds"),
    "bw": _need("qualifiers"),
    "bj": _need("adjectives"),
    "bp": _positive,
    "more": _comparing("more"),
    "less": _comparing("less"),
    "nat": _nationality,
    "country": _country,
    "lang": _language,
    "kid": _kids,
    "fk": _for_kids,
}
GOODS: Mapping[str, Filler] = {
    "ab": _need("needs"),
    "d": _described(False),
    "ds": _described(True),
    "sizew": _size_word,
    "area": _area,
    "areaN": _area,
    "dietP": _diet,
    "aud": _audience,
    "price": lambda d, p: d.say_amount(amounts.price(d.r, d.domain), "price", p),
    "priceover": lambda d, p: d.say_amount(amounts.price_over(d.r, d.domain), "price", p),
    "budget": lambda d, p: d.say_amount(amounts.budget(d.r, d.domain), "price", p),
    "nomore": lambda d, p: d.say_amount(amounts.no_more(d.r, d.domain), "price", p),
    "max": lambda d, p: d.say_amount(amounts.amount(d.r, d.domain), "price", p),
    "stars": lambda d, p: d.say_amount(amounts.stars(d.r), "stars", p),
    "year": lambda d, p: d.say_amount(amounts.year(d.r), "year", p),
}
