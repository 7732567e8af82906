"""What came or left on paper about a projet de santé: typed by one person, told, then confirmed by another."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.acteur import Acteur
from accounts.models import Organisation
from dossiers.models import Decision, Document
from dossiers.states import EtatDocument
from projects.models import ProjetSante
from projects.services.silence import passage
from projects.states import EtatProjet
from tests.factories.accounts import NOW
from tests.factories.bodies import agent, decideur, guichet
from tests.factories.paper import scan
from tests.factories.projects import porteur, transmitted_letter
from tests.factories.projets import deposited_project, fresh
from tests.projects.projet_desk import at, signed_in, text

pytestmark = pytest.mark.django_db
On = Callable[[str], None]


def opposition(signer: Acteur, **given: Any) -> dict[str, Any]:
    return {
        "nature": "opposition_projet",
        "signataire": str(signer.user.pk),
        "signee_le": "2026-11-10",
        "notifiee_le": "2026-11-13",
        "motif": "prs",
        "objectifs": "Accès aux soins",
        "motivation": "Rien sur l’accès aux soins.",
        "scan": scan(),
        **given,
    }


def silent_project() -> ProjetSante:
    """Received on 14 September, the last day 14 November, deemed validated on the 15th."""
    projet = deposited_project(now=at("2026-09-14"))
    passage(now=at("2026-11-16"))
    return fresh(projet)


def typed(projet: ProjetSante, client: Client, given: dict[str, Any]) -> Decision:
    address = reverse("projects:projet_papier_decision", args=[projet.pk])
    assert client.post(address, given | {"scan": scan()}).status_code == 302
    return Decision.objects.get(etape_id=projet.pk)


def confirm_of(decision: Decision) -> str:
    return reverse("projects:papier_confirmer", args=[decision.pk])


def test_an_opposition_notified_in_time_proves_the_silence_wrong_once_a_second_person_confirms(on: On) -> None:
    projet, signer, first = silent_project(), decideur(), decideur()
    on("2026-11-20")
    typist = signed_in(first)
    decision = typed(projet, typist, opposition(signer))
    told = text(typist.get(confirm_of(decision)))
    assert "elle prouve que le silence n’a rien validé" in told
    assert "Objectifs du projet régional de santé" in told
    assert typist.post(confirm_of(decision), {"confirmer": "1"}).status_code == 409
    assert fresh(projet).etat == EtatProjet.VALIDE_TACITEMENT
    assert signed_in().post(confirm_of(decision), {"confirmer": "1"}).status_code == 302
    assert fresh(projet).etat == EtatProjet.OPPOSE
    paper = Document.objects.get(modele="attestation")
    Document.objects.filter(pk=paper.pk).update(etat=EtatDocument.RENDU, fichier="essai.pdf", sha256="a" * 64)
    public = text(Client().get(reverse("dossiers:verifier", args=[paper.code_court])))
    assert "Ce document est annulé" in public
    assert "Opposition au projet de santé, le 13 novembre 2026" in public


def test_signed_in_time_and_notified_late_the_file_is_to_verify_and_everybody_reads_why(on: On) -> None:
    by = porteur()
    projet = deposited_project(by, now=at("2026-09-14"))
    passage(now=at("2026-11-16"))
    on("2026-11-20")
    decision = typed(projet, signed_in(), opposition(decideur(), signee_le="2026-11-12", notifiee_le="2026-11-16"))
    second = signed_in()
    assert "le projet est dit « à vérifier »" in text(second.get(confirm_of(decision)))
    done = second.post(confirm_of(decision), {"confirmer": "1"}, follow=True)
    assert "le projet est « à vérifier »" in text(done)
    assert (fresh(projet).etat, Decision.objects.get().etat) == (EtatProjet.VALIDE_TACITEMENT, "a_verifier")
    reader = Client()
    reader.force_login(by.user)
    for client in (reader, second, signed_in(guichet()), signed_in(agent("cpam-31"))):
        page = text(client.get(reverse("projects:projet", args=[projet.pk])))
        assert "Situation à vérifier" in page
        assert "signée le 12 novembre 2026 et notifiée le 16 novembre 2026" in page
        assert "le projet est réputé validé depuis le 15 novembre 2026" in page


def test_signed_after_the_last_day_it_is_refused_at_once(on: On) -> None:
    projet = silent_project()
    on("2026-11-20")
    address = reverse("projects:projet_papier_decision", args=[projet.pk])
    refused = signed_in().post(address, opposition(decideur(), signee_le="2026-11-16", notifiee_le="2026-11-17"))
    assert refused.status_code == 422
    assert "Le dernier jour pour décider était le 14 novembre 2026" in text(refused)
    assert not Decision.objects.exists()


def test_a_request_for_pieces_received_in_time_makes_the_project_incomplete_again(on: On) -> None:
    projet = silent_project()
    on("2026-11-20")
    given = {
        "nature": "pieces_projet",
        "signataire": str(decideur().user.pk),
        "signee_le": "2026-10-20",
        "notifiee_le": "2026-10-22",
        "motivation": "",
        "scan": scan(),
        "items-0-intitule": "Délimitation du territoire",
        "items-0-requise": "exigee",
        "items-0-fondement": "CSP, art. L1434-12",
        "items-0-limite_le": "2026-11-22",
    }
    typist = signed_in()
    address = reverse("projects:projet_papier_decision", args=[projet.pk])
    useful = typist.post(address, given | {"items-0-requise": "", "items-0-fondement": ""})
    assert useful.status_code == 422
    more = typist.post(address, given | {"ajouter": "items"})
    assert more.status_code == 200
    assert 'value="Délimitation du territoire"' in more.content.decode()
    decision = typed(projet, typist, given)
    second = signed_in()
    told = text(second.get(confirm_of(decision)))
    assert "le projet redevient incomplet" in told
    assert "Délimitation du territoire (exigée par un texte : CSP, art. L1434-12" in told
    second.post(confirm_of(decision), {"confirmer": "1"})
    assert (fresh(projet).etat, fresh(projet).delai.dernier_jour) == (EtatProjet.INCOMPLET, None)


def test_before_the_silence_a_validation_on_paper_takes_effect_at_the_day_it_was_notified(on: On) -> None:
    projet = deposited_project(now=at("2026-09-14"))
    on("2026-10-20")
    given = opposition(decideur(), nature="validation_projet", signee_le="2026-10-01", notifiee_le="2026-10-05")
    decision = typed(projet, signed_in(), given | {"motif": "", "objectifs": "", "motivation": ""})
    second = signed_in()
    assert "elle prend effet au 5 octobre 2026 : le projet est validé" in text(second.get(confirm_of(decision)))
    second.post(confirm_of(decision), {"confirmer": "1"})
    assert fresh(projet).etat == EtatProjet.VALIDE
    assert projet.evenements.get(action="valider").prend_effet_le == date(2026, 10, 5)


def test_what_can_no_longer_take_effect_is_said_and_only_set_aside(on: On) -> None:
    projet = deposited_project(now=at("2026-09-14"))
    on("2026-10-20")
    dates = {"signee_le": "2026-10-01", "notifiee_le": "2026-10-05"}
    first = typed(projet, signed_in(), opposition(decideur(), **dates))
    validation = opposition(decideur(), nature="validation_projet", **dates)
    signed_in().post(reverse("projects:projet_papier_decision", args=[projet.pk]), validation)
    second = signed_in()
    other = Decision.objects.exclude(pk=first.pk).get()
    for name in ("projet_valider", "projet_opposer"):
        page = second.get(reverse(f"projects:{name}", args=[projet.pk])).content.decode()
        assert confirm_of(first) in page
        assert confirm_of(other) in page
    second.post(confirm_of(other), {"confirmer": "1"})
    told = text(second.get(confirm_of(first)))
    assert "Le projet est déjà « Validé »" in told
    assert second.post(confirm_of(first), {"confirmer": "1"}).status_code == 409
    assert second.post(confirm_of(first), {"ecarter": "1"}).status_code == 302
    assert Decision.objects.get(pk=first.pk).etat == "ecartee"


# --- A project received by post -----------------------------------------------------------------------


def test_a_project_received_by_post_runs_from_the_day_it_arrived(on: On) -> None:
    lettre = transmitted_letter(now=at("2026-09-01"))
    on("2026-10-20")
    client = signed_in()
    listed = client.get(reverse("projects:projet_papier_choisir"), {"q": "coteaux"})
    address = reverse("projects:projet_papier", args=[lettre.dossier_id])
    assert address in listed.content.decode()
    for wrong in ({"recu_le": "2026-10-21"}, {"recu_le": "2026-08-30"}, {"recu_le": ""}, {"scan": scan("x.pdf")}):
        assert client.post(address, {"recu_le": "2026-10-05", "scan": scan(), **wrong}).status_code == 422, wrong
    assert not ProjetSante.objects.filter(depose_at__isnull=False).exists()
    given = {"recu_le": "2026-10-05", "scan": scan("projet.png"), "preuve": scan("recommande.png")}
    done = client.post(address, given)
    projet = ProjetSante.objects.select_related("delai").get()
    assert done["Location"] == reverse("projects:projet", args=[projet.pk])
    assert (projet.etat, projet.origine, projet.delai.dernier_jour) == ("depose", "papier", date(2026, 12, 5))
    assert client.get(address).status_code == 409
    assert address not in client.get(reverse("projects:projet_papier_choisir")).content.decode()


@pytest.mark.parametrize("code", ["guichet-occitanie", "cpam-31", "dd-ars-09"])
def test_nobody_else_records_a_project_received_by_post(on: On, code: str) -> None:
    lettre = transmitted_letter(now=at("2026-09-01"))
    on("2026-10-20")
    client = signed_in(agent(code))
    assert client.get(reverse("projects:projet_papier", args=[lettre.dossier_id])).status_code == 404
    listed = client.get(reverse("projects:projet_papier_choisir"))
    assert listed.status_code == (200 if code == "dd-ars-09" else 404)
    assert "CPTS des Coteaux" not in listed.content.decode()


# --- A project whose letter was made elsewhere --------------------------------------------------------


def test_the_guichet_opens_a_project_without_a_letter_then_says_whom_to_invite(on: On) -> None:
    on("2026-10-20")
    client = signed_in(guichet())
    address = reverse("projects:projet_sans_lettre")
    given = {"nom_cpts": "CPTS d’avant", "nom_association": "Association d’avant", "motif": "Lettre de 2023."}
    assert client.post(address, given | {"motif": " "}).status_code == 422
    done = client.post(address, given, follow=True)
    assert "Dites qui inviter dans l’association." in text(done)
    association = Organisation.objects.get(nom="Association d’avant")
    assert done.redirect_chain[-1][0] == reverse("accounts:reprise", args=[association.code])
    projet = ProjetSante.objects.get()
    assert (projet.etat, projet.sans_lettre) == ("brouillon", "Lettre de 2023.")
    assert signed_in().get(address).status_code == 404


def test_the_scan_of_a_paper_nobody_confirmed_is_for_the_ars_alone(on: On) -> None:
    projet = deposited_project(now=NOW)
    on("2026-11-20")
    given = opposition(decideur(), signee_le="2026-11-18", notifiee_le="2026-11-19")
    decision = typed(projet, signed_in(), given)
    address = reverse("dossiers:piece", args=[decision.preuve_id])
    assert signed_in().get(address).status_code == 200
    assert signed_in(agent("cpam-31")).get(address).status_code == 404
    assert signed_in(agent("cpam-31")).get(confirm_of(decision)).status_code == 404
