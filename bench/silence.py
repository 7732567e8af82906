"""Measure the silence on projets de santé: `python -m bench.silence` prints JSON.

A hundred thousand projects of which ten thousand are due: how long the selection takes, then how many are recorded a
second by two workers at once through the path of production (event, state, ledger, attestation and mails as rows),
nothing drawn nor sent. Then the same with one worker killed with -9 in the middle: nothing lost, nothing doubled.
"""

import argparse
import json
import os
import signal
import statistics
import subprocess
import sys
import time
from datetime import date, datetime, timedelta
from typing import Any

from bench.ground import ROOT, VAR, keep, prepare, say, set_environment

DAY = date(2026, 11, 15)
"""The day of the passage: what was received by 14 September is due."""
PEOPLE_EVERY = 10
"""Files of one association."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.silence", description=__doc__.splitlines()[0])
    parser.add_argument("--projets", type=int, default=100_000)
    parser.add_argument("--dus", type=int, default=10_000)
    parser.add_argument("--worker", choices=["asc", "desc"], help=argparse.SUPPRESS)
    asked = parser.parse_args()
    set_environment()
    if asked.worker:
        _worker(rebours=asked.worker == "desc")
        return
    from bench.servers import postgres

    with postgres(VAR / "servers") as address:
        os.environ["DATABASE_URL"] = address
        import django

        django.setup()
        keep("silence", _measure(asked.projets, asked.dus))


def _measure(projets: int, dus: int) -> dict[str, Any]:
    from bench.facts import DRAFT

    prepare(1, shares={DRAFT: 1})
    started = time.perf_counter()
    _generate(projets, dus)
    say(f"{projets} projects in {time.perf_counter() - started:.0f} s")
    return {
        "projets": projets,
        "dus": dus,
        "charge_au_depart": round(os.getloadavg()[0], 1),
        "selection_ms": _selection(),
        "pages_ms": _pages(),
        "deux_workers": _together(kill_at=None),
        "un_worker_tue": _again(dus),
    }


def _selection() -> dict[str, float]:
    """Milliseconds to choose every period that is due, and the first lot of a hundred."""
    from dossiers.selectors.delais import silent_on

    whole, lot = [], []
    for _ in range(15):
        started = time.perf_counter()
        list(silent_on(DAY).values_list("pk", flat=True))
        whole.append((time.perf_counter() - started) * 1000)
        started = time.perf_counter()
        list(silent_on(DAY).order_by("pk").values_list("pk", flat=True)[:100])
        lot.append((time.perf_counter() - started) * 1000)
    return {
        "tous_p95": round(statistics.quantiles(whole, n=20)[-1], 1),
        "tous_median": round(statistics.median(whole), 1),
        "un_lot_median": round(statistics.median(lot), 1),
    }


PEOPLE = {"ARS": "ars@demo.example", "CPAM": "cpam@demo.example", "Guichet": "guichet@demo.example"}


def _pages() -> dict[str, dict[str, float]]:
    """Milliseconds of the pages where so many projects weigh, in one process: told, not judged."""
    from django.core.management import call_command
    from django.test import Client

    from accounts.models import User
    from bench.pages import session_of

    call_command("collectstatic", interactive=False, verbosity=0)
    lists = ("/projets-de-sante/", "/projets-de-sante/?q=mesure+42", "/projets-de-sante/?tri=-population")
    told = {}
    for name, courriel in PEOPLE.items():
        cookie = session_of(User.objects.get(email=courriel))
        for path in ("/accueil/", *lists):
            told[f"{name} {path}"] = _timed(Client(headers={"cookie": cookie, "host": "127.0.0.1"}), path)
    return told


def _timed(client: Any, path: str) -> dict[str, float]:
    times = []
    for _ in range(12):
        started = time.perf_counter()
        answer = client.get(path, secure=True)
        times.append((time.perf_counter() - started) * 1000)
        assert answer.status_code == 200, (path, answer.status_code)
    return {"median": round(statistics.median(times[2:]), 1), "max": round(max(times[2:]), 1)}


def _now() -> datetime:
    from guichet.kernel.civil import PARIS

    return datetime(DAY.year, DAY.month, DAY.day, 0, 5, tzinfo=PARIS)


def _worker(*, rebours: bool) -> None:
    """One worker: a passage from one end, as the task of the clock calls it."""
    import django

    django.setup()
    from projects.services.silence import passage

    print("ready", flush=True)
    sys.stdin.readline()
    row = passage(now=_now(), rebours=rebours)
    print(json.dumps({"constates": row.constates, "erreurs": row.erreurs}), flush=True)


def _together(*, kill_at: int | None) -> dict[str, Any]:
    """Two workers at once; with `kill_at`, one is killed once so many are recorded, and a third takes over."""
    from projects.models import EvenementProjet

    workers = [_spawn(way) for way in ("asc", "desc")]
    before = EvenementProjet.objects.filter(action="constater_silence").count()
    started = time.perf_counter()
    for worker in workers:
        worker.stdin.write("go\n")
        worker.stdin.flush()
    if kill_at is not None:
        while EvenementProjet.objects.filter(action="constater_silence").count() - before < kill_at:
            time.sleep(0.05)
        workers[1].send_signal(signal.SIGKILL)
        workers[1].wait()
        workers.pop()
    told = [json.loads(worker.communicate()[0].splitlines()[-1]) for worker in workers]
    seconds = time.perf_counter() - started
    done = EvenementProjet.objects.filter(action="constater_silence").count() - before
    return {
        "secondes": round(seconds, 2),
        "constates": done,
        "par_s": round(done / seconds, 1),
        "par_worker": told,
        **_judged(),
    }


def _spawn(way: str) -> Any:
    worker = subprocess.Popen(
        [sys.executable, "-m", "bench.silence", "--worker", way],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ},
    )
    assert worker.stdout is not None
    worker.stdout.readline()
    return worker


def _judged() -> dict[str, int]:
    """What must be none: due and not recorded, recorded twice, without its paper or its mail."""
    from django.db.models import Count

    from accounts.models import Envoi
    from dossiers.models import Document
    from dossiers.selectors.delais import silent_on
    from projects.models import EvenementProjet

    events = EvenementProjet.objects.filter(action="constater_silence")
    twice = events.order_by().values("projet").annotate(n=Count("pk")).filter(n__gt=1).count()
    papers = Document.objects.filter(evenement__in=events.values("pk")).count()
    told = Envoi.objects.filter(evenement__in=events.values("pk")).values("evenement").distinct().count()
    return {
        "restants": silent_on(DAY).count(),
        "doubles": twice,
        "sans_attestation": events.count() - papers,
        "sans_courriel": events.count() - told,
        "courriels": Envoi.objects.filter(evenement__in=events.values("pk")).count(),
    }


def _again(dus: int) -> dict[str, Any]:
    """Half as many more projects due the same day; one of the two workers is killed halfway."""
    _generate(dus // 2, dus // 2)
    return _together(kill_at=dus // 4)


def _generate(projets: int, dus: int) -> None:
    """Deposited projects, written as a deposit leaves them: file, territory, period, its first line. The first are due;
    no warning is due for the others, whose last day is more than a month away.

    One association, with one person, for each ten files; half the files in each département that has agents.
    """
    from django.core.management.color import no_style
    from django.db import connection, transaction
    from django.utils import timezone

    from accounts.models import Membership, Organisation, User
    from dossiers.models import Delai, Dossier, MouvementDelai, Territoire
    from projects.models import ProjetSante

    with transaction.atomic(), connection.cursor() as cursor:
        last = {
            model: model._base_manager.order_by("-pk").values_list("pk", flat=True).first() or 0
            for model in (User, Organisation, Membership, Dossier, Delai, MouvementDelai, Territoire, ProjetSante)
        }
        asked = {
            "base": max(last.values()),
            "count": projets,
            "due": dus,
            "every": PEOPLE_EVERY,
            "now": timezone.now() - timedelta(days=90),
        }
        for statement in STATEMENTS:
            cursor.execute(statement, asked)
        for statement in connection.ops.sequence_reset_sql(no_style(), list(last)):
            cursor.execute(statement)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


HOSTS = "generate_series(1, %(count)s / %(every)s + 1) n"
FILES = "generate_series(1, %(count)s) n"
LEAD = "CASE WHEN n %% 2 = 0 THEN '31' ELSE '81' END"
HOST = "%(base)s + 1 + n / %(every)s"
STATEMENTS = (
    f"""INSERT INTO accounts_user (id, password, is_superuser, is_staff, is_active, email, prenom, nom, date_joined)
        SELECT %(base)s + n, '!', false, false, true, 'mesure-' || (%(base)s + n) || '@mesure.example', 'Personne',
               'Mesure ' || n, %(now)s FROM {HOSTS}""",
    f"""INSERT INTO accounts_organisation (id, genre, code, nom, sigle, region, departements, courriel, telephone,
                                           adresse)
        SELECT %(base)s + n, 'association', 'mesure-' || (%(base)s + n), 'Association de mesure ' || n, '', '76',
               '{{}}', '', '', '' FROM {HOSTS}""",
    f"""INSERT INTO accounts_membership (id, user_id, organisation_id, fonction, droits, representant_legal, debut_le)
        SELECT %(base)s + n, %(base)s + n, %(base)s + n, 'Présidente', '{{deposer,gerer,rediger}}', true, '2026-01-01'
          FROM {HOSTS}""",
    f"""INSERT INTO dossiers_dossier (id, reference, nom, nom_normalise, recherche, association_id, region,
                                      departement_pilote_id, departements, etat, visibilite, created_at, created_by_id)
        SELECT %(base)s + n, 'MES-' || (%(base)s + n), 'CPTS de mesure ' || n, 'cpts de mesure ' || n, '', {HOST}, '76',
               {LEAD}, ARRAY[{LEAD}], 'ouvert', 'ars', %(now)s, {HOST} FROM {FILES}""",
    f"""INSERT INTO dossiers_territoire (id, dossier_id, numero, population, taille, bareme, departements, created_at,
                                         created_by_id, fige_at)
        SELECT %(base)s + n, %(base)s + n, 1, 42000, 2, 'aci-2019', ARRAY[{LEAD}], %(now)s, {HOST}, %(now)s
          FROM {FILES}""",
    f"""INSERT INTO dossiers_delai (id, dossier_id, regime, depart, recu_le, origine_le, dernier_jour, echeance_le,
                                    ouvert_at, clos_par)
        SELECT %(base)s + n, %(base)s + n, 'acceptation', 'reception', d, d, (d + interval '2 months')::date,
               (d + interval '2 months')::date + 1, %(now)s, ''
          FROM {FILES}, LATERAL (SELECT CASE WHEN n <= %(due)s THEN date '2026-09-14'
                                             ELSE date '2026-10-16' + n %% 29 END AS d) s""",
    """INSERT INTO dossiers_mouvementdelai (id, delai_id, nature, le, requise, intitule, fondement, origine, qualite,
                                             recorded_at, dernier_jour, echeance_le)
        SELECT d.id, d.id, 'depot', d.recu_le, false, '', '', 'portail', 'Présidente', %(now)s, d.dernier_jour,
               d.echeance_le FROM dossiers_delai d WHERE d.id > %(base)s""",
    f"""INSERT INTO projects_projetsante (id, dossier_id, etat, sans_lettre, forme, territoire_id, delai_id, origine,
                                          depose_at, depose_par_id, created_at, created_by_id)
        SELECT %(base)s + n, %(base)s + n, 'depose', 'Mesure', 'rubriques', %(base)s + n, %(base)s + n, 'portail',
               %(now)s, {HOST}, %(now)s, {HOST} FROM {FILES}""",
)


if __name__ == "__main__":
    main()
