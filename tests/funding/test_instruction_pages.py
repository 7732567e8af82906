"""The page of a request for both sides: the clock, the acts, what each says before it is done."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from dossiers.models import MouvementDelai, PieceDemandee, Reglage
from dossiers.services import pieces_demandees
from funding.models import DeclarationAssociation, DemandeFir
from funding.services.instruction import ask_pieces, ask_reasons, record_rejection
from tests.factories.accounts import NOW
from tests.factories.bodies import agent, decideur, guichet
from tests.factories.dossiers import PieceFactory
from tests.factories.dossiers import porteur as member
from tests.funding.desk import REQUIRED, at_desk, at_the_ars, later, on, reread
from tests.projects.rows import plain

pytestmark = pytest.mark.django_db

AFTER = datetime(2027, 1, 18, 9, tzinfo=NOW.tzinfo)


def url(demande: DemandeFir, name: str = "demande") -> str:
    space = "projects" if name == "accorder" else "funding"
    return reverse(f"{space}:{name}", args=[demande.pk])


def text(response: Any) -> str:
    return str(plain(response.content.decode()))


def page(by: Any, demande: DemandeFir, moment: datetime = NOW, name: str = "demande") -> str:
    with on(moment):
        return text(at_desk(by).get(url(demande, name)))


def buttons(by: Any, demande: DemandeFir, moment: datetime = NOW) -> list[str]:
    """The acts offered, in order."""
    told = page(by, demande, moment)
    names = [
        "Accorder la subvention", "Accorder après le silence", "Communiquer les motifs", "Compléter la demande",
        "Demander des pièces", "Demander les motifs du rejet", "Déclarer l’association", "Refuser la subvention",
        "Retirer la demande",
    ]  # fmt: skip
    return [name for name in names if f'">{name}</a>' in told]


def test_the_clock_takes_the_tone_of_the_days_that_are_left() -> None:
    demande, porteur = at_the_ars()  # last day: 16 January 2027
    told = {}
    for day in (date(2026, 12, 16), date(2026, 12, 17), date(2027, 1, 1), date(2027, 1, 9), date(2027, 1, 15)):
        moment = datetime(day.year, day.month, day.day, 12, tzinfo=NOW.tzinfo)
        shown = page(porteur, demande, moment)
        told[day.isoformat()] = shown.split("clock clock-")[1].split('"')[0], shown.split("<b>")[1].split("</b>")[0]
    assert told == {
        "2026-12-16": ("neutre", "31"),
        "2026-12-17": ("info", "30"),
        "2027-01-01": ("warn", "15"),
        "2027-01-09": ("alert", "7"),
        "2027-01-15": ("solide", "1"),
    }
    shown = page(porteur, demande, datetime(2027, 1, 16, 12, tzinfo=NOW.tzinfo))
    assert "dernier jour aujourd’hui" in shown
    assert "Dernier jour : <strong>samedi 16 janvier 2027</strong>, jusqu’à la fin du jour." in shown


def test_the_clock_says_when_it_is_suspended_over_or_closed() -> None:
    demande, porteur = at_the_ars()
    desk = decideur()
    assert "Délai passé" in page(porteur, demande, AFTER)
    ask_pieces(demande=demande, items=[REQUIRED], by=desk, now=later(4))
    shown = page(porteur, reread(demande), later(5))
    assert "Délai suspendu" in shown
    assert "dernier jour : 15 février 2027" in shown  # a past value stays readable, beside the one of the deposit
    assert "dernier jour : 16 janvier 2027" in shown
    record_rejection(demande=reread(demande), now=datetime(2027, 3, 1, 9, tzinfo=NOW.tzinfo))
    assert "Le silence a rejeté la demande" in page(porteur, reread(demande), AFTER)


def test_the_setting_that_starts_the_period_is_told_with_its_reason_and_its_doubt_to_agents() -> None:
    demande, porteur = at_the_ars()
    found = Reglage.objects.get(cle="origine_delai_rejet")
    agent_page, own = page(agent("dd-ars-31"), demande), page(porteur, demande)
    assert (found.motif in agent_page, found.motif in own) == (True, True)
    assert (found.doute in agent_page, found.doute in own) == (True, False)


def test_each_sees_the_acts_of_its_own_in_each_state() -> None:
    demande, porteur = at_the_ars()
    decider, instructor = decideur(), agent("dd-ars-31", droits=["instruire"])
    assert buttons(decider, demande) == ["Demander des pièces", "Refuser la subvention"]  # the letter is not validated
    assert "une fois la lettre d’intention validée" in page(decider, demande)
    assert buttons(instructor, demande) == ["Demander des pièces"]
    assert "signée par une personne ayant délégation" in page(instructor, demande)
    assert buttons(porteur, demande) == ["Déclarer l’association"]
    assert buttons(guichet(), demande) == buttons(agent("cpam-31"), demande) == []
    ask_pieces(demande=demande, items=[REQUIRED], by=decider, now=NOW)
    assert buttons(porteur, reread(demande)) == ["Compléter la demande", "Déclarer l’association"]
    record_rejection(demande=reread(demande), now=datetime(2027, 3, 1, 9, tzinfo=NOW.tzinfo))
    assert buttons(porteur, reread(demande)) == ["Demander les motifs du rejet", "Déclarer l’association"]
    assert buttons(instructor, reread(demande)) == []
    ask_reasons(demande=reread(demande), by=porteur, now=AFTER)
    assert buttons(instructor, reread(demande)) == ["Communiquer les motifs"]


def test_each_act_is_a_404_for_whoever_it_is_never_for() -> None:
    demande, porteur = at_the_ars()
    people = {
        "porteur": porteur, "redacteur": member(demande.dossier, droits=["rediger"]), "guichet": guichet(),
        "decideur": decideur(), "instructeur": agent("dd-ars-31", droits=["instruire"]), "cpam": agent("cpam-31"),
        "ailleurs": decideur("dd-ars-81"), "urps": agent("urps-infirmiers-occitanie"),
    }  # fmt: skip
    found: dict[str, set[str]] = {}
    with on(NOW):
        clients = {name: at_desk(by) for name, by in people.items()}
        for act in ("accorder", "refuser", "demander_pieces", "completer", "communiquer_motifs", "demander_motifs",
                    "declarer", "retirer"):  # fmt: skip
            answers = {name: client.get(url(demande, act)).status_code for name, client in clients.items()}
            found[act] = {name for name, status in answers.items() if status != 404}
    own, funder = {"porteur"}, {"decideur", "instructeur"}
    assert found == {
        "accorder": {"decideur"}, "refuser": {"decideur"}, "demander_pieces": funder, "communiquer_motifs": funder,
        "completer": own | funder, "demander_motifs": own, "declarer": own, "retirer": own,
    }  # fmt: skip


ASKED = {
    "items-0-intitule": "Comptes approuvés", "items-0-requise": "exigee", "items-0-fondement": "Décret 2001-495",
    "items-0-limite_le": "2026-12-20",
}  # fmt: skip


def test_the_funder_asks_for_pieces_and_reads_before_what_it_does_to_the_period() -> None:
    demande, porteur = at_the_ars()
    desk = decideur()
    before = page(desk, demande, later(4), "demander_pieces")
    assert "Une pièce exigée par un texte suspend le délai" in before
    assert "le dernier jour pour répondre est le 16 janvier 2027" in before
    assert "n’aura aucun effet sur le délai" in page(desk, demande, AFTER, "demander_pieces")
    with on(later(4)):
        client = at_desk(desk)
        without = {name: value for name, value in ASKED.items() if not name.endswith("fondement")}
        assert client.post(url(demande, "demander_pieces"), without).status_code == 422
        assert client.post(url(demande, "demander_pieces"), ASKED).status_code == 302
    assert reread(demande).delai.dernier_jour == date(2027, 2, 15)
    assert "Répondre à ces demandes" in page(porteur, reread(demande), later(5))


def test_the_association_completes_once_each_required_piece_has_its_answer() -> None:
    demande, porteur = at_the_ars()
    ask_pieces(demande=demande, items=[REQUIRED], by=decideur(), now=later(4))
    with on(later(9)):
        client = at_desk(porteur)
        refused = client.post(url(demande, "completer"))
        assert (refused.status_code, "n’a pas encore de réponse" in text(refused)) == (409, True)
        pieces_demandees.answer(item=PieceDemandee.objects.get(), reponse="Voici.", by=porteur, now=later(9))
        assert client.post(url(demande, "completer")).status_code == 302
    assert reread(demande).etat == "transmise"


def test_the_funder_records_what_came_by_post() -> None:
    demande, _ = at_the_ars()
    desk = agent("dd-ars-31")
    ask_pieces(demande=demande, items=[REQUIRED], by=desk, now=later(4))
    pk = PieceDemandee.objects.get().pk
    with on(later(12)):
        client = at_desk(desk)
        early = client.post(url(demande, "completer"), {f"recue_{pk}": "2026-11-01", f"mot_{pk}": "Par courrier"})
        assert (early.status_code, "avant la demande" in text(early)) == (422, True)
        assert client.post(
            url(demande, "completer"), {f"recue_{pk}": "2026-11-23", f"mot_{pk}": "Par courrier"}
        ).status_code == 302  # fmt: skip
    assert MouvementDelai.objects.get(nature="reponse").le == date(2026, 11, 23)


def test_what_the_letter_said_of_the_association_is_not_typed_again_and_the_account_stays_masked() -> None:
    demande, porteur = at_the_ars()
    PieceFactory(dossier=demande.dossier, genre="statuts")
    board = PieceFactory(dossier=demande.dossier, genre="dirigeants")
    letter = demande.lettre.sections.get(cle="association")
    with on(NOW):
        client = at_desk(porteur)
        form = text(client.get(url(demande, "declarer")))
        known = letter.contenu
        assert f'value="{known["rna"]}"' in form
        assert known["iban"] not in form
        data = {"rna": known["rna"], "siret": known["siret"], "titulaire": known["titulaire_compte"], "iban": "",
                "statuts": str(board.pk), "dirigeants": str(board.pk)}  # fmt: skip
        assert client.post(url(demande, "declarer"), {**data, "siret": "123"}).status_code == 422
        assert client.post(url(demande, "declarer"), data).status_code == 302
    kept = DeclarationAssociation.objects.get()
    assert kept.iban == known["iban"]
    whole = plain("\u00a0".join(kept.iban[start : start + 4] for start in range(0, len(kept.iban), 4)))
    seen = {name: whole in page(by, demande) for name, by in {
        "porteur": porteur, "financeur": agent("dd-ars-31"), "guichet": guichet(), "cpam": agent("cpam-31"),
    }.items()}  # fmt: skip
    assert seen == {"porteur": False, "financeur": True, "guichet": False, "cpam": False}


def test_a_grant_after_the_silence_needs_its_letter_validated_first() -> None:
    demande, _ = at_the_ars()
    record_rejection(demande=demande, now=AFTER)
    by = decideur()
    with on(AFTER):
        refused = at_desk(by).post(url(demande, "accorder"), {"montant": "20000", "motivation": ""})
    assert refused.status_code == 409
    assert "une fois la lettre d’intention validée" in text(refused)
    assert reread(demande).montant_accorde is None


def test_reasons_are_asked_with_their_date_and_read_once_given() -> None:
    demande, porteur = at_the_ars()
    record_rejection(demande=demande, now=AFTER)
    with on(AFTER):
        own, desk = at_desk(porteur), at_desk(agent("dd-ars-31"))
        assert "au plus tard le 18 février 2027" in text(own.get(url(demande, "demander_motifs")))
        assert own.post(url(demande, "demander_motifs")).status_code == 302
        assert desk.post(url(demande, "communiquer_motifs"), {"motifs": ""}).status_code == 422
        assert desk.post(url(demande, "communiquer_motifs"), {"motifs": "Le budget est épuisé."}).status_code == 302
        assert "Le budget est épuisé." in text(own.get(url(demande)))
        again = desk.post(url(demande, "communiquer_motifs"), {"motifs": "Encore."})
    assert again.status_code == 409


def test_a_sum_above_the_ceiling_is_said_beside_the_field_and_what_was_typed_stays() -> None:
    demande, _ = at_the_ars(valide=True)
    low = decideur(plafond=10_000)
    with on(later(1)):
        client = at_desk(low)
        assert "jusqu’à 10 000 €" in text(client.get(url(demande, "accorder")))
        refused = client.post(url(demande, "accorder"), {"montant": "12 500,50", "motivation": "En deux fois."})
        assert refused.status_code == 422
        assert "elle ne couvre pas 12 500,50 €" in text(refused)
        assert "En deux fois." in text(refused)
        assert client.post(url(demande, "accorder"), {"montant": "10 000", "motivation": ""}).status_code == 302
    assert reread(demande).montant_accorde == Decimal(10_000)
