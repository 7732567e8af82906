"""What is expected of the association in every state of its letter and of its request, and where the letter stands."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.acteur import Acteur
from dossiers.models import PieceDemandee
from dossiers.services.pieces_demandees import Item, answer_own
from funding.services.instruction import ask_pieces as ask_for_request
from funding.services.instruction import ask_reasons
from projects.models import LettreIntention
from projects.selectors import letters_for_pages, ordered_request_sections, ordered_sections, with_sections
from projects.selectors.consultations import follow_ups
from projects.services.checking import ask_pieces
from projects.services.deciding import refuse, validate
from projects.services.silence import passage
from projects.services.synthesis import give_synthesis
from projects.views import steps
from tests.factories.accounts import NOW
from tests.factories.bodies import agent, decideur, guichet
from tests.factories.projects import (
    consulted_letter,
    deposited_letter,
    fresh,
    porteur,
    ready_letter,
    transmitted_letter,
)
from tests.projects.rows import plain

pytestmark = pytest.mark.django_db

SEIZE = "Sans transmission à l’ARS d’ici au 16 décembre 2026, vous pourrez la saisir vous-même."


@pytest.fixture
def by() -> Acteur:
    return porteur()


def step(lettre: LettreIntention, by: Acteur, *, now: datetime = NOW, deposits: bool = True) -> dict[str, str]:
    page = with_sections(letters_for_pages(by)).get(pk=lettre.pk)
    found = steps.next_step(
        page,
        ordered_sections(page),
        ordered_request_sections(page),
        deposits=deposits,
        now=now,
        suivi=follow_ups([page], on=timezone.localdate(now))[page.pk],
    )
    return plain(vars(found))


def line(lettre: LettreIntention, by: Acteur) -> list[tuple[str, str, str]]:
    page = letters_for_pages(by).get(pk=lettre.pk)
    known = follow_ups([page], on=timezone.localdate(NOW))[page.pk]
    return [(item["quand"], item["titre"], item["moment"]) for item in steps.milestones(page, known)]


def test_deposited_the_guichet_checks_and_the_way_to_the_ars_has_its_date(by) -> None:
    lettre = deposited_letter(by)
    found = step(lettre, by)
    assert (found["phrase"], found["url"]) == ("Rien à faire pour l’instant", "")
    assert found["detail"].endswith(SEIZE)
    late = step(lettre, by, now=NOW + timedelta(days=30))
    assert (late["url"], late["bouton"]) == (reverse("projects:saisir_ars", args=[lettre.pk]), "Saisir l’ARS")
    assert step(lettre, by, now=NOW + timedelta(days=30), deposits=False)["url"] == ""


def test_sent_back_each_item_is_answered_then_the_letter_is_deposited_again(by) -> None:
    lettre, desk = deposited_letter(by), guichet()
    items = [
        Item(intitule="Statuts", limite_le=date(2026, 11, 30)),
        Item(intitule="Rôles", limite_le=date(2026, 11, 25)),
    ]
    ask_pieces(lettre=lettre, items=items, by=desk, now=NOW)
    assert step(lettre, by) == {
        "phrase": "Prochaine étape : répondre au Guichet",
        "detail": "0 réponse sur 2. Répondez point par point, puis déposez la lettre à nouveau.",
        "url": reverse("dossiers:repondre", args=[lettre.dossier_id]),
        "bouton": "Répondre",
        "echeance": "Pour le 25 novembre 2026",
    }
    for item in PieceDemandee.objects.order_by("-ordre"):
        answer_own(item=item, reponse="Voilà.", pieces=[], fichier=None, genre="", by=by, now=NOW)
        if item.ordre == 2:
            assert step(lettre, by)["echeance"] == "Pour le 30 novembre 2026"
    again = step(lettre, by)
    assert (again["phrase"], again["url"]) == (
        "Prochaine étape : déposer la lettre à nouveau",
        reverse("projects:verifier", args=[lettre.pk]),
    )
    assert step(lettre, by, deposits=False)["phrase"] == "Prochaine étape : faire déposer la lettre à nouveau"


def test_while_the_bodies_are_consulted_until_when_is_said(by) -> None:
    found = step(consulted_letter(by), by)
    told = "Le Guichet recueille les avis des URPS jusqu’au 16 décembre 2026. Il vous communiquera le sien."
    assert (found["phrase"], found["detail"]) == ("Rien à faire pour l’instant", f"{told} {SEIZE}")


def test_the_opinion_given_is_read_with_its_sense(by) -> None:
    desk = guichet()
    lettre = consulted_letter(by, desk=desk, quorum=0)
    give_synthesis(lettre=lettre, sens="defavorable", synthese={"conclusion": "Non."}, by=desk, now=NOW)
    found = step(lettre, by)
    assert (found["phrase"], found["bouton"]) == ("Le Guichet a rendu son avis", "Lire l’avis")
    assert found["detail"].startswith("Son avis est défavorable. Il transmet maintenant votre lettre à l’ARS")


def test_transmitted_the_silence_has_its_date(by) -> None:
    found = step(transmitted_letter(by), by)
    assert found["detail"] == (
        "L’ARS a votre lettre depuis le 16 novembre 2026 : elle l’examine et vous répond ici. Sans réponse de sa part "
        "au 16 janvier 2027, la demande de subvention est rejetée : le portail vous prévient."
    )


def test_the_ars_asks_for_pieces_and_they_come_first(by) -> None:
    lettre = transmitted_letter(by)
    limit = date(2026, 12, 4)
    items = [Item(intitule="Statuts", requise=True, fondement="CRPA, art. L114-5", limite_le=limit)]
    ask_for_request(demande=lettre.demande, items=items, by=agent("dd-ars-31"), now=NOW)
    found = step(lettre, by)
    assert (found["phrase"], found["echeance"]) == ("Prochaine étape : répondre à l’ARS", "Pour le 4 décembre 2026")
    answer_own(item=PieceDemandee.objects.get(), reponse="Voilà.", pieces=[], fichier=None, genre="", by=by, now=NOW)
    assert step(lettre, by)["url"] == reverse("funding:demande", args=[lettre.demande_id])


def test_validated_and_granted_the_association_declares_itself(by) -> None:
    lettre = transmitted_letter(by)
    validate(lettre=lettre, accorde=Decimal(20_000), by=decideur(), now=NOW)
    found = step(lettre, by)
    assert (found["phrase"], found["url"]) == (
        "Prochaine étape : déclarer votre association",
        reverse("funding:declarer", args=[lettre.demande_id]),
    )
    assert found["detail"].startswith("L’ARS accorde 20 000 €.")


def test_validated_without_a_request_the_project_is_to_be_written(by) -> None:
    lettre = transmitted_letter(by, demande=False)
    validate(lettre=lettre, by=decideur(), now=NOW)
    found = step(lettre, by)
    assert (found["phrase"], found["bouton"]) == ("Votre lettre est validée", "Écrire le projet de santé")
    assert found["url"] == reverse("projects:projet_ouvrir", args=[lettre.pk])
    assert found["detail"].startswith("Prochaine étape : écrire le projet de santé de la communauté.")


def test_validated_the_request_may_still_wait(by) -> None:
    lettre = transmitted_letter(by)
    validate(lettre=lettre, by=decideur(), now=NOW)
    assert "L’ARS examine encore votre demande de subvention. Sans réponse" in step(lettre, by)["detail"]


def test_refused_the_letter_may_be_taken_up_again(by) -> None:
    lettre = transmitted_letter(by)
    refuse(lettre=lettre, motivation="Territoire.", motivation_demande="Lettre refusée.", by=decideur(), now=NOW)
    found = step(lettre, by)
    assert (found["phrase"], found["url"]) == (
        "Votre lettre est refusée",
        reverse("projects:reprendre", args=[lettre.pk]),
    )


def test_rejected_by_silence_the_reasons_are_asked_once(by) -> None:
    lettre = transmitted_letter(by)
    later = datetime(2027, 1, 20, 8, tzinfo=NOW.tzinfo)
    passage(now=later)
    found = step(lettre, by, now=later)
    assert (found["phrase"], found["url"]) == (
        "Votre demande de subvention est rejetée par silence",
        reverse("funding:demander_motifs", args=[lettre.demande_id]),
    )
    assert "est rejetée depuis le 17 janvier 2027." in found["detail"]
    ask_reasons(demande=fresh(lettre).demande, by=by, now=later)
    asked = step(lettre, by, now=later)
    assert asked["phrase"] == "Rien à faire pour l’instant"
    assert "Vous lui avez demandé ses motifs sur la subvention le 20 janvier 2027" in asked["detail"]
    assert line(lettre, by)[-2:] == [
        ("17 janvier 2027", "Subvention rejetée par silence", "done"),
        ("Ensuite", "Décision de l’ARS", "to-come"),
    ]


# --- The timeline -----------------------------------------------------------------------------------------


def test_a_draft_has_its_way_before_it(by) -> None:
    assert line(ready_letter(by), by) == [
        ("16 novembre 2026", "Lettre commencée", "done"),
        ("Aujourd’hui", "Vous écrivez la lettre", "today"),
        ("Ensuite", "Dépôt au Guichet", "to-come"),
        ("Puis", "Avis des URPS", "to-come"),
        ("Enfin", "Décision de l’ARS", "to-come"),
    ]


def test_each_step_keeps_its_date(by) -> None:
    desk = guichet()
    lettre = consulted_letter(by, desk=desk, quorum=0)
    assert line(lettre, by)[2:] == [
        ("Pour le 16 décembre 2026", "Avis des URPS", "today"),
        ("Ensuite", "Décision de l’ARS", "to-come"),
    ]
    give_synthesis(lettre=lettre, sens="favorable", synthese={"conclusion": "Oui."}, by=desk, now=NOW)
    assert line(lettre, by)[2:] == [
        ("16 novembre 2026", "Avis du Guichet", "done"),
        ("Aujourd’hui", "Transmission à l’ARS", "today"),
        ("Ensuite", "Décision de l’ARS", "to-come"),
    ]
    sent = transmitted_letter(by, nom="CPTS du Girou")
    assert line(sent, by)[2:] == [
        ("16 novembre 2026", "Transmise à l’ARS", "done"),
        ("Ensuite", "Décision de l’ARS", "to-come"),
        ("17 janvier 2027", "Sans réponse, subvention rejetée", "to-come"),
    ]
    validate(lettre=sent, accorde=Decimal(20_000), by=decideur(), now=NOW)
    assert line(sent, by)[-1] == ("16 novembre 2026", "Lettre validée", "done")


def test_what_is_told_of_many_letters_costs_the_same_queries(by) -> None:
    desk = guichet()
    letters = [consulted_letter(by, desk=desk, nom=f"CPTS {n}") for n in range(3)]
    for n in range(3):
        lettre = deposited_letter(by, nom=f"CPTS incomplète {n}")
        ask_pieces(lettre=lettre, items=[Item(intitule="Statuts")], by=desk, now=NOW)
        letters.append(lettre)
    found = list(letters_for_pages(by).order_by("pk"))
    with CaptureQueriesContext(connection) as many:
        follow_ups(found, on=timezone.localdate(NOW))
    with CaptureQueriesContext(connection) as few:
        follow_ups([found[0], found[-1]], on=timezone.localdate(NOW))
    assert len(many) == len(few) == 6
