"""The rules of the tree: who imports whom, who reads the environment, who knows what the catalogue is about."""

from __future__ import annotations

import ast
import re
import tomllib
import zipfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("prompts", "retrieval", "ranking", "bot")
MAY_IMPORT = {
    "prompts": set(),
    "retrieval": set(),
    "ranking": {"retrieval"},
    "bot": {"prompts", "retrieval", "ranking"},
}
NOT_FOR = {  # third parties that a package has no business with
    "prompts": {"torch", "transformers", "chromadb", "fastapi", "gradio", "sqlalchemy"},
    "retrieval": {"openai", "fastapi", "gradio", "sqlalchemy", "implicit"},
    "ranking": {"chromadb", "torch", "transformers", "openai", "fastapi", "gradio"},
}
LONGEST_FILE = 350

READS_THE_ENVIRONMENT = {
    "bot/settings.py": "the one place that does",
    "bot/web/server.py": "writes one variable, which Gradio reads when it is imported; reads none",
}
KNOWS_FILMS = {
    "bot/settings.py": "names the built-in catalogue that is the default",
    "bot/cli_options.py": "names the built-in catalogue that is the default",
    "retrieval/assets/registry.py": "names the demo ratings as their source does",
    "retrieval/assets/convert.py": "names the demo ratings as their source does",
    # plain English, whatever the catalogue: none of it links, filters or ranks
    "retrieval/linking/text.py": "common words of English",
    # the fall-back reader's sentence frames: nouns to pass over, compiled once for every catalogue
    "bot/understanding/cues.py": "words to pass over",
    "bot/understanding/governed.py": "words to pass over",
    "bot/understanding/mentions.py": "words to pass over, and cues before a name",
    "bot/understanding/naming.py": "cues before a name",
    "bot/understanding/phrases.py": "words to pass over",
    "bot/understanding/reactions.py": "words to pass over",
    "bot/understanding/requests.py": "words to pass over",
    "bot/understanding/stance.py": "words to pass over",
    "bot/understanding/scoring.py": "words to pass over, those of the judge it must agree with",
}
FILM_WORDS = re.compile(r"\b(films?|movies?|genres?|actors?|actress|directors?|cinema|movielens)\b", re.IGNORECASE)


@cache
def modules(*packages: str) -> list[str]:
    found = (path for package in packages for path in sorted((ROOT / package).rglob("*.py")))
    return [path.relative_to(ROOT).as_posix() for path in found]


@cache
def parsed(module: str) -> ast.Module:
    return ast.parse((ROOT / module).read_text(encoding="utf-8"), module)


def imported(module: str) -> Iterator[str]:
    """The top-level packages that a module imports anywhere, at run time or for types."""
    for node in ast.walk(parsed(module)):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}:{node.lineno} imports relatively"
            yield str(node.module).split(".")[0]


@pytest.mark.parametrize("package", PACKAGES)
def test_imports_flow_one_way(package: str) -> None:
    ours = {"tests", "app", *PACKAGES} - {package} - MAY_IMPORT[package]
    wrong = ours | NOT_FOR.get(package, set())
    edges = [f"{module} imports {name}" for module in modules(package) for name in imported(module) if name in wrong]
    assert not edges


def test_packages_are_all_there() -> None:
    assert all(len(modules(package)) for package in PACKAGES)


def reads_environment(module: str) -> bool:
    """Whether the module mentions os.environ or os.getenv, under any name they were imported by."""
    for node in ast.walk(parsed(module)):
        if isinstance(node, ast.Attribute) and node.attr in ("environ", "environb", "getenv", "putenv"):
            return True
        names = {alias.name for alias in node.names} if isinstance(node, ast.ImportFrom) else set()
        if names & {"environ", "environb", "getenv"}:
            return True
    return False


def test_only_the_settings_read_the_environment() -> None:
    assert {module for module in modules(*PACKAGES) if reads_environment(module)} <= set(READS_THE_ENVIRONMENT)


def string_constants(tree: ast.Module) -> Iterator[ast.Constant]:
    """The strings of a module that are not docstrings; `#:` comments and docstrings may give examples of anything."""
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, documented) and node.body and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node


def general_modules() -> list[str]:
    """All that must serve any catalogue: everything but the training's own phrase books."""
    return [module for module in modules(*PACKAGES) if not module.startswith("bot/understanding/training/")]


def test_nothing_outside_the_films_knows_what_a_film_is() -> None:
    found = {
        f"{module}:{constant.lineno}: {constant.value[:80]!r}"
        for module in general_modules()
        if module not in KNOWS_FILMS
        for constant in string_constants(parsed(module))
        if FILM_WORDS.search(str(constant.value))
    }
    assert not found


def test_no_facet_of_a_catalogue_is_hard_coded() -> None:
    """Facets' names are data. Those that are also plain words of the code (a kind, a unit of time) are left out."""
    facets: set[str] = set()
    for folder in ("retrieval/films", "examples/shop"):
        facets |= set(tomllib.loads((ROOT / folder / "catalogue.toml").read_text(encoding="utf-8"))["facets"])
    hard_coded = facets - {"category", "language", "year", "size"}
    found = {
        f"{module}:{constant.lineno}: {constant.value!r}"
        for module in general_modules()
        for constant in string_constants(parsed(module))
        if constant.value in hard_coded
    }
    assert {"genre", "person", "price"} <= hard_coded
    assert not found


def test_prompts_know_no_film() -> None:
    words = {
        path.name: FILM_WORDS.findall(path.read_text(encoding="utf-8")) for path in (ROOT / "prompts").glob("*.j2")
    }
    assert words
    assert not {name: found for name, found in words.items() if found}


@pytest.mark.parametrize("allowed", [READS_THE_ENVIRONMENT, KNOWS_FILMS])
def test_exceptions_are_still_needed(allowed: dict[str, str]) -> None:
    def needs(module: str) -> bool:
        strings = [str(constant.value) for constant in string_constants(parsed(module))]
        return reads_environment(module) or any(map(FILM_WORDS.search, strings))

    if allowed is READS_THE_ENVIRONMENT:  # pydantic-settings reads it for the settings, out of an AST's sight
        allowed = {module: reason for module, reason in allowed.items() if module != "bot/settings.py"}
    assert [module for module in allowed if not (ROOT / module).is_file() or not needs(module)] == []


def test_files_stay_short() -> None:
    lengths = {m: len((ROOT / m).read_text(encoding="utf-8").splitlines()) for m in modules(*PACKAGES, "tests")}
    assert {module: length for module, length in lengths.items() if length > LONGEST_FILE} == {}


def first_sentence(module: str) -> str:
    docstring = ast.get_docstring(parsed(module)) or ""
    return " ".join(docstring.split("\n\n")[0].split())


def test_every_module_says_what_it_does() -> None:
    """A sentence at least; a package's empty `__init__.py` has nothing to say."""
    silent = [
        module
        for module in modules(*PACKAGES, "tests")
        if parsed(module).body
        and (len(first_sentence(module).split()) < 4 or not re.search(r"[.:?](\s|$)", first_sentence(module)))
    ]
    assert not silent


def test_app_is_small() -> None:
    assert len((ROOT / "app.py").read_text(encoding="utf-8").splitlines()) < 40


# --- the map of files in README: a ```text block after the line `<!-- files -->`, a path and a description a line -----


def mapped() -> dict[str, str]:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    block = re.search(r"<!-- files -->\s*```text\n(.*?)```", readme, re.DOTALL)
    assert block, "README.md has no ```text block after a line `<!-- files -->`"
    lines = [line.split(maxsplit=1) for line in block[1].splitlines() if line.strip()]
    assert all(len(line) == 2 for line in lines), "a line of the map is a path and what it is"
    return {path: words for path, words in lines}


def tree() -> set[str]:
    """The files of the packages and `app.py`, but the empty `__init__.py`."""
    found = {path for package in PACKAGES for path in (ROOT / package).rglob("*") if path.is_file()}
    sources = {
        path.relative_to(ROOT).as_posix() for path in found if "__pycache__" not in path.parts and path.stat().st_size
    }
    return sources | {"app.py"}


def test_readme_lists_every_file() -> None:
    """Code and prompts a line each; data by file, or by a folder (ending in `/`) that holds nothing but data."""
    listed = mapped()
    folders = tuple(path for path in listed if path.endswith("/"))
    data = {path for path in tree() if not path.endswith((".py", ".j2")) and path.startswith(folders or ("//",))}
    missing = sorted(tree() - data - set(listed))
    lines = [f"{path}  {first_sentence(path) if path.endswith('.py') else '…'}" for path in missing]
    assert not missing, "README's map lacks:\n" + "\n".join(lines)
    gone = [path for path in listed if not (ROOT / path).exists()]
    assert not gone, f"README's map lists what is not there: {gone}"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The names in the wheel that the tree makes."""
    folder = tmp_path_factory.mktemp("wheel")
    built = next(WheelBuilder(str(ROOT)).build(directory=str(folder), versions=["standard"]))
    with zipfile.ZipFile(built) as archive:
        return {name for name in archive.namelist() if not name.endswith("/")}


def test_the_wheel_holds_the_packages_and_nothing_else(wheel: set[str]) -> None:
    files = {path for package in PACKAGES for path in (ROOT / package).rglob("*") if path.is_file()}
    sources = {path.relative_to(ROOT).as_posix() for path in files if "__pycache__" not in path.parts}
    shipped = {name for name in wheel if ".dist-info/" not in name}
    assert shipped == sources
    assert {name.split("/")[0] for name in shipped} == set(PACKAGES)


def test_the_wheel_brings_the_licence_and_the_entry_points(wheel: set[str]) -> None:
    inside = {name.split(".dist-info/")[1] for name in wheel if ".dist-info/" in name}
    assert {"entry_points.txt", "licenses/LICENSE", "METADATA"} <= inside
