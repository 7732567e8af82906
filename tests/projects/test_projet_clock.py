"""The silence of the ARS on a projet de santé: from the deposit to the day the law says, whatever happens between."""

from datetime import UTC, date, datetime, time

import pytest

from dossiers.models import Delai, Document
from guichet.kernel.lifecycle import Refused
from projects.services.projets.deciding import validate
from projects.services.projets.depositing import complete
from projects.services.silence import passage
from projects.states import EtatProjet
from tests.factories.bodies import decideur
from tests.factories.projects import porteur
from tests.factories.projets import asked_project, deposited_project, fresh, give_pieces, required, useful

pytestmark = pytest.mark.django_db


def at(day: str, hour: int = 10) -> datetime:
    return datetime.combine(date.fromisoformat(day), time(hour), tzinfo=UTC)


def test_a_project_deposited_is_deemed_validated_two_months_later():
    projet = deposited_project(now=at("2026-09-14"))
    assert projet.delai.dernier_jour == date(2026, 11, 14)
    passage(now=at("2026-11-14", 22))
    assert fresh(projet).etat == EtatProjet.DEPOSE
    passage(now=at("2026-11-14", 23))  # 00:00 on the 15th, in Paris
    projet = fresh(projet)
    assert projet.etat == EtatProjet.VALIDE_TACITEMENT
    event = projet.evenements.get(action="constater_silence")
    assert event.prend_effet_le == date(2026, 11, 15)
    assert Document.objects.filter(evenement=event.pk).values_list("modele", flat=True).get() == "attestation"


def test_a_required_piece_starts_the_two_months_anew_at_its_arrival():
    by = porteur()
    projet = deposited_project(by, now=at("2026-09-03"))
    asked = asked_project(by, required(now=at("2026-09-20")), projet=projet, now=at("2026-09-20"))
    assert asked.etat == EtatProjet.INCOMPLET
    assert asked.delai.dernier_jour is None
    give_pieces(asked, by=by, now=at("2026-10-12"))
    complete(projet=asked, by=by, now=at("2026-10-15"))
    asked = fresh(asked)
    assert (asked.etat, asked.delai.dernier_jour) == (EtatProjet.DEPOSE, date(2026, 12, 12))


def test_a_useful_piece_changes_no_date():
    by = porteur()
    projet = deposited_project(by, now=at("2026-09-03"))
    asked = asked_project(by, useful(now=at("2026-09-20")), projet=projet, now=at("2026-09-20"))
    assert (asked.etat, asked.delai.dernier_jour) == (EtatProjet.DEPOSE, date(2026, 11, 3))


def test_a_decision_after_the_last_day_is_refused_with_the_ways_out():
    projet = deposited_project(now=at("2026-09-14"))
    with pytest.raises(Refused, match="Le dernier jour pour décider était le 14 novembre 2026"):
        validate(projet=projet, sans_attendre="Urgence.", by=decideur(), now=at("2026-11-15"))
    validate(projet=projet, sans_attendre="Urgence.", by=decideur(), now=at("2026-11-14", 22))
    assert fresh(projet).etat == EtatProjet.VALIDE
    assert Delai.objects.get(pk=projet.delai_id).clos_par == "decision"
