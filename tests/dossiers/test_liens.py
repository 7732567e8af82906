"""Links between files: said once, shown in both directions to the desks that open both, never to an association."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from dossiers.models import LienDossier
from dossiers.selectors.liens import ties_of
from dossiers.services.liens import tie
from dossiers.states import NatureLien
from guichet.kernel.lifecycle import Refused
from tests.factories.accounts import NOW, agent_client
from tests.factories.bodies import agent, decideur, guichet
from tests.factories.projects import deposited_letter, porteur, transmitted_letter

pytestmark = pytest.mark.django_db


def link(
    dossier: Any, autre: Any, by: Any, nature: NatureLien = NatureLien.FUSIONNE_DANS, motif: str = "Accord."
) -> Any:
    return tie(dossier=dossier, autre=autre, nature=nature, motif=motif, by=by, now=NOW)


def test_a_link_reads_in_both_directions() -> None:
    one, two, desk = deposited_letter().dossier, deposited_letter().dossier, guichet()
    link(one, two, desk)
    assert [(lien.nature, lien.autre) for lien in ties_of(one, acteur=desk)] == [("Fusionné dans", two)]
    assert [(lien.nature, lien.autre) for lien in ties_of(two, acteur=desk)] == [("Réunit", one)]


def test_a_link_is_refused_with_itself_twice_mirrored_or_without_a_reason() -> None:
    one, two, desk = deposited_letter().dossier, deposited_letter().dossier, guichet()
    with pytest.raises(Refused, match="lui-même"):
        link(one, one, desk)
    with pytest.raises(Refused, match="pourquoi"):
        link(one, two, desk, motif="  ")
    link(one, two, desk, NatureLien.CONCURRENT)
    for pair in ((one, two), (two, one)):
        with pytest.raises(Refused, match="déjà noté"):
            link(*pair, desk, NatureLien.CONCURRENT)
    with pytest.raises(IntegrityError), transaction.atomic():
        LienDossier.objects.create(
            dossier=one, autre=one, nature="concurrent", motif="x", created_at=NOW, created_by=desk.user
        )


@pytest.mark.parametrize("who", ["porteur", "cpam-31", "urps-medecins-occitanie", "dd-ars-09"])
def test_only_the_guichet_and_the_ars_of_both_files_tie_them(who: str) -> None:
    own = porteur()
    one, two = transmitted_letter(own).dossier, transmitted_letter().dossier
    with pytest.raises(Refused):
        link(one, two, own if who == "porteur" else agent(who))


def test_the_ars_ties_no_file_it_does_not_open_and_is_not_told_of_its_links() -> None:
    sent, kept, ars = transmitted_letter().dossier, deposited_letter().dossier, decideur()
    with pytest.raises(Refused):
        link(sent, kept, ars)
    link(sent, kept, guichet())
    assert ties_of(sent, acteur=ars) == []


def test_the_desk_links_a_file_by_its_reference_and_the_association_sees_nothing(client: Client) -> None:
    by, desk = porteur(), guichet()
    lettre, other = deposited_letter(by), deposited_letter(nom="CPTS Rivale")
    address = reverse("dossiers:lier", args=[lettre.dossier_id])
    agents = agent_client(Client(), desk.user)
    wrong = {"nature": "concurrent", "reference": "OCC-31-2026-9999", "motif": "Mêmes communes."}
    refused = agents.post(address, wrong)
    assert (refused.status_code, "Aucun dossier que vous suivez" in refused.content.decode()) == (422, True)
    given = wrong | {"reference": f" {other.dossier.reference.lower()} "}
    assert agents.post(address, given)["Location"] == reverse("projects:lettre", args=[lettre.pk])
    assert agents.post(address, given).status_code == 422
    around = reverse("projects:dossier", args=[lettre.pk])
    shown = agents.get(around).content.decode()
    assert "Concurrent de CPTS Rivale" in shown
    client.force_login(by.user)
    assert "Rivale" not in client.get(around).content.decode()
    assert client.get(address).status_code == 404
