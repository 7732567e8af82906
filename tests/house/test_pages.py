"""Every address is private or listed as public; every template is used."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

# What a person who is not signed in may open. Anything else sends to sign-in or refuses.
PUBLIC = {
    "portal:accueil", "portal:accessibilite", "portal:confidentialite", "portal:mentions_legales",
    "portal:calculer_un_delai",
    "portal:composants", "portal:vivant", "portal:pret", "portal:horloge",
    "account_login", "account_signup", "account_logout", "account_inactive", "account_email_verification_sent",
    "account_confirm_email", "account_reset_password", "account_reset_password_done",
    "account_reset_password_from_key", "account_reset_password_from_key_done", "account_confirm_login_code",
    "account_reauthenticate", "mfa_authenticate",
    "accounts:invitation",
    "dossiers:verifier", "dossiers:agenda",
    "admin:login", "admin:jsi18n",
}  # fmt: skip
# To sign-in, or back to a public home.
SENT_AWAY = re.compile(r"^/comptes/|^/admin/login/|^/(admin/)?$")
SAMPLES = {"int": "1", "str": "a", "slug": "a", "uuid": "00000000-0000-4000-8000-000000000000", "path": "a"}


def addresses(resolver: URLResolver, space: str = "", prefix: str = "/") -> Iterator[tuple[str, str]]:
    """Each pattern with its name and a path that reaches it."""
    for entry in resolver.url_patterns:
        path = prefix + re.sub(r"<(?:(\w+):)?\w+>", lambda found: SAMPLES[found[1] or "str"], str(entry.pattern))
        if isinstance(entry, URLResolver):
            yield from addresses(entry, f"{space}{entry.namespace}:" if entry.namespace else space, path)
        elif isinstance(entry, URLPattern):
            yield f"{space}{entry.name}", path


def every_address() -> list[tuple[str, str]]:
    return [(name, path) for name, path in addresses(get_resolver()) if not re.search(r"[()\\^$?]", path)]


def test_every_address_is_private_or_listed_as_public(client, db):
    answers = {(name, path): client.get(path) for name, path in every_address() if name not in PUBLIC}
    open_doors = {
        f"{name} {path}": answer.status_code
        for (name, path), answer in answers.items()
        if answer.status_code not in {302, 401, 403, 404, 405}
        or (answer.status_code == 302 and not SENT_AWAY.search(answer["Location"]))
    }
    assert open_doors == {}


def test_every_public_name_exists():
    known = {name for name, _ in addresses(get_resolver())}
    assert {name for name in PUBLIC if not name.startswith("admin:")} - known == set()


@pytest.mark.parametrize("name", ["portal:vivant", "portal:pret", "portal:accueil"])
def test_a_public_page_opens_without_an_account(client, db, name):
    try:
        path = reverse(name)
    except NoReverseMatch:
        pytest.fail(f"{name} has no address")
    assert client.get(path).status_code == 200


def test_every_template_is_used(root: Path):
    """By name in the code or in another template; those of packages are used when the package has one of that name."""
    used = "\n".join(
        path.read_text()
        for folder in ("guichet", "territories", "accounts", "dossiers", "funding", "projects", "portal", "templates")
        for path in (root / folder).rglob("*")
        if path.suffix in {".py", ".html", ".txt"}
    )
    unused = [
        name
        for path in sorted((root / "templates").rglob("*"))
        if path.suffix in {".html", ".txt"}
        and (name := str(path.relative_to(root / "templates")))
        and f'"{name}"' not in used
        and f"'{name}'" not in used
        and not _named_by_parts(name, used)
        and not _overrides_a_package(name)
        and not re.fullmatch(r"\d{3}(_csrf)?\.html", name)
    ]
    assert unused == []


def _named_by_parts(name: str, used: str) -> bool:
    """Mails and papers are named by the code without their extension."""
    stem = name.split(".", 1)[0]
    return any(f'"{part}"' in used for part in (stem, stem.rsplit("/", 1)[-1]))


def _overrides_a_package(name: str) -> bool:
    import allauth
    import crispy_bootstrap5
    from django import contrib, forms

    folders = [Path(package.__path__[0]) for package in (allauth, crispy_bootstrap5, contrib, forms)]
    return any(next(folder.glob(f"**/templates/{name}"), None) for folder in folders)
