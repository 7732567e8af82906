"""A request that goes without a letter: opened at any stage of a deposited file, deposited and transmitted at once."""

from datetime import datetime
from typing import Any

import rules
from django.db import transaction

from accounts.acteur import Acteur
from accounts.models import Organisation
from dossiers.models import Dossier
from dossiers.services.documents import create_document
from dossiers.services.pieces import freeze_pieces
from dossiers.states import GenrePiece, Visibilite
from funding.documents.cerfa import cerfa_context
from funding.documents.instruction import audience_of
from funding.documents.standalone import receipt
from funding.lifecycles import DEMANDE_FIR
from funding.models import DemandeFir, EvenementFir
from funding.parcours import answers_of, retour_of
from funding.selectors.standalone import drafts_of, funders_for
from funding.services.instruction import transmit_request
from funding.services.requests import create_request, deposit_request
from guichet.kernel.lifecycle import Refused

POUVOIR_MANQUANT = (
    "Vous n’êtes pas le représentant légal de l’association\u00a0: joignez d’abord son pouvoir, dans «\u00a0Les pièces "
    "jointes\u00a0»."
)
AVEC_SA_LETTRE = "Cette demande va avec une lettre d’intention\u00a0: elle se dépose avec elle."


@transaction.atomic
def open_standalone(*, dossier: Dossier, financeur: Organisation, objet: str, by: Acteur, now: datetime) -> DemandeFir:
    """A draft, its sections empty. Refused before the file is deposited, for a funder who does not fund that object,
    and while the same draft exists: a page sent twice opens one request.
    """
    locked = Dossier.objects.select_for_update(no_key=True, of=("self",)).get(pk=dossier.pk)
    if not rules.test_rule("dossier.rediger", by, locked):
        raise Refused("Vous n’avez pas le droit d’écrire au nom de cette association.")
    if locked.reference is None:
        raise Refused("Déposez d’abord la lettre d’intention\u00a0: la demande qui l’accompagne s’écrit avec elle.")
    if financeur.pk not in {body.pk for body in funders_for(locked, objet=objet)}:
        raise Refused("Ce financeur ne reçoit pas de demande pour cet objet.")
    if any((draft.objet, draft.financeur_id) == (objet, financeur.pk) for draft in drafts_of(locked)):
        raise Refused("Vous avez déjà commencé cette demande\u00a0: continuez-la.")
    return create_request(dossier=locked, by=by, now=now, financeur=financeur, objet=objet)


@transaction.atomic
def deposit_standalone(*, demande: DemandeFir, by: Acteur, now: datetime) -> EvenementFir:
    """Deposit and transmit in the same instant: the request as a paper, its registration receipt, then the funder's
    acknowledgement. Refused with what blocks; nothing is half-done.
    """
    locked = DEMANDE_FIR.lock(demande)
    dossier: Dossier = locked.dossier
    if retour_of(locked) is not None:
        raise Refused(AVEC_SA_LETTRE)
    if refusal := DEMANDE_FIR.refusal(locked, "deposer", by=by, now=now):
        raise Refused(refusal)
    answers = answers_of(dossier)
    if not _may_sign(dossier, answers, by):
        raise Refused(POUVOIR_MANQUANT)
    demande.dossier = dossier
    freeze_pieces(dossier=dossier, now=now, transmises=dossier.visibilite == Visibilite.ARS)
    event = deposit_request(demande=demande, by=by, now=now)
    cerfa = cerfa_context(demande, lettre_contexte=answers, event=event)
    papers = (("demande", "Demande de subvention", cerfa), receipt(demande, cerfa, by=by, now=now))
    for modele, titre, contexte in papers:
        create_document(
            evenement=event.pk,
            modele=modele,
            dossier=dossier,
            titre=titre,
            contexte=contexte,
            now=now,
            audience=audience_of(demande),
            transmis=True,
        )
    transmit_request(demande=demande, by=by, now=now)
    return event


def _may_sign(dossier: Dossier, answers: dict[str, dict[str, Any]], by: Acteur) -> bool:
    """The legal representative, by its membership or named in the letter, or whoever joins a power."""
    if by.membership and by.membership.representant_legal:
        return True
    named = str(answers.get("personnes", {}).get("representant_courriel") or "")
    if named and named.lower() == by.user.email.lower():
        return True
    return dossier.pieces.filter(genre=GenrePiece.POUVOIR).exists()
