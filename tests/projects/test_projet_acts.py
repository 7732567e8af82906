"""What the ARS decides on a projet de santé from its pages: each act says its effect, then does it at its day."""

from collections.abc import Callable
from datetime import date

import pytest
from django.urls import reverse

from dossiers.models import Decision, Delai, Reglage
from projects.conseils import project_reserves
from projects.models import Avis, PreparationDecision
from projects.services.projets.deciding import Opposition, oppose, validate
from projects.services.projets.depositing import deposit, withdraw
from projects.services.projets.opening import copy_project
from projects.services.silence import passage
from projects.states import EtatProjet
from tests.factories.bodies import agent, decideur
from tests.factories.projects import porteur, transmitted_letter
from tests.factories.projets import deposited_project, fresh
from tests.projects.projet_desk import at, signed_in, text, url

pytestmark = pytest.mark.django_db
On = Callable[[str], None]


def test_a_validation_waits_for_the_caisse_or_says_why_it_does_not(on: On) -> None:
    projet = deposited_project(now=at("2026-09-14"))
    on("2026-10-01")
    client = signed_in()
    page = text(client.get(url(projet, "valider")))
    assert "n’a pas encore donné son avis" in page
    assert "Vous signez en vertu de : Décisions relatives aux CPTS (Arrêté de délégation n° 2026-01)" in page
    assert "jusqu’au 1 février 2027" in page.replace("1er", "1")
    assert client.post(url(projet, "valider"), {"motivation": ""}).status_code == 422
    done = client.post(url(projet, "valider"), {"motivation": "Oui.", "sans_attendre": "L’avis tarde."})
    assert done.status_code == 302
    taken = Decision.objects.get()
    assert (taken.nature, taken.donnees) == ("validation_projet", {"sans_attendre": "L’avis tarde."})
    assert fresh(projet).etat == EtatProjet.VALIDE
    assert client.post(url(projet, "valider"), {"sans_attendre": "Encore."}).status_code == 409


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({}, "motif"),
        ({"motif": "prs"}, "objectifs"),
        ({"motif": "territoire"}, "raison"),
        ({"motif": "prs", "objectifs": "Accès aux soins", "motivation": ""}, "motivation"),
    ],
)
def test_an_opposition_names_its_ground_what_it_rests_on_and_its_reasons(
    on: On, given: dict[str, str], field: str
) -> None:
    projet = deposited_project(now=at("2026-09-14"))
    on("2026-10-01")
    refused = signed_in().post(url(projet, "opposer"), {"motivation": "Raisons.", **given})
    assert refused.status_code == 422
    assert f'href="#div_id_{field}"' in refused.content.decode()
    assert fresh(projet).etat == EtatProjet.DEPOSE


def test_an_opposition_keeps_the_data_of_its_ground_alone(on: On) -> None:
    projet = deposited_project(now=at("2026-09-14"))
    on("2026-10-01")
    client = signed_in()
    page = text(client.get(url(projet, "opposer")))
    assert "la liste est vide tant que la région ne les a pas saisis" in page
    both = {"motif": "prs", "objectifs": "Objectif 1\n\nObjectif 2", "raison": "Oubliée.", "motivation": "Raisons."}
    assert client.post(url(projet, "opposer"), both).status_code == 302
    taken = Decision.objects.get()
    assert taken.donnees == {
        "motif": "prs",
        "objectifs": ["Objectif 1", "Objectif 2"],
        "raison": "",
        "dossier_en_conflit": "",
    }
    assert (fresh(projet).etat, Delai.objects.get().clos_par) == (EtatProjet.OPPOSE, "decision")


def test_the_objectives_of_the_region_and_the_files_that_overlap_are_offered(on: On) -> None:
    Reglage.objects.create(
        cle="prs_objectifs",
        valeur=["Objectif 3", "Objectif 4"],
        applicable_du=date(2026, 9, 1),
        motif="PRS",
        source="PRS",
    )
    other = transmitted_letter(nom="CPTS voisine")
    projet = deposited_project(now=at("2026-11-17"))
    on("2026-11-20")
    client = signed_in()
    page = text(client.get(url(projet, "opposer")))
    assert "Objectif 4" in page
    named = f"CPTS voisine ({other.dossier.reference})"
    assert named in page
    known = {"motif": "prs", "objectifs_connus": ["Objectif 4"], "objectifs": "Le mien", "motivation": "Raisons."}
    assert client.post(url(projet, "opposer"), known | {"objectifs_connus": ["Objectif 9"]}).status_code == 422
    conflict = {"motif": "territoire", "raison": "Deux communautés.", "dossier_en_conflit": named, "motivation": "Oui."}
    assert client.post(url(projet, "opposer"), conflict).status_code == 302
    assert Decision.objects.get().donnees["dossier_en_conflit"] == named


def test_the_delegation_prepares_and_whoever_signs_finds_its_words_and_remarks(on: On) -> None:
    projet = deposited_project(now=at("2026-09-14"))
    on("2026-10-01")
    instructor, signer = signed_in(agent("dd-ars-31", droits=["instruire"])), signed_in()
    prepared = {
        "nature": "opposition_projet",
        "motif": "prs",
        "objectifs": "Accès aux soins",
        "motivation": "Rien sur l’accès aux soins.",
        "remarques": "Voir la page 12.",
    }
    assert instructor.post(url(projet, "preparer"), prepared | {"nature": ""}).status_code == 422
    assert instructor.post(url(projet, "preparer"), prepared).status_code == 302
    assert PreparationDecision.objects.get().donnees["objectifs"] == ["Accès aux soins"]
    page = text(signer.get(url(projet, "opposer")))
    assert "Voir la page 12." in page
    assert "Rien sur l’accès aux soins." in page
    assert "Voir la page 12." in text(signer.get(url(projet, "valider")))
    assert instructor.get(url(projet, "opposer")).status_code == 404
    for reader in (agent("cpam-31"), agent("guichet-occitanie")):
        read = text(signed_in(reader).get(url(projet)))
        assert "CPTS des Coteaux" in read
        assert "Voir la page 12." not in read
    signer.post(url(projet, "valider"), {"sans_attendre": "Urgence."})
    assert instructor.get(url(projet, "preparer")).status_code == 409


def test_after_the_last_day_a_decision_is_refused_with_the_ways_out(on: On) -> None:
    projet = deposited_project(now=at("2026-09-14"))
    on("2026-11-15")
    client = signed_in()
    for name, given in (("valider", {"sans_attendre": "Urgence."}), ("opposer", {"motif": "prs", "objectifs": "x"})):
        assert client.get(url(projet, name)).status_code == 409
        refused = client.post(url(projet, name), {"motivation": "Raisons.", **given})
        assert refused.status_code == 409
        assert "Le dernier jour pour décider était le 14 novembre 2026" in text(refused)
        assert "retirée jusqu’au 14 mars 2027" in text(refused)


def test_nobody_signs_without_a_delegation_of_the_day(on: On) -> None:
    projet = deposited_project(now=at("2026-09-14"))
    on("2026-10-01")
    by = decideur(fin_le=date(2026, 9, 30))
    refused = signed_in(by).post(url(projet, "valider"), {"sans_attendre": "Urgence."})
    assert refused.status_code == 409
    assert "a pris fin le 30 septembre 2026" in text(refused)
    assert fresh(projet).etat == EtatProjet.DEPOSE


def test_an_illegal_tacit_validation_is_withdrawn_until_the_fourth_month_the_cpts_heard(on: On) -> None:
    projet, other = deposited_project(now=at("2026-09-14")), deposited_project(now=at("2026-09-14"))
    passage(now=at("2026-11-16"))
    on("2027-03-14")
    client = signed_in()
    assert "au plus tard le 14 mars 2027" in text(client.get(url(projet, "prononcer_retrait")))
    given = {"motivation": "Illégale.", "entendue_le": "2027-03-10"}
    assert client.post(url(projet, "prononcer_retrait"), given | {"entendue_le": ""}).status_code == 422
    assert client.post(url(projet, "prononcer_retrait"), given).status_code == 302
    assert fresh(projet).etat == EtatProjet.RETRAIT_PRONONCE
    on("2027-03-15")
    late = signed_in().post(url(other, "prononcer_retrait"), given)
    assert late.status_code == 409
    assert fresh(other).etat == EtatProjet.VALIDE_TACITEMENT


def test_an_opposition_is_given_up_on_an_appeal_and_the_project_validated(on: On) -> None:
    projet = deposited_project(now=at("2026-09-14"))
    ground = Opposition(motif="prs", objectifs=("Accès aux soins",))
    oppose(projet=projet, opposition=ground, motivation="Raisons.", by=decideur(), now=at("2026-10-01"))
    on("2026-11-20")
    client = signed_in()
    given = {"fait": "Recours gracieux", "fait_le": "2026-10-20", "motivation": ""}
    assert client.post(url(projet, "rapporter"), given | {"fait_le": "2026-11-21"}).status_code == 422
    assert client.post(url(projet, "rapporter"), given).status_code == 302
    taken = Decision.objects.get(nature="rapport_projet")
    assert (fresh(projet).etat, taken.consolidation_le) == (EtatProjet.VALIDE, date(2027, 3, 20))
    page = text(client.get(reverse("dossiers:decision", args=[taken.pk])))
    assert "Recours gracieux, le 20 octobre 2026" in page
    assert "Retirable, si elle est illégale, jusqu’au" in page


def test_an_opposition_given_up_leaves_the_new_attempt_to_be_withdrawn_and_everybody_told(on: On) -> None:
    by = porteur()
    projet = deposited_project(by, now=at("2026-09-14"))
    ground = Opposition(motif="prs", objectifs=("Accès aux soins",))
    oppose(projet=projet, opposition=ground, motivation="Raisons.", by=decideur(), now=at("2026-10-01"))
    again = copy_project(projet=projet, by=by, now=at("2026-10-05"))
    on("2026-10-20")
    client = signed_in()
    said = "Une nouvelle tentative de ce dossier est entre vos mains"
    assert said not in text(client.get(url(projet, "rapporter")))  # a draft is nobody's business
    found = project_reserves(again, on=date(2026, 10, 21))
    deposit(projet=again, reserves_lues=[row.code for row in found], by=by, now=at("2026-10-21"))
    on("2026-11-20")
    client = signed_in()
    assert said in text(client.get(url(projet, "rapporter")))
    given = {"fait": "Recours gracieux", "fait_le": "2026-10-20", "motivation": ""}
    assert client.post(url(projet, "rapporter"), given).status_code == 302
    for reader in (client, signed_in(by)):
        page = text(reader.get(url(again)))
        assert "Un projet précédent de ce dossier est validé" in page
        assert url(projet) in page
    withdraw(projet=again, motif="Le premier est validé.", by=by, now=at("2026-11-20"))
    assert "Un projet précédent" not in text(client.get(url(again)))


def test_the_project_is_validated_without_a_reason_once_the_caisse_answered(on: On) -> None:
    projet = deposited_project(now=at("2026-09-14"))
    Avis.objects.filter(organisation__genre="cpam").update(etat="abstention", rendu_at=at("2026-09-20"), qualite="CPAM")
    on("2026-10-01")
    client = signed_in()
    assert "Pourquoi ne pas attendre" not in text(client.get(url(projet, "valider")))
    assert client.post(url(projet, "valider"), {"motivation": ""}).status_code == 302
    assert fresh(projet).etat == EtatProjet.VALIDE


def test_a_decision_of_a_colleague_is_said_to_whoever_comes_second(on: On) -> None:
    projet = deposited_project(now=at("2026-09-14"))
    first = decideur()
    on("2026-10-01")
    client = signed_in()
    assert client.get(url(projet, "opposer")).status_code == 200
    validate(projet=projet, sans_attendre="Urgence.", by=first, now=at("2026-10-01"))
    second = client.post(url(projet, "opposer"), {"motif": "prs", "objectifs": "x", "motivation": "Raisons."})
    assert second.status_code == 409
    assert "Validé" in text(second)
