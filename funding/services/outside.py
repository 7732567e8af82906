"""A request received on paper: the sum asked and the day it arrived; its scan says the rest."""

from datetime import date, datetime, time
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from accounts.acteur import Acteur
from accounts.models import Organisation
from dossiers.models import Dossier
from dossiers.services.delais import Acte
from funding.lifecycles import DEMANDE_FIR
from funding.models import DemandeFir
from funding.rules import is_funder
from funding.services.requests import draft_request, start_period
from funding.states import ObjetDemande
from guichet.kernel.deadlines import Depart
from guichet.kernel.journal import Origine
from guichet.kernel.lifecycle import Refused


@transaction.atomic
def record_request(
    *,
    dossier: Dossier,
    financeur: Organisation,
    montant: Decimal,
    recu_le: date,
    by: Acteur,
    now: datetime,
    objet: str = ObjetDemande.AMORCAGE,
) -> DemandeFir:
    """Deposited on the day it arrived: the period of the silence runs from it. `montant` in whole euros.

    Where the region counts from the transmission, a letter the funder itself received needs none.
    """
    if montant <= 0 or montant != montant.to_integral_value():
        raise Refused("La somme demandée est un montant positif, en euros entiers.")
    if recu_le > timezone.localdate(now):
        raise Refused("Un courrier ne peut pas avoir été reçu dans le futur.")
    demande = draft_request(
        dossier=dossier, financeur=financeur, objet=objet, origine=Origine.PAPIER, montant=montant, now=now
    )
    noon = timezone.make_aware(datetime.combine(recu_le, time(12)))
    DEMANDE_FIR.apply(
        demande,
        "enregistrer_depot_exterieur",
        by=by,
        now=now,
        changes={"deposee_at": min(noon, now)},
        effect_on=recu_le,
        origine=Origine.PAPIER,
        donnees={"montant_demande": str(montant)},
    )
    acte = Acte(by, now, Origine.PAPIER)
    start_period(demande, depart=Depart.DEPOT, le=recu_le, acte=acte)
    if is_funder(by, demande):
        start_period(demande, depart=Depart.TRANSMISSION, le=recu_le, acte=acte)
    return demande
