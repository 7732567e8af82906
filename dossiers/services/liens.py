"""What a file is to another: competing, merged into, split from, born of."""

from datetime import datetime
from typing import TYPE_CHECKING

import rules
from django.db import transaction

from dossiers.models import Dossier, LienDossier
from dossiers.states import NatureLien
from guichet.kernel.lifecycle import Refused

if TYPE_CHECKING:
    from accounts.acteur import Acteur


@transaction.atomic
def tie(
    *, dossier: Dossier, autre: Dossier, nature: NatureLien, motif: str, by: "Acteur", now: datetime
) -> LienDossier:
    """Say once, with its reason, what `dossier` is to `autre`; both stay as they are.

    Refused to whoever handles files neither at the Guichet nor at the ARS, or does not open both; for a file with
    itself; when the same link, or its mirror, is already noted; without a reason.
    """
    if not rules.test_rule("dossier.lier", by, dossier) or not Dossier.objects.visible_to(by).filter(pk=autre.pk):
        raise Refused("Seuls le Guichet et l’ARS lient deux dossiers qu’ils suivent.")
    if dossier.pk == autre.pk:
        raise Refused("Un dossier n’est pas lié à lui-même.")
    if not motif.strip():
        raise Refused("Dites pourquoi ces dossiers sont liés.")
    for pk in sorted((dossier.pk, autre.pk)):
        Dossier.objects.select_for_update(no_key=True, of=("self",)).get(pk=pk)
    same = LienDossier.objects.filter(dossier=dossier, autre=autre, nature=nature)
    mirror = LienDossier.objects.filter(dossier=autre, autre=dossier, nature=nature)
    if same.exists() or mirror.exists():
        raise Refused("Ce lien est déjà noté.")
    return LienDossier.objects.create(
        dossier=dossier, autre=autre, nature=nature, motif=motif.strip(), created_at=now, created_by=by.user
    )
