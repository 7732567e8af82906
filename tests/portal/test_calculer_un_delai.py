"""The public page "Calculer un délai": the answers of `manage.py echeance`, from a link, for anyone."""

import json
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from html import unescape
from io import StringIO
from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from guichet.kernel.civil import date_longue
from guichet.kernel.deadlines import Ledger, Regime
from portal.forms.calcul import EXIGEE, PIECES_MAX, UTILE
from tests.kernel.ledgers import NB, SERVER_ZONES, d, piece, server_in
from tests.kernel.test_deadlines_properties import days, ledgers, pieces_asked

PAGE = "/calculer-un-delai/"
AU = "2026-11-21"
ASKED, ANSWERED = "2026-09-20", "2026-10-12"
REQUIRED, USEFUL = piece(ASKED, ANSWERED), piece(ASKED, ANSWERED, requise=False)
TABLE = [
    *((recu, ()) for recu in ("2026-09-14", "2026-06-30", "2026-07-31", "2026-12-31", "2027-12-31", "2026-03-01")),
    ("2026-09-03", (REQUIRED,)),
    ("2026-09-03", (USEFUL,)),
    ("2026-09-03", (piece(ASKED),)),
    ("2026-09-03", (piece(ASKED, "", "2026-10-05"),)),
    ("2026-09-03", (piece(ASKED, ANSWERED), piece("2026-10-01", "2026-10-20", "2026-10-15"), USEFUL)),
    ("2026-09-03", (piece("2026-11-04", "2026-11-20"),)),
]
STATES = {
    "non_commence": "Délai non commencé",
    "en_cours": "Délai en cours",
    "suspendu": "Délai suspendu",
    "expire": "Délai expiré",
}


def facts(ledger: Ledger) -> dict[str, str]:
    """The facts as the page sends them."""
    typed = {"regime": ledger.regime.value, "recu": ledger.recu_le.isoformat()}
    for n, one in enumerate(ledger.pieces):
        days_of_it = {"demandee_le": one.demandee_le, "recue_le": one.recue_le, "limite_le": one.limite_le}
        typed[f"pieces-{n}-nature"] = EXIGEE if one.requise else UTILE
        typed |= {f"pieces-{n}-{name}": day.isoformat() if day else "" for name, day in days_of_it.items()}
    return typed


def options(ledger: Ledger) -> list[str]:
    """The same facts as the command takes them."""
    given_ones = [f"--regime={ledger.regime.value}", f"--recu={ledger.recu_le}"]
    for one in ledger.pieces:
        name, parts = ("piece" if one.requise else "utile"), [one.demandee_le, one.recue_le]
        parts += [one.limite_le] if one.requise else []
        given_ones.append(f"--{name}={':'.join(str(day or '') for day in parts)}")
    return given_ones


def command(ledger: Ledger, au: str) -> dict[str, Any]:
    out = StringIO()
    call_command("echeance", *options(ledger), f"--au={au}", "--json", stdout=out)
    return json.loads(out.getvalue())


def ask(query: Mapping[str, str] | str, status: int = 200) -> str:
    """The page for these facts; the middleware may not touch the database, the client of a reader has no session."""
    response = Client().get(f"{PAGE}?{query if isinstance(query, str) else urlencode(query)}")
    assert response.status_code == status
    return response.content.decode()


def shown(page: str) -> dict[str, str]:
    """The list of dates: each name with its day, or its words."""
    found = {}
    for name, value in re.findall(r"<div><dt>(.*?)</dt><dd>(.*?)</dd></div>", page):
        day = re.search(r'<time datetime="([0-9-]+)">(.*?)</time>', value)
        assert day is None or date_longue(d(day[1])) == day[2]
        found[unescape(name)] = day[1] if day else value
    return found


def explanation(page: str) -> list[str]:
    ledger_of_page = re.search(r"<summary>Comment ce délai est-il calculé.*?<ol>(.*?)</ol>", page, re.DOTALL)
    assert ledger_of_page is not None
    return [unescape(line) for line in re.findall(r"<li>(.*?)</li>", ledger_of_page[1])]


def expected(answer: dict[str, Any]) -> dict[str, str]:
    """What the page shows of an answer of the command."""
    unknown = "pas encore connu"
    spoken = "Réputé validé à partir du" if answer["regime"] == "acceptation" else "Réputée rejetée à partir du"
    dates = {
        f"État au {date_longue(d(answer['au']))}": STATES[answer["etat"]],
        "Le délai court à partir du": answer["origine"] or unknown,
        "Dernier jour sûr": answer["dernier_jour_sur"] or unknown,
        "Dernier jour": answer["dernier_jour"] or unknown,
        spoken: answer["echeance_le"] or unknown,
    }
    if answer["jours_suspendus"]:
        dates["Jours de suspension"] = str(answer["jours_suspendus"])
    if answer["regime"] == "acceptation":
        dates["Dernier jour pour retirer une validation illégale, quatre mois après"] = (
            answer["consolidation_le"] or unknown
        )
    return dates


def refusals(page: str) -> list[tuple[str, str]]:
    """The summary of errors: the field each line leads to, and what it says."""
    summary = re.search(r'id="erreurs">(.*?)</div>', page, re.DOTALL)
    assert summary is not None
    found = []
    for line in re.findall(r"<li>(.*?)</li>", summary[1]):
        link = re.search(r'href="#([\w-]+)"', line)
        anchor = link[1] if link else ""
        assert not anchor or f'id="{anchor}"' in page
        found.append((anchor, unescape(re.sub(r"<.*?>", "", line)).replace(NB, " ")))
    return found


def rows(page: str) -> list[dict[str, str]]:
    """What each row of the table of pieces holds, the one a script copies left out."""
    body = page.partition("<template")[0]
    found: dict[str, dict[str, str]] = {}
    for tag in re.findall(r'<input[^>]*name="pieces-[^>]*>', body):
        n, name = re.search(r'name="pieces-(\w+)-(\w+)"', tag).groups()  # type: ignore[union-attr]
        value = re.search(r'value="([^"]*)"', tag)
        found.setdefault(n, {})[name] = unescape(value[1]) if value else ""
    return [found[n] for n in sorted(found)]


@pytest.mark.parametrize("regime", Regime)
@pytest.mark.parametrize(("recu", "pieces"), TABLE)
def test_the_page_answers_what_the_command_answers(regime: Regime, recu: str, pieces: tuple[Any, ...]) -> None:
    ledger = Ledger(regime=regime, recu_le=d(recu), pieces=pieces)
    for au in (AU, recu, "2026-09-25", "2028-03-01"):
        answer = command(ledger, au)
        page = ask({**facts(ledger), "au": au})
        assert shown(page) == expected(answer)
        assert explanation(page) == answer["explication"]


@settings(max_examples=40)
@given(st.data(), st.sampled_from(Regime))
def test_whatever_the_facts_the_page_answers_what_the_command_answers(data: st.DataObject, regime: Regime) -> None:
    drawn = data.draw(ledgers(regime))
    useful = data.draw(st.none() | pieces_asked(drawn.recu_le, requise=False))
    extra = () if useful is None else (piece(str(useful.demandee_le), str(useful.recue_le or ""), requise=False),)
    ledger = Ledger(regime=regime, recu_le=drawn.recu_le, pieces=(*extra, *drawn.pieces))
    au = data.draw(days).isoformat()
    answer = command(ledger, au)
    page = ask({**facts(ledger), "au": au})
    assert (shown(page), explanation(page)) == (expected(answer), answer["explication"])


@pytest.mark.parametrize("count", [0, 1, PIECES_MAX])
def test_no_answer_asks_anything_of_the_database(django_assert_num_queries: Any, db: None, count: int) -> None:
    ledger = Ledger(regime=Regime.REJET, recu_le=d("2026-09-03"), pieces=(REQUIRED,) * count)
    with django_assert_num_queries(0):
        page = ask(facts(ledger))
    assert [row["demandee_le"] for row in rows(page)] == [ASKED] * count + [""] * (count < PIECES_MAX)
    assert len(page) < 40_000


def test_the_link_of_an_answer_gives_it_again_on_another_day() -> None:
    ledger = Ledger(regime=Regime.REJET, recu_le=d("2026-09-03"), pieces=(USEFUL, REQUIRED, piece("2026-10-01")))
    with time_machine.travel("2026-11-21T12:00:00Z", tick=False):
        first = ask(facts(ledger))
    link = re.search(r'<a href="/calculer-un-delai/\?([^"]+)">Lien vers cette réponse</a>', first)
    assert link is not None
    with time_machine.travel("2029-01-01T12:00:00Z", tick=False):
        again = ask(unescape(link[1]))
    assert (shown(again), explanation(again), rows(again)) == (shown(first), explanation(first), rows(first))
    assert shown(again)["État au 21 novembre 2026"] == "Délai suspendu"


def test_the_day_of_receipt_alone_is_read_as_the_command_reads_it() -> None:
    page = ask("recu=2026-09-14&au=2026-11-15")
    assert shown(page) == expected(command(Ledger(regime=Regime.ACCEPTATION, recu_le=d("2026-09-14")), "2026-11-15"))


def test_a_day_may_be_written_as_in_france() -> None:
    page = ask({"recu": " 3/09/2026 ", "pieces-4-demandee_le": "20/9/2026", "pieces-4-recue_le": "12/10/2026"})
    assert shown(page)["Dernier jour"] == "2026-12-12"
    assert rows(page)[0] == {"demandee_le": ASKED, "recue_le": ANSWERED, "limite_le": ""}


@pytest.mark.parametrize("zone", SERVER_ZONES)
@pytest.mark.parametrize(
    ("midnight", "day", "eve"),
    [
        ("2026-11-14T23:00:00Z", "15 novembre 2026", "14 novembre 2026"),
        ("2026-03-28T23:00:00Z", "29 mars 2026", "28 mars 2026"),
        ("2026-10-25T23:00:00Z", "26 octobre 2026", "25 octobre 2026"),
        ("2028-02-28T23:00:00Z", "29 février 2028", "28 février 2028"),
    ],
)
def test_without_a_day_one_stands_today_in_paris(zone: str, midnight: str, day: str, eve: str) -> None:
    instant = datetime.fromisoformat(midnight)
    with server_in(zone):
        for now, today in ((instant, day), (instant - timedelta(seconds=1), eve)):
            with time_machine.travel(now, tick=False):
                assert next(iter(shown(ask("recu=2026-01-14&au=")))) == f"État au {today}"


@pytest.mark.parametrize(("recu", "au"), [("1900-01-01", "2999-12-31"), ("2999-12-31", "1900-01-01")])
def test_the_first_and_the_last_plausible_days_are_answered(recu: str, au: str) -> None:
    ledger = Ledger(regime=Regime.ACCEPTATION, recu_le=d(recu))
    assert shown(ask({**facts(ledger), "au": au})) == expected(command(ledger, au))


@pytest.mark.parametrize("query", ["", "page=2&recue=2026-09-14&pieces-0-autre=2026-09-14&pieces-x-nature=utile"])
def test_without_a_fact_the_page_asks_and_reproaches_nothing(query: str) -> None:
    page = ask(query)
    assert 'id="erreurs"' not in page
    assert "is-invalid" not in page
    assert (shown(page), rows(page)) == ({}, [{"demandee_le": "", "recue_le": "", "limite_le": ""}])


def unreadable(text: str) -> str:
    return f"Le jour « {text} » n’est pas lisible. Écrivez par exemple 2026-09-14."


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"recu": ""}, [("div_id_recu", "Jour de réception : Indiquez le jour de réception.")]),
        ({"recu": "hier"}, [("div_id_recu", f"Jour de réception : {unreadable('hier')}")]),
        ({"recu": "2026-02-30"}, [("div_id_recu", "Jour de réception : Le jour 2026-02-30 n’existe pas.")]),
        ({"recu": "30/02/2026"}, [("div_id_recu", "Jour de réception : Le jour 2026-02-30 n’existe pas.")]),
        (
            {"recu": "0206-09-03"},
            [("div_id_recu", "Jour de réception : La date du 3 septembre 206 n’est pas plausible.")],
        ),
        (
            {"au": "3000-01-01"},
            [("div_id_au", "Jour où l’on se place : La date du 1er janvier 3000 n’est pas plausible.")],
        ),
        (
            {"regime": "silence"},
            [
                (
                    "div_id_regime",
                    "Pour quelle démarche ? : Choisissez la démarche : un projet de santé, ou une demande de "
                    "subvention.",
                )
            ],
        ),
        (
            {"pieces-0-recue_le": ANSWERED},
            [
                (
                    "id_pieces-0-demandee_le",
                    "Pièce 1, demandée le : Indiquez le jour où cette pièce a été demandée.",
                )
            ],
        ),
        (
            {"pieces-0-demandee_le": "2026-09-02"},
            [
                (
                    "id_pieces-0-demandee_le",
                    "Pièce 1, demandée le : Une pièce ne peut pas être demandée le 2 septembre 2026,"
                    " avant la réception du 3 septembre 2026.",
                )
            ],
        ),
        (
            {"pieces-0-demandee_le": ASKED, "pieces-0-nature": "inconnue"},
            [
                (
                    "id_pieces-0-nature",
                    "Pièce 1, un texte l’exige-t-il ? : Dites si un texte exige cette pièce,"
                    " ou si elle est seulement utile.",
                )
            ],
        ),
        (
            {
                "pieces-0-demandee_le": ASKED,
                "pieces-3-demandee_le": ASKED,
                "pieces-3-recue_le": "2026-09-19",
                "pieces-3-limite_le": "2026-09-18",
            },
            [
                (
                    "id_pieces-1-recue_le",
                    "Pièce 2, reçue le : Une pièce demandée le 20 septembre 2026 ne peut pas être reçue"
                    " le 19 septembre 2026, avant d’être demandée.",
                ),
                (
                    "id_pieces-1-limite_le",
                    "Pièce 2, attendue au plus tard le : Une pièce demandée le 20 septembre 2026 ne peut pas"
                    " être attendue le 18 septembre 2026, avant d’être demandée.",
                ),
            ],
        ),
        (
            {"recu": "x" * 4000, "pieces-0-demandee_le": "<b>&"},
            [
                ("div_id_recu", f"Jour de réception : {unreadable('x' * 20)}"),
                ("id_pieces-0-demandee_le", f"Pièce 1, demandée le : {unreadable('<b>&')}"),
            ],
        ),
    ],
)
def test_what_cannot_be_is_told_beside_its_field_and_kept(typed: dict[str, str], told: list[tuple[str, str]]) -> None:
    page = ask({"recu": "2026-09-03", "au": AU, **typed}, status=422)
    assert refusals(page) == told
    assert shown(page) == {}
    for _, sentence in told:
        message = sentence.partition(" : ")[2].rpartition(" ? : ")[2] or sentence
        assert unescape(page).replace(NB, " ").count(message) >= 2  # in the summary, then beside the field
    kept = {unescape(value) for value in re.findall(r'<input[^>]* value="([^"]*)"', page)}
    asked = {value for name, value in typed.items() if value and not name.endswith(("regime", "nature"))}
    assert asked <= kept


def test_a_day_that_is_none_is_shown_as_the_text_it_is() -> None:
    page = ask({"recu": "demain", "au": AU}, status=422)
    tags = {name: tag for tag, name in re.findall(r'(<input[^>]*name="(recu|au)"[^>]*>)', page)}
    types = {name: re.findall(r'type="(\w+)"', tag) for name, tag in tags.items()}
    assert types == {"recu": ["text"], "au": ["date"]}


@pytest.mark.parametrize("count", [PIECES_MAX + 1, 900])
def test_beyond_six_pieces_the_page_says_so_and_grows_no_more(count: int) -> None:
    many = {f"pieces-{n}-demandee_le": ASKED for n in range(count)}
    page = ask({"recu": "2026-09-03", **many}, status=422)
    assert refusals(page) == [("", "Ce calcul prend 6 pièces au plus : celles qui suivent ne sont pas reprises.")]
    assert len(rows(page)) == PIECES_MAX
    assert len(page) < 40_000


def test_one_asks_for_a_row_more_without_being_judged() -> None:
    typed = {"regime": "rejet", "recu": "", "au": AU, "pieces-0-nature": UTILE, "pieces-0-demandee_le": "hier"}
    page = ask({**typed, "ajouter": "1"})
    assert 'id="erreurs"' not in page
    assert [row["demandee_le"] for row in rows(page)] == ["hier", ""]
    assert '<option value="utile" selected>' in page
    assert re.search(r'value="rejet"[^>]* checked', page)
    more = {f"pieces-{n}-demandee_le": "" for n in range(PIECES_MAX)}
    assert len(rows(ask({**more, "ajouter": "1"}))) == PIECES_MAX


def test_the_page_says_what_it_is_worth_and_what_the_texts_leave_open() -> None:
    page = ask("recu=2026-09-14")
    assert '<h3 id="titre-valeur">Sans valeur juridique</h3>' in page
    assert re.findall(r"<h3>(.*?)</h3>", page) == [
        "Un dernier jour qui tombe un week-end ou un jour férié",
        "L’heure à laquelle la décision naît",
        "Le point de départ d’une demande de subvention",
    ]


def test_the_page_is_in_the_public_menu_the_footer_and_the_third_step(client: Client, db: None) -> None:
    home = client.get("/").content.decode()
    assert home.count(f'href="{PAGE}"') == 3
    assert f'<a href="{PAGE}" aria-current="page">Calculer un délai</a>' in ask("")
    assert reverse("portal:calculer_un_delai") == PAGE


def test_it_only_reads(client: Client, db: None) -> None:
    assert client.post(PAGE, {"recu": "2026-09-14"}).status_code == 405
    assert client.head(PAGE).status_code == 200
