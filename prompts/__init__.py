"""Every word a model reads, as Jinja templates loaded by name.

A missing variable is an error, never an empty string.
"""

from __future__ import annotations

from jinja2 import Environment, PackageLoader, StrictUndefined

_environment = Environment(
    loader=PackageLoader("prompts", "."),
    undefined=StrictUndefined,
    autoescape=False,
    trim_blocks=True,
    lstrip_blocks=True,
)


def render(name: str, **values: object) -> str:
    """The template `prompts/<name>.j2` filled in. Raises jinja2.TemplateNotFound or UndefinedError."""
    return _environment.get_template(f"{name}.j2").render(**values)
