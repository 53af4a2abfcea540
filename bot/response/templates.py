"""Every word the assistant says by itself. Variants of one key mean the same; the turn number picks one.

House rules: short, no exclamation marks, no apology for a normal wish, nouns from the catalogue's schema. A placeholder
is filled with facts only; the words here are the vocabulary that `grounding` takes as said by nobody.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.response.small_words import SMALL_WORDS

TEMPLATES: dict[str, tuple[str, ...]] = {
    "list": ("{Count} {nouns}{like}{going_by}.", "Here {are} {count} {nouns}{like}{going_by}.",
             "I picked {count} {nouns}{like}{going_by}."),
    "list_more": ("{Count} other {nouns}{like}{going_by}.", "{Count} more {nouns}{like}{going_by}.",
                  "Here {are} {count} more {nouns}{like}{going_by}."),
    "list_again": ("That was all there is{like}{going_by}. Here {are} {count} of them again.",),
    "list_start": ("{Count} {nouns} to start with.", "Here {are} {count} {nouns} to begin with."),
    "relaxed": ("Nothing matches all of that, so I left out {labels}. {Count} {nouns}{like}.",),
    "blocked": ("Nothing matches {all}.", "There is nothing with {all}."),
    "blocked_bare": ("Nothing is left to show.",),
    "without": ("Without “{label}” there {are} {count}.",),
    "allowing": ("Allowing “{label}” there {are} {count}.",),
    "loosen": ("Take one condition away and I look again.",),
    "like": ("Noted that you like {titles}.", "More in the vein of {titles}."),
    "dislike": ("Dropped {titles}.", "Understood, no {titles}.", "No more of {titles}."),
    "seen": ("Marked {titles} as seen.", "Noted {titles} as seen."),
    "unknown": ("I don't have “{names}” here, so I went by the words.", "“{names}” is not in this catalogue; I went by "
                "the words."),
    "by_words": ("The catalogue has no mark for “{words}”, so I went by the descriptions.",),
    "unknown_also": ("I don't have “{names}” here.",),
    "ask": ("Any {label} in mind?", "Which {label} would you like?"),
    "ask_year": ("From which years?", "Any period in mind?"),
    "ask_money": ("How much would you like to spend?", "What is your budget?"),
    "ask_duration": ("How long may it be?", "How much time do you have?"),
    "ask_plain": ("What {label} would suit you?",),
    "which": ("Which one do you mean: {titles}?",),
    "unsaid": ("I don't know that about {title}: the catalogue doesn't say.",),
    "unsaid_again": ("The catalogue doesn't say that about {title}.",),
    "unreviewed": ("I have no reviews of {title}: the catalogue doesn't say.",),
    "yes": ("Yes. {fact}",),
    "no": ("No. {fact}",),
    "both": ("Both: {shared}.", "In common: {shared}."),
    "all": ("All: {shared}.", "In common: {shared}."),
    "which_is": ("{titles} is the {word} one: {number}; then {next}.", "The {word} one is {titles}: {number}; then "
                 "{next}."),
    "which_are": ("{titles} are the {word}: {number}; then {next}.",),
    "which_same": ("None of them: {titles} all have {number}.",),
    "alike_close": ("Yes, close: {title} is nearer to {other} than nearly all {nouns} here.",),
    "alike_some": ("Somewhat: {title} is nearer to {other} than most {nouns} here.",),
    "alike_little": ("Not much: many {nouns} here are nearer to {other} than {title} is.",),
    "alike_both": ("Both: {shared}.", "In common: {shared}."),
    "alike_none": ("They have nothing in common that the catalogue names.",),
    "no_others": ("The catalogue names no others for {title}.",),
    "explain": ("{title}: {why}.",),
    "explain_most": ("What counts most is {first}, then {second}.",),
    "explain_none": ("{title} was named, not recommended by me.",),
    "memory": ("What I know of you: {lines}.",),
    "taste": ("likes {value}: “{said}”",),
    "distaste": ("dislikes {value}: “{said}”",),
    "memory_more": ("and more",),
    "corrected": ("Forgotten: {subject}.", "Taken off what I know of you: {subject}."),
    "not_noted": ("I had nothing noted of you about {subject}.",),
    "hurried": ("Simple rules read this, without the language model; if I got it wrong, say it in other words.",),
    "unsaved": ("I could not store this, so it may be lost.",),
    "memory_empty": ("I know nothing about you yet.",),
    "memory_how": ("Tell me to forget any of it.",),
    "accept": ("Good: {titles}. Anything else?", "{titles}, then. Anything else?"),
    "accept_which": ("Which one will it be?",),
    "hint_page": ("{value}, as on this page",),
    "hint_language": ("{value}, by your language",),
    "hint_place": ("{value}, by your place",),
    "hint_age": ("{value}, by your age",),
    "optional": ("{value} being optional",),
    "still": ("Still, nothing matches {all}.",),
    "undo": ("Undone: {subject}.", "Taken back: {subject}."),
    "tuned": ("Noted: {subject}.",),
    "undo_bare": ("Undone.",),
    "rewound": ("Your last turn is taken back.",),
    "removed": ("Removed: {subject}.",),
    "nothing_to_undo": ("There is nothing to undo.",),
    "start_over": ("Starting over. What are you looking for?", "A fresh start. What would you like?"),
    "liked": ("Noted: you like {titles}.",),
    "seen_only": ("Noted: you have seen {titles}.",),
    "kept": ("Kept. Nothing was deleted.",),
    "forgotten": ("Done. I have forgotten everything about you.",),
    "meant": ("Did you mean {subject}?", "Is it {subject} you mean?"),
    "misread": ("Then please say it in other words.",),
    "forget": ("This deletes all I know about you: wishes, likes and what you looked at. Shall I?",),
    "off_topic": ("That is outside what I do; I know {nouns}. Try “{hint}” for a start.",
                  "I can't help with that, only with {nouns}. Ask for “{hint}”, say."),
    "hostile": ("Let's keep to {nouns}. What are you looking for?", "I only do {nouns}. What would you like?"),
    "unknown_item": ("I don't have “{subject}” here. Describe it and I look for something close.",),
    "which_item": ("Which {noun} do you mean?",),
    "too_long": ("That is too long for me. A short sentence will do.",),
    "empty": ("Tell me what you are looking for.",),
    "greet": ("Hello. What kind of {noun} are you after?", "Hi. What do you like, or which {noun} did you enjoy?"),
    "greet_again": ("Good to see you again. You liked {titles}. What are you after this time?",
                    "Hello again. Something like {titles}, or something new?"),
    "thanks": ("You're welcome. Anything else?",),
    "help": ("Say what you want or don't want, or name a {noun} for more like it. Ask about one, compare a few, undo a "
             "step. Ask what I know about you, or tell me to forget it.",),
    "close_chosen": ("Enjoy {titles}. Goodbye.", "{titles} it is. Bye, come back any time."),
    "close": ("Goodbye.", "Bye, come back any time."),
}  # fmt: skip

PLAIN: dict[str, str] = {
    "Recommend": "Here is what I found.",
    "AskFacet": "What would you like?",
    "Describe": "Here is what the catalogue says.",
    "Compare": "Here is what the catalogue says.",
    "Explain": "Here is why.",
    "Confirm": "Noted.",
    "AskMeant": "I am not sure I read that right. Please say it in other words.",
    "ShowMemory": "Here is what I know of you.",
    "Refuse": "I can't help with that.",
}  #: the reply without facts, for a wording that fails the check

SIGNALS: dict[str, str] = {
    "text": "how close it is to your words",
    "liked": "how like what you like it is",
    "disliked": "how unlike what you refused it is",
    "behaviour": "what visitors with your taste chose",
    "popularity": "how popular it is",
    "wanted": "the properties you named",
    "avoided": "that it has nothing you avoid",
    "direction": "that it goes the way you asked",
    "together": "what people who like the same things like",
    "lately": "what goes with what you liked last",
    "denoised": "what goes with the few likes you told",
    "sequence": "what people turn to next",
    "conversations": "what is named in the same conversations",
    "trend": "how popular it is of late",
    "quality": "how well people like it",
    "talked": "how often it is asked for",
    "categories": "what it has in common with your likes",
    "names": "the names it shares with your likes",
    "numbers": "how near its numbers are to those of your likes",
    "novelty": "how few people know it",
    "alike": "what people who chose like you chose",
    "freshness": "how new it is",
    "price_fit": "how near its price is to what you like",
    "clicks": "how often it is opened when it is shown",
    "dwell": "how long people look at it",
    "purchases": "how often it is taken by those who look",
    "reviews": "what its reviews make of it",
    "review_words": "how its reviews answer your words",
    "new": "that few know it, as you wanted",
    "familiar": "that many know it, as you wanted",
}  #: a signal in words

CHIPS = {
    "other": ("Something else", "something else"),
    "any": ("No preference", "no preference"),
    "show": ("Just show me", "just show me"),
    "yes": ("Yes, delete it", "yes"),
    "no": ("No, keep it", "no"),
    "meant": ("Yes", "yes"),
    "not_meant": ("No", "no"),
    "undo": ("Undo", "undo that"),
    "why": ("Why these?", "why these?"),
    "more_like": ("More like this", "more like that one"),
    "memory": ("What do you know about me?", "what do you know about me?"),
    "forget": ("Forget me", "forget me"),
    "help": ("What can you do?", "what can you do?"),
}  #: label, text sent


@dataclass(frozen=True, slots=True)
class Phrasebook:
    """Templates by key, each with its variants; one for every way of speaking.

    `language` is an ISO 639-1 code; `text_words` how much of an item's own text is read out. `plain`, `signals`,
    `chips` and `small` are PLAIN, SIGNALS, CHIPS and SMALL_WORDS in that language.
    """

    templates: Mapping[str, tuple[str, ...]]
    language: str = "en"
    text_words: int = 40
    plain: Mapping[str, str] = field(default_factory=lambda: PLAIN)
    signals: Mapping[str, str] = field(default_factory=lambda: SIGNALS)
    chips: Mapping[str, tuple[str, str]] = field(default_factory=lambda: CHIPS)
    small: Mapping[str, str] = field(default_factory=lambda: SMALL_WORDS)

    def __call__(self, key: str, seed: int, **values: str) -> str:
        """The variant of `key` that `seed` picks, filled in."""
        variants = self.templates[key]
        return variants[seed % len(variants)].format(**values)

    def word(self, key: str, **values: str) -> str:
        """The small word `key`, filled in."""
        return self.small[key].format(**values)

    @property
    def texts(self) -> tuple[str, ...]:
        """Every text of the book, unfilled."""
        variants = [text for variants in self.templates.values() for text in variants]
        return (*variants, *self.plain.values(), *self.signals.values(), *self.small.values())
