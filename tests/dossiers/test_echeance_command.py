"""`manage.py echeance`: the dates, their explanation, and a sentence for whatever is wrong."""

import json
import os
import subprocess
import sys
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from dossiers.management.commands.echeance import Command
from guichet.kernel.civil import civil_day
from tests.kernel.ledgers import SERVER_ZONES, server_in

ROOT = Path(__file__).resolve().parents[2]
NB = "\u00a0"
USAGE = (
    "manage.py echeance --recu AAAA-MM-JJ [--regime acceptation|rejet]"
    " [--piece DEMANDEE:[RECUE][:LIMITE]]… [--utile DEMANDEE:[RECUE]]… [--au AAAA-MM-JJ] [--json]"
)


def answer(*options: str) -> dict:
    out = StringIO()
    call_command("echeance", *options, "--json", stdout=out)
    return json.loads(out.getvalue())


def refusal(*options: str) -> str:
    out, err = StringIO(), StringIO()
    with pytest.raises(SystemExit) as stop:
        call_command("echeance", *options, stdout=out, stderr=err)
    assert (stop.value.code, out.getvalue()) == (1, "")
    return err.getvalue().rstrip("\n")


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--recu=2026-09-14"], ("2026-09-14", "2026-11-14", "2026-11-15", "2027-03-14", "expire")),
        (
            ["--recu=2026-09-03", "--piece=2026-09-20:2026-10-12"],
            ("2026-10-12", "2026-12-12", "2026-12-13", "2027-04-12", "en_cours"),
        ),
        (
            ["--recu=2026-09-03", "--utile=2026-09-20:2026-10-12"],
            ("2026-09-03", "2026-11-03", "2026-11-04", "2027-03-03", "expire"),
        ),
        (
            ["--recu=2026-09-03", "--utile=2026-09-20:"],
            ("2026-09-03", "2026-11-03", "2026-11-04", "2027-03-03", "expire"),
        ),
        (["--recu=2026-09-03", "--piece=2026-09-20:"], (None, None, None, None, "non_commence")),
        (["--recu=2026-09-03", "--piece=2026-09-20::2026-09-30"], (None, None, None, None, "non_commence")),
        (
            ["--recu=2026-09-03", "--piece=2026-09-20:2026-09-21", "--piece=2026-09-25:2026-10-12:2026-10-01"],
            ("2026-10-12", "2026-12-12", "2026-12-13", "2027-04-12", "en_cours"),
        ),
        (
            ["--recu=2026-09-03", "--regime=rejet"],
            ("2026-09-03", "2026-11-03", "2026-11-04", None, "expire"),
        ),
        (
            ["--recu=2026-09-03", "--regime=rejet", "--piece=2026-09-20:2026-10-12:"],
            ("2026-09-03", "2026-11-25", "2026-11-26", None, "en_cours"),
        ),
        (["--recu=2026-09-03", "--regime=rejet", "--piece=2026-09-20:"], ("2026-09-03", None, None, None, "suspendu")),
        (
            ["--recu=2026-09-03", "--regime=rejet", "--piece=2026-11-03::2026-12-03"],
            ("2026-09-03", "2026-12-03", "2026-12-04", None, "suspendu"),
        ),
    ],
)
def test_the_facts_give_the_dates(options, expected):
    found = answer(*options, "--au=2026-11-21")
    assert (
        tuple(found[key] for key in ("origine", "dernier_jour", "echeance_le", "consolidation_le", "etat")) == expected
    )


def test_the_whole_answer_for_a_machine():
    found = answer("--recu=2026-09-14", "--au=2026-11-15")
    explanation = found.pop("explication")
    assert found == {
        "regime": "acceptation",
        "recu_le": "2026-09-14",
        "au": "2026-11-15",
        "origine": "2026-09-14",
        "dernier_jour_sur": "2026-11-13",
        "dernier_jour": "2026-11-14",
        "echeance_le": "2026-11-15",
        "consolidation_le": "2027-03-14",
        "jours_suspendus": 0,
        "etat": "expire",
    }
    assert explanation[0] == "L’administration compétente a le dossier depuis le 14 septembre 2026."
    assert explanation[-1] == "Au 15 novembre 2026, le délai est expiré."


@pytest.mark.parametrize("zone", SERVER_ZONES)
@pytest.mark.parametrize(
    ("midnight", "day", "eve"),
    [
        ("2026-11-14T23:00:00Z", "2026-11-15", "2026-11-14"),
        ("2026-03-28T23:00:00Z", "2026-03-29", "2026-03-28"),
        ("2026-10-24T22:00:00Z", "2026-10-25", "2026-10-24"),
        ("2028-02-28T23:00:00Z", "2028-02-29", "2028-02-28"),
    ],
)
def test_today_is_that_of_paris_wherever_the_server_stands(zone, midnight, day, eve):
    instant = datetime.fromisoformat(midnight)
    with server_in(zone):
        with time_machine.travel(instant, tick=False):
            assert answer("--recu=2026-01-14")["au"] == day
        with time_machine.travel(instant - timedelta(seconds=1), tick=False):
            assert answer("--recu=2026-01-14")["au"] == eve


def test_without_a_day_it_stands_today_in_paris():
    with time_machine.travel("2026-11-14T22:59:59Z", tick=False):
        assert answer("--recu=2026-09-14")["etat"] == "en_cours"
    with time_machine.travel("2026-11-14T23:00:00Z", tick=False):
        assert (answer("--recu=2026-09-14")["etat"], answer("--recu=2026-09-14")["au"]) == ("expire", "2026-11-15")


def test_a_person_reads_the_dates_then_why():
    out = StringIO()
    call_command("echeance", "--recu=2026-09-03", "--regime=rejet", "--au=2026-09-03", stdout=out)
    assert out.getvalue().splitlines() == [
        f"Origine{NB}: 3 septembre 2026",
        f"Dernier jour{NB}: 3 novembre 2026",
        f"Échéance{NB}: 4 novembre 2026",
        f"Consolidation{NB}: pas de date",
        "",
        "L’administration saisie la première a la demande depuis le 3 septembre 2026.",
        "Le délai de deux mois court à partir du 3 septembre 2026 (CRPA, article L114-3).",
        "De quantième à quantième, le dernier jour est le 3 novembre 2026, jusqu’à la fin du jour, heure de Paris.",
        "Sans réponse d’ici là, la demande est réputée rejetée à partir du 4 novembre 2026 (CRPA, article L231-4, 3°).",
        "Par prudence, les alertes visent la veille, le 2 novembre 2026"
        " (l’heure à laquelle la décision naît est discutée).",
        "Au 3 septembre 2026, le délai est en cours.",
    ]


def unreadable(text: str) -> str:
    return f"Le jour «{NB}{text}{NB}» n’est pas lisible. Écrivez par exemple 2026-09-14."


def unreadable_piece(text: str, form: str) -> str:
    return f"La pièce «{NB}{text}{NB}» n’est pas lisible. Écrivez {form}, par exemple 2026-09-20:."


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ([], f"Indiquez le jour de réception. Usage{NB}: {USAGE}"),
        (["--recu="], unreadable("")),
        (["--recu=14/09/2026"], unreadable("14/09/2026")),
        (["--recu=20260914"], unreadable("20260914")),
        (["--recu=2026-09-14T10:00"], unreadable("2026-09-14T10:00")),
        (["--recu=2026-02-30"], "Le jour 2026-02-30 n’existe pas."),
        (["--recu=9999-12-31"], "La date du 31 décembre 9999 n’est pas plausible."),
        (["--recu=2026-09-14", "--au=demain"], unreadable("demain")),
        (["--recu=2026-09-14", "--au="], unreadable("")),
        (["--recu=2026-09-14", "--au=0206-11-14"], "La date du 14 novembre 206 n’est pas plausible."),
        (["--recu=2026-09-14", "--regime=silence"], "Le régime est acceptation ou rejet."),
        (["--recu=2026-09-14", "--piece=x:"], unreadable("x")),
        (["--recu=2026-09-14", "--piece=:2026-09-20"], unreadable("")),
        (
            ["--recu=2026-09-14", "--piece=2026-09-20"],
            unreadable_piece("2026-09-20", "DEMANDEE:[RECUE][:LIMITE]"),
        ),
        (
            ["--recu=2026-09-14", "--piece=2026-09-20:::"],
            unreadable_piece("2026-09-20:::", "DEMANDEE:[RECUE][:LIMITE]"),
        ),
        (["--recu=2026-09-14", "--utile=2026-09-20::"], unreadable_piece("2026-09-20::", "DEMANDEE:[RECUE]")),
        (
            ["--recu=2026-09-14", "--piece=2026-09-13:"],
            "Une pièce ne peut pas être demandée le 13 septembre 2026, avant la réception du 14 septembre 2026.",
        ),
        (
            ["--recu=2026-09-14", "--piece=2026-09-20:2026-09-19"],
            "Une pièce demandée le 20 septembre 2026 ne peut pas être reçue le 19 septembre 2026,"
            " avant d’être demandée.",
        ),
    ],
)
def test_bad_input_is_answered_by_one_french_sentence(options, sentence):
    assert refusal(*options) == sentence


@pytest.mark.parametrize("options", [["--inconnue"], ["--recu"], ["2026-09-14"]])
def test_an_option_that_does_not_exist_is_answered_in_french_too(options, capsys):
    with pytest.raises(SystemExit) as stop:
        Command().run_from_argv(["manage.py", "echeance", *options])
    shown = capsys.readouterr()
    assert (stop.value.code, shown.out) == (1, "")
    assert shown.err == f"Une option est inconnue ou n’a pas de valeur. Usage{NB}: {USAGE}\n"


def run(*options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    nowhere = {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none", "REDIS_URL": "redis://127.0.0.1:1/0"}
    return subprocess.run(  # the interpreter and the file are ours
        [sys.executable, "manage.py", "echeance", *options],
        cwd=ROOT,
        env={**os.environ, **nowhere, "DJANGO_SETTINGS_MODULE": "guichet.settings.local", **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_it_needs_no_server_at_all():
    done = run("--recu", "2026-12-31", "--json")
    assert (done.returncode, json.loads(done.stdout)["dernier_jour"], done.stderr) == (0, "2027-02-28", "")


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "America/Los_Angeles"])
def test_a_server_of_another_zone_stands_on_the_same_day(zone):
    before = civil_day(timezone.now())
    done = run("--recu", "2026-12-31", "--json", TZ=zone)
    assert json.loads(done.stdout)["au"] in {before.isoformat(), civil_day(timezone.now()).isoformat()}


def test_from_a_shell_a_refusal_is_one_line_on_standard_error():
    done = run("--recu", "2026-02-30")
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "Le jour 2026-02-30 n’existe pas.\n")
