"""The association says who it is and where it is paid: needed before an agreement and before each payment."""

from datetime import datetime

from django.db import transaction

from accounts.acteur import Acteur
from dossiers.models import Piece
from dossiers.services.pieces import freeze_pieces
from funding import notifications
from funding.lifecycles import DEMANDE_FIR
from funding.models import DeclarationAssociation, DemandeFir, EvenementFir
from funding.states import Regime
from guichet.kernel import identifiers
from guichet.kernel.lifecycle import Refused


@transaction.atomic
def declare(
    *,
    demande: DemandeFir,
    rna: str,
    siret: str,
    iban: str,
    titulaire: str,
    statuts: Piece,
    dirigeants: Piece,
    by: Acteur,
    now: datetime,
) -> EvenementFir:
    """Keep a declaration; the latest is the one in force, the earlier ones stay. Its two papers open to the funder.

    Refused with numbers that are not valid, without a holder, or with papers of another file. The journal never holds
    the account.
    """
    if statuts.dossier_id != demande.dossier_id or dirigeants.dossier_id != demande.dossier_id:
        raise Refused("Cette pièce n’est pas de ce dossier.")
    if not titulaire.strip():
        raise Refused("Dites au nom de qui le compte est ouvert.")
    try:
        numbers = {
            "rna": identifiers.rna(rna),
            "siret": identifiers.siret(siret),
            "iban": identifiers.iban(iban),
        }
    except ValueError as error:
        raise Refused(str(error)) from error
    event: EvenementFir = DEMANDE_FIR.apply(demande, "declarer_association", by=by, now=now)
    DeclarationAssociation.objects.create(
        demande=demande,
        evenement=event.pk,
        titulaire=titulaire.strip(),
        statuts=statuts,
        dirigeants=dirigeants,
        declaree_at=now,
        **numbers,
    )
    freeze_pieces(
        dossier=demande.dossier, now=now, transmises=demande.regime == Regime.REJET, parmi=[statuts.pk, dirigeants.pk]
    )
    if demande.transmise_at is not None:
        notifications.declared(demande, event=event, now=now)
    return event
