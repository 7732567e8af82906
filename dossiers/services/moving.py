"""A file that another département leads, or that leaves one: who follows it changes, nothing it holds is lost."""

from datetime import datetime
from typing import TYPE_CHECKING

import rules
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from dossiers.models import AccesDossier, Affectation, Deplacement, Dossier
from dossiers.notifications import am_people, ars_people, association_people, guichet_people, tell
from dossiers.parcours import pages_of
from dossiers.states import Visibilite
from guichet.kernel.lifecycle import Refused

if TYPE_CHECKING:
    from accounts.acteur import Acteur


@transaction.atomic
def move(*, dossier: Dossier, departement: str, motif: str, by: "Acteur", now: datetime) -> Deplacement:
    """Let another département of the territory lead the file, whatever its stage.

    The reference, the consultations, the periods and the accesses stay. Refused to whoever is not the Guichet, for a
    département that is not in the territory or already leads, without a reason.
    """
    locked = Dossier.objects.select_for_update(no_key=True, of=("self",)).get(pk=dossier.pk)
    if not rules.test_rule("dossier.guichet", by, locked):
        raise Refused("Seul le Guichet change le département pilote d’un dossier déposé.")
    if not motif.strip():
        raise Refused("Dites pourquoi le dossier change de département pilote.")
    if departement not in locked.departements:
        raise Refused("Le département pilote est l’un de ceux du territoire.")
    if departement == locked.departement_pilote_id or locked.departement_pilote_id is None:
        raise Refused("Ce département conduit déjà le dossier.")
    before = _desks(locked, now=now)
    deplacement = Deplacement.objects.create(
        dossier=locked,
        de_id=locked.departement_pilote_id,
        vers_id=departement,
        motif=motif.strip(),
        deplace_at=now,
        deplace_par=by.user,
        qualite=by.qualite,
    )
    Dossier.objects.filter(pk=locked.pk).update(departement_pilote=departement)
    moved = Dossier.objects.select_related("association", "departement_pilote").get(pk=locked.pk)
    dossier.departement_pilote = moved.departement_pilote
    follow_perimeter(dossier=moved, now=now)
    told = {user.pk: user for user in [*association_people(moved, now=now), *before, *_desks(moved, now=now)]}
    tell(
        told.values(),
        dossier=moved,
        evenement=deplacement.pk,
        sujet="Département pilote changé",
        paragraphes=[
            f"{deplacement.de} ne conduit plus ce dossier\u00a0: {deplacement.vers} le conduit désormais.",
            f"Raison donnée par le Guichet\u00a0: {deplacement.motif}",
            "La référence, les avis, les délais et les pièces du dossier ne changent pas.",
        ],
        bouton="Ouvrir le dossier",
        url=pages_of([moved.pk], by).get(moved.pk, ""),
        now=now,
    )
    return deplacement


def follow_perimeter(*, dossier: Dossier, now: datetime) -> int:
    """End the charge of people whose body no longer has the file in its perimeter; those consulted keep theirs.

    Called wherever the départements of a file change; says how many ended. The caller holds the lock.
    """
    today = timezone.localdate(now)
    within = Q(organisation__departements=[]) | Q(organisation__departements__overlap=dossier.departements)
    let_in = AccesDossier.objects.filter(dossier=dossier).values("organisation")
    rows = Affectation.objects.active(on=today).filter(dossier=dossier, organisation__region=dossier.region)
    left = rows.exclude(within).exclude(organisation__in=let_in)
    return Affectation.objects.filter(pk__in=list(left.values_list("pk", flat=True).order_by("pk"))).update(
        fin_le=today
    )


def _desks(dossier: Dossier, *, now: datetime) -> list[User]:
    """Who follows the file at the Guichet and, once it is sent to them, at the ARS and the Assurance Maladie."""
    found = guichet_people(dossier, now=now)
    if dossier.visibilite == Visibilite.ARS:
        found += [*ars_people(dossier, now=now), *am_people(dossier, now=now)]
    return found
