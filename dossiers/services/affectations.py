"""Putting people in charge of files, within one's own body. A charge is closed and another opened: the past stays."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import uuid4

import rules
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.acteur import Acteur
from accounts.models import User
from accounts.services.mails import queue_mail
from accounts.states import CategorieEnvoi
from dossiers.models import Affectation, Dossier
from dossiers.notifications import named, tell
from dossiers.parcours import pages_of
from dossiers.selectors.affectations import charges_of, colleagues, followed_files
from dossiers.states import RoleAffectation
from guichet.kernel.lifecycle import Refused

TITULAIRE, SUPPLEANT = RoleAffectation.TITULAIRE.value, RoleAffectation.SUPPLEANT.value
AT_ONCE = 200
"""Files moved by one act at most."""

NOT_YOURS = "Vous n’avez pas le droit de dire qui suit ce dossier."
NOT_COLLEAGUE = "Cette personne n’instruit pas de dossier dans votre organisme."
SAME_PERSON = "Une même personne ne peut pas être titulaire et assurer la suppléance."
AS_ROLE = {TITULAIRE: "comme titulaire", SUPPLEANT: "en suppléance"}
VACANT = {
    TITULAIRE: "Entre-temps, le titulaire a été retiré\u00a0: relisez le suivi avant de le changer.",
    SUPPLEANT: "Entre-temps, la suppléance a été retirée\u00a0: relisez le suivi avant de la changer.",
}
TAKEN = {
    TITULAIRE: "Entre-temps, {} est devenu titulaire de ce dossier\u00a0: relisez le suivi avant de le changer.",
    SUPPLEANT: "Entre-temps, la suppléance a été confiée à {}\u00a0: relisez le suivi avant de la changer.",
}


@dataclass
class Reassigned:
    """What a bulk change did: the files that moved, and those left as they were, each with its sentence."""

    moved: list[Dossier] = field(default_factory=list)
    kept: list[tuple[Dossier, str]] = field(default_factory=list)


@transaction.atomic
def assign(
    *,
    dossier: Dossier,
    wanted: Mapping[str, User | None],
    seen: Mapping[str, int | None],
    by: Acteur,
    now: datetime,
) -> None:
    """From today on, these people hold these roles in the body of `by`; None leaves a role vacant.

    `seen`: the key of the charge the person read for each role. Refused when somebody changed it meanwhile, to
    somebody who does not handle files in the body, or to one person twice. Asking for what is already so does nothing.
    """
    on = timezone.localdate(now)
    current = _locked(dossier, by=by, on=on)
    for role, user in wanted.items():
        row = current.get(role)
        if (row.user_id if row else None) != (user.pk if user else None) and (row.pk if row else None) != seen[role]:
            raise Refused(TAKEN[role].format(row.user) if row else VACANT[role])
    people = _people(current, wanted)
    if None not in people.values() and people[TITULAIRE] == people[SUPPLEANT]:
        raise Refused(SAME_PERSON)
    told = _write(dossier, current, wanted, by=by, on=on)
    for role, user in told.items():
        _tell(dossier, role, user, by=by, now=now)


@transaction.atomic
def reassign(*, dossier_ids: Iterable[int], source: User | None, target: User, by: Acteur, now: datetime) -> Reassigned:
    """Give `target` the charges of `source` on these files; without a source, make it titulaire where there is none.

    All or nothing for each file; those the body may not open are left out. A suppléant who becomes titulaire leaves
    the suppléance vacant. `target` gets one mail. Refused beyond `AT_ONCE` files.
    """
    on = timezone.localdate(now)
    wanted = sorted(set(dossier_ids))
    if len(wanted) > AT_ONCE:
        raise Refused(f"Pas plus de {AT_ONCE} dossiers à la fois\u00a0: décochez-en.")
    if source == target:
        raise Refused("Choisissez deux personnes différentes.")
    done = Reassigned()
    for dossier in followed_files(by).filter(pk__in=wanted).order_by("pk"):
        try:
            with transaction.atomic():
                _move(dossier, source=source, target=target, by=by, on=on)
        except Refused as refused:
            done.kept.append((dossier, str(refused)))
        else:
            done.moved.append(dossier)
    if done.moved and target != by.user:
        _tell_many(done.moved, target, by=by, now=now)
    return done


def _move(dossier: Dossier, *, source: User | None, target: User, by: Acteur, on: date) -> None:
    current = _locked(dossier, by=by, on=on)
    held = [role for role, row in current.items() if source and row.user_id == source.pk]
    if source is None and TITULAIRE not in current:
        held = [TITULAIRE]
    if not held:
        holder = current.get(TITULAIRE)
        raise Refused(
            f"Titulaire désormais\u00a0: {holder.user}." if holder and not source else f"{source} ne le suit plus."
        )
    wanted: dict[str, User | None] = dict.fromkeys(held, target)
    for role, row in current.items():
        if role not in held and row.user_id == target.pk:
            if role == TITULAIRE:
                raise Refused(f"{target} en est déjà titulaire\u00a0: la suppléance reste à {source}.")
            wanted[role] = None
    _write(dossier, current, wanted, by=by, on=on)


def _locked(dossier: Dossier, *, by: Acteur, on: date) -> dict[str, Affectation]:
    """The charges of the body, once its right to this file is judged under the lock of the file."""
    Dossier.objects.select_for_update(no_key=True, of=("self",)).get(pk=dossier.pk)
    if not rules.test_rule("dossier.affecter", by, dossier) or not followed_files(by).filter(pk=dossier.pk).exists():
        raise Refused(NOT_YOURS)
    return charges_of(dossier, by.organisation_id, on=on)


def _people(current: Mapping[str, Affectation], wanted: Mapping[str, User | None]) -> dict[str, int | None]:
    """Who would hold each role once done."""
    held: dict[str, int | None] = {
        role: current[role].user_id if role in current else None for role in (TITULAIRE, SUPPLEANT)
    }
    return {**held, **{role: user.pk if user else None for role, user in wanted.items()}}


def _write(
    dossier: Dossier,
    current: Mapping[str, Affectation],
    wanted: Mapping[str, User | None],
    *,
    by: Acteur,
    on: date,
) -> dict[str, User]:
    """Close what changes, then open what replaces it; who is newly in charge, by role."""
    changed = {
        role: user
        for role, user in wanted.items()
        if (current[role].user_id if role in current else None) != (user.pk if user else None)
    }
    new = {role: user for role, user in changed.items() if user is not None}
    known = {user.pk for user in colleagues(by.organisation_id, on=on)}
    if {user.pk for user in new.values()} - known:
        raise Refused(NOT_COLLEAGUE)
    assert by.organisation_id is not None
    ended = [current[role].pk for role in changed if role in current]
    Affectation.objects.filter(pk__in=ended).update(fin_le=on)
    for role, user in new.items():
        Affectation.objects.create(
            dossier=dossier,
            organisation_id=by.organisation_id,
            user=user,
            role=role,
            debut_le=on,
            affecte_par=by.user,
        )
    return new


def _tell(dossier: Dossier, role: str, user: User, *, by: Acteur, now: datetime) -> None:
    if user == by.user:
        return
    tell(
        [user],
        dossier=dossier,
        evenement=uuid4(),
        sujet="Un dossier vous est confié",
        paragraphes=[
            f"{by.user} vous a confié le suivi de ce dossier, {AS_ROLE[role]}.",
            "Les messages qui le concernent vous seront désormais adressés.",
        ],
        bouton="Ouvrir le dossier",
        url=pages_of([dossier.pk], by).get(dossier.pk, ""),
        now=now,
    )


LISTED = 20
"""Files a mail names; beyond, it says how many more."""


def _tell_many(dossiers: list[Dossier], user: User, *, by: Acteur, now: datetime) -> None:
    count = len(dossiers)
    more = [f"et {count - LISTED} de plus."] if count > LISTED else []
    subject = "Un dossier vous est confié" if count == 1 else f"{count} dossiers vous sont confiés"
    queue_mail(
        evenement=uuid4(),
        modele="etape",
        user=user,
        contexte={
            "sujet": subject,
            "paragraphes": [
                f"{by.user} vous a confié le suivi de\u00a0:",
                *(named(dossier) for dossier in dossiers[:LISTED]),
                *more,
            ],
            "bouton": "Ouvrir le portail",
        },
        url=reverse("portal:accueil_role"),
        now=now,
        categorie=CategorieEnvoi.ETAPES,
    )
