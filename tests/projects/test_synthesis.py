"""The opinion of the Guichet: when it may be given, what it keeps, what its paper says."""

from datetime import timedelta

import pytest

from dossiers.models import Document
from guichet.kernel.lifecycle import Refused
from projects.models import Avis, Consultation
from projects.services.opinions import abstain, recuse
from projects.services.synthesis import give_synthesis, keep_draft
from tests.factories.accounts import NOW
from tests.factories.bodies import agent, guichet, urps_codes
from tests.factories.projects import consulted_letter, deposited_letter, fresh, give_opinion, porteur
from tests.projects.rows import plain, words

pytestmark = pytest.mark.django_db

TEXTS = {"besoins": " À chiffrer. ", "projet": "", "conclusion": "Avis favorable.\nSous réserve."}


def answered(lettre, code: str) -> Avis:
    return Avis.objects.select_related("consultation", "organisation", "dossier").get(
        consultation__lettre=lettre, organisation__code=code
    )


def test_the_quorum_counts_the_urps_given_and_abstained_and_a_deport_lowers_it() -> None:
    desk, codes = guichet(), urps_codes()
    lettre = consulted_letter(desk=desk, quorum=10)
    give_opinion(lettre, agent("cpam-31"))
    for code in codes[:7]:
        give_opinion(lettre, agent(code))
    abstain(avis=answered(lettre, codes[7]), motif="Peu concernés.", by=agent(codes[7]), now=NOW)
    recuse(avis=answered(lettre, codes[8]), conflit="Membre.", by=agent(codes[8]), now=NOW)
    with pytest.raises(Refused, match=r"8 réponses d’URPS sur 9"):
        give_synthesis(lettre=lettre, sens="favorable", synthese=TEXTS, by=desk, now=NOW)
    give_opinion(lettre, agent(codes[9]))
    give_synthesis(lettre=lettre, sens="favorable", synthese=TEXTS, by=desk, now=NOW)
    assert fresh(lettre).etat == "avis_rendu"
    told = plain(words(Document.objects.get(modele="avis_guichet").contexte))
    assert "Organismes consultés : 14, dont 10 URPS." in told
    assert "Avis rendus : 9. Abstentions : 1. Déports : 1. Sans réponse : 3." in told
    assert "À chiffrer." in told
    assert told.count("Sans observation") == 3
    assert "Favorable" in told


def test_the_day_after_the_due_date_the_quorum_is_not_needed_any_more() -> None:
    desk = guichet()
    lettre = consulted_letter(desk=desk)
    with pytest.raises(Refused, match="Le quorum n’est pas atteint"):
        give_synthesis(lettre=lettre, sens="favorable", synthese=TEXTS, by=desk, now=NOW + timedelta(days=30))
    give_synthesis(lettre=lettre, sens="favorable", synthese=TEXTS, by=desk, now=NOW + timedelta(days=31))
    assert Consultation.objects.get().synthese == {
        "besoins": "À chiffrer.",
        "conclusion": "Avis favorable.\nSous réserve.",
    }


@pytest.mark.parametrize(
    ("sens", "texts", "sentence"),
    [
        ("", TEXTS, "Choisissez le sens"),
        ("mitige", TEXTS, "Choisissez le sens"),
        ("favorable", {"besoins": "Oui."}, "Écrivez la conclusion"),
    ],
)
def test_without_a_sense_or_a_conclusion_nothing_is_given(sens, texts, sentence) -> None:
    desk = guichet()
    lettre = consulted_letter(desk=desk, quorum=0)
    with pytest.raises(Refused, match=sentence):
        give_synthesis(lettre=lettre, sens=sens, synthese=texts, by=desk, now=NOW)
    assert fresh(lettre).etat == "en_consultation"


def test_a_draft_is_kept_by_the_desk_alone_while_the_consultation_runs() -> None:
    desk = guichet()
    lettre = consulted_letter(desk=desk)
    for other in (porteur(), agent(urps_codes()[0]), agent("dd-ars-31")):
        with pytest.raises(Refused, match="Seul le Guichet écrit son avis."):
            keep_draft(lettre=lettre, sens="favorable", synthese=TEXTS, by=other)
    keep_draft(lettre=lettre, sens="mitige", synthese=TEXTS, by=desk)
    held = Consultation.objects.get()
    assert (held.sens, held.synthese) == (
        "",
        {"besoins": "À chiffrer.", "conclusion": "Avis favorable.\nSous réserve."},
    )
    with pytest.raises(Refused, match="ne s’écrit que pendant une consultation"):
        keep_draft(lettre=deposited_letter(nom="CPTS du Girou"), sens="", synthese=TEXTS, by=desk)
