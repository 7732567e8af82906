"""A request that goes without a letter: opened on a deposited file, deposited and transmitted in the same instant."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.acteur import Acteur
from accounts.models import Envoi, Organisation
from dossiers.models import AccesDossier, Document, Dossier
from dossiers.selectors.documents import papers_of
from funding.models import DemandeFir
from funding.sections import ATTESTATIONS
from funding.services.instruction import withdraw_alone
from funding.services.standalone import deposit_standalone, open_standalone
from funding.states import GenreBudget
from guichet.kernel.lifecycle import Refused
from projects.services.silence import passage
from tests.factories.accounts import NOW, agent_client
from tests.factories.bodies import agent, decideur, guichet
from tests.factories.funding import ASSOCIATION, CHIFFRAGE_POSTE, PROJET, REPONSES, write, write_budget
from tests.factories.projects import deposited_letter, porteur, ready_letter

pytestmark = pytest.mark.django_db


def body(code: str) -> Organisation:
    return Organisation.objects.get(code=code)


def opened(
    by: Acteur, *, dossier: Dossier | None = None, code: str = "ars-occitanie", objet: str = "autre"
) -> DemandeFir:
    dossier = dossier or deposited_letter(by).dossier
    return open_standalone(dossier=dossier, financeur=body(code), objet=objet, by=by, now=NOW)


def ready(by: Acteur, **kwargs: Any) -> DemandeFir:
    """Filled, and waiting only for its deposit."""
    demande = opened(by, **kwargs)
    for cle, reponses in REPONSES.items():
        write(demande, cle, reponses, by=by)
    write(demande, "chiffrage", CHIFFRAGE_POSTE, by=by)
    write_budget(demande, GenreBudget.PROJET, PROJET, by=by)
    write_budget(demande, GenreBudget.ASSOCIATION, ASSOCIATION, by=by)
    return DemandeFir.objects.select_related("dossier", "financeur").get(pk=demande.pk)


def test_it_is_deposited_transmitted_and_acknowledged_in_one_act() -> None:
    by, ars = porteur(), decideur()
    demande = ready(by)
    deposit_standalone(demande=demande, by=by, now=NOW)
    demande.refresh_from_db()
    assert (demande.etat, demande.deposee_at, demande.transmise_at) == ("transmise", NOW, NOW)
    assert demande.delai is not None
    own = Document.objects.filter(evenement__in=demande.evenements.values("pk"))
    assert sorted(own.values_list("modele", flat=True)) == ["accuse_demande", "accuse_reception", "demande"]
    cerfa = str(own.get(modele="demande").contexte)
    assert "Taille de la communauté" in cerfa
    assert Envoi.objects.filter(sujet__startswith="Demande de subvention reçue", user=ars.user).count() == 1


def test_the_delegation_reads_and_instructs_it_though_the_letter_is_not_sent_to_it() -> None:
    by, ars, cpam = porteur(), decideur(), agent("cpam-31")
    demande = ready(by)
    assert not DemandeFir.objects.visible_to(ars).exists()
    deposit_standalone(demande=demande, by=by, now=NOW)
    assert DemandeFir.objects.visible_to(ars).get() == demande
    assert len(papers_of(demande.dossier, acteur=ars)) == 3
    assert not DemandeFir.objects.visible_to(cpam).exists()
    assert papers_of(demande.dossier, acteur=decideur("dd-ars-09")) == []
    client = agent_client(Client(), ars.user)
    page = client.get(reverse("funding:demande", args=[demande.pk]))
    assert "Accusé de réception" in page.content.decode()
    letter = client.get(reverse("projects:lettre", args=[demande.dossier.lettres.get().pk]))
    assert letter.status_code == 404


def test_a_urps_that_funds_opens_it_and_no_clock_runs() -> None:
    by, urps = porteur(), agent("urps-medecins-occitanie")
    demande = ready(by, code="urps-medecins-occitanie", objet="aide_urps")
    deposit_standalone(demande=demande, by=by, now=NOW)
    demande.refresh_from_db()
    assert (demande.regime, demande.delai) == ("aucun", None)
    access = AccesDossier.objects.get(dossier=demande.dossier)
    assert (access.organisation, access.motif) == (urps.membership.organisation, "financeur")
    assert DemandeFir.objects.visible_to(urps).get() == demande
    assert not DemandeFir.objects.visible_to(decideur()).exists()
    assert passage(now=NOW + timedelta(days=400)).constates == 1  # that of the letter's request alone
    demande.refresh_from_db()
    assert demande.etat == "transmise"


@pytest.mark.parametrize(
    ("code", "objet"), [("urps-medecins-occitanie", "autre"), ("ars-occitanie", "aide_urps"), ("cpam-31", "autre")]
)
def test_each_object_has_its_funders(code: str, objet: str) -> None:
    with pytest.raises(Refused, match="financeur"):
        opened(porteur(), code=code, objet=objet)


def test_it_is_opened_by_the_association_of_a_deposited_file_and_once() -> None:
    by = porteur()
    with pytest.raises(Refused, match="Déposez d’abord"):
        opened(by, dossier=ready_letter(by, nom="CPTS en brouillon").dossier)
    dossier = deposited_letter(by).dossier
    opened(by, dossier=dossier)
    with pytest.raises(Refused, match="déjà commencé"):
        opened(by, dossier=dossier)
    opened(by, dossier=dossier, objet="coordinateur")
    for other in (porteur(), guichet(), decideur()):
        with pytest.raises(Refused, match="pas le droit"):
            opened(other, dossier=dossier)


def test_what_is_not_ready_or_not_its_own_is_not_deposited() -> None:
    by = porteur()
    demande = opened(by)
    with pytest.raises(Refused, match="n’est pas prête"):
        deposit_standalone(demande=demande, by=by, now=NOW)
    with_its_letter = DemandeFir.objects.exclude(pk=demande.pk).get()
    with pytest.raises(Refused, match="va avec une lettre"):
        deposit_standalone(demande=with_its_letter, by=by, now=NOW)
    demande.refresh_from_db()
    assert (demande.etat, demande.evenements.count()) == ("brouillon", 0)


def test_somebody_else_than_the_legal_representative_joins_a_power() -> None:
    by = porteur()
    demande = ready(by)
    by.membership.representant_legal = False
    Organisation.objects.filter(pk=by.organisation_id).update(sigle="X")
    section = demande.dossier.lettres.get().sections.get(cle="personnes")
    assert section.contenu["representant_courriel"] != by.user.email
    with pytest.raises(Refused, match="pouvoir"):
        deposit_standalone(demande=demande, by=by, now=NOW)


def test_deposited_twice_it_is_deposited_once() -> None:
    by = porteur()
    demande = ready(by)
    deposit_standalone(demande=demande, by=by, now=NOW)
    with pytest.raises(Refused, match="n’est plus possible"):
        deposit_standalone(demande=demande, by=by, now=NOW)
    assert demande.evenements.count() == 2


def test_the_association_alone_withdraws_it_and_its_letter_goes_on() -> None:
    by = porteur()
    demande = ready(by)
    deposit_standalone(demande=demande, by=by, now=NOW)
    withdraw_alone(demande=demande, motif="Financé autrement.", by=by, now=NOW)
    demande.refresh_from_db()
    assert (demande.etat, demande.dossier.lettres.get().etat) == ("retiree", "deposee")


def test_from_the_page_of_the_letter_to_the_deposit(client: Client) -> None:
    by = porteur()
    lettre = deposited_letter(by)
    client.force_login(by.user)
    new = reverse("funding:nouvelle_demande", args=[lettre.dossier_id])
    assert new in client.get(reverse("projects:dossier", args=[lettre.pk])).content.decode()
    wrong = client.post(new, {"objet": "aide_urps", "financeur": str(body("ars-occitanie").pk)})
    assert (wrong.status_code, "s’adresse à une URPS" in wrong.content.decode()) == (422, True)
    made = client.post(new, {"objet": "autre", "financeur": str(body("ars-occitanie").pk)})
    demande = DemandeFir.objects.get(objet="autre")
    assert made["Location"] == reverse("funding:demande", args=[demande.pk])
    assert made["Location"] in client.get(new).content.decode()
    check = reverse("funding:verifier_demande", args=[demande.pk])
    assert check in client.get(made["Location"]).content.decode()
    assert "Il manque encore ceci" in client.get(check).content.decode()
    for cle, reponses in REPONSES.items():
        write(demande, cle, reponses, by=by)
    write_budget(demande, GenreBudget.PROJET, PROJET, by=by)
    write_budget(demande, GenreBudget.ASSOCIATION, ASSOCIATION, by=by)
    assert demande.sections.get(cle=ATTESTATIONS).etat == "complet"
    assert client.post(check, {}).status_code == 422
    assert client.post(check, {"exact": "oui"}).status_code == 302
    demande.refresh_from_db()
    assert demande.etat == "transmise"
    assert client.get(check).status_code == 302
    with_its_letter = reverse("funding:verifier_demande", args=[lettre.demande_id])
    assert client.get(with_its_letter).status_code == 404
    assert agent_client(Client(), guichet().user).get(new).status_code == 404
