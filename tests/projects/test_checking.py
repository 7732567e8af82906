"""The Guichet sends a letter back: what is asked, the request re-opened with it, its paper, answers from outside."""

from datetime import date, timedelta

import pytest

from dossiers.models import Delai, DemandePieces, Document, PieceDemandee
from dossiers.services.pieces_demandees import Item
from guichet.kernel.lifecycle import Refused
from projects.services.checking import answer_item, ask_pieces
from projects.services.depositing import deposit
from tests.factories.accounts import NOW
from tests.factories.bodies import agent, guichet
from tests.factories.projects import deposited_letter, fresh, porteur, transmitted_letter
from tests.projects.rows import plain, words

pytestmark = pytest.mark.django_db

STATUTS = Item(intitule="Statuts", precision="Signés.")
BUDGET = Item(intitule="Compte 62", concerne="demande", limite_le=date(2026, 11, 30))


def test_an_item_about_the_request_reopens_it_and_its_period_starts_anew_at_the_next_deposit() -> None:
    by, desk = porteur(), guichet()
    lettre = deposited_letter(by)
    first = fresh(lettre).demande.delai
    ask_pieces(lettre=lettre, items=[STATUTS, BUDGET], by=desk, now=NOW + timedelta(days=3))
    back = fresh(lettre)
    first.refresh_from_db()
    assert (back.etat, back.demande.etat, first.clos_par) == ("incomplete", "brouillon", "reouverture")
    deposit(lettre=back, by=by, now=NOW + timedelta(days=10))
    again = fresh(lettre)
    assert (again.etat, again.demande.etat, again.demande.delai.recu_le) == ("deposee", "deposee", date(2026, 11, 26))
    assert Delai.objects.filter(dossier=lettre.dossier).count() == 2
    assert DemandePieces.objects.get().close_at == NOW + timedelta(days=10)


def test_without_such_an_item_the_request_and_its_period_stay_as_they_are() -> None:
    by = porteur()
    lettre = deposited_letter(by)
    ask_pieces(lettre=lettre, items=[STATUTS], by=guichet(), now=NOW)
    back = fresh(lettre)
    assert (back.etat, back.demande.etat, back.demande.delai.clos_at) == ("incomplete", "deposee", None)
    deposit(lettre=back, by=by, now=NOW + timedelta(days=1))
    assert fresh(lettre).demande.delai.recu_le == NOW.date()


def test_the_paper_says_each_point_its_date_who_signs_and_the_effect_on_the_period() -> None:
    desk = guichet()
    ask_pieces(lettre=deposited_letter(), items=[STATUTS, BUDGET], by=desk, now=NOW)
    paper = Document.objects.get(modele="precisions").contexte
    told = plain(words(paper))
    assert ["Statuts", "La lettre d’intention", "Dès que possible"] in paper["sections"][0]["blocs"][1]["lignes"]
    assert ["Compte 62", "La demande de subvention", "30 novembre 2026"] in paper["sections"][0]["blocs"][1]["lignes"]
    assert "Les dates sont souhaitées : aucun texte n’exige ces précisions." in told
    assert any(text.startswith("La demande de subvention est rouverte avec la lettre") for text in told)
    assert paper["signature"] == {"nom": str(desk.user), "qualite": desk.qualite}


@pytest.mark.parametrize(
    ("items", "sentence"),
    [
        ([], "Dites au moins une chose qui manque."),
        ([Item(intitule="Point")] * 31, "Une demande compte au plus 30 éléments."),
        ([Item(intitule="Statuts", limite_le=date(2026, 11, 15))], "la date limite est passée"),
        ([Item(intitule="Statuts", requise=True)], "citez l’article"),
    ],
)
def test_what_cannot_be_asked_leaves_the_letter_where_it_was(items, sentence) -> None:
    lettre = deposited_letter()
    with pytest.raises(Refused, match=sentence):
        ask_pieces(lettre=lettre, items=items, by=guichet(), now=NOW)
    assert (fresh(lettre).etat, DemandePieces.objects.count()) == ("deposee", 0)


def test_a_letter_already_sent_is_not_sent_back() -> None:
    with pytest.raises(Refused, match="Transmise"):
        ask_pieces(lettre=transmitted_letter(), items=[STATUTS], by=guichet(), now=NOW)


def test_what_came_by_post_is_recorded_at_its_day_by_the_desk_that_asked() -> None:
    by, desk = porteur(), guichet()
    lettre = deposited_letter(by)
    ask_pieces(lettre=lettre, items=[STATUTS], by=desk, now=NOW)
    item, later = PieceDemandee.objects.get(), NOW + timedelta(days=5)
    for who in (by, agent("dd-ars-31")):
        with pytest.raises(Refused, match="Seul le service qui a demandé"):
            answer_item(item=item, reponse="Reçu.", by=who, now=later, recue_le=date(2026, 11, 18))
    with pytest.raises(Refused, match="ni avant la demande, ni dans le futur"):
        answer_item(item=item, reponse="Reçu.", by=desk, now=later, recue_le=date(2026, 11, 15))
    kept = answer_item(item=item, reponse="Reçu par la poste.", by=desk, now=later, recue_le=date(2026, 11, 18))
    assert (kept.etat, kept.recue_le) == ("repondue", date(2026, 11, 18))
