"""Who reads which opinion: the one rule of pages, papers, exports and mails; and what may be known of the others."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db.models import JSONField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import TruncDate
from django.utils import timezone

from accounts.models import Membership, Organisation, User
from accounts.states import Genre
from dossiers.models import Reglage
from dossiers.models.dossier import NOTHING, perimeter, transmitted_to
from dossiers.selectors.reglages import valeur
from guichet.kernel.text import normalise
from projects.models import Avis, Consultation, LettreIntention, ProjetSante
from projects.models.consultation import REPONSES
from projects.rubriques_projet import IDENTITE
from projects.sections import PERSONNES
from projects.states import EtatAvis, NatureConsultation

if TYPE_CHECKING:
    from accounts.acteur import Acteur

ARS = (Genre.ARS, Genre.DD_ARS)


def avis_visible_to(acteur: "Acteur | None") -> QuerySet[Avis]:
    """The opinions whose content `acteur` may read.

    A body reads its own, drafts included. The Guichet's desk (`instruire`) reads those given in its consultation. The
    ARS reads, once the letter is sent to it, those given by the Assurance Maladie, the MSA, the ELSM and its
    délégations; that of a URPS only if the region so set (`avis_urps_lus_par_ars`) on the day it was given, so that
    what was given under secrecy stays so. A draft, even closed by the clock, is never read outside its body; the
    association reads none.
    """
    if acteur is None or not acteur.est_agent:
        return Avis.objects.none()
    own = Q(organisation=acteur.organisation_id)
    given = Q(etat__in=REPONSES) & _known_to(acteur)
    if acteur.genre in ARS:
        dated = Avis.objects.alias(donne_le=TruncDate("rendu_at")).alias(urps_lue=_urps_read_by_ars())
        return dated.filter(own | (given & (~URPS | Q(urps_lue=True))))
    return Avis.objects.filter(own | given)


URPS = Q(organisation__genre=Genre.URPS)


def _known_to(acteur: "Acteur") -> Q:
    """The opinions of other bodies of which `acteur` may know that they were asked."""
    if acteur.genre == Genre.GUICHET and acteur.has("instruire"):
        return Q(consultation__nature=NatureConsultation.GUICHET) & perimeter(acteur, "dossier__")
    if acteur.genre in ARS:
        sent = Q(consultation__lettre__transmise_at__isnull=False) | Q(consultation__projet__isnull=False)
        return sent & transmitted_to(acteur, "dossier__")
    return NOTHING


def _urps_read_by_ars() -> Subquery:
    dated = Reglage.objects.filter(cle="avis_urps_lus_par_ars", applicable_du__lte=OuterRef("donne_le"))
    return Subquery(dated.order_by("-applicable_du").values("valeur")[:1], output_field=JSONField())


@dataclass(frozen=True)
class Reponse:
    """What one may know of the opinion asked of a body: where it stands, whether it may still be given (`ouverte`);
    `avis` only when it may be read.
    """

    avis_id: int
    organisation: Organisation
    nature: NatureConsultation
    etat: EtatAvis
    limite_le: date
    rendu_at: datetime | None
    ouverte: bool
    avis: Avis | None

    @property
    def tardive(self) -> bool:
        """Given after the day asked."""
        return self.rendu_at is not None and timezone.localdate(self.rendu_at) > self.limite_le


def reponses_of(lettre: LettreIntention, *, acteur: "Acteur") -> list[Reponse]:
    """What a desk may know of each opinion asked on a letter, after the transmission first, then by name. Two queries.

    A body: its own. The Guichet: every body of its consultation. The ARS: the bodies whose opinion it may read, in
    whatever state. A consultation that takes no more answers leaves nobody awaited: who did not answer is "sans
    réponse".
    """
    return [reponse for _, reponse in _reponses(Q(consultation__lettre=lettre), acteur=acteur)]


def reponses_on_project(projet: ProjetSante, *, acteur: "Acteur") -> list[Reponse]:
    """The same on a projet de santé, for the ARS and each body asked. Two queries."""
    return [reponse for _, reponse in _reponses(Q(consultation__projet=projet), acteur=acteur)]


def reponses_by_letter(lettres: Iterable[int], *, acteur: "Acteur") -> dict[int, list[Reponse]]:
    """The same for several letters, by their keys. Two queries, however many."""
    found: dict[int, list[Reponse]] = {}
    for consultation, reponse in _reponses(Q(consultation__lettre__in=list(lettres)), acteur=acteur):
        found.setdefault(consultation.lettre_id or 0, []).append(reponse)
    return found


def _reponses(here: Q, *, acteur: "Acteur") -> list[tuple[Consultation, Reponse]]:
    given = avis_visible_to(acteur).filter(here, etat__in=REPONSES).select_related("seance", "consultation")
    readable = {avis.pk: avis for avis in given}
    known = Avis.objects.filter(here, Q(organisation=acteur.organisation_id) | _known_to(acteur))
    if acteur.genre in ARS:
        known = known.filter(~URPS | Q(pk__in=readable))
    rows = known.select_related("organisation", "consultation__lettre", "consultation__projet").only(
        "etat",
        "rendu_at",
        "organisation",
        "consultation__nature",
        "consultation__limite_le",
        "consultation__lettre__etat",
        "consultation__projet__etat",
    )
    ordered = rows.order_by("consultation__nature", "organisation__nom", "pk")
    return [(row.consultation, _reponse(row, readable.get(row.pk))) for row in ordered]


def _reponse(row: Avis, avis: Avis | None) -> Reponse:
    return Reponse(
        avis_id=row.pk,
        organisation=row.organisation,
        nature=NatureConsultation(row.consultation.nature),
        etat=_shown_state(row),
        limite_le=row.consultation.limite_le,
        rendu_at=row.rendu_at,
        ouverte=_open(row),
        avis=avis,
    )


def _shown_state(avis: Avis) -> EtatAvis:
    return EtatAvis(avis.etat) if avis.etat in REPONSES or _open(avis) else EtatAvis.SANS_REPONSE


def _open(avis: Avis) -> bool:
    step = avis.consultation.lettre or avis.consultation.projet
    return step is not None and avis.consultation.ouverte_en(step.etat)


def avis_for_pages(acteur: "Acteur | None") -> QuerySet[Avis]:
    """The opinions `acteur` may read, with what their page shows."""
    return avis_visible_to(acteur).select_related(
        "organisation",
        "consultation__lettre__dossier__association",
        "consultation__lettre__dossier__departement_pilote",
        "consultation__lettre__territoire",
        "consultation__projet__territoire",
        "consultation__projet__delai",
        "consultation__projet__dossier__association",
        "consultation__projet__dossier__departement_pilote",
        "dossier__association",
        "auteur",
        "seance",
    )


def criteres_on(day: date) -> list[dict[str, str]]:
    """The criteria of the region on that day: `code`, `libelle`, `aide` (setting `avis_criteres`)."""
    return list(valeur("avis_criteres", on=day, defaut=[]))


def readers_of(avis: Avis, *, on: date, quoi: str = "Votre avis est lu") -> str:
    """Who reads an opinion given that day, in French for the body that gives it; `quoi` begins the first sentence."""
    if avis.consultation.nature in (NatureConsultation.AM, NatureConsultation.PROJET):
        who = "par l’ARS"
    elif avis.organisation.genre != Genre.URPS or valeur("avis_urps_lus_par_ars", on=on, defaut=False):
        who = "par le Guichet et, une fois la lettre transmise, par l’ARS"
    else:
        who = "par le Guichet seul"
    return f"{quoi} {who}, pas par l’association."


@dataclass(frozen=True)
class Conflit:
    """Why a person may have a tie with a file: said to that person, and in its own words to the desk."""

    phrase: str
    lien: str


def likely_conflict(avis: Avis, user: User) -> Conflit | None:
    """A membership of the file's association, past or present; or the person's address or name among the people whom
    the letter, or the project, names. None when nothing is seen: it proves nothing. Two queries, one where the sections
    are at hand.
    """
    association = avis.dossier.association
    if Membership.objects.filter(user=user, organisation=association).exists():
        return Conflit(
            f"Vous êtes, ou avez été, membre de l’association «\u00a0{association.nom}\u00a0».",
            "Je suis, ou j’ai été, membre de l’association qui porte ce projet.",
        )
    about = avis.consultation.lettre or avis.consultation.projet
    sections = {section.cle: section.contenu for section in about.sections.all()} if about else {}
    told = {**sections.get(IDENTITE, {}), **sections.get(PERSONNES, {})}
    addresses = {str(told.get(f"{who}_courriel") or "").strip().casefold() for who in ("representant", "referent")}
    names = [told.get("representant_nom"), told.get("referent_nom")]
    names += [row.get("nom") for row in told.get("personnes") or []]
    if user.email.casefold() in addresses or any(_same_person(str(user), str(name or "")) for name in names):
        where, here = ("le projet", "ce projet") if avis.consultation.projet_id else ("la lettre", "cette lettre")
        return Conflit(f"Votre nom ou votre adresse figure dans {where}.", f"Je suis nommé dans {here}.")
    return None


def _same_person(one: str, other: str) -> bool:
    """The same first and last names, whatever their order, their accents or the title before them."""
    titles = {"dr", "docteur", "pr", "professeur", "m", "mme", "mlle"}
    first, second = (set(normalise(re.sub(r"\(.*?\)", " ", name)).split()) - titles for name in (one, other))
    return bool(first) and first == second
