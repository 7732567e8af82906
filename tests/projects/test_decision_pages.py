"""The desk of the ARS on the page of a letter, its acts, and the page of a decision."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import Error, transaction
from django.urls import reverse

from accounts.models import Envoi
from dossiers.models import Decision, Document, OuvertureDecision, Reglage
from dossiers.services.rendering import render_due
from funding.services.instruction import record_rejection
from guichet.kernel.lifecycle import Refused
from projects.models import LettreIntention
from projects.services.deciding import confirm_validation, validate
from projects.services.synthesis import give_synthesis
from projects.services.transmitting import transmit
from tests.factories.accounts import NOW
from tests.factories.bodies import agent, decideur, guichet, urps_codes
from tests.factories.dossiers import porteur as member
from tests.factories.projects import consulted_letter, fresh, porteur, transmitted_letter
from tests.funding.desk import at_desk, later, on
from tests.projects.rows import plain

pytestmark = pytest.mark.django_db

ACTS = ("valider", "refuser", "confirmer_validation")
AFTER = datetime(2027, 1, 18, 9, tzinfo=NOW.tzinfo)


def url(step: Any, name: str = "lettre") -> str:
    return reverse(f"projects:{name}", args=[step.pk])


def text(response: Any) -> str:
    return str(plain(response.content.decode()))


def page(by: Any, lettre: LettreIntention, name: str = "lettre") -> str:
    with on(NOW):
        return text(at_desk(by).get(url(lettre, name)))


def post(by: Any, lettre: LettreIntention, name: str, moment: datetime = NOW, **data: str) -> Any:
    with on(moment):
        return at_desk(by).post(url(lettre, name), data)


def mode(valeur: str) -> None:
    """How the region validates letters, from the start of 2026."""
    Reglage.objects.create(
        cle="mode_validation_lettre",
        valeur=valeur,
        applicable_du=date(2026, 1, 1),
        motif="Choix de la région",
        source="Essai",
        doute="Les pratiques diffèrent.",
    )


def test_the_desk_shows_who_decides_what_is_awaited_and_the_clock_of_the_request() -> None:
    lettre, by = transmitted_letter(), decideur()
    shown = page(by, lettre)
    for told in (
        "Valider la lettre</a>", "Refuser la lettre</a>", "L’ARS seule", "Avis recueillis", "Silence de l’ARS",
        "ce qui reste à confirmer",  # the silence on a letter
        "samedi 16 janvier 2027",
    ):  # fmt: skip
        assert told in shown, told
    signed = "Vous signez en vertu de : Décisions relatives aux CPTS (Arrêté de délégation n° 2026-01), jusqu’à 50 000"
    assert signed in page(by, lettre, "valider")


def test_each_reads_the_desk_that_is_its_own() -> None:
    by = porteur()
    lettre = transmitted_letter(by)
    people = {
        "decideur": decideur(), "instructeur": agent("dd-ars-31", droits=["instruire"]), "cpam": agent("cpam-31"),
        "porteur": by, "guichet": guichet(),
    }  # fmt: skip
    shown = {name: page(person, lettre) for name, person in people.items()}
    assert {name for name, seen in shown.items() if "Valider la lettre</a>" in seen} == {"decideur"}
    assert {name for name, seen in shown.items() if "Qui valide, et jusqu’à quand" in seen} == {
        "decideur", "instructeur", "cpam"
    }  # fmt: skip
    assert {name for name, seen in shown.items() if "Silence de l’ARS" in seen} == set(people)
    assert "signée par une personne ayant délégation" in shown["instructeur"]


def test_each_act_is_a_404_for_whoever_it_is_never_for_and_a_409_once_it_is_done() -> None:
    by = porteur()
    lettre = transmitted_letter(by)
    people = {
        "porteur": by, "guichet": guichet(), "decideur": decideur(),
        "instructeur": agent("dd-ars-31", droits=["instruire"]), "cpam": agent("cpam-31"),
        "msa": agent("msa-midi-pyrenees-sud"), "ailleurs": decideur("dd-ars-81"),
        "urps": agent("urps-infirmiers-occitanie"),
    }  # fmt: skip
    found: dict[str, set[str]] = {}
    with on(NOW):
        clients = {name: at_desk(person) for name, person in people.items()}
        for act in ACTS:
            answers = {name: client.get(url(lettre, act)).status_code for name, client in clients.items()}
            found[act] = {name for name, status in answers.items() if status != 404}
        assert found == {"valider": {"decideur"}, "refuser": {"decideur"}, "confirmer_validation": {"cpam"}}
        validate(lettre=lettre, by=people["decideur"], now=NOW)
        again = clients["decideur"].post(url(lettre, "valider"), {"motivation": ""})
    assert again.status_code == 409
    assert "l’état est « Validée » depuis le 16 novembre 2026" in text(again)


def test_the_letter_is_validated_and_its_request_granted_at_once_with_one_row_one_paper_and_one_mail_each() -> None:
    by = porteur()
    lettre = transmitted_letter(by)
    ars = decideur()
    answer = post(ars, lettre, "valider", motivation="Bravo.", accorder="on", montant="15 000,50")
    assert answer.status_code == 302
    read = fresh(lettre)
    assert (read.etat, read.demande.etat, read.demande.montant_accorde) == ("validee", "accordee", Decimal("15000.50"))
    natures = sorted(Decision.objects.values_list("nature", flat=True))
    assert natures == ["accord_fir", "validation_lettre"]
    papers = Document.objects.filter(modele__startswith="decision").order_by("modele").values_list("modele", flat=True)
    assert list(papers) == ["decision_demande", "decision_lettre"]
    told = Envoi.objects.filter(user=by.user, sujet__startswith="Décision sur votre").order_by("url")
    assert list(told.values_list("url", flat=True)) == sorted(f"/decisions/{d.pk}/" for d in Decision.objects.all())


def test_a_sum_that_may_not_be_granted_refuses_the_whole_page_and_keeps_what_was_typed() -> None:
    lettre = transmitted_letter()
    low = decideur(plafond=10_000)
    for typed, told in (
        ("20 001", "accordez au plus ce montant"),
        ("10 000,01", "elle ne couvre pas"),
        ("", "Donnez le montant"),
    ):
        answer = post(low, lettre, "valider", motivation="Gardé.", accorder="on", montant=typed)
        assert (answer.status_code, told in text(answer), "Gardé." in text(answer)) == (422, True, True), typed
    assert fresh(lettre).etat == "transmise"
    assert post(low, lettre, "valider", motivation="", montant="99 999").status_code == 302  # not ticked: not judged
    assert (fresh(lettre).etat, fresh(lettre).demande.etat) == ("validee", "transmise")


def test_a_joint_region_waits_for_the_assurance_maladie() -> None:
    mode("conjointe")
    lettre = transmitted_letter()
    ars, caisse = decideur(), agent("cpam-31")
    assert "n’a pas encore confirmé" in page(ars, lettre)
    refused = post(ars, lettre, "valider", motivation="")
    assert (refused.status_code, "sa confirmation manque encore" in text(refused)) == (409, True)
    assert "Confirmer la validation</a>" in page(caisse, lettre)
    assert post(caisse, lettre, "confirmer_validation").status_code == 302
    assert "Validation confirmée le 16 novembre 2026" in page(ars, lettre)
    assert post(ars, lettre, "valider", motivation="").status_code == 302
    assert fresh(lettre).etat == "validee"


def test_nobody_confirms_where_the_region_does_not_ask_for_it() -> None:
    lettre = transmitted_letter()
    with on(NOW):
        refused = at_desk(agent("cpam-31")).get(url(lettre, "confirmer_validation"))
    assert (refused.status_code, "ne demande pas à l’Assurance Maladie de confirmer" in text(refused)) == (409, True)


def test_a_region_with_a_committee_keeps_its_day() -> None:
    mode("comite")
    lettre = transmitted_letter()
    ars = decideur()
    assert post(ars, lettre, "valider", motivation="").status_code == 422
    assert post(ars, lettre, "valider", motivation="", comite_le="2026-11-17").status_code == 422  # tomorrow
    assert post(ars, lettre, "valider", motivation="", comite_le="2026-11-12").status_code == 302
    assert Decision.objects.get().donnees == {"mode": "comite", "comite_le": "2026-11-12"}


def test_a_refusal_gives_the_reasons_of_the_letter_and_those_of_its_request() -> None:
    lettre = transmitted_letter()
    ars = decideur()
    assert post(ars, lettre, "refuser", motivation="Territoire.", motivation_demande="").status_code == 422
    answer = post(ars, lettre, "refuser", motivation="Territoire.", motivation_demande="Sans lettre.")
    assert answer.status_code == 302
    read = fresh(lettre)
    kept = dict(Decision.objects.values_list("nature", "motivation"))
    assert (read.etat, read.demande.etat) == ("refusee", "refusee")
    assert kept == {"refus_lettre": "Territoire.", "refus_fir": "Sans lettre."}


def test_a_letter_is_refused_alone_once_the_silence_rejected_its_request_even_if_the_clock_is_late() -> None:
    lettre = transmitted_letter()
    answer = post(decideur(), lettre, "refuser", AFTER, motivation="Territoire.", motivation_demande="Sans objet.")
    assert answer.status_code == 302
    read = fresh(lettre)
    assert (read.etat, read.demande.etat, Decision.objects.count()) == ("refusee", "rejetee_tacitement", 1)


def test_a_request_is_granted_after_the_silence_with_its_letter() -> None:
    lettre = transmitted_letter()
    record_rejection(demande=lettre.demande, now=AFTER)
    ars = decideur()
    answer = post(ars, fresh(lettre), "valider", AFTER, motivation="", accorder="on", montant="20 000")
    assert (answer.status_code, fresh(lettre).demande.etat) == (302, "accordee")


# --- The page of a decision ---------------------------------------------------------------------------


def decided(by: Any = None) -> tuple[LettreIntention, Decision]:
    lettre = transmitted_letter(by)
    validate(lettre=lettre, by=decideur(), motivation="À suivre.", now=later(1))
    return fresh(lettre), Decision.objects.get()


def read(by: Any, decision: Decision, moment: datetime | None = None) -> Any:
    with on(moment or later(2)):
        return at_desk(by).get(reverse("dossiers:decision", args=[decision.pk]))


def test_a_decision_is_read_by_its_parties_and_is_a_404_for_a_body_consulted_only() -> None:
    by = porteur()
    lettre = consulted_letter(by)
    consulted = agent("urps-infirmiers-occitanie")
    transmit(lettre=lettre, by=guichet(), now=NOW)
    validate(lettre=fresh(lettre), by=decideur(), now=NOW)
    decision = Decision.objects.get()
    people = {
        "porteur": by, "redacteur": member(lettre.dossier, droits=["rediger"]), "guichet": guichet(),
        "ars": agent("ars-occitanie"), "cpam": agent("cpam-31"), "urps": consulted, "ailleurs": agent("dd-ars-81"),
        "autre": porteur(),
    }  # fmt: skip
    answers = {name: read(person, decision).status_code for name, person in people.items()}
    assert {name for name, status in answers.items() if status == 200} == {
        "porteur",
        "redacteur",
        "guichet",
        "ars",
        "cpam",
    }
    assert {status for name, status in answers.items() if name in ("urps", "ailleurs", "autre")} == {404}
    assert OuvertureDecision.objects.count() == 2  # the two people of the association


def test_the_first_opening_by_each_person_of_the_association_is_kept_for_ever_and_shown_to_agents() -> None:
    by = porteur()
    lettre, decision = decided(by)
    ars = agent("dd-ars-31")
    assert "Pas encore ouverte" in page(ars, lettre)
    assert "Pas encore" in text(read(ars, decision))
    assert not OuvertureDecision.objects.exists()
    read(by, decision, later(3))
    read(by, decision, later(4))
    opening = OuvertureDecision.objects.get()
    assert (opening.user, opening.ouverte_at) == (by.user, later(3))
    for change in (OuvertureDecision.objects.all().delete, lambda: OuvertureDecision.objects.update(ouverte_at=NOW)):
        with pytest.raises(Error, match="Cannot update or delete"), transaction.atomic():
            change()
    shown = text(read(ars, decision, later(5)))
    assert "19 novembre 2026 à 10 h 00" in shown
    assert str(by.user) in shown
    assert "Ouverte le 19 novembre 2026." in page(ars, lettre)


def test_downloading_the_paper_of_a_decision_is_opening_it() -> None:
    by = porteur()
    _, decision = decided(by)
    render_due(now=later(1), limit=50)
    paper = Document.objects.get(evenement=decision.evenement)
    with on(later(2)):
        answer = at_desk(by).get(reverse("dossiers:document", args=[paper.pk]))
        assert (answer.status_code, b"".join(answer.streaming_content)[:5]) == (200, b"%PDF-")
    assert OuvertureDecision.objects.get().user == by.user


def test_a_decision_says_who_signed_in_virtue_of_what_when_and_how_to_contest_it() -> None:
    by = porteur()
    _, decision = decided(by)
    shown = text(read(by, decision))
    setting = Reglage.objects.get(cle="notification_portail")
    for told in (
        "Validation de la lettre d’intention", decision.signataire, "Arrêté de délégation n° 2026-01", "À suivre.",
        "17 novembre 2026", "Mise à disposition sur le portail", "Voies et délais de recours", "tribunal administratif",
        "Tenue pour notifiée dès sa mise à disposition",
    ):  # fmt: skip
        assert told in shown, told
    doubt = plain(setting.doute)
    assert (doubt in shown, doubt in text(read(guichet(), decision))) == (False, True)


def test_the_confirmation_of_another_department_is_refused() -> None:
    mode("conjointe")
    lettre = transmitted_letter()
    with pytest.raises(Refused, match="pas le droit"):
        confirm_validation(lettre=lettre, by=agent("cpam-81"), now=NOW)


def test_who_decides_reads_first_what_the_guichet_concluded_and_a_body_consulted_does_not() -> None:
    desk = guichet()
    lettre = consulted_letter(desk=desk, quorum=0)
    told = {"conclusion": "CONCLUSION DU GUICHET"}
    give_synthesis(lettre=lettre, sens="favorable_avec_reserves", synthese=told, by=desk, now=NOW)
    assert "CONCLUSION DU GUICHET" not in page(agent("dd-ars-31"), lettre)  # consulted, not yet sent to it
    transmit(lettre=fresh(lettre), by=desk, now=NOW)
    read = page(decideur(), lettre)
    order = [read.index(words) for words in ("Favorable avec réserves", "CONCLUSION DU GUICHET", "Avis recueillis")]
    assert order == sorted(order)
    assert "CONCLUSION DU GUICHET" not in page(agent(urps_codes()[0]), lettre)
    assert "transmise sans avis du Guichet" in page(decideur(), transmitted_letter(nom="CPTS sans avis"))
