"""The letter goes its whole way by the services: deposit, opinions, synthesis, transmission, decision; or silence."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from accounts.models import Envoi
from dossiers.models import Decision, Document
from projects.models import Avis
from projects.services.deciding import grant_request, validate
from projects.services.opinions import abstain, recuse
from projects.services.silence import passage
from projects.services.synthesis import give_synthesis
from projects.services.transmitting import transmit
from tests.factories.accounts import NOW
from tests.factories.bodies import agent, decideur, guichet, urps_codes
from tests.factories.projects import consulted_letter, fresh, give_opinion, transmitted_letter

pytestmark = pytest.mark.django_db


def later(days: int) -> datetime:
    return NOW + timedelta(days=days)


def test_a_letter_is_consulted_on_transmitted_validated_and_funded() -> None:
    desk = guichet()
    lettre = consulted_letter(desk=desk)
    people = {code: agent(code) for code in urps_codes()[:8]}
    codes = list(people)
    for code in codes[:6]:
        give_opinion(lettre, people[code], now=later(2))
    asked = {avis.organisation.code: avis for avis in Avis.objects.select_related("organisation", "consultation")}
    abstain(avis=asked[codes[6]], motif="Peu concernés.", by=people[codes[6]], now=later(3))
    recuse(avis=asked[codes[7]], conflit="Membre de l’association.", by=people[codes[7]], now=later(3))
    give_synthesis(lettre=lettre, sens="favorable", synthese={"conclusion": "Avis favorable."}, by=desk, now=later(4))
    transmit(lettre=lettre, by=desk, now=later(5))
    lettre = fresh(lettre)
    assert (lettre.etat, lettre.demande.etat, lettre.dossier.visibilite) == ("transmise", "transmise", "ars")
    assert lettre.demande.delai.dernier_jour == date(2027, 1, 16)

    ars = decideur()
    validate(lettre=lettre, accorde=Decimal(20_000), by=ars, now=later(10))
    lettre = fresh(lettre)
    assert (lettre.etat, lettre.demande.etat, lettre.demande.montant_accorde) == ("validee", "accordee", 20_000)
    assert lettre.demande.delai.clos_par == "decision"
    assert sorted(Document.objects.values_list("modele", flat=True)) == [
        "accuse_demande", "accuse_lettre", "accuse_reception", "avis_guichet", "bordereau", "decision_demande",
        "decision_lettre", "demande", "lettre",
    ]  # fmt: skip
    assert Decision.objects.count() == 2
    assert Envoi.objects.filter(sujet__startswith="Décision sur votre demande").count() == 1


def test_nobody_answers_and_the_clock_records_the_rejection_at_its_day() -> None:
    lettre = transmitted_letter()
    assert passage(now=later(60)).constates == 0
    row = passage(now=datetime(2027, 1, 20, 8, tzinfo=NOW.tzinfo))
    assert (row.dus, row.constates, row.erreurs) == (1, 1, 0)
    demande = fresh(lettre).demande
    event = demande.evenements.get(action="constater_rejet")
    assert (demande.etat, event.prend_effet_le, event.origine) == ("rejetee_tacitement", date(2027, 1, 17), "horloge")
    assert passage(now=datetime(2027, 1, 20, 9, tzinfo=NOW.tzinfo)).dus == 0
    ars = decideur()
    validate(lettre=fresh(lettre), by=ars, now=datetime(2027, 1, 21, 9, tzinfo=NOW.tzinfo))
    grant_request(
        demande=fresh(lettre).demande, montant=Decimal(15_000), by=ars, now=datetime(2027, 1, 22, 9, tzinfo=NOW.tzinfo)
    )
    assert fresh(lettre).demande.etat == "accordee"
