"""Writes the reference pages that follow from the code: commands, settings, operations, errors.

Run by `make format`. With `--check`, as `make check` runs it, reports stale pages instead of writing them.
"""

import json
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from enum import Enum
from pathlib import Path
from types import ModuleType
from typing import Any, get_args

import typer.core
import typer.main
from pydantic.fields import FieldInfo

from api import errors as api_errors
from api.problems import TABLE
from api.uploads import errors as upload_errors
from mslg_cli import app
from mslg_core import errors as core
from mslg_core.configs.auto import AutoConfig
from mslg_core.configs.base import TrainingConfig
from mslg_core.configs.methods import AnyMethodConfig
from store import errors as store_errors
from store.accounts import errors as account_errors
from store.settings import Settings
from store.sources import errors as source_errors

PAGES = Path(__file__).parent.parent / "docs" / "reference"
OPENAPI = PAGES.parent.parent / "frontend" / "openapi.json"
NOTICE = "<!-- Written by scripts/reference.py: run `make format` instead of editing this page. -->\n"
REST = """# REST API

<a href="/api/v1/openapi.json"><code>/api/v1/openapi.json</code></a> describes every field and
every error of these operations. [Use the REST API](../how-to/use-rest.md) shows them at work.

- Every path begins with `/api/v1`. Ids are strings. Labels are names of classes. Times are UTC, in ISO 8601.
- Lists are paged by `cursor` and `limit`; `next_cursor` is null on the last page.
- Long work answers 202 and continues in a worker. Its `status` is `queued`, `running`, `succeeded`, `failed`
  or `cancelled`.
- Errors are [problem documents](errors.md).
"""
JOB_SETTINGS = """# Job settings

A job takes these settings as `config` (`POST /jobs`), `mslg clean` as a file (`--config`). Every setting has
a default; *automatic* means that it follows from the data and the machine. Unknown settings are rejected.

## All methods
"""


def commands() -> str:
    """Every `mslg` command with its options."""
    root = typer.main.get_command(app)
    sections = [f"# Commands\n\n{root.help} `mslg COMMAND --help` prints the same.\n\nBefore the command:\n"]
    sections += _option_table(root)
    for path, command in _leaves(root, ["mslg"]):
        sections.append(f"## {' '.join(path)}\n\n{_sentence(command.help)}\n")
        sections += _option_table(command)
    return "\n".join(sections)


def _option_table(command: Any) -> list[str]:
    """The table of a command's options, if it has any."""
    options = [_option(o) for o in command.params if isinstance(o, typer.core.TyperOption) and not o.hidden]
    return [_table(["option", "default", "meaning"], options)] if options else []


def _leaves(group: Any, path: list[str]) -> Iterator[tuple[list[str], Any]]:
    for name, command in group.commands.items():
        if isinstance(command, typer.core.TyperGroup):
            yield from _leaves(command, [*path, name])
        else:
            yield [*path, name], command


def _option(option: typer.core.TyperOption) -> list[str]:
    named = re.sub(r"\s+", " ", option.help or "")
    text, _, default = named.partition("[default: ")
    variable = f" Environment: `{option.envvar}`." if option.envvar else ""
    shown = default.rstrip("]") or ("required" if option.required else _value(option.default))
    return [f"`{option.opts[0]}`", shown, _sentence(text) + variable]


def service_settings() -> str:
    """Every environment variable of the service."""
    rows = [
        [f"`MSLG_{name.upper()}`", _value(field.default), _meaning(field)]
        for name, field in Settings.model_fields.items()
    ]
    head = (
        "# Service settings\n\n"
        "Environment variables configure the service. An empty variable counts as unset. What they do not\n"
        "give is read from files in `/run/secrets`, such as `mslg_api_token` for `MSLG_API_TOKEN`.\n"
    )
    return f"{head}\n{_table(['variable', 'default', 'meaning'], rows)}"


def job_settings() -> str:
    """Settings that all methods share, then those of each method."""
    shared = TrainingConfig.model_fields
    sections = [JOB_SETTINGS, _fields(shared)]
    for config in (*get_args(AnyMethodConfig), AutoConfig):
        own = {name: field for name, field in config.model_fields.items() if name not in shared}
        method = own.pop("method").default
        sections.append(f"## {method}\n\n{_sentence((config.__doc__ or '').splitlines()[0])}\n")
        sections.append(_fields(own) if own else "No further settings.\n")
    return "\n".join(sections)


def _fields(fields: dict[str, FieldInfo]) -> str:
    rows = [
        [f"`{name}`", _value(field.default, "automatic"), _meaning(field)] for name, field in fields.items()
    ]
    return _table(["setting", "default", "meaning"], rows)


def _meaning(field: FieldInfo) -> str:
    options = [f"`{option.value}`" for option in _options(field.annotation)]
    return _sentence(field.description or "") + (f" One of {', '.join(options)}." if options else "")


def _options(annotation: Any) -> list[Enum]:
    """The values of an enumeration, also where None is allowed."""
    found = [kind for kind in (annotation, *get_args(annotation)) if isinstance(kind, type)]
    return [option for kind in found if issubclass(kind, Enum) for option in kind]


def error_codes() -> str:
    """Problems by status, then the codes of refused archives, files, labels and jobs."""
    rows = [
        [f"`{code}`", str(int(status)), title, text]
        for code, status, title, text in sorted(_problems(), key=lambda row: (row[1], row[0]))
    ]
    refusals = [[f"`{error.code}`", _summary(error)] for error in _with_code(core)]
    return (
        "# Error codes\n\n"
        "Every error of the REST API is a problem document (RFC 9457, `application/problem+json`). `code` is "
        "stable; `detail` is for people. `errors` lists single fields or lines where there are several.\n\n"
        "## Problems\n\n"
        f"{_table(['code', 'status', 'title', 'meaning'], rows)}\n"
        "An unknown address answers 404 with `not_found`, a wrong method 405 with `method_not_allowed`, a "
        "fault of the service 500 with `internal_error`.\n\n"
        "A request that is well-formed but wrong answers 422, and `code` names the reason. Each item of "
        "`errors` has a `code` of its own, the field or line, and a sentence that says what to do.\n\n"
        "## Rejected archives, files, labels and settings\n\n"
        "These codes appear in the `error` of a failed ingest or job, in the list of rejected files, and in "
        "what `mslg clean` prints.\n\n"
        f"{_table(['code', 'meaning'], refusals)}"
    )


def _problems() -> Iterator[tuple[str, int, str, str]]:
    for module in (store_errors, account_errors, source_errors, api_errors, upload_errors):
        yield from _problems_of(module)


def _problems_of(module: ModuleType) -> Iterator[tuple[str, int, str, str]]:
    for error in _with_code(module):
        listed = next((kind for kind in error.__mro__ if kind in TABLE), None)
        if listed is not None:
            status, title = TABLE[listed]
            yield error.code, status, title, _summary(error)


def _with_code(module: ModuleType) -> Iterator[type[Any]]:
    """The errors that `module` defines, except those whose code varies."""
    for value in vars(module).values():
        is_error = isinstance(value, type) and issubclass(value, Exception)
        if is_error and value.__module__ == module.__name__ and "code" in vars(value):
            yield value


def rest() -> str:
    """Every operation of the REST API, by tag."""
    document = json.loads(OPENAPI.read_text("utf-8"))
    sections = [REST]
    for tag in document["tags"]:
        rows = [
            [f"`{method.upper()} {path.removeprefix('/api/v1')}`", _sentence(operation["summary"])]
            for path, methods in document["paths"].items()
            for method, operation in methods.items()
            if tag["name"] in operation["tags"]
        ]
        sections.append(f"## {tag['name'].capitalize()}\n\n{_sentence(tag['description'])}\n")
        sections.append(_table(["operation", "summary"], rows))
    return "\n".join(sections)


def _summary(error: type[Any]) -> str:
    return _sentence((error.__doc__ or "").splitlines()[0])


def _value(value: object, none: str = "none") -> str:
    if value is None:
        return none
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Enum):
        return f"`{value.value}`"
    if isinstance(value, tuple):
        return ", ".join(_value(item) for item in value)
    return f"`{value}`" if str(value) else "none"


def _sentence(text: str | None) -> str:
    text = re.sub(r"\s+", " ", text or "").strip()
    return text if not text or text.endswith((".", "?")) else f"{text}."


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    cells = [[cell.replace("|", "\\|") for cell in line] for line in lines]
    return "".join(f"| {' | '.join(line)} |\n" for line in cells)


def write(folder: Path = PAGES, *, check: bool = False) -> list[Path]:
    """Write every page to `folder`; with `check`, only return those that differ."""
    texts = {
        "commands.md": commands(),
        "errors.md": error_codes(),
        "job-settings.md": job_settings(),
        "rest.md": rest(),
        "service-settings.md": service_settings(),
    }
    stale = []
    for name, text in texts.items():
        page, content = folder / name, NOTICE + "\n" + text
        if not page.exists() or page.read_text("utf-8") != content:
            stale.append(page)
            if not check:
                page.write_text(content, "utf-8")
    return stale


if __name__ == "__main__":
    only_check = "--check" in sys.argv[1:]
    found = write(check=only_check)
    if only_check and found:
        sys.exit(f"Stale: {', '.join(page.name for page in found)}. Run make format.")
