"""The page that the target `widget:` opens: its markup, what it hears, and how it is read. Knows no browser.

The words of an answer are read back from the markup: paragraphs as lines, tables as the Markdown they were drawn from.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

BLANK = """<!doctype html><html lang="en"><title>A conversation script</title><body>
<script defer src="widget/v1/chatalogue.js"></script>
<chatalogue-chat mode="inline"></chatalogue-chat></body></html>"""

#: `told`: the conversation's id, the last answer as it crossed, how many turns ended, how often the page's hints were
#: taken, and what failed
HEARD = """
const fetched = window.fetch;
window.told = {
  conversation: null, signed: {}, stream: '', open: 0, ended: 0, hinted: 0, trouble: null,
  async events() {
    const path = `v1/conversations/${encodeURIComponent(told.conversation)}/events`;
    const answer = await fetched(path, { headers: told.signed, cache: 'no-store' });
    return answer.ok ? answer.json() : null;
  },
};
window.fetch = async (address, how = {}) => {
  const response = await fetched(address, how);
  const path = new URL(address, location).pathname;
  if (how.headers?.Authorization) told.signed = { Authorization: how.headers.Authorization };
  if (response.ok && how.method === 'POST' && path.endsWith('/conversations')) {
    told.conversation = (await response.clone().json()).conversation;
  }
  if (response.ok && path.endsWith('/hints')) told.hinted += 1;
  if (path.endsWith('/turns')) {
    told.open += 1;
    told.trouble = null;
    response.clone().text().then((text) => { told.stream = text; }).finally(() => { told.open -= 1; });
  }
  return response;
};
addEventListener('chatalogue:message', ({ detail }) => { if (detail.role === 'assistant') told.ended += 1; });
addEventListener('chatalogue:error', ({ detail }) => {
  told.trouble = { message: detail.message, hint: detail.hint };
  told.ended += 1;
});
"""

#: tells the widget what the page knows
HINT = """(context) => {
  told.trouble = null;
  document.querySelector('chatalogue-chat').setContext(context);
}"""

#: what the newest exchange shows
SCREEN = """() => {
  const root = document.querySelector('chatalogue-chat').shadowRoot;
  const words = (node) => (node ? node.textContent.trim() : '');
  const all = (where, from = root) => [...from.querySelectorAll(where)];
  const turn = all('.turn').pop();
  const part = (node) => (node.matches('.table')
    ? { rows: all('tr', node).map((row) => [...row.children].map(words)) }
    : { text: node.textContent });
  return {
    cards: all('.card', turn).map((card) => (
      [card.dataset.id, words(card.querySelector('.title')), words(card.querySelector('.why'))]
    )),
    parts: [...turn.querySelector('.answer').children].map(part),
    chips: all('.chips .chip').map(words),
    beliefs: all('.beliefs .belief').map(words),
  };
}"""


@dataclass(frozen=True, slots=True)
class Screen:
    """The newest exchange on a page: cards as (id, title, why), the words, labels of suggestions and of beliefs."""

    cards: tuple[tuple[str, str, str], ...]
    text: str
    chips: tuple[str, ...]
    beliefs: tuple[str, ...]


def screen_of(found: Mapping[str, Any]) -> Screen:
    """What `SCREEN` returned."""
    cards = tuple((str(id_), str(title), str(why)) for id_, title, why in found["cards"])
    text = "\n".join(_table(part["rows"]) if "rows" in part else str(part["text"]) for part in found["parts"])
    return Screen(cards, text, tuple(found["chips"]), tuple(found["beliefs"]))


def _table(rows: Sequence[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([lines[0], "|" + "---|" * len(rows[0]), *lines[1:]]) if lines else ""
