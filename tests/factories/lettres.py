"""A letter written in a few statements: the rows the services leave once every section is saved, for tests that begin
after. `tests/projects/test_factories.py` compares the two.
"""

from collections.abc import Collection
from datetime import date, datetime
from functools import cache
from typing import Any

from django.db.models import F, QuerySet
from django.utils import timezone

from accounts.acteur import Acteur
from dossiers.questions import Manque
from dossiers.services.sections import state_of
from funding.models import DemandeFir
from funding.questions import request_form
from funding.sections import DEMANDE
from portal.demonstration import reponses
from portal.demonstration.ecriture import save_letter_answers, save_request_answers, write_budgets
from projects.models import LettreIntention
from projects.questions import letter_form
from projects.sections import ASSOCIATION, FINANCEMENT
from projects.services.opening import open_letter
from projects.services.territoire import add_communes

Answers = tuple[dict[str, Any], list[Manque]]


def write_quickly(*, by: Acteur, nom: str, communes: Collection[str], now: datetime, demande: bool) -> LettreIntention:
    """A letter whose every section is complete, ready for its deposit, with its request unless told otherwise."""
    lettre = open_letter(nom_cpts=nom, nom_association=f"Association {nom}", by=by, region="76", now=now)
    if communes:
        add_communes(etape=lettre, codes=communes, by=by, now=now)
    jour = timezone.localdate(now)  # the sections below change more than themselves: their service writes them
    for cle in reponses.LETTRE.keys() - {ASSOCIATION, FINANCEMENT}:
        _write(lettre.sections.filter(cle=cle), letter_answers(cle, jour), by=by, now=now)
    names = {"nom_cpts": nom, "nom": str(lettre.dossier.association)}
    save_letter_answers(lettre, ASSOCIATION, reponses.ASSOCIATION | names, by=by, now=now)
    funded = {"demande": "avec" if demande else "sans"}
    save_letter_answers(lettre, FINANCEMENT, reponses.LETTRE[FINANCEMENT] | funded, by=by, now=now)
    lettre.refresh_from_db()
    if lettre.demande:
        _write_request(lettre.demande, by=by, now=now)
    lettre.refresh_from_db()
    return lettre


def _write_request(demande: DemandeFir, *, by: Acteur, now: datetime) -> None:
    save_request_answers(demande, DEMANDE, by=by, now=now)
    for cle in reponses.REQUETE.keys() - {DEMANDE}:
        _write(demande.sections.filter(cle=cle), request_answers(cle, demande, timezone.localdate(now)), by=by, now=now)
    write_budgets(demande, by=by, now=now)


def _write(section: QuerySet[Any], answers: Answers, *, by: Acteur, now: datetime) -> None:
    contenu, manques = answers
    section.update(
        contenu=contenu,
        manques=manques,
        etat=state_of(contenu, manques),
        version=F("version") + 1,
        repris_de="",
        modifie_par=by.user,
        modifie_at=now,
    )


@cache
def letter_answers(cle: str, jour: date) -> Answers:
    return _cleaned(letter_form(cle, jour=jour, data=reponses.posted(reponses.LETTRE[cle])))


KNOWN: dict[tuple[str, date], Answers] = {}


def request_answers(cle: str, demande: DemandeFir, jour: date) -> Answers:
    """The same for every request of a letter."""
    if (cle, jour) not in KNOWN:
        data = reponses.posted(reponses.REQUETE[cle])
        KNOWN[cle, jour] = _cleaned(request_form(cle, demande=demande, jour=jour, data=data))
    return KNOWN[cle, jour]


def _cleaned(form: Any) -> Answers:
    assert form.is_valid(), form.errors.as_json()
    return form.contenu(), [list(manque) for manque in form.manques()]
