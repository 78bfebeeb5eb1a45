"""Imports point down only; modules say what they are for."""

import ast
import graphlib
import sys
from functools import cache
from pathlib import Path

import pytest

BOT = Path(__file__).parents[1] / "bot"

#: Whole packages and single modules; a module may import its own level and lower ones.
LEVELS = {
    "bot.errors": 0,
    "bot.environment": 0,
    "bot.setting_values": 0,
    "bot.config": 0,
    "bot.domain": 1,
    "bot.clients": 2,
    "bot.work": 3,
    "bot.listeners": 4,
    "bot.entrypoints": 5,
    "bot.__main__": 6,
}
SANDBOX = "bot.sandbox"
#: A place where anything may be put is a place where nothing is found.
SHAPELESS = {"utils", "util", "helpers", "common", "misc", "models"}
#: Other people's code that only looks something up in a table of its own.
PURE = {"emoji"}
#: What would bring the world, the clock or chance into pure code.
IMPURE = {
    "asyncio", "concurrent", "contextvars", "ftplib", "glob", "http", "importlib", "io",
    "locale", "logging", "multiprocessing", "os", "pathlib", "platform", "queue",
    "random", "secrets", "select", "shelve", "shutil", "signal", "smtplib", "socket",
    "socketserver", "sqlite3", "ssl", "subprocess", "sys", "tempfile", "threading",
    "time", "urllib.request", "urllib.error",
}  # fmt: skip


def name_of(path, root):
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


@pytest.fixture
def bot():
    """The bot's modules."""
    return find_modules()


@cache
def find_modules(folder=BOT):
    """Return the syntax tree of each module under *folder* by its dotted name."""
    return {
        name_of(path, folder.parent): ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted(folder.rglob("*.py"))
    }


def find_imports(tree):
    """Yield all names that are imported anywhere in *tree*, also within functions.

    `from a import b` may mean the module a.b or a name in a: both are yielded.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names)


def find_own_imports(name, modules):
    """Return the modules of *modules* that the module *name* imports."""
    return {each for each in find_imports(modules[name]) if each in modules}


def is_within(name, package):
    return name == package or name.startswith(f"{package}.")


def find_level(name):
    levels = [level for part, level in LEVELS.items() if is_within(name, part)]
    return levels[0] if levels else None


def upward(modules):
    """Yield each import that points up."""
    for name in modules:
        for imported in find_own_imports(name, modules) - {"bot"}:
            here, there = find_level(name), find_level(imported)
            if here is not None and there is not None and there > here:
                yield f"{name} imports {imported}"


def test_every_module_has_its_level(bot):
    placed = {name for name in bot if find_level(name) is not None}
    sandbox = {name for name in bot if is_within(name, SANDBOX)}

    assert set(bot) - placed - sandbox == {"bot"}


def test_imports_point_down_only(bot):
    assert list(upward(bot)) == []


def test_no_two_modules_import_each_other_by_any_way(bot):
    graph = {name: find_own_imports(name, bot) - {name} for name in bot}
    for name in bot:  # a package that imports its own modules is no cycle
        inner = {each for each in graph[name] if is_within(each, name)}
        for each in inner:
            graph[each] = graph[each] - {name}

    graphlib.TopologicalSorter(graph).prepare()


def test_the_sandbox_imports_nothing_of_the_bot(bot):
    found = {
        f"{name} imports {imported}"
        for name in bot
        if is_within(name, SANDBOX)
        for imported in find_own_imports(name, bot)
        if not is_within(imported, SANDBOX) and imported != "bot"
    }

    assert found == set()


def test_nothing_but_the_command_line_imports_the_sandbox(bot):
    importers = {
        name
        for name in bot
        if not is_within(name, SANDBOX)
        and any(is_within(each, SANDBOX) for each in find_imports(bot[name]))
    }

    assert importers <= {"bot.entrypoints.commands.sandbox"}


def test_the_domain_is_pure(bot):
    found = {
        f"{name} imports {imported}"
        for name in bot
        if is_within(name, "bot.domain")
        for imported in find_imports(bot[name])
        if is_impure(imported)
    }

    assert found == set()


def is_impure(imported):
    package = imported.partition(".")[0]
    if package not in {"bot", *PURE, *sys.stdlib_module_names}:
        return True
    return any(is_within(imported, each) for each in IMPURE)


@pytest.mark.parametrize(
    ("imported", "expected"),
    [
        ("requests", True),
        ("sqlalchemy.exc", True),
        ("urllib.request", True),
        ("os.path", True),
        ("urllib.parse", False),
        ("collections.abc", False),
        ("bot.errors", False),
        ("emoji", False),
    ],
)
def test_what_is_impure_is_known(imported, expected):
    assert is_impure(imported) is expected


def test_nothing_below_the_entry_points_reads_the_environment(bot):
    readers = {
        name
        for name, tree in bot.items()
        if find_level(name) not in (None, LEVELS["bot.entrypoints"])
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and ast.unparse(node) in ("os.environ", "os.getenv", "os.environb")
    }

    assert readers == set()


def test_imports_are_absolute_and_in_plain_sight(bot):
    hidden = {
        name
        for name, tree in bot.items()
        for imported in find_imports(tree)
        if imported.startswith(".") or is_within(imported, "importlib.import_module")
    }

    assert hidden == set()


def test_no_module_is_a_drawer_for_odds_and_ends(bot):
    shapeless = {name for name in bot if SHAPELESS & set(name.split("."))}

    assert shapeless == set()


def test_every_module_says_what_it_is_for(bot):
    silent = {name for name, tree in bot.items() if not ast.get_docstring(tree)}

    assert silent == set()


@pytest.mark.parametrize(
    "line",
    [
        "import bot.work.ledger",
        "from bot.work import ledger",
        "from bot.work.ledger import Ledger",
        "def f():\n    from bot.work.ledger import Ledger",
        "if TYPE_CHECKING:\n    import bot.work.ledger",
    ],
)
def test_an_import_that_points_up_is_found(line):
    modules = {
        "bot.work": ast.parse(""),
        "bot.work.ledger": ast.parse(""),
        "bot.domain.shares": ast.parse(line),
    }

    assert "bot.domain.shares imports bot.work.ledger" in set(upward(modules))
