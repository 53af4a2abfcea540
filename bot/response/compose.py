"""An action and its facts → the words and chips of the reply, every word of it checked against the facts.

Words live in `templates`, answers in `answers`, chips in `chips`; a wording that names what the facts do not hold gives
way to its plain template and is flagged. Knows no model, no retrieval and no ranking.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot.dialogue import actions as a
from bot.dialogue import events as e
from bot.dialogue.constraint import constraint_key
from bot.dialogue.doubt import meant
from bot.dialogue.policy import MOST_COMPARED
from bot.response.answers import answer, titled
from bot.response.cards import beliefs, understood
from bot.response.chips import bare, chips_for, frequent_values
from bot.response.comparing import compared, likened, which
from bot.response.grounding import Grounds, ungrounded
from bot.response.labels import Labels, capital, count_word, joined
from bot.response.memories import within_reach
from bot.response.templates import PLAIN, phrase
from bot.response.turn_facts import Composed, Facts
from retrieval.catalogue.item import Item
from retrieval.catalogue.schema import FacetKind


def compose(action: a.Action, facts: Facts) -> Composed:
    """The reply to `action`."""
    text, grounded = checked(_WORDING[type(action)](action, facts), action, facts)
    return Composed(text, chips_for(action, facts), grounded)


def checked(text: str, action: a.Action, facts: Facts) -> tuple[str, bool]:
    """`text` and True when it is grounded; else the plain template and False."""
    if not ungrounded(text, grounds(action, facts)):
        return text, True
    return PLAIN.get(type(action).__name__, PLAIN["Confirm"]), False


def grounds(action: a.Action, facts: Facts) -> Grounds:
    """Everything that the reply to `action` may name."""
    labels, state = facts.labels, facts.state
    ids = dict.fromkeys((*(c.id for c in facts.cards), *getattr(action, "items", ()), *state.shown_now))
    ids |= dict.fromkeys((*getattr(action, "acknowledged", ()), *(r.item for r in state.reactions)))
    ids |= dict.fromkeys(x.item for x in (*state.undone, *state.step) if isinstance(x, e.Reacted))
    words = [facts.said, *facts.relaxed, *facts.blocking, *(label for label, _ in facts.relaxations), *facts.remembered]
    words += [x.text for x in state.log if isinstance(x, e.Said)] + [b.label for b in beliefs(state, labels)]
    words += [*getattr(action, "unknown", ()), getattr(action, "subject", "")]
    words += [*getattr(action, "options", ()), *getattr(action, "values", ())]
    doubtful = meant(state.doubt) if state.doubt is not None else ()
    ids |= dict.fromkeys(x.item for x in doubtful if isinstance(x, e.Reacted))
    changed = (*state.undone, *state.step, *doubtful)
    words += [_change(x, labels) for x in changed if not isinstance(x, e.Reacted)]
    if isinstance(action, a.Explain):  # reasons are computed from contributions, not worded by anybody
        words += [*(card.why for card in facts.cards), *(line for i in action.items for line in facts.why.get(i, ()))]
    schema = labels.schema
    values = {v for f in schema.facets if f.kind is FacetKind.CATEGORY for v in labels.catalogue.facet_values(f.name)}
    values |= {schema.item, schema.items_noun, *(f.label for f in schema.facets)}
    counts = {len(facts.cards), *(n for _, n in facts.relaxations)}
    items = tuple(labels.catalogue.by_id[i] for i in ids if i in labels.catalogue.by_id)
    return Grounds(items, "\n".join(words), frozenset(values), frozenset(counts))


def _recommend(action: a.Recommend, facts: Facts) -> str:
    labels, seed = facts.labels, facts.state.turn
    parts = [
        phrase(kind, seed, titles=labels.titles(mine))
        for kind in ("like", "dislike", "seen")
        if (mine := [i for i in action.acknowledged if i in facts.state.reacted(kind)])
    ]
    if action.unknown:
        parts.append(phrase("unknown", seed, names="”, “".join(action.unknown)))
    parts.append(_list(action, facts) if facts.cards else _blocked(facts))
    if action.also_ask and facts.cards:
        parts.append(_question(action.also_ask, labels, seed))
    return " ".join(parts)


def _list(action: a.Recommend, facts: Facts) -> str:
    labels, state, count = facts.labels, facts.state, len(facts.cards)
    like, rest = understood(state, labels)
    filled = {
        "count": count_word(count),
        "Count": capital(count_word(count)),
        "nouns": labels.noun(count),
        "are": "is" if count == 1 else "are",
        "like": f" {like}" if like else "",
    }
    if facts.relaxed:
        return phrase("relaxed", state.turn, labels=joined(facts.relaxed), **filled)
    if not like and not rest and not action.fresh:
        return phrase("list_start", state.turn, **filled)
    if action.again:
        return phrase("list_again", state.turn, going_by=f": {rest}" if rest else "", **filled)
    key = "list_more" if action.fresh and state.shown_now else "list"
    return phrase(key, state.turn, going_by=f": {rest}" if rest else "", **filled)


def _blocked(facts: Facts, key: str = "blocked") -> str:
    """Nothing matches: what stands in the way, and what lifting one condition would give."""
    labels, seed = facts.labels, facts.state.turn
    hard = [labels.wish(c.facet, c.value, c.polarity) for c in facts.state.constraints if c.hard]
    hard += [labels.direction(d) for d in facts.state.directions if d.than is not None]
    if not hard and not facts.blocking:
        return phrase("blocked_bare", seed)
    helping = [(label, count) for label, count in facts.relaxations if count > 0][:2]
    ways = [_lifted(label, count, seed) for label, count in helping]
    said = phrase(key, seed, all=" + ".join(facts.blocking or hard))
    return " ".join([said, *(ways or [phrase("loosen", seed)])])


def _lifted(label: str, count: int, seed: int) -> str:
    key = "without" if bare(label) == label else "allowing"
    return phrase(key, seed, label=bare(label), are="is" if count == 1 else "are", count=count_word(count))


def _question(facet: str, labels: Labels, seed: int) -> str:
    if facet in labels.styles:
        return phrase(f"ask_{labels.styles[facet].value}", seed, label=labels.facet(facet))
    return phrase("ask", seed, label=labels.facet(facet))


def _ask(action: a.AskFacet, facts: Facts) -> str:
    return _question(action.facet, facts.labels, facts.state.turn)


def _items(ids: tuple[str, ...], labels: Labels) -> list[Item]:
    return [labels.catalogue.by_id[i] for i in ids if i in labels.catalogue.by_id]


def _describe(action: a.Describe, facts: Facts) -> str:
    labels, seed = facts.labels, facts.state.turn
    items = _items(action.items, labels)
    if not items:
        shown = _items(facts.state.shown_now, labels)
        return phrase("which", seed, titles=titled(shown)) if shown else phrase("which_item", seed, noun=labels.noun(1))
    told = "\n".join((*_last_answer(facts), *(str(c.value) for c in facts.state.constraints)))
    answers = [answer(action.question, item, labels, action.about, seed, told) for item in items]
    return "\n".join([*answers, *_unknown(action, seed)])


def _last_answer(facts: Facts) -> list[str]:
    return [x.text for x in facts.state.log if isinstance(x, e.Answered)][-1:]


def _compare(action: a.Compare, facts: Facts) -> str:
    """The answer, where a number decides ("which is shorter?"); else side by side."""
    items, seed = _items(action.items, facts.labels), facts.state.turn
    best = which(facts.said, items, facts.labels, seed)
    return "\n".join([best or compared(items[:MOST_COMPARED], facts.labels, seed), *_unknown(action, seed)])


def _liken(action: a.Liken, facts: Facts) -> str:
    item, other = _items((action.item, action.other), facts.labels)
    return likened(item, other, facts.alike or 0.0, facts.labels, facts.state.turn)


def _ask_value(action: a.AskValue, facts: Facts) -> str:
    labels = facts.labels
    values = [labels.value(action.facet, v) for v in action.values] or list(map(labels.title, facts.state.shown_now))
    return phrase("which", facts.state.turn, titles=joined(values, "or"))


def _unknown(action: a.Describe | a.Compare, seed: int) -> list[str]:
    return [phrase("unknown_also", seed, names="”, “".join(action.unknown))] if action.unknown else []


def _explain(action: a.Explain, facts: Facts) -> str:
    """The reason of each item; of a single one also what counted most."""
    labels, seed = facts.labels, facts.state.turn
    lines = []
    for item in action.items:
        why, *most = "\n".join(facts.why.get(item, ())).split("\n")
        lines.append(phrase("explain" if why else "explain_none", seed, title=labels.title(item), why=why))
        lines += most if len(action.items) == 1 else []
    return "\n".join(lines)


def _confirm(action: a.Confirm, facts: Facts) -> str:
    said = _confirmed(action, facts)
    stuck = action.what in ("undo", "removed") and facts.relaxations and not facts.cards
    return f"{said} {_blocked(facts, 'still')}" if stuck else said


def _confirmed(action: a.Confirm, facts: Facts) -> str:
    labels, seed = facts.labels, facts.state.turn
    if action.what == "undo":
        changes = [_undone(x, facts) for x in facts.state.undone]
        subject = action.subject or joined([c for c in dict.fromkeys(changes) if c])
        return phrase("undo", seed, subject=subject) if subject else phrase("undo_bare", seed)
    if action.what == "removed":
        changes = [_gone(x, labels) for x in facts.state.step]
        return phrase("removed", seed, subject=joined([c for c in dict.fromkeys(changes) if c]))
    key = {"accept": "accept" if action.items else "accept_which", "seen": "seen_only"}.get(action.what, action.what)
    return phrase(key, seed, titles=labels.titles(action.items), subject=action.subject)


def _undone(event: e.Event, facts: Facts) -> str:
    """What an undo took back; a wish that holds again was made optional by the step undone."""
    said = _change(event, facts.labels)
    if isinstance(event, e.ConstraintAdded) and not event.hard:
        key = constraint_key(event.facet, event.value)
        if any(c.hard and c.key == key for c in facts.state.constraints):
            return phrase("optional", 0, value=said)
    return said


def _meant(_: a.AskMeant, facts: Facts) -> str:
    seed, doubt = facts.state.turn, facts.state.doubt
    changes = [_change(x, facts.labels) for x in meant(doubt)] if doubt is not None else []
    subject = joined([c for c in dict.fromkeys(changes) if c])
    return phrase("meant", seed, subject=subject) if subject else phrase("misread", seed)


DONE = {"reference": "like", "like": "liking", "dislike": "not liking", "seen": "seen", "accept": "choosing"}


def _change(event: e.Event, labels: Labels) -> str:
    """What an event changed, in a few words."""
    match event:
        case e.ConstraintAdded():
            return labels.wish(event.facet, event.value, event.polarity)
        case e.ConstraintRemoved() | e.NeedRemoved() | e.ReactionRemoved():
            return f"the removal of {_gone(event, labels)}"
        case e.NeedAdded() | e.UnknownNamed():
            return event.text
        case e.DirectionSet():
            return labels.direction(event)
        case e.Reacted(item=item, kind=kind):
            return f"{DONE.get(kind, kind)} {labels.title(item)}"
        case e.Restarted():
            return "the fresh start"
        case _:
            return ""


def _gone(event: e.Event, labels: Labels) -> str:
    """What a removal took away, in a few words."""
    match event:
        case e.ConstraintRemoved(facet=facet, value=value):
            return labels.facet(facet) if value in (None, "less", "more") else labels.value(facet, value)
        case e.NeedRemoved(text=text):
            return text
        case e.ReactionRemoved(item=item):
            return labels.title(item)
        case _:
            return ""


def _memory(_: a.ShowMemory, facts: Facts) -> str:
    now = [b.label for b in beliefs(facts.state, facts.labels)]
    lines = [*facts.remembered, *(label for label in now if not any(bare(label) in x for x in facts.remembered))]
    seed = facts.state.turn
    if not lines:
        return phrase("memory_empty", seed)
    told = "; ".join(within_reach(list(dict.fromkeys(lines))))
    return f"{phrase('memory', seed, lines=told)} {phrase('memory_how', seed)}"


def _refuse(action: a.Refuse, facts: Facts) -> str:
    labels = facts.labels
    key = "which_item" if action.reason == "unknown_item" and not action.subject else action.reason
    hint = (*frequent_values(facts, 1), labels.noun(2))[0]
    return phrase(key, facts.state.turn, subject=action.subject, noun=labels.noun(1), nouns=labels.noun(2), hint=hint)


def _chat(action: a.Chat, facts: Facts) -> str:
    return phrase(action.what, facts.state.turn, noun=facts.labels.noun(1), nouns=facts.labels.noun(2))


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
    a.ConfirmForget: lambda _, facts: phrase("forget", facts.state.turn),
    a.ShowMemory: _memory,
    a.Refuse: _refuse,
    a.Chat: _chat,
    a.Close: lambda _, facts: phrase("close", facts.state.turn),
}
