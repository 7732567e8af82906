"""What the other tests stand on does what it says."""

from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.template import engines


def test_the_database_is_postgresql_18(db):
    assert connection.pg_version // 10000 == 18


def test_an_unknown_variable_of_our_templates_is_an_error(tmp_path, monkeypatch):
    from django.template import Origin
    from django.template.base import Template

    engine = engines["django"].engine
    ours = Template("{{ missing }}", Origin(str(settings.BASE_DIR / "templates" / "x.html")), "x.html", engine)
    theirs = Template("[{{ missing }}]", Origin("/site-packages/y.html"), "y.html", engine)
    from django.template import Context

    with pytest.raises(NameError, match="missing"):
        ours.render(Context())
    assert theirs.render(Context()) == "[]"


def test_unordered_rows_come_in_a_random_order(db):
    from django.contrib.contenttypes.models import ContentType

    plain = [tuple(ContentType.objects.values_list("pk", flat=True)) for _ in range(4)]
    sliced = [tuple(ContentType.objects.values_list("pk", flat=True)[:5]) for _ in range(4)]
    ordered = [tuple(ContentType.objects.order_by("pk").values_list("pk", flat=True)) for _ in range(4)]
    assert len(set(plain)) > 1
    assert len(set(sliced)) > 1
    assert len(set(ordered)) == 1


def test_the_worker_answers_and_takes_tasks(celery_worker):
    assert celery_worker.answers()


def test_the_worker_killed_comes_back(celery_worker):
    celery_worker.kill()
    celery_worker.restart()
    assert celery_worker.answers()


def test_the_browser_opens_and_watches(page, screenshots: Path):
    page.set_content("<!doctype html><html lang='fr'><title>Bonjour</title><main><h1>Bonjour</h1></main>")
    page.screenshot(path=screenshots / "stage.png")
    page.evaluate("console.error('une faute')")
    assert page.context.watch.problems == ["console error: une faute ()"]
    page.context.watch.allow("une faute")
