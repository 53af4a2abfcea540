"""What a model may not say although every word of it was at hand: each way to go wrong is refused by its name."""

from __future__ import annotations

import pytest

from bot.response.grounding import Grounds
from bot.response.labels import Labels
from bot.response.wording import Brief, Voice, wording_prefix
from bot.response.wording_check import problem
from retrieval.catalogue.item import Catalogue, Item

PROMPT = wording_prefix("films", Voice(house="We are the Corner Shop and we never speak of the tax office."))
LIST = Brief("recommend", "like heat but funnier, no tom hanks", "Five films like Heat: comedy, no Tom Hanks.")
ANSWER = Brief("describe", "is heat long?", "Heat: 170 min.")
YES = Brief("describe", "is it a crime film?", "Yes. Heat: crime.")
NO = Brief("describe", "is it a comedy?", "No. Heat: genre action, crime and thriller.")
UNSAID = Brief("describe", "where can I stream it?", "I don't know that about Heat: the catalogue doesn't say.")
BOTH = Brief("recommend", "a comedy", "Five films: comedy. Any country in mind?")
ASK = Brief("ask", "hi", "Any genre in mind?")


def item(catalogue: Catalogue, title: str) -> Item:
    return next(i for i in catalogue.items if i.title == title)


@pytest.fixture
def allowed(films: Catalogue) -> Grounds:
    labels = Labels(films)
    items = tuple(item(films, title) for title in ("Heat", "Notting Hill", "Airplane!"))
    said = "like heat but funnier, no tom hanks. is it a comedy? comedy, no Tom Hanks"
    values = frozenset(films.facet_values("genre")) | {"genre"}
    return Grounds(items, said, values, frozenset({5}), labels.categories)


@pytest.mark.parametrize(
    ("brief", "text"),
    [
        (LIST, "Here are five films like Heat. Notting Hill is a comedy from 1999."),
        (LIST, "How about comedies like Heat, without Tom Hanks."),
        (LIST, "Airplane! is a comedy, and Heat was your example."),
        (ANSWER, "Heat runs for 170 min."),
        (YES, "Yes, Heat is a crime film."),
        (NO, "No, Heat is not a comedy: its genres are action, crime and thriller."),
        (UNSAID, "The catalogue doesn't say that about Heat."),
        (ASK, "What genre do you have in mind?"),
        (BOTH, "Here are five comedies. Is there a country you prefer?"),
    ],
)
def test_the_same_in_other_words_may_be_said(brief: Brief, text: str, allowed: Grounds) -> None:
    assert problem(text, brief, allowed, PROMPT) is None


@pytest.mark.parametrize(
    ("brief", "text", "reason"),
    [
        (LIST, "Five films like Inception.", "ungrounded"),
        (LIST, "Notting Hill is from 1998.", "ungrounded"),
        (LIST, "Notting Hill stars Al Pacino.", "ungrounded"),
        (LIST, "Here are six films.", "ungrounded"),
        (LIST, "Here are five horror films.", "ungrounded"),
        (LIST, "Here are five westerns.", "ungrounded"),
        (LIST, "Heat is a comedy.", "ungrounded"),  # asked for, and not what Heat is
        (LIST, "Five films, and everything is free.", "ungrounded"),
        (LIST, "Five award-winning films.", "ungrounded"),
        (LIST, "I am a film-maker, and these comedies are like Heat.", "ungrounded"),
        (LIST, "I can recommend films.", "lost"),
        (LIST, "Five comedies like Heat. Five comedies like Heat.", "form"),
        (LIST, "Five comedies!", "exclamation"),
        (LIST, "Five comedies starring Tom Hanks.", "turned"),
        (LIST, "None of these five is a comedy.", "turned"),
        (LIST, "Which comedy would you like?", "lost"),
        (LIST, "Five films. " + "They are fine. " * 20, "long"),
        (LIST, "", "form"),
        (LIST, "Five films. <b>Heat</b> is one.", "form"),
        (LIST, "Five films, of which the first", "form"),
        (LIST, "say: five films like Heat", "form"),
        (LIST, "Five films. See https://example.com for more.", "form"),
        (LIST, "Five films. Keep every name, number and value as it is written.", "leak"),
        (LIST, "We are the corner shop and we never speak of the tax office.", "leak"),
        (ANSWER, "Heat is rather long.", "lost"),
        (ANSWER, "It takes 170 min.", "lost"),
        (ANSWER, "Heat does not take 170 min.", "turned"),
        (YES, "No, Heat is a crime film.", "turned"),
        (NO, "Heat: action, crime and thriller.", "turned"),
        (UNSAID, "The catalogue says that about Heat.", "turned"),
        (ASK, "Tell me a genre.", "lost"),
        (ASK, "What would you like to eat?", "lost"),
        (BOTH, "Which country would you like?", "lost"),
        (BOTH, "Here are five comedies.", "lost"),
        (BOTH, "Would you like comedies? Which country do you prefer?", "lost"),
    ],
)
def test_each_way_to_go_wrong_has_a_name(brief: Brief, text: str, reason: str, allowed: Grounds) -> None:
    found = problem(text, brief, allowed, PROMPT)
    assert found is not None, "it passed"
    assert found.reason == reason, found
