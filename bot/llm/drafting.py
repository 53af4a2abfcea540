"""Guesses at what the model writes next, for it to check several tokens in one forward pass.

Much of an answer stands somewhere already: in a guess that came with the grammar, in the prompt (names are copies), or
in the answer so far (every slot's line begins alike). What was written last is looked up there, and what followed it
is the draft: "prompt lookup decoding". A wrong draft costs a little time and never changes an answer.

Knows token ids only.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

LONGEST = 8  #: tokens of a draft, unless a guess was right so far; passes of up to so many tokens cost about the same
LOOKED_UP = 4  #: the longest run of last-written tokens that is looked up


class Draft:
    """What one answer may be: `guess` is the probable answer (may be empty), `prompt` what it may copy from."""

    def __init__(self, guess: Sequence[int], prompt: Sequence[int]) -> None:
        self._guess, self._prompt = list(guess), list(prompt)
        self._at = 0  # where the guess goes on
        self._right = bool(self._guess)  # so far, all of it
        self._aligned = True  # whether what was written last stands before `_at`

    def wrote(self, tokens: Sequence[int]) -> None:
        """Follow the answer, of which `tokens` are new: one the model chose and those the grammar forced after it."""
        if self._aligned and self._guess[self._at : self._at + len(tokens)] == list(tokens):
            self._at += len(tokens)
            return
        self._right = False
        if tokens[-1] in self._guess[self._at :]:
            self._at, self._aligned = self._guess.index(tokens[-1], self._at) + 1, True
        elif self._aligned:
            self._at, self._aligned = self._at + 1, False  # as if one token stood for another

    def proposals(self, written: Sequence[int]) -> Iterator[list[int]]:
        """Drafts of what follows `written`, the most promising first; the grammar may refuse them."""
        if self._right:
            yield self._guess[self._at :]
        for size in range(min(LOOKED_UP, len(written)), 0, -1):
            run = list(written[-size:])
            for source, start in ((self._guess, max(0, self._at - size)), (self._prompt, 0)):
                found = _after(source, run, start)
                if found:
                    yield found[:LONGEST]
        yield self._guess[self._at : self._at + LONGEST]
        if written:
            yield _after(list(written[:-1]), list(written[-1:]), 0)[:LONGEST]


def _after(source: list[int], run: list[int], start: int) -> list[int]:
    """What follows the first `run` in `source` from `start` on; empty when there is none."""
    size = len(run)
    for at in range(start, len(source) - size):
        if source[at] == run[0] and source[at : at + size] == run:
            return source[at + size :]
    return []
