"""What runs in earnest: settings that refuse, containers that follow the rules."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

GOOD = {
    "DJANGO_SETTINGS_MODULE": "guichet.settings.production",
    "SECRET_KEY": "q8Zr2LxV0nTt5WcYb7KdHs3JmPf9GaEu1RiXoNvQyCkBzDhMwS",
    "ALLOWED_HOSTS": "portail.exemple.invalid",
    "SITE_URL": "https://portail.exemple.invalid",
    "DATABASE_URL": "postgresql://guichet:x@postgres.invalid/guichet",
    "REDIS_URL": "redis://redis.invalid:6379/0",
    "EMAIL_URL": "smtp://mails.invalid:1025",
    "DEFAULT_FROM_EMAIL": "portail@exemple.invalid",
}


def manage(root: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    plain = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=root,
        env={**plain, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [(name, "") for name in GOOD if name != "DJANGO_SETTINGS_MODULE"]
    + [("SECRET_KEY", "for-local-use-only-never-in-production"), ("SECRET_KEY", "a" * 60), ("ALLOWED_HOSTS", "*")],
)
def test_production_refuses_a_missing_or_default_value(root, name, value):
    answer = manage(root, "-c", "import guichet.settings.production", **{**GOOD, name: value})
    assert answer.returncode != 0
    assert f"ImproperlyConfigured: {name}" in answer.stderr


SHOW_REHEARSAL = "import guichet.settings.{} as s; print(s.REPETITION)"


@pytest.mark.parametrize("value", ["1", "true", "True", "yes", "on", "0 ", "non"])
def test_production_does_not_start_when_it_is_told_to_rehearse(root, value):
    answer = manage(root, "-c", "import guichet.settings.production", **GOOD, REPETITION=value)
    assert answer.returncode != 0
    assert "ImproperlyConfigured: REPETITION" in answer.stderr


@pytest.mark.parametrize("environment", [{}, {"REPETITION": ""}, {"REPETITION": "0"}, {"REPETITION": "false"}])
def test_in_production_the_date_of_the_portal_is_the_real_one(root, environment):
    answer = manage(root, "-c", SHOW_REHEARSAL.format("production"), **GOOD, **environment)
    assert (answer.stdout, answer.stderr) == ("False\n", "")


@pytest.mark.parametrize(("environment", "allowed"), [({}, "True"), ({"REPETITION": "0"}, "False")])
def test_local_use_may_rehearse_unless_it_is_told_not_to(root, environment, allowed):
    answer = manage(root, "-c", SHOW_REHEARSAL.format("local"), **environment)
    assert (answer.stdout, answer.stderr) == (f"{allowed}\n", "")


def test_production_passes_the_deployment_check(root):
    answer = manage(root, "manage.py", "check", "--deploy", "--fail-level", "INFO", **GOOD)
    assert (answer.returncode, answer.stdout + answer.stderr) == (
        0,
        "System check identified no issues (0 silenced).\n",
    )


SHOW_CLIENT = """
import guichet.settings.production, django; django.setup()
from allauth.account.adapter import get_adapter
from django.test import RequestFactory
request = RequestFactory().get("/", REMOTE_ADDR="172.18.0.9", HTTP_X_FORWARDED_FOR="6.6.6.6, 203.0.113.7")
print(get_adapter().get_client_ip(request))
"""


def test_behind_our_proxy_limits_count_the_address_of_the_person(root):
    """Neither the proxy's, which would make one address of everybody, nor the one a stranger writes before it."""
    answer = manage(root, "-c", SHOW_CLIENT, **GOOD)
    assert (answer.stdout, answer.stderr) == ("203.0.113.7\n", "")


def test_no_program_falls_back_on_the_settings_of_the_demonstration(root):
    """Without the name of its settings, a server asks for its secrets instead of starting with public ones."""
    for program in ("import guichet.wsgi", "from guichet.celery import app; app.conf.broker_url"):
        answer = manage(root, "-c", program)
        assert answer.returncode != 0, program
        assert "ImproperlyConfigured: SECRET_KEY" in answer.stderr, program


def test_local_settings_import_with_no_server_and_no_variable(root):
    answer = manage(root, "-c", "import guichet.settings.local as s; print(s.DEBUG)")
    assert (answer.stdout, answer.stderr) == ("False\n", "")


@pytest.fixture(scope="module")
def compose(root: Path) -> dict:
    return yaml.safe_load((root / "docker-compose.yml").read_text())


def test_the_services_asked_for_are_there(compose):
    wanted = {"web", "worker", "beat", "postgres", "redis", "mails", "proxy"}
    assert set(compose["services"]) == wanted | {"migrations"}


def test_each_lasting_service_has_a_health_check_and_restarts(compose, root):
    for name, service in compose["services"].items():
        if name == "migrations":
            continue
        assert service["restart"] == "unless-stopped", name
        assert "healthcheck" in service or "HEALTHCHECK" in (root / "Dockerfile").read_text(), name


def test_each_image_names_its_version(compose, root):
    images = [service["image"] for service in compose["services"].values()]
    images += re.findall(r"^FROM (\S+)", (root / "Dockerfile").read_text(), re.MULTILINE)
    assert [image for image in images if not re.search(r":v?\d", image)] == []


def test_only_the_door_is_open(compose):
    ports = {name: service["ports"] for name, service in compose["services"].items() if "ports" in service}
    assert ports == {"proxy": ["80:80", "443:443"], "mails": ["127.0.0.1:8025:8025"]}


def test_no_secret_has_a_default(compose, root):
    text = (root / "docker-compose.yml").read_text()
    for name in ("SECRET_KEY", "POSTGRES_PASSWORD"):
        assert set(re.findall(rf"\$\{{{name}(:.)", text)) == {":?"}
        assert f"\n{name}=\n" in (root / ".env.example").read_text()


def test_the_image_runs_as_a_plain_user_with_pango(root):
    steps = (root / "Dockerfile").read_text()
    assert re.findall(r"^USER (\w+)", steps, re.MULTILINE) == ["guichet"]
    assert steps.index("USER guichet") < steps.index('CMD ["gunicorn"')
    for package in ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0", "fontconfig"):
        assert package in steps
    assert "--require-hashes" in steps


def test_a_slow_line_holds_the_proxy_and_not_the_portal(root):
    """One person who sends or fetches a large file slowly must not take a whole process, nor be cut after 30 s."""
    assert '"--threads", "4"' in (root / "Dockerfile").read_text()
    assert "request_buffers 56MB" in (root / "deploy" / "Caddyfile").read_text()


def test_the_proxy_lets_through_what_the_portal_takes_at_each_address(root, settings):
    """Its limits are above the portal's, which refuses with a page; its larger one is for the same address."""
    text = (root / "deploy" / "Caddyfile").read_text()
    limits = dict(re.findall(r"request_body @(\w+) \{\s+max_size (\d+)MB", text))
    matchers = dict(re.findall(r"@(\w+) (?:not )?path_regexp (\S+)", text))
    address, large = settings.LARGE_BODIES
    assert int(limits["document"]) * 1000**2 > large
    assert int(limits["autres"]) * 1000**2 > settings.BODY_MAX_BYTES
    assert int(re.search(r"request_buffers (\d+)MB", text)[1]) * 1000**2 > large
    for path in ("/projets-de-sante/12/document/", "/projets-de-sante/12/", "/projets-de-sante/12/document/x"):
        assert bool(re.search(matchers["document"], path)) == bool(re.match(address, path))
    assert matchers["autres"] == matchers["document"]


def test_every_locked_package_has_its_hash(root):
    for name in ("requirements.txt", "requirements-dev.txt"):
        blocks = re.findall(r"^[a-z0-9].*==.*(?:\n    .*)*", (root / name).read_text(), re.MULTILINE)
        assert blocks
        assert [block.split()[0] for block in blocks if "--hash=sha256:" not in block] == []
