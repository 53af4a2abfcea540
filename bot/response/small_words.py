"""The small words around facts: how lists are joined, what a wish, a bound or a reaction is called.

A language has them all (`bot/languages/replies.*.toml`); these are English. Knows wording only.
"""

from __future__ import annotations

SMALL_WORDS: dict[str, str] = {
    "comma": ", ",
    "and": " and ",
    "or": " or ",
    "more": "more",
    "counts": "no one two three four five six seven eight nine ten eleven twelve",
    "going_by": ": {rest}",
    "like_clause": " like {titles}",
    "title_gone": "a {noun} no longer here",
    "from": "from {bound}",
    "up_to": "up to {bound}",
    "no_value": "no {value}",
    "not_range": "not {value}",
    "than": "{word} than {bound}",
    "more_of": "more {label}",
    "less_of": "less {label}",
    "like": "likes {title}",
    "reference": "like {title}",
    "dislike": "not {title}",
    "seen": "seen {title}",
    "accept": "chose {title}",
    "not_here": "{text} (not here)",
    "removal": "the removal of {what}",
    "did_reference": "like {title}",
    "did_like": "liking {title}",
    "did_dislike": "not liking {title}",
    "did_seen": "seen {title}",
    "did_accept": "choosing {title}",
    "fresh_start": "the fresh start",
    "known_liked": "you liked: {titles}",
    "known_disliked": "not for you: {titles}",
    "known_seen": "you have seen: {titles}",
    "chip_no": "No {value}",
    "chip_without": "Without {what}",
    "chip_allow": "Allow {what}",
    "unread": "Not understood: {words}.",
    "limit": "",
    "say_lift": "never mind {what}",
    "say_about": "tell me about {title}",
}
