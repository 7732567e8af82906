"""The pages of what came on paper: a letter recorded in two steps, a decision typed, then confirmed."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dossiers.states import NatureDecision
from projects.models import LettreIntention
from projects.services.deciding import validate
from tests.factories.accounts import NOW, agent_client
from tests.factories.bodies import agent, decideur, guichet
from tests.factories.paper import paper_decision, paper_letter, scan
from tests.factories.projects import fresh, porteur, transmitted_letter

pytestmark = pytest.mark.django_db


def signed_in(code: str = "guichet-occitanie") -> Client:
    return agent_client(Client(), agent(code).user)


def answers() -> dict[str, object]:
    return {
        "nom_cpts": "CPTS du Papier",
        "nom_association": "Association du Papier",
        "pilote": "31",
        "recu_le": (timezone.localdate() - timedelta(days=3)).isoformat(),
        "montant": "20 000 €",
        "scan": scan("lettre.png"),
    }


def chosen(client: Client, *codes: str) -> str:
    """The communes chosen in the first step; the address of the second."""
    for code in codes:
        client.post(reverse("projects:papier"), {"code": code, "q": "Muret"})
    return reverse("projects:papier_lettre")


def test_the_territory_then_the_letter_without_any_script() -> None:
    client = signed_in()
    step = reverse("projects:papier")
    assert "Ajouter<span" in client.get(step, {"q": "Muret"}).content.decode()
    assert client.get(reverse("projects:papier_lettre"))["Location"] == step
    second = chosen(client, "31395", "09225")
    assert "2 communes choisies" in client.get(step).content.decode()
    client.post(step, {"retirer": "09225"})
    assert "1 commune choisie" in client.get(step).content.decode()
    done = client.post(second, answers())
    lettre = LettreIntention.objects.select_related("dossier", "demande").get()
    assert done["Location"] == reverse("projects:lettre", args=[lettre.pk])
    assert (lettre.etat, lettre.demande.montant_demande, lettre.dossier.departements) == ("deposee", 20_000, ["31"])
    assert client.get(second)["Location"] == step


def test_what_is_wrong_is_said_and_what_was_typed_is_kept() -> None:
    client = signed_in()
    second = chosen(client, "31395")
    tomorrow = (timezone.localdate() + timedelta(days=1)).isoformat()
    future = client.post(second, answers() | {"recu_le": tomorrow})
    assert future.status_code == 422
    assert "Cette date est dans le futur." in future.content.decode()
    assert 'value="CPTS du Papier"' in future.content.decode()
    for wrong in ({"scan": ""}, {"pilote": "09"}, {"scan": scan("lettre.pdf")}, {"montant": "12,50"}, {"nom_cpts": ""}):
        assert client.post(second, answers() | wrong).status_code == 422, wrong
    assert client.post(reverse("projects:papier"), {"code": "99999"}).status_code == 422
    assert not LettreIntention.objects.exists()


def test_the_ars_records_a_letter_that_the_guichet_reads_first() -> None:
    client = signed_in("dd-ars-31")
    done = client.post(chosen(client, "31395"), answers(), follow=True)
    told = done.content.decode()
    assert "est enregistrée sous la référence OCC-31-" in told
    lettre = LettreIntention.objects.get()
    assert client.get(reverse("projects:lettre", args=[lettre.pk])).status_code == 404
    assert signed_in().get(reverse("projects:lettre", args=[lettre.pk])).status_code == 200


@pytest.mark.parametrize("code", ["cpam-31", "urps-medecins-occitanie"])
def test_nobody_else_records_a_letter(code: str) -> None:
    assert signed_in(code).get(reverse("projects:papier")).status_code == 404
    by = Client()
    by.force_login(porteur().user)
    assert by.get(reverse("projects:papier_lettre")).status_code == 404


def test_the_page_of_a_paper_letter_shows_its_scan_instead_of_empty_answers() -> None:
    desk = guichet()
    lettre = paper_letter(desk)
    page = agent_client(Client(), desk.user).get(reverse("projects:lettre", args=[lettre.pk])).content.decode()
    assert "Lire la lettre numérisée" in page
    assert "Reçue sur papier le 10 novembre 2026" in page
    assert 'id="besoins"' not in page
    assert 'id="territoire"' in page


def test_a_decision_is_typed_listed_and_confirmed_by_another_person() -> None:
    lettre, signer = transmitted_letter(), decideur()
    typist = agent_client(Client(), decideur().user)
    address = reverse("projects:papier_decision", args=[lettre.pk])
    given = {
        "nature": "validation_lettre",
        "signataire": str(signer.user.pk),
        "signee_le": "2026-11-18",
        "notifiee_le": "2026-11-19",
        "motivation": "",
        "comite_le": "",
    }
    assert typist.post(address, given | {"scan": scan(), "notifiee_le": "2026-11-17"}).status_code == 422
    assert typist.post(address, given | {"scan": scan(), "nature": "refus_lettre"}).status_code == 422
    assert typist.post(address, given | {"scan": scan("decision.pdf")}).status_code == 422
    ended = decideur(fin_le=date(2026, 11, 17))
    late = typist.post(address, given | {"scan": scan(), "signataire": str(ended.user.pk)})
    assert "a pris fin le 17 novembre 2026" in late.content.decode()
    assert typist.post(address, given | {"scan": scan()}).status_code == 302
    decision = lettre.dossier.decisions.get()
    assert (
        "Enregistrer une décision sur la demande"
        in typist.get(reverse("projects:lettre", args=[lettre.pk])).content.decode()
    )
    listed, confirm = reverse("projects:papier_a_confirmer"), reverse("projects:papier_confirmer", args=[decision.pk])
    assert confirm in typist.get(listed).content.decode()
    assert "Confirmer la décision" not in typist.get(confirm).content.decode()
    assert typist.post(confirm, {"confirmer": "1"}).status_code == 409
    second = agent_client(Client(), decideur().user)
    assert "Confirmer la décision" in second.get(confirm).content.decode()
    assert second.post(confirm, {"confirmer": "1"})["Location"] == listed
    assert fresh(lettre).etat == "validee"
    assert second.get(confirm).status_code == 404
    assert typist.get(address).status_code == 409
    for other in (signed_in(), signed_in("cpam-31"), signed_in("dd-ars-09")):
        assert other.get(address).status_code == 404
        assert confirm not in other.get(listed).content.decode()


def test_whoever_decides_on_the_portal_is_told_first_of_what_was_signed_on_paper() -> None:
    lettre, typist, signer = transmitted_letter(), decideur(), decideur()
    other = transmitted_letter(nom="CPTS voisine")
    paper_decision(lettre, NatureDecision.REFUS_LETTRE, by=typist, signer=signer, motivation="Hors du territoire.")
    second = agent_client(Client(), signer.user)
    waiting = "Une décision signée sur papier attend"
    for name in ("valider", "refuser"):
        page = second.get(reverse(f"projects:{name}", args=[lettre.pk])).content.decode()
        assert waiting in page
        assert reverse("projects:papier_confirmer", args=[lettre.dossier.decisions.get().pk]) in page
        assert waiting not in second.get(reverse(f"projects:{name}", args=[other.pk])).content.decode()
    home = reverse("portal:accueil_role")
    assert "À confirmer" in second.get(home).content.decode()
    assert "Attend une autre personne" in agent_client(Client(), typist.user).get(home).content.decode()


def test_a_grant_signed_on_paper_waits_for_the_letter_and_is_told_where_it_would_be_contradicted() -> None:
    lettre, signer, typist = transmitted_letter(), decideur(), decideur()
    paper_decision(lettre.demande, NatureDecision.ACCORD_FIR, by=typist, signer=signer, montant=Decimal(15_000))
    second = agent_client(Client(), signer.user)
    pages = {
        name: second.get(reverse(name, args=[pk])).content.decode()
        for name, pk in (
            ("projects:valider", lettre.pk), ("projects:refuser", lettre.pk), ("funding:refuser", lettre.demande.pk)
        )
    }  # fmt: skip
    told = "Accord de la subvention</a>, signée le 18 novembre 2026\u00a0: confirmez-la ou écartez-la d’abord"
    assert [name for name, page in pages.items() if told in page] == ["projects:refuser", "funding:refuser"]
    assert "Un accord signé sur papier attend" in pages["projects:valider"]
    assert "Montant accordé" not in pages["projects:valider"], "not granted twice"
    own = agent_client(Client(), typist.user).get(reverse("funding:refuser", args=[lettre.demande.pk]))
    assert "vous l’avez saisie, une autre personne la confirme" in own.content.decode()
    validate(lettre=lettre, by=signer, now=NOW)
    confirm = reverse("projects:papier_confirmer", args=[lettre.dossier.decisions.get(nature="accord_fir").pk])
    assert second.post(confirm, {"confirmer": "1"}).status_code == 302
    assert fresh(lettre).demande.montant_accorde == Decimal(15_000)
