"""Correcting a slip of the pen in a deposited letter: proposed by the association, judged by the desk that holds it."""

from datetime import datetime

import rules
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.acteur import Acteur
from dossiers.models import Dossier
from dossiers.services.documents import create_document
from dossiers.services.naming import index
from guichet.kernel.journal import Origine
from guichet.kernel.lifecycle import Refused
from guichet.kernel.text import normalise
from projects import notifications
from projects.documents import rectifiee
from projects.lifecycles import LETTRE
from projects.models import EvenementLettre, LettreIntention, Rectification
from projects.questions.rectifiables import rectifiable_fields
from projects.sections import ASSOCIATION
from projects.selectors import accepted_rectifications, by_answer, ordered_sections
from projects.states import EtatRectification


@transaction.atomic
def propose_rectification(
    *, lettre: LettreIntention, section: str, champ: str, apres: str, motif: str, by: Acteur, now: datetime
) -> Rectification:
    """Propose another text for one answer; nothing changes until the desk accepts it.

    Raises `Refused` for whoever does not write for the association, a letter that is not deposited, an answer that is
    not corrected (territory, amounts, identity), or one already proposed; ValidationError, by field, for a text that
    changes nothing or that the section would not take.
    """
    locked = LETTRE.lock(lettre)
    if not rules.test_rule("lettre.rediger", by, locked):
        raise Refused("Seule une personne de l’association propose une rectification.")
    if locked.etat not in LETTRE.row("rectifier").sources or locked.origine == Origine.PAPIER:
        raise Refused(f"Cette lettre est «\u00a0{locked.get_etat_display()}\u00a0»\u00a0: elle ne se rectifie pas.")
    assert locked.deposee_at is not None
    field = rectifiable_fields(section, jour=timezone.localdate(locked.deposee_at)).get(champ)
    if field is None:
        raise Refused(
            "Cette réponse ne se rectifie pas\u00a0: le territoire, les montants et l’identité de l’association "
            "changent par un nouveau dépôt."
        )
    if locked.rectifications.filter(section=section, champ=champ, etat=EtatRectification.PROPOSEE).exists():
        raise Refused("Une rectification de cette réponse attend déjà une réponse.")
    avant = answer_of(locked, section, champ)
    try:
        text = str(field.clean(apres.strip()))
    except ValidationError as error:
        raise ValidationError({"apres": error.messages}) from error
    if not text or text == avant:
        raise ValidationError({"apres": "Écrivez le nouveau texte, différent de l’ancien."})
    found: Rectification = Rectification.objects.create(
        lettre=locked,
        section=section,
        champ=champ,
        libelle=str(field.label)[:200],
        avant=avant,
        apres=text,
        motif=motif.strip(),
        etat=EtatRectification.PROPOSEE,
        proposee_par=by.user,
        proposee_at=now,
    )
    notifications.rectification_proposed(locked, found, now=now)
    return found


@transaction.atomic
def accept_rectification(
    *, rectification: Rectification, by: Acteur, now: datetime, reponse: str = ""
) -> EvenementLettre:
    """The letter is read with the new text from now on, and its paper is issued again; the deposited answers stay."""
    lettre = LettreIntention.objects.select_related("dossier__association", "territoire").get(
        pk=rectification.lettre_id
    )
    LETTRE.lock(lettre)
    _waiting(rectification)
    if answer_of(lettre, rectification.section, rectification.champ) != rectification.avant:
        raise Refused("Cette réponse a changé depuis la proposition\u00a0: écartez-la.")
    event: EvenementLettre = LETTRE.apply(
        lettre,
        "rectifier",
        by=by,
        now=now,
        motif=rectification.motif,
        donnees={
            "section": rectification.section,
            "champ": rectification.champ,
            "avant": rectification.avant,
            "apres": rectification.apres,
        },
    )
    _settle(rectification, EtatRectification.ACCEPTEE, reponse=reponse, by=by, now=now)
    if (rectification.section, rectification.champ) == (ASSOCIATION, "nom_cpts"):
        _rename(lettre.dossier, rectification.apres)
    paper = rectifiee.rectified_letter(lettre, now=now)
    create_document(
        evenement=event.pk, dossier=lettre.dossier, now=now, transmis=lettre.transmise_at is not None, **paper
    )
    notifications.rectification_settled(lettre, rectification, now=now)
    return event


@transaction.atomic
def set_rectification_aside(*, rectification: Rectification, reponse: str, by: Acteur, now: datetime) -> None:
    """The desk keeps the deposited text, and says why."""
    lettre = LettreIntention.objects.select_related("dossier__association").get(pk=rectification.lettre_id)
    locked = LETTRE.lock(lettre)
    if not rules.test_rule("lettre.rectifier", by, locked):
        raise Refused("Le service qui tient la lettre répond à cette demande.")
    if not reponse.strip():
        raise Refused("Dites pourquoi le texte déposé est gardé.")
    _waiting(rectification)
    _settle(rectification, EtatRectification.ECARTEE, reponse=reponse, by=by, now=now)
    notifications.rectification_settled(lettre, rectification, now=now)


def _rename(dossier: Dossier, nom: str) -> None:
    Dossier.objects.filter(pk=dossier.pk).update(nom=nom, nom_normalise=normalise(nom))
    dossier.nom = nom
    index(dossier)


def carry_into_draft(lettre: LettreIntention) -> None:
    """Write the accepted corrections in the answers of a letter sent back to its association: none is lost when it is
    deposited again. The caller just sent it back.
    """
    changed = by_answer(accepted_rectifications(lettre))
    for section in lettre.sections.filter(cle__in=changed).order_by("pk"):
        lettre.sections.filter(pk=section.pk).update(contenu={**section.contenu, **changed[section.cle]})


def answer_of(lettre: LettreIntention, section: str, champ: str) -> str:
    """The answer as it is read today, accepted corrections included."""
    found = next(row for rubrique, row in ordered_sections(lettre) if rubrique.cle == section)
    return str(found.contenu.get(champ) or "")


def _waiting(rectification: Rectification) -> None:
    rectification.refresh_from_db()
    if rectification.etat != EtatRectification.PROPOSEE:
        raise Refused(f"Cette rectification est déjà «\u00a0{rectification.get_etat_display().lower()}\u00a0».")


def _settle(rectification: Rectification, etat: EtatRectification, *, reponse: str, by: Acteur, now: datetime) -> None:
    Rectification.objects.filter(pk=rectification.pk).update(
        etat=etat, reponse=reponse.strip(), traitee_par=by.user, traitee_at=now
    )
    rectification.refresh_from_db()
