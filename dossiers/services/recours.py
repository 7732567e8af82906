"""Appeals against a decision: recorded with their day, then settled, each once. The decision itself does not change."""

from datetime import date, datetime
from typing import TYPE_CHECKING

import rules
from django.db import transaction
from django.utils import timezone

from dossiers.models import Decision, Dossier, Recours
from dossiers.states import EtatDecision, GenreRecours
from guichet.kernel.civil import date_longue
from guichet.kernel.lifecycle import Refused

if TYPE_CHECKING:
    from accounts.acteur import Acteur

NOT_DESK = "Seul le service de l’ARS qui instruit ce dossier enregistre un recours."


@transaction.atomic
def record_appeal(
    *, decision: Decision, genre: str, forme_le: date, observations: str = "", by: "Acteur", now: datetime
) -> Recours:
    """Keep an appeal lodged on the legal day `forme_le` against a decision that was taken.

    Refused to whoever does not instruct at the ARS, for a day before the signature or in the future, and while another
    of the same kind waits for its outcome.
    """
    locked = _locked(decision, by=by)
    if locked.etat != EtatDecision.PRISE:
        raise Refused("Un recours se forme contre une décision prise.")
    if not locked.signee_le <= forme_le <= timezone.localdate(now):
        raise Refused(
            f"Un recours ne peut être formé ni avant la décision, signée le {date_longue(locked.signee_le)}, ni dans "
            "le futur."
        )
    kind = GenreRecours(genre)
    if locked.recours.filter(genre=kind, issue_le=None).exists():
        raise Refused(f"«\u00a0{kind.label}\u00a0»\u00a0: il attend déjà son issue.")
    return Recours.objects.create(
        decision=locked,
        genre=kind,
        forme_le=forme_le,
        observations=observations.strip(),
        saisi_par=by.user,
        saisi_at=now,
    )


@transaction.atomic
def settle_appeal(*, recours: Recours, issue: str, issue_le: date, by: "Acteur", now: datetime) -> Recours:
    """What became of an appeal, and on which day; it never changes after. What the outcome changes for the file is a
    decision of its own.
    """
    _locked(recours.decision, by=by)
    current = Recours.objects.select_for_update(no_key=True, of=("self",)).get(pk=recours.pk)
    if current.issue_le is not None:
        raise Refused(f"L’issue de ce recours est déjà inscrite, au {date_longue(current.issue_le)}.")
    if not issue.strip():
        raise Refused("Dites quelle est l’issue du recours.")
    if not current.forme_le <= issue_le <= timezone.localdate(now):
        raise Refused(
            f"L’issue ne peut être ni avant le recours, formé le {date_longue(current.forme_le)}, ni dans le futur."
        )
    Recours.objects.filter(pk=current.pk).update(issue=issue.strip(), issue_le=issue_le)
    current.refresh_from_db()
    return current


def _locked(decision: Decision, *, by: "Acteur") -> Decision:
    """The decision as the database has it, its file locked, for whoever instructs it at the ARS."""
    dossier = Dossier.objects.select_for_update(no_key=True, of=("self",)).get(pk=decision.dossier_id)
    if not rules.test_rule("dossier.instruire_ars", by, dossier):
        raise Refused(NOT_DESK)
    locked = Decision.objects.get(pk=decision.pk)
    locked.dossier = dossier
    return locked
