"""The words of the project: every one of the domain is in the glossary, none of another place is anywhere."""

import importlib
import re
import subprocess
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db.models import Choices

OURS = ["territories", "accounts", "dossiers", "funding", "projects", "portal"]


@pytest.fixture(scope="module")
def glossary(root: Path) -> set[str]:
    return set(re.findall(r"`([\w]+)`", (root / "docs" / "glossaire.md").read_text()))


def test_every_model_is_in_the_glossary(glossary):
    models = {model.__name__ for app in OURS for model in apps.get_app_config(app).get_models()}
    assert models - glossary == set()


def test_every_state_is_in_the_glossary(glossary, root):
    states = set()
    for app in OURS:
        if not (root / app / "states.py").exists():
            continue
        module = importlib.import_module(f"{app}.states")
        for name, value in vars(module).items():
            if isinstance(value, type) and issubclass(value, Choices) and value.__module__ == module.__name__:
                states |= {name, *(value.values if name.startswith("Etat") else ())}
    assert states - glossary == set()


def test_no_word_of_the_workplace_is_in_the_repository(root):
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=root, capture_output=True, text=True, check=True)
    place = re.compile("|".join(["/" + "work/", r"\.\./" + "shared", r"\." + "library", "files." + "pythonhosted"]))
    found = [
        name
        for name in listed.stdout.split("\0")
        if name and (root / name).suffix in TEXT and place.search((root / name).read_text(errors="ignore"))
    ]
    assert found == []


TEXT = {".py", ".md", ".html", ".txt", ".toml", ".yml", ".css", ".js", ".json", ".in", ".example", ".svg", ""}


def test_the_page_of_the_cycles_is_what_the_tables_say():
    call_command("ecrire_cycles", check=True)


def test_no_line_of_a_page_or_a_mail_begins_with_a_sign_of_punctuation(root):
    """French puts a space before : ; ? ! », and that space never breaks."""
    plain = re.compile(r"\S [:;?!»](?=[\s<\"{'.,)&]|$)|« (?=\S)", re.MULTILINE)
    found = [
        f"{path.relative_to(root)}: {text[max(0, match.start() - 20) : match.end() + 5]!r}"
        for path in sorted((root / "templates").rglob("*"))
        if path.suffix in {".html", ".txt"} and (text := path.read_text())
        for match in plain.finditer(text)
    ]
    assert found == []
