"""The opinion of a body: draft, given, abstention, déport, taken back, closed by the clock."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import rules
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.acteur import Acteur
from accounts.services.delegations import refuse_without_mandate
from accounts.states import Genre
from dossiers.models import Dossier
from dossiers.selectors.reglages import valeur
from guichet.kernel.lifecycle import Refused
from projects import notifications
from projects.lifecycles import AVIS
from projects.models import Avis, EvenementAvis, Seance
from projects.models.consultation import REPONSES
from projects.states import EtatAvis, NoteCritere, SensAvis

Criteres = Mapping[str, Mapping[str, str]]
"""Code of a criterion to its {"note", "commentaire"}."""


class StaleOpinion(Exception):
    """Another person of the body saved the opinion since it was read. `current` is the row as it is now."""

    def __init__(self, current: Avis) -> None:
        super().__init__("Cet avis a été modifié entre-temps par une autre personne de votre organisme.")
        self.current = current


@transaction.atomic
def save_draft(
    *, avis: Avis, sens: str, criteres: Criteres, commentaire: str, version: int, by: Acteur, now: datetime
) -> Avis:
    """Keep what is written so far. Raises `StaleOpinion` when somebody saved since `version`; `Refused` once closed.

    Saving again what is already kept changes nothing, whatever the version: a double click is harmless.
    """
    _judge_mandate(avis, by=by, now=now)
    locked: Avis = AVIS.lock(avis)
    if not rules.test_rule("avis.donner", by, locked):
        raise Refused("Cet avis n’est pas demandé à votre organisme.")
    if closed := locked.consultation.fermeture():
        raise Refused(closed)
    if locked.etat in (EtatAvis.ATTENDU, EtatAvis.SANS_REPONSE):
        AVIS.apply(avis, "rediger", by=by, now=now)
    elif locked.etat != EtatAvis.BROUILLON:
        raise Refused("Cet avis est déjà rendu\u00a0: reprenez-le pour le modifier.")
    if locked.version != version:
        if _kept(locked) == _answers(sens, criteres, commentaire):
            return locked
        raise StaleOpinion(locked)
    _write(avis, sens=sens, criteres=criteres, commentaire=commentaire, version=version + 1, by=by)
    return avis


@transaction.atomic
def give(
    *,
    avis: Avis,
    sens: str,
    criteres: Criteres,
    commentaire: str = "",
    by: Acteur,
    now: datetime,
    seance: Seance | None = None,
    version: int | None = None,
) -> EvenementAvis:
    """Give the opinion: every criterion graded, a comment where it is not satisfactory, a global sense.

    By the Guichet, only in a session it holds (`seance`): the journal then says "donné en séance du …". By the body,
    `version` is the draft it read: `StaleOpinion` when somebody saved another one since.
    """
    own = avis.organisation_id == by.organisation_id
    if own:
        _judge_mandate(avis, by=by, now=now)
    elif seance is None:
        raise Refused("Le Guichet n’enregistre un avis que dans une séance.")
    if defects := opinion_defects(sens, criteres, on=now):
        raise Refused(" ".join(defects.values()))
    locked: Avis = AVIS.lock(avis)
    answers = _answers(sens, criteres, commentaire)
    stale = version is not None and locked.version != version and locked.etat not in REPONSES
    if own and stale and _kept(locked) != answers:
        raise StaleOpinion(locked)
    event: EvenementAvis = AVIS.apply(
        avis,
        "rendre",
        by=by,
        now=now,
        changes={
            **answers,
            "auteur": by.user,
            "qualite": by.qualite,
            "rendu_at": now,
            "seance": seance,
        },
        motif=f"Donné en séance du {seance.tenue_le:%d/%m/%Y}" if seance and not own else "",
    )
    notifications.opinion_given(avis, event=event, now=now)
    return event


@transaction.atomic
def abstain(*, avis: Avis, motif: str, by: Acteur, now: datetime) -> EvenementAvis:
    """Answer without an opinion; it counts for the quorum. The reason is what is left of the answer."""
    _judge_mandate(avis, by=by, now=now)
    changes = {"sens": "", "criteres": {}, "commentaire": motif.strip()}
    return _answer(avis, "s_abstenir", motif=motif, changes=changes, by=by, now=now)


@transaction.atomic
def recuse(*, avis: Avis, conflit: str, by: Acteur, now: datetime) -> EvenementAvis:
    """Step aside for a declared tie; the quorum is lowered by one."""
    if not conflit.strip():
        raise Refused("Dites quel lien vous conduit à vous déporter.")
    _judge_mandate(avis, by=by, now=now)
    changes = {"sens": "", "criteres": {}, "commentaire": "", "conflit": conflit.strip()}
    return _answer(avis, "se_deporter", motif=conflit.strip(), changes=changes, by=by, now=now)


@transaction.atomic
def take_back(*, avis: Avis, by: Acteur, now: datetime) -> EvenementAvis:
    """Back to the draft, until the synthesis. A page opened before sees another version: it is told to compare."""
    _judge_mandate(avis, by=by, now=now)
    changes = {"rendu_at": None, "conflit": "", "seance": None, "version": F("version") + 1}
    event: EvenementAvis = AVIS.apply(avis, "reprendre", by=by, now=now, changes=changes)
    avis.refresh_from_db(fields=["version"])
    return event


@transaction.atomic
def close_unanswered(*, avis: Avis, now: datetime) -> EvenementAvis:
    """The clock: the due date passed without an answer. A late answer is still taken, until the synthesis."""
    event: EvenementAvis = AVIS.apply(avis, "clore_sans_reponse", by=None, now=now)
    return event


def opinion_defects(sens: str, criteres: Criteres, *, on: datetime) -> dict[str, str]:
    """What keeps an opinion from being given, by field: "sens", or the code of a criterion."""
    found = {} if sens in SensAvis.values else {"sens": "Choisissez le sens de l’avis."}
    for critere in valeur("avis_criteres", on=timezone.localdate(on), defaut=[]):
        told = criteres.get(critere["code"], {})
        note, comment = told.get("note", ""), told.get("commentaire", "").strip()
        if note not in NoteCritere.values:
            found[critere["code"]] = f"Appréciez «\u00a0{critere['libelle']}\u00a0»."
        elif note != NoteCritere.SATISFAISANT and not comment:
            found[critere["code"]] = f"Expliquez votre appréciation sur «\u00a0{critere['libelle']}\u00a0»."
    return found


def _answer(
    avis: Avis, action: str, *, motif: str, changes: dict[str, Any], by: Acteur, now: datetime
) -> EvenementAvis:
    told = {"auteur": by.user, "qualite": by.qualite, "rendu_at": now}
    event: EvenementAvis = AVIS.apply(avis, action, by=by, now=now, motif=motif.strip(), changes={**changes, **told})
    notifications.opinion_given(avis, event=event, now=now)
    return event


def mandate_problem(*, avis: Avis, by: Acteur, now: datetime) -> str:
    """ "" when `by` may answer for its body today, else the sentence it must read before typing anything."""
    if avis.organisation.genre != Genre.URPS:
        return ""
    try:
        refuse_without_mandate(by=by, organisation=avis.organisation, on=timezone.localdate(now))
    except Refused as refused:
        return str(refused)
    return ""


def _judge_mandate(avis: Avis, *, by: Acteur, now: datetime) -> None:
    """A URPS answers through a dated mandate; the lock of the file is taken by what follows."""
    Dossier.objects.select_for_update(no_key=True, of=("self",)).get(pk=avis.dossier_id)
    if by.organisation_id == avis.organisation_id and avis.organisation.genre == Genre.URPS:
        refuse_without_mandate(by=by, organisation=avis.organisation, on=timezone.localdate(now))


def _answers(sens: str, criteres: Criteres, commentaire: str) -> dict[str, Any]:
    kept = {
        code: {"note": told.get("note", ""), "commentaire": told.get("commentaire", "").strip()}
        for code, told in criteres.items()
    }
    return {"sens": sens, "criteres": kept, "commentaire": commentaire.strip()}


def _kept(avis: Avis) -> dict[str, Any]:
    return {"sens": avis.sens, "criteres": avis.criteres, "commentaire": avis.commentaire}


def _write(avis: Avis, *, sens: str, criteres: Criteres, commentaire: str, version: int, by: Acteur) -> None:
    values = {**_answers(sens, criteres, commentaire), "version": version, "auteur": by.user, "qualite": by.qualite}
    Avis.objects.filter(pk=avis.pk).update(**values)
    for name, value in values.items():
        setattr(avis, name, value)
