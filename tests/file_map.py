"""Write README's map of files again: `python tests/file_map.py`. A line is the beginning of a module's docstring.

Data has its lines here. Knows nothing of what the files do; `tests/test_architecture.py` checks that none is missing.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("prompts", "retrieval", "ranking", "bot")
WIDEST = 110  #: characters a line
BLOCK = re.compile(r"(<!-- files -->\s*```text\n)(.*?)(```)", re.DOTALL)
DATA = {
    "prompts/word_reply.j2": "What a model that words replies reads once: the task, the voice, the shop's own style.",
    "prompts/word_turn.j2": "What it reads of one reply: the act, the message, facts, and the template's words.",
    "prompts/understand_message.j2": "What the model reads of one message: recent turns, the screen, the words.",
    "prompts/understand_schema.j2": "What the model reads once: the task and the catalogue's facets.",
    "prompts/understand_instructed.j2": "What a model without our adapter is told: the task in words, with examples.",
    "bot/conversations/conv.schema.json": "The JSON Schema of `*.conv.yaml`, for editors.",
    "bot/conversations/report.html.j2": "How a run of conversations looks as a page.",
    "bot/languages/reading.es.toml": "How Spanish is put into plain English, word for word.",
    "bot/languages/reading.zh.toml": "How Chinese is put into plain English, word for word.",
    "bot/languages/replies.es.toml": "What the assistant says in Spanish.",
    "bot/languages/replies.zh.toml": "What the assistant says in Chinese.",
    "bot/web/api_docs.html.j2": "The API's OpenAPI document as a page, without a script.",
    "bot/web/save.js": "What a visitor downloads: everything known of them, as a file.",
    "retrieval/linking/english.txt": "Words that are no slips of other ones: English ones of our own texts, and names.",
    "ranking/prior.toml": "The stated prior, for catalogues without a log.",
    "retrieval/films/": "The default catalogue: `catalogue.toml` and 1,591 films, a JSON object each.",
    "ranking/weights.toml": "The weights of the signals, learned.",
    "bot/web/widget/bridge.js": "The frame's side of /embed: events to the page around it, its calls to the widget.",
    "bot/web/widget/cards.js": "A list of items as cards; the words of an answer with its tables.",
    "bot/web/widget/client.js": "The API: tokens, refusals, lost connections, events of a stream.",
    "bot/web/widget/dom.js": "Elements without markup: texts, icons, addresses that may be followed, stylesheets.",
    "bot/web/widget/element.js": "`<chatalogue-chat>`: attributes, modes, focus, methods and events.",
    "bot/web/widget/facts.js": "An item's facets as a price and a short line.",
    "bot/web/widget/kept.js": "What a browser remembers of a visitor, by site and by who is signed in.",
    "bot/web/widget/panel.js": "The shell of a conversation: head, log, beliefs, suggestions, the box.",
    "bot/web/widget/shelf.js": "What a visitor does with items: on cards, in the cart, on the host's own pages.",
    "bot/web/widget/talk.js": "One visitor's conversation: steps in order, what was said, going on on the next page.",
    "bot/web/widget/widget.css": "How the widget looks, in three modes, light and dark, from left and from right.",
    "bot/web/widget/words.js": "The words of the widget's interface, English and Spanish.",
    "bot/web/words.en.toml": "The page's own words in English.",
    "bot/web/words.es.toml": "The page's own words in Spanish.",
    "bot/web/page.css": "How the page looks.",
    "bot/web/page.js": "What the page does in the browser: clicks on cards and chips become events.",
    "bot/simulation/phrasings.txt": "How simulated users say things, kept apart from the training data.",
    "bot/understanding/adapter/": "The LoRA adapter of the reading model, and what it was trained on.",
    "bot/understanding/training/phrasings/": "Ways to say things, by domain, for the training data.",
    "bot/understanding/training/words/": "Names, values and schemas of invented catalogues.",
}


def first_sentence(path: Path) -> str:
    """The first sentence of a module's docstring; "" without one."""
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    paragraph = " ".join(docstring.split("\n\n")[0].split())
    return re.split(r"(?<=[.?!]) (?=[A-Z`\"])", paragraph, maxsplit=1)[0]


def shortened(text: str, width: int) -> str:
    """`text` in at most `width` characters, cut after a part of the sentence where there is one."""
    if len(text) <= width:
        return text
    cut = text[: width - 1]
    parts = [cut[: m.start()] for m in re.finditer(r"[:;,] | \(", cut) if m.start() > width // 4]
    whole = [part for part in parts if all(part.count(a) == part.count(b) for a, b in ("()", "[]"))]
    return whole[-1] + "." if whole else cut.rsplit(" ", 1)[0] + "…"


def line(path: str) -> str:
    """ "path  what it is"."""
    said = DATA.get(path) or first_sentence(ROOT / path)
    return f"{path}  {shortened(said, WIDEST - len(path) - 2)}"


def files() -> list[str]:
    """`app.py`, every module with something in it, and the data."""
    modules = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py") if path.stat().st_size]
    data = [path for path in DATA if (ROOT / path).exists()]
    return ["app.py", *sorted([*(path.relative_to(ROOT).as_posix() for path in modules), *data])]


def main() -> None:
    """Put the map where README has it."""
    readme = ROOT / "README.md"
    text = "\n".join(map(line, files())) + "\n"
    old = readme.read_text(encoding="utf-8")
    readme.write_text(BLOCK.sub(lambda found: found[1] + text + found[3], old), encoding="utf-8")


if __name__ == "__main__":
    main()
