"""A file moved to another département in the middle of its way: nothing lost, the right people told."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Envoi, Organisation
from dossiers.models import Affectation, Deplacement, Dossier
from dossiers.selectors.people import ars_desk
from dossiers.services.moving import follow_perimeter, move
from guichet.kernel.lifecycle import Refused
from projects.models import Avis, LettreIntention
from projects.services.transmitting import transmit
from tests.factories.accounts import NOW, agent_client
from tests.factories.bodies import agent, decideur, guichet
from tests.factories.projects import consulted_letter, deposited_letter, give_opinion, porteur

pytestmark = pytest.mark.django_db
TWO = ["31395", "09225"]
"""Muret in Haute-Garonne, Pamiers in Ariège."""
LATER = NOW + timedelta(days=2)


def act(dossier: Dossier, by: Any, departement: str = "09", motif: str = "La majorité des soignants y exerce.") -> Any:
    return move(dossier=dossier, departement=departement, motif=motif, by=by, now=LATER)


def charge(dossier: Dossier, by: Any, role: str = "titulaire") -> Affectation:
    return Affectation.objects.create(
        dossier=dossier,
        organisation=by.membership.organisation,
        user=by.user,
        role=role,
        debut_le=NOW.date(),
        affecte_par=by.user,
    )


def test_a_file_moved_in_the_middle_of_a_consultation_loses_nothing() -> None:
    by, desk = porteur(), guichet()
    lettre = consulted_letter(by, desk=desk, communes=TWO)
    dossier = lettre.dossier
    reference, answered = dossier.reference, agent("urps-medecins-occitanie")
    give_opinion(lettre, answered)
    first, second = ("31", "09") if dossier.departement_pilote_id == "31" else ("09", "31")
    before = set(Avis.objects.values_list("organisation", "etat"))
    act(dossier, desk, second)
    dossier = Dossier.objects.get(pk=dossier.pk)
    assert (dossier.departement_pilote_id, dossier.reference, dossier.departements) == (second, reference, ["09", "31"])
    assert set(Avis.objects.values_list("organisation", "etat")) == before
    assert [body.code for body in ars_desk(dossier)] == [f"dd-ars-{second}"]
    letter = LettreIntention.objects.get(pk=lettre.pk)
    assert letter.etat == "en_consultation"
    asked = Organisation.objects.filter(pk__in={pk for pk, _ in before}).order_by("code")
    assert all(Dossier.objects.visible_to(agent(body.code)).filter(pk=dossier.pk).exists() for body in asked[:3])
    moved = Deplacement.objects.get()
    assert (moved.de_id, moved.vers_id, moved.deplace_par) == (first, second, desk.user)
    transmit(lettre=letter, by=desk, now=LATER)
    told = {
        avis.organisation.code for avis in Avis.objects.filter(consultation__nature="am").select_related("organisation")
    }
    assert told == {f"cpam-{second}"}


def test_both_desks_and_the_association_are_told_once_sent_to_the_ars() -> None:
    by, desk = porteur(), guichet()
    lettre = deposited_letter(by, communes=TWO)
    dossier = lettre.dossier
    second = "09" if dossier.departement_pilote_id == "31" else "31"
    people = [decideur("dd-ars-31"), decideur("dd-ars-09"), agent("cpam-31"), agent("cpam-09")]
    transmit(lettre=lettre, by=desk, now=NOW)
    act(dossier, desk, second)
    told = Envoi.objects.filter(sujet__startswith="Département pilote changé")
    assert set(told.values_list("user", flat=True)) == {by.user.pk, desk.user.pk, *(each.user.pk for each in people)}


def test_before_the_transmission_the_ars_is_not_told() -> None:
    ars, desk = decideur("dd-ars-09"), guichet()
    dossier = deposited_letter(communes=TWO).dossier
    act(dossier, desk, "09" if dossier.departement_pilote_id == "31" else "31")
    assert not Envoi.objects.filter(sujet__startswith="Département pilote changé", user=ars.user).exists()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [({"departement": "81"}, "ceux du territoire"), ({"motif": " "}, "pourquoi"), ({"same": True}, "déjà")],
)
def test_a_move_out_of_the_territory_to_the_same_or_without_a_reason_is_refused(
    changes: dict[str, Any], sentence: str
) -> None:
    dossier = deposited_letter(communes=TWO).dossier
    if changes.pop("same", False):
        changes["departement"] = dossier.departement_pilote_id
    with pytest.raises(Refused, match=sentence):
        act(dossier, guichet(), **changes)
    assert not Deplacement.objects.exists()


def test_only_the_guichet_moves_a_file() -> None:
    by = porteur()
    dossier = deposited_letter(by, communes=TWO).dossier
    for other in (by, decideur("dd-ars-31"), agent("cpam-31")):
        with pytest.raises(Refused, match="Seul le Guichet"):
            act(dossier, other)


def test_the_charge_of_a_body_that_lost_the_file_ends_and_that_of_a_consulted_one_stays() -> None:
    desk = guichet()
    lettre = consulted_letter(desk=desk, communes=TWO, others=("elsm-31",))
    dossier = lettre.dossier
    gone, consulted, kept = (
        charge(dossier, agent("dd-ars-31")),
        charge(dossier, agent("elsm-31")),
        charge(dossier, desk),
    )
    Dossier.objects.filter(pk=dossier.pk).update(departements=["09"])
    dossier.refresh_from_db()
    assert follow_perimeter(dossier=dossier, now=LATER) == 1
    assert follow_perimeter(dossier=dossier, now=LATER) == 0
    ends = {row.pk: row.fin_le for row in Affectation.objects.all()}
    assert ends == {gone.pk: LATER.date(), consulted.pk: None, kept.pk: None}


def test_the_page_of_the_move_is_for_the_guichet_and_says_what_changes() -> None:
    lettre = deposited_letter(communes=TWO)
    address = reverse("dossiers:deplacer", args=[lettre.dossier_id])
    desk = agent_client(Client(), guichet().user)
    around = reverse("projects:dossier", args=[lettre.pk])
    assert address in desk.get(around).content.decode()
    assert desk.post(address, {"departement": "13", "motif": "x"}).status_code == 422
    second = "09" if lettre.dossier.departement_pilote_id == "31" else "31"
    assert desk.post(address, {"departement": second, "motif": "Accord des deux délégations."}).status_code == 302
    shown = desk.get(around).content.decode()
    assert "Accord des deux délégations." in shown
    alone = deposited_letter()
    assert desk.get(reverse("dossiers:deplacer", args=[alone.dossier_id])).status_code == 409
