"""Ways of speaking: the templates that sound otherwise when warm or formal, and those that say less when short.

A key that is not here sounds the same in every tone: facts have none. A variant takes the facts that its plain one
takes, or fewer. Knows no catalogue and no action.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from bot.response.templates import TEMPLATES, Phrasebook
from bot.response.wording import Length, Tone, Voice

TEXT_WORDS: dict[Length, int] = {"short": 18, "normal": 40}  #: of an item's own text

TONED: dict[Tone, Mapping[str, tuple[str, ...]]] = {
    "plain": {},
    "warm": {
        "list": ("Here {are} {count} {nouns}{like} you may enjoy{going_by}.", "I found you {count} {nouns}{like}"
                 "{going_by}. Enjoy."),
        "list_more": ("Happy to look further: {count} more {nouns}{like}{going_by}.", "Of course, here {are} {count} "
                      "other {nouns}{like}{going_by}."),
        "list_start": ("Let's see what you like. Here {are} {count} {nouns} that many people enjoy.",),
        "like": ("Lovely, you like {titles}.", "Good taste: {titles}."),
        "dislike": ("No problem, {titles} is gone.", "Of course, no {titles}."),
        "seen": ("You have seen {titles} already, good to know.",),
        "blocked": ("I looked, but nothing matches {all}.",),
        "ask": ("Do you have any {label} in mind?", "Which {label} would make you happy?"),
        "ask_year": ("Do you have any period in mind?",),
        "ask_money": ("How much would you like to spend, roughly?",),
        "ask_duration": ("How much time do you have for it?",),
        "accept": ("Good choice: {titles}. Enjoy. Anything else I can find for you?",),
        "liked": ("Lovely, I noted that you like {titles}.",),
        "unsaid": ("I wish I knew that about {title}, but the catalogue doesn't say.",),
        "start_over": ("With pleasure, a fresh start. What would you like?",),
        "kept": ("Good, everything is kept.",),
        "greet": ("Hello, good to see you. What kind of {noun} would you enjoy?", "Hi there. Tell me a {noun} you "
                  "enjoyed, and I look for more like it."),
        "greet_again": ("Hello again, how nice. You liked {titles}: more like that, or something new?",),
        "thanks": ("You're very welcome. Is there anything else you would like?",),
        "close": ("Goodbye, and enjoy.", "Take care, and come back any time."),
    },
    "formal": {
        "list": ("The following {count} {nouns}{like} may suit you{going_by}.", "May I suggest {count} {nouns}{like}"
                 "{going_by}."),
        "list_more": ("May I suggest {count} other {nouns}{like}{going_by}.",),
        "list_start": ("May I suggest {count} {nouns} to begin with.",),
        "like": ("It is noted that you like {titles}.",),
        "dislike": ("{titles} will not be suggested again.",),
        "seen": ("It is noted that you have seen {titles}.",),
        "unknown": ("“{names}” is not part of this catalogue; the words alone were taken into account.",),
        "unknown_also": ("“{names}” is not part of this catalogue.",),
        "blocked": ("There is nothing that matches {all}.",),
        "ask": ("Which {label} would you prefer?",),
        "ask_year": ("Which period would you prefer?",),
        "ask_money": ("May I ask how much you would like to spend?",),
        "ask_duration": ("May I ask how much time you have?",),
        "accept": ("Very well: {titles}. May I help you with anything else?",),
        "liked": ("It is noted that you like {titles}.",),
        "seen_only": ("It is noted that you have seen {titles}.",),
        "unsaid": ("The catalogue does not say that about {title}.",),
        "unsaid_again": ("The catalogue does not say that about {title} either.",),
        "start_over": ("Certainly. What are you looking for?",),
        "off_topic": ("I can only help you with {nouns}. You may ask for “{hint}”, for example.",),
        "hostile": ("Please let us keep to {nouns}. What are you looking for?",),
        "unknown_item": ("“{subject}” is not part of this catalogue. If you describe it, I will look for something "
                         "close.",),
        "greet": ("Good day. What kind of {noun} are you looking for?", "Good day. Which {noun} did you enjoy?"),
        "greet_again": ("Welcome back. You liked {titles}. What are you looking for today?",),
        "thanks": ("You are welcome. May I help you with anything else?",),
        "close": ("Goodbye.", "Thank you for your visit. Goodbye."),
    },
}  # fmt: skip

SHORT: Mapping[str, tuple[str, ...]] = {
    "list": ("{Count} {nouns}{like}{going_by}.",),
    "list_more": ("{Count} more{like}{going_by}.",),
    "list_start": ("{Count} {nouns} to start with.",),
    "like": ("Noted: {titles}.",),
    "blocked": ("Nothing matches {all}.",),
    "unknown": ("No “{names}” here.",),
    "unsaid": ("The catalogue doesn't say.",),
    "accept": ("{titles}, then.",),
    "greet": ("Hello. What are you after?",),
    "greet_again": ("Hello again. More like {titles}?",),
    "thanks": ("You're welcome.",),
    "off_topic": ("I only know {nouns}.",),
    "unknown_item": ("I don't have “{subject}” here.",),
    "help": ("Say what you want or name a {noun}. Compare, undo, ask what I know of you, or be forgotten.",),
    "explain_most": ("Most of all: {first}.",),
}  #: what a short reply says instead, whatever the tone


@lru_cache(maxsize=16)
def phrasebook(voice: Voice) -> Phrasebook:
    """The templates of a way of speaking; where a short reply has words of its own, the tone gives way."""
    short = SHORT if voice.length == "short" else {}
    return Phrasebook({**TEMPLATES, **TONED[voice.tone], **short}, text_words=TEXT_WORDS[voice.length])
