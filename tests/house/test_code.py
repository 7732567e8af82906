"""The rules of taste that no linter knows."""

import ast
from pathlib import Path

import pytest

FOLDERS = ["guichet", "territories", "accounts", "dossiers", "funding", "projects", "portal"]
CLOCK_MAY_BE_READ = ("middleware.py", "tasks.py", "management/commands/", "guichet/kernel/http.py")
REAL_TIME = {
    "guichet/kernel/instant.py",
    "guichet/kernel/http.py",
    "dossiers/management/commands/echeance.py",  # when no database can tell the portal's date
}


def sources(root: Path) -> list[Path]:
    return sorted(p for folder in FOLDERS for p in (root / folder).rglob("*.py") if "migrations" not in p.parts)


@pytest.fixture(scope="module")
def trees(root: Path) -> dict[str, ast.Module]:
    return {str(path.relative_to(root)): ast.parse(path.read_text()) for path in sources(root)}


def test_no_file_is_longer_than_400_lines(root):
    every = [*sources(root), *(root / "tests").rglob("*.py"), *(root / "scripts").glob("*.py")]
    long = {str(path.relative_to(root)): count for path in every if (count := len(path.read_text().splitlines())) > 400}
    assert long == {}


def test_no_function_is_longer_than_50_lines(trees):
    long = {
        f"{name}:{node.name}": node.end_lineno - node.lineno
        for name, tree in trees.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.end_lineno - node.lineno > 50
    }
    assert long == {}


def test_the_clock_is_read_in_three_places_only(trees):
    """Ruff bans `now` and `today`; `localdate()` and `localtime()` without an instant read the clock too."""
    readers = [
        f"{name}:{node.lineno}"
        for name, tree in trees.items()
        if not any(place in name for place in CLOCK_MAY_BE_READ)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and getattr(node.func, "attr", getattr(node.func, "id", "")) in {"localdate", "localtime"}
        and not node.args
        and not any(keyword.arg == "value" for keyword in node.keywords)
    ]
    assert readers == []


def test_tasks_and_commands_take_the_date_of_the_portal_never_the_real_one(trees):
    readers = {
        name
        for name, tree in trees.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"timezone.now", "now", "datetime.now"}
    }
    assert readers == REAL_TIME


def test_no_model_overrides_save_or_orders_itself(trees):
    found = [
        f"{name}:{node.lineno}"
        for name, tree in trees.items()
        if "/models" in name
        for node in ast.walk(tree)
        if (isinstance(node, ast.FunctionDef) and node.name == "save")
        or (isinstance(node, ast.Assign) and any(getattr(target, "id", "") == "ordering" for target in node.targets))
    ]
    assert found == []


def test_no_signal_is_received_in_our_applications(trees):
    found = [
        name
        for name, tree in trees.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module in {"django.dispatch", "django.db.models.signals"}
    ]
    assert found == []


def test_every_module_says_what_it_is(trees):
    silent = [name for name, tree in trees.items() if tree.body and ast.get_docstring(tree) is None]
    assert silent == []
