"""A deposit against everything that may happen at the same instant: one event, one set of papers, one reference."""

import io
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone
from PIL import Image

from accounts.models import Envoi
from dossiers.models import Document, Dossier, Piece
from dossiers.models.dossier import Numerotation
from dossiers.services.pieces import add_piece, remove_piece
from guichet.kernel.lifecycle import Refused
from portal.demonstration import reponses
from portal.demonstration.ecriture import save_letter_answers
from projects.models import EvenementLettre, LettreIntention, SectionLettre
from projects.services.depositing import deposit, withdraw
from projects.services.opening import copy_letter
from projects.services.territoire import add_communes, remove_parts
from projects.states import EtatLettre
from tests.factories.accounts import NOW
from tests.factories.projects import porteur, ready_letter
from tests.races.together import Together, back_to_draft

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 10
DOUBLE_SUBMITS = 50
YEAR = timezone.localdate(NOW).year


def fresh(lettre: LettreIntention) -> LettreIntention:
    """The letter as a page loads it: each request has its own copy, read before the race."""
    return LettreIntention.objects.select_related("dossier__association", "demande").get(pk=lettre.pk)


def depositing(lettre: LettreIntention, by: Any) -> Any:
    read = fresh(lettre)
    return lambda: deposit(lettre=read, by=by, now=NOW)


def deposited_whole(lettre: LettreIntention) -> None:
    """The letter and its request are deposited with their four papers and their mails, once."""
    read = fresh(lettre)
    assert read.etat == EtatLettre.DEPOSEE
    events = list(EvenementLettre.objects.filter(lettre=lettre, action="deposer"))
    assert len(events) == 1
    assert read.demande.evenements.filter(action="deposer").count() == 1
    assert read.demande.etat == "deposee"
    papers = Document.objects.filter(dossier=lettre.dossier_id).order_by("modele").values_list("modele", flat=True)
    assert list(papers) == ["accuse_demande", "accuse_lettre", "demande", "lettre"]
    assert Envoi.objects.filter(evenement=events[0].pk, modele="lettre_deposee").count() == 1


def paper_of(lettre: LettreIntention) -> str:
    return str(Document.objects.get(dossier=lettre.dossier_id, modele="lettre").contexte)


def an_image(name: str, shade: int) -> ContentFile:
    """A picture of one pixel, of another shade each time: the same file is never joined twice."""
    content = io.BytesIO()
    Image.new("L", (1, 1), shade).save(content, "PNG")
    return ContentFile(content.getvalue(), name=name)


def test_a_double_submit_deposits_once_fifty_times_in_a_row(together: Together) -> None:
    by = porteur()
    lettre = ready_letter(by)
    for number in range(1, DOUBLE_SUBMITS + 1):
        outcomes = together(depositing(lettre, by), depositing(lettre, by))
        refused = [outcome for outcome in outcomes if isinstance(outcome, Refused)]
        assert len(refused) == 1
        assert "l’état est « Déposée » depuis le" in str(refused[0]).replace("\u00a0", " ")
        deposited_whole(lettre)
        assert fresh(lettre).dossier.reference == f"OCC-31-{YEAR}-{number:04d}"
        back_to_draft(lettre)
    assert list(Numerotation.objects.values_list("cle", "dernier")) == [(f"OCC-31-{YEAR}", DOUBLE_SUBMITS)]


def test_a_section_saved_at_the_same_instant_is_in_the_paper_or_refused(together: Together) -> None:
    by = porteur()
    lettre = ready_letter(by)
    for number in range(ROUNDS):
        told = f"Texte de la manche {number}."
        answers = {**reponses.LETTRE["besoins"], "population": told}
        read = fresh(lettre)
        save = lambda: save_letter_answers(read, "besoins", answers, by=by, now=NOW)  # noqa: B023,E731
        _, saved = together(depositing(lettre, by), save)
        deposited_whole(lettre)
        kept = SectionLettre.objects.get(lettre=lettre, cle="besoins").contenu["population"]
        assert (kept == told) == (told in paper_of(lettre)) == (not isinstance(saved, Refused))
        back_to_draft(lettre)


def test_a_territory_changed_at_the_same_instant_is_deposited_or_unchanged(together: Together) -> None:
    by = porteur()
    lettre = ready_letter(by, communes=("31582", "31396"))
    for _ in range(ROUNDS):
        read = fresh(lettre)
        _, added = together(
            depositing(lettre, by),
            lambda: add_communes(etape=read, codes=["31395"], by=by, now=NOW),  # noqa: B023
        )
        deposited_whole(lettre)
        version = fresh(lettre).territoire
        assert version is not None
        parts = dict(version.parts.values_list("commune", "population"))
        assert ("31395" in parts) == (not isinstance(added, Refused))
        assert version.population == sum(parts.values())
        assert ("Muret" in paper_of(lettre)) == ("31395" in parts)
        assert Dossier.objects.get(pk=lettre.dossier_id).territoires.count() == 1
        back_to_draft(lettre)
        last = version.parts.filter(commune="31395").values_list("pk", flat=True)
        remove_parts(etape=fresh(lettre), parts=list(last), by=by, now=NOW)


def test_a_piece_joined_at_the_same_instant_is_part_of_the_deposit_or_comes_after(together: Together) -> None:
    by = porteur()
    lettre = ready_letter(by)
    for number in range(ROUNDS):
        name = f"manche-{number}.png"
        _, piece = together(
            depositing(lettre, by),
            lambda: add_piece(dossier=lettre.dossier, genre="autre", fichier=an_image(name, number), by=by, now=NOW),  # noqa: B023
        )
        deposited_whole(lettre)
        assert isinstance(piece, Piece)
        frozen = Piece.objects.get(pk=piece.pk).figee_at is not None
        assert frozen == (name in paper_of(lettre))
        assert piece.fichier.storage.exists(piece.fichier.name)
        back_to_draft(lettre)


def test_a_piece_removed_at_the_same_instant_is_gone_everywhere_or_kept_everywhere(together: Together) -> None:
    by = porteur()
    lettre = ready_letter(by)
    for number in range(ROUNDS):
        name = f"manche-{number}.png"
        piece = add_piece(dossier=lettre.dossier, genre="autre", fichier=an_image(name, number), by=by, now=NOW)
        stored, path = piece.fichier.storage, str(piece.fichier.name)
        _, removed = together(
            depositing(lettre, by),
            lambda: remove_piece(piece=piece, by=by),  # noqa: B023
        )
        deposited_whole(lettre)
        kept = isinstance(removed, Refused)
        assert (Piece.objects.filter(pk=piece.pk).exists(), stored.exists(path)) == (kept, kept)
        assert (name in paper_of(lettre)) == kept
        back_to_draft(lettre)
        Piece.objects.filter(pk=piece.pk).delete()


def test_a_withdrawal_at_the_same_instant_leaves_one_story(together: Together) -> None:
    by = porteur()
    lettre = ready_letter(by)
    stories = {("retirer",), ("deposer", "retirer")}
    for _ in range(ROUNDS):
        read = fresh(lettre)
        act, left = together(
            depositing(lettre, by),
            lambda: withdraw(lettre=read, motif="Le projet change.", by=by, now=NOW + timedelta(seconds=1)),  # noqa: B023
        )
        assert not isinstance(left, Refused)
        told = tuple(lettre.evenements.order_by("recorded_at").values_list("action", flat=True))
        assert told in stories
        assert (told == ("retirer",)) == isinstance(act, Refused)
        read = fresh(lettre)
        assert (read.etat, read.demande.etat) == ("retiree", "retiree")
        assert Document.objects.filter(dossier=lettre.dossier_id).count() == (0 if isinstance(act, Refused) else 4)
        back_to_draft(lettre)


def test_four_first_deposits_in_one_departement_take_four_numbers_without_gap(together: Together) -> None:
    people = [porteur() for _ in range(4)]
    letters = [ready_letter(by) for by in people]
    for number in range(4):
        first = number * len(letters)
        outcomes = together(*(depositing(lettre, by) for lettre, by in zip(letters, people, strict=True)))
        assert all(isinstance(outcome, EvenementLettre) for outcome in outcomes)
        given = sorted(Dossier.objects.values_list("reference", flat=True))
        assert given == [f"OCC-31-{YEAR}-{first + n:04d}" for n in range(1, 5)]
        for lettre in letters:
            back_to_draft(lettre)


def test_a_deposit_that_fails_gives_its_number_back(together: Together) -> None:
    """A refusal after the number is taken: the request lacks its attestations."""
    by = porteur()
    lettre, other = ready_letter(by), ready_letter(by, nom="CPTS des Rives")
    lettre.demande.sections.filter(cle="attestations").update(etat="en_cours")
    refused, event = together(depositing(lettre, by), depositing(other, by))
    assert isinstance(refused, Refused)
    assert isinstance(event, EvenementLettre)
    assert list(Dossier.objects.order_by("pk").values_list("reference", flat=True)) == [None, f"OCC-31-{YEAR}-0001"]
    assert fresh(lettre).etat == EtatLettre.BROUILLON
    assert not Document.objects.filter(dossier=lettre.dossier_id).exists()


def test_two_copies_of_a_withdrawn_letter_give_one_draft(together: Together) -> None:
    by = porteur()
    lettre = ready_letter(by)
    for _ in range(3):
        withdraw(lettre=fresh(lettre), motif="Le projet change.", by=by, now=NOW)
        outcomes = together(*[lambda: copy_letter(lettre=fresh(lettre), by=by, now=NOW)] * 3)  # noqa: B023
        made = [outcome for outcome in outcomes if not isinstance(outcome, Refused)]
        assert len(made) == 1
        assert {str(o) for o in outcomes if isinstance(o, Refused)} == {"Une lettre est déjà en cours pour ce dossier."}
        lettre = made[0]
    assert LettreIntention.objects.filter(dossier=lettre.dossier_id, etat=EtatLettre.BROUILLON).count() == 1
