"""An action and its facts → the words and chips of the reply, every word of it checked against the facts.

Words live in `templates`, answers in `answers`, chips in `chips`; a wording that names what the facts do not hold gives
way to its plain template and is flagged. Knows no model, no retrieval and no ranking.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from bot.dialogue import actions as a
from bot.dialogue import events as e
from bot.dialogue.cues import speaks_of_several
from bot.dialogue.doubt import meant
from bot.dialogue.policy import MOST_COMPARED
from bot.response.answers import answer, titled
from bot.response.cards import beliefs, understood, wished
from bot.response.changes import changed, gone, undone
from bot.response.chips import chips_for, frequent_values
from bot.response.claims import claimed_numbers
from bot.response.comparing import best_rated, compared, likened, which
from bot.response.grounding import Grounds, ungrounded
from bot.response.labels import Labels, capital
from bot.response.memories import within_reach
from bot.response.turn_facts import Composed, Facts
from bot.response.wording_check import MOST_WORDS
from retrieval.catalogue.item import Item
from retrieval.catalogue.schema import FacetKind


def compose(action: a.Action, facts: Facts) -> Composed:
    """The reply to `action`."""
    text, grounded = checked(capped(_WORDING[type(action)](action, facts)), action, facts)
    return Composed(text, chips_for(action, facts), grounded)


def capped(text: str, most: int = MOST_WORDS) -> str:
    """`text` as far as its prose has `most` words: whole lines, then whole sentences; what is left out is "…".

    A table is not prose, and the first sentence stays whatever its length.
    """
    kept: list[str] = []
    left = most
    for piece in re.split(r"(?<=[.?!])(?=\s)|(?=\n)", text):
        left -= 0 if piece.lstrip("\n").startswith("|") else len(piece.split())
        if left < 0 and kept:
            return "".join(kept).rstrip() + " …"
        kept.append(piece)
    return text


def checked(text: str, action: a.Action, facts: Facts) -> tuple[str, bool]:
    """`text` and True when it is grounded; else the plain template and False."""
    if not ungrounded(text, grounds(action, facts)):
        return text, True
    plain = facts.labels.say.plain
    return plain.get(type(action).__name__, plain["Confirm"]), False


def grounds(action: a.Action, facts: Facts) -> Grounds:
    """Everything that the reply to `action` may name."""
    labels, state = facts.labels, facts.state
    ids = dict.fromkeys((*(c.id for c in facts.cards), *getattr(action, "items", ()), *state.shown_now))
    ids |= dict.fromkeys(
        (*facts.liked_before, *getattr(action, "acknowledged", ()), *(r.item for r in state.reactions))
    )
    ids |= dict.fromkeys(x.item for x in (*state.undone, *state.step) if isinstance(x, e.Reacted))
    words = [facts.said, *facts.relaxed, *facts.blocking, *(label for label, _ in facts.relaxations), *facts.remembered]
    words += [x.text for x in state.log if isinstance(x, e.Said)] + [b.label for b in beliefs(state, labels)]
    words += [*getattr(action, "unknown", ()), getattr(action, "subject", "")]
    words += [*getattr(action, "options", ()), *getattr(action, "values", ())]
    if isinstance(action, a.Refuse):
        words += frequent_values(facts, 1)  # an example of what can be asked
    doubtful = meant(state.doubt) if state.doubt is not None else ()
    ids |= dict.fromkeys(x.item for x in doubtful if isinstance(x, e.Reacted))
    touched = (*state.undone, *state.step, *doubtful)
    words += [changed(x, labels) for x in touched if not isinstance(x, e.Reacted)]
    if isinstance(action, a.Explain):  # reasons are computed from contributions, not worded by anybody
        words += [*(card.why for card in facts.cards), *(line for i in action.items for line in facts.why.get(i, ()))]
    schema = labels.schema
    values = {v for f in schema.facets if f.kind is FacetKind.CATEGORY for v in labels.catalogue.facet_values(f.name)}
    values |= {schema.item, schema.items_noun, *(f.label for f in schema.facets)}
    counts = {len(facts.cards), *(n for _, n in facts.relaxations)}
    items = tuple(labels.catalogue.by_id[i] for i in ids if i in labels.catalogue.by_id)
    values |= {labels.noun(1), labels.noun(2), *(labels.facet(f.name) for f in schema.facets)}
    values |= {labels.value(facet, value) for facet, said in labels.lexicon.values.items() for value in said}
    said = "\n".join(words)
    return Grounds(items, said, frozenset(values), frozenset(counts), labels.categories, labels.say)


def _recommend(action: a.Recommend, facts: Facts) -> str:
    labels = facts.labels
    parts = [
        facts.say(kind, titles=labels.titles(mine))
        for kind in ("like", "dislike", "seen")
        if (mine := [i for i in action.acknowledged if i in facts.state.reacted(kind)])
    ]
    if action.unknown:
        parts.append(facts.say("unknown", names="”, “".join(action.unknown)))
    parts.append(_list(action, facts) if facts.cards else _blocked(facts))
    if facts.cards and (refused := [n.text for n in _refused_now(facts)]):
        parts.append(facts.say("by_words", words="”, “".join(refused)))
    if action.also_ask and facts.cards:
        parts.append(_question(action.also_ask, facts))
    return " ".join(parts)


def _refused_now(facts: Facts) -> list[e.NeedAdded]:
    """What this step refuses in words: whether an item has it, its description alone can tell."""
    return [x for x in facts.state.step if isinstance(x, e.NeedAdded) and x.polarity < 0]


def _list(action: a.Recommend, facts: Facts) -> str:
    labels, state, count = facts.labels, facts.state, len(facts.cards)
    like, rest = understood(state, labels)
    filled = {
        "count": labels.count(count),
        "Count": capital(labels.count(count)),
        "nouns": labels.noun(count),
        "are": "is" if count == 1 else "are",
        "like": like,
    }
    going_by = labels.say.word("going_by", rest=rest) if rest else ""
    if facts.relaxed:
        return facts.say("relaxed", labels=labels.joined(facts.relaxed), **filled)
    if not like and not rest and not (action.fresh and state.shown_now):
        return facts.say("list_start", **filled)
    if action.again:
        return facts.say("list_again", going_by=going_by, **filled)
    key = "list_more" if action.fresh and state.shown_now else "list"
    return facts.say(key, going_by=going_by, **filled)


def _blocked(facts: Facts, key: str = "blocked") -> str:
    """Nothing matches: what stands in the way, and what lifting one condition would give."""
    labels = facts.labels
    hard = wished([c for c in facts.state.constraints if c.hard], labels)
    hard += [labels.direction(d) for d in facts.state.directions if d.than is not None]
    if not hard and not facts.blocking:
        return facts.say("blocked_bare")
    helping = [(label, count) for label, count in facts.relaxations if count > 0][:2]
    ways = [_lifted(label, count, facts) for label, count in helping]
    said = facts.say(key, all=labels.joined(facts.blocking or hard))
    return " ".join([said, *(ways or [facts.say("loosen")])])


def _lifted(label: str, count: int, facts: Facts) -> str:
    what, labels = facts.labels.bare(label), facts.labels
    key = "without" if what == label else "allowing"
    return facts.say(key, label=what, are="is" if count == 1 else "are", count=labels.count(count))


def _question(facet: str, facts: Facts) -> str:
    labels = facts.labels
    if facet in labels.styles:
        return facts.say(f"ask_{labels.styles[facet].value}", label=labels.facet(facet))
    return facts.say("ask", label=labels.facet(facet))


def _ask(action: a.AskFacet, facts: Facts) -> str:
    return _question(action.facet, facts)


def _items(ids: tuple[str, ...], labels: Labels) -> list[Item]:
    return [labels.catalogue.by_id[i] for i in ids if i in labels.catalogue.by_id]


def _describe(action: a.Describe, facts: Facts) -> str:
    labels, seed = facts.labels, facts.state.turn
    items, shown = _items(action.items, labels), _items(facts.state.shown_now, labels)
    if best := best_rated(action.question, shown, labels, seed):
        return best
    if not items:
        return (
            facts.say("which", titles=titled(shown, labels)) if shown else facts.say("which_item", noun=labels.noun(1))
        )
    told = "\n".join((*_last_answer(facts), *(str(c.value) for c in facts.state.constraints)))
    answers = [answer(action.question, item, labels, action.about, seed, told) for item in items]
    return "\n".join([*answers, *_unknown(action, facts)])


def _last_answer(facts: Facts) -> list[str]:
    return [x.text for x in facts.state.log if isinstance(x, e.Answered)][-1:]


def _compare(action: a.Compare, facts: Facts) -> str:
    """The answer, where a number decides ("which is shorter?"); else side by side."""
    items, seed = _items(action.items, facts.labels), facts.state.turn
    if claimed_numbers(facts.said.casefold(), facts.labels):  # "is it longer than 2 hours" compares with no item
        single = facts.state.focus is not None and not speaks_of_several(facts.said)
        return _describe(a.Describe(action.items[:1] if single else action.items, facts.said), facts)
    best = best_rated(facts.said, items, facts.labels, seed) or which(facts.said, items, facts.labels, seed)
    return "\n".join([best or compared(items[:MOST_COMPARED], facts.labels, seed), *_unknown(action, facts)])


def _liken(action: a.Liken, facts: Facts) -> str:
    item, other = _items((action.item, action.other), facts.labels)
    return likened(item, other, facts.alike or 0.0, facts.labels, facts.state.turn)


def _ask_value(action: a.AskValue, facts: Facts) -> str:
    labels = facts.labels
    values = [labels.value(action.facet, v) for v in action.values] or list(map(labels.title, facts.state.shown_now))
    return facts.say("which", titles=labels.joined(values, "or"))


def _unknown(action: a.Describe | a.Compare, facts: Facts) -> list[str]:
    return [facts.say("unknown_also", names="”, “".join(action.unknown))] if action.unknown else []


def _explain(action: a.Explain, facts: Facts) -> str:
    """The reason of each item; of a single one also what counted most."""
    labels = facts.labels
    lines = []
    for item in action.items:
        why, *most = "\n".join(facts.why.get(item, ())).split("\n")
        lines.append(facts.say("explain" if why else "explain_none", title=labels.title(item), why=why.rstrip(".")))
        lines += most if len(action.items) == 1 else []
    return "\n".join(lines)


def _confirm(action: a.Confirm, facts: Facts) -> str:
    said = _confirmed(action, facts)
    stuck = action.what in ("undo", "removed") and facts.relaxations and not facts.cards
    return f"{said} {_blocked(facts, 'still')}" if stuck else said


def _confirmed(action: a.Confirm, facts: Facts) -> str:
    labels = facts.labels
    if action.what == "undo":
        changes = [undone(x, facts) for x in facts.state.undone]
        subject = action.subject or labels.joined([c for c in dict.fromkeys(changes) if c])
        return facts.say("undo", subject=subject) if subject else facts.say("undo_bare")
    if action.what == "removed":
        changes = [gone(x, labels) for x in facts.state.step]
        return facts.say("removed", subject=labels.joined([c for c in dict.fromkeys(changes) if c]))
    if action.what == "tuned":
        return facts.say("tuned", subject=labels.dial(facts.state.novelty))
    key = {"accept": "accept" if action.items else "accept_which", "seen": "seen_only"}.get(action.what, action.what)
    return facts.say(key, titles=labels.titles(action.items), subject=action.subject)


def _meant(_: a.AskMeant, facts: Facts) -> str:
    doubt = facts.state.doubt
    changes = [changed(x, facts.labels) for x in meant(doubt)] if doubt is not None else []
    subject = facts.labels.joined([c for c in dict.fromkeys(changes) if c])
    return facts.say("meant", subject=subject) if subject else facts.say("misread")


def _memory(_: a.ShowMemory, facts: Facts) -> str:
    now = [b.label for b in beliefs(facts.state, facts.labels)]
    lines = [
        *facts.remembered,
        *(label for label in now if not any(facts.labels.bare(label) in x for x in facts.remembered)),
    ]
    if not lines:
        return facts.say("memory_empty")
    told = "; ".join(within_reach(list(dict.fromkeys(lines)), facts.labels))
    return f"{facts.say('memory', lines=told)} {facts.say('memory_how')}"


def _refuse(action: a.Refuse, facts: Facts) -> str:
    labels = facts.labels
    key = "which_item" if action.reason == "unknown_item" and not action.subject else action.reason
    hint = (*frequent_values(facts, 1), labels.noun(2))[0]
    return facts.say(key, subject=action.subject, noun=labels.noun(1), nouns=labels.noun(2), hint=hint)


def _chat(action: a.Chat, facts: Facts) -> str:
    if action.what == "greet" and facts.liked_before and facts.state.turn <= 1:
        return facts.say("greet_again", titles=facts.labels.titles(facts.liked_before))
    return facts.say(action.what, noun=facts.labels.noun(1), nouns=facts.labels.noun(2))


def _close(_: a.Close, facts: Facts) -> str:
    chosen = facts.state.accepted[-MOST_COMPARED:]
    return facts.say("close_chosen", titles=facts.labels.titles(chosen)) if chosen else facts.say("close")


_WORDING: dict[type[Any], Callable[[Any, Facts], str]] = {
    a.Recommend: _recommend,
    a.AskFacet: _ask,
    a.Describe: _describe,
    a.Explain: _explain,
    a.Compare: _compare,
    a.Liken: _liken,
    a.AskValue: _ask_value,
    a.Confirm: _confirm,
    a.AskMeant: _meant,
    a.ConfirmForget: lambda _, facts: facts.say("forget"),
    a.ShowMemory: _memory,
    a.Refuse: _refuse,
    a.Chat: _chat,
    a.Close: _close,
}
