"""Messages sent at the same instant: a page sent twice sends one, an asked piece has one thread, nothing is lost."""

import uuid

import pytest

from dossiers.models import DemandePieces, Dossier, Fil, Message, PieceDemandee
from dossiers.services.echanges import Ecrit, open_thread, post_message
from tests.factories.accounts import NOW
from tests.factories.bodies import guichet
from tests.factories.dossiers import DossierFactory, porteur
from tests.races.together import Together

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 10
PG = "porteur_guichet"


@pytest.fixture
def dossier() -> Dossier:
    return DossierFactory(depose=True)


def test_a_page_that_begins_a_thread_sent_twice_begins_one(together: Together, dossier: Dossier) -> None:
    by = porteur(dossier)
    for number in range(ROUNDS):
        ecrit = Ecrit(texte="Bonjour.", jeton=uuid.uuid4())
        sent = together(
            *[lambda: open_thread(dossier=dossier, audience=PG, sujet="Sujet", ecrit=ecrit, by=by, now=NOW)] * 3  # noqa: B023
        )
        assert len({fil.pk for fil in sent}) == 1
        assert (Fil.objects.count(), Message.objects.count()) == (number + 1, number + 1)


def test_an_answer_sent_twice_is_one_and_two_people_s_are_two(together: Together, dossier: Dossier) -> None:
    by, desk = porteur(dossier), guichet()
    first = Ecrit(texte="Bonjour.", jeton=uuid.uuid4(), attend_reponse=True)
    fil = open_thread(dossier=dossier, audience=PG, sujet="Sujet", ecrit=first, by=by, now=NOW)
    for number in range(ROUNDS):
        twice = Ecrit(texte="Deux fois.", jeton=uuid.uuid4())
        other = Ecrit(texte="En même temps.", jeton=uuid.uuid4(), attend_reponse=True)
        together(
            lambda: post_message(fil=Fil.objects.get(pk=fil.pk), ecrit=twice, by=desk, now=NOW),  # noqa: B023
            lambda: post_message(fil=Fil.objects.get(pk=fil.pk), ecrit=twice, by=desk, now=NOW),  # noqa: B023
            lambda: post_message(fil=Fil.objects.get(pk=fil.pk), ecrit=other, by=by, now=NOW),  # noqa: B023
        )
        assert fil.messages.count() == 1 + 2 * (number + 1)
        last = fil.messages.order_by("-pk").values_list("texte", flat=True).first()
        fil.refresh_from_db()
        assert fil.attend_reponse_de == ("guichet" if last == "En même temps." else "")


def test_both_sides_of_an_asked_piece_at_once_write_in_one_thread(together: Together, dossier: Dossier) -> None:
    by, desk = porteur(dossier), guichet()
    demande = DemandePieces.objects.create(
        dossier=dossier,
        evenement=uuid.uuid4(),
        etape="lettre",
        organisation_id=desk.organisation_id,
        demandee_par=desk.user,
        demandee_le=NOW.date(),
        created_at=NOW,
    )
    for ordre in range(ROUNDS):
        item = PieceDemandee.objects.create(demande=demande, ordre=ordre, intitule="Les statuts")
        together(
            *[
                lambda person=person: open_thread(  # type: ignore[misc]
                    dossier=dossier,
                    audience=PG,
                    sujet="Les statuts",
                    ecrit=Ecrit(texte="Une question.", jeton=uuid.uuid4()),
                    piece_demandee=item,  # noqa: B023
                    by=person,
                    now=NOW,
                )
                for person in (by, desk)
            ]
        )
        assert item.fil.messages.count() == 2
