"""Reads of projects for more than one caller: their sections and sheets, their réserves, what was asked, what waits."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Case, DateField, Exists, F, Func, OuterRef, Prefetch, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce

from accounts.acteur import Acteur
from dossiers.models import Delai, Dossier, MouvementDelai, PieceDemandee, Section
from dossiers.questions import Rubrique
from dossiers.selectors.delais import echeance_of, ledger_read
from dossiers.selectors.listes import matching
from dossiers.states import EtapePieces, EtatDossier, EtatPieceDemandee, EtatSection, NatureMouvement
from guichet.kernel.deadlines import Echeance
from projects.lifecycles import ENTRE_LES_MAINS_DE_L_ARS
from projects.models import EvenementProjet, ProjetSante, SectionProjet, VersionProjet
from projects.models.projet import EN_COURS, VALIDES
from projects.rubriques_projet import FICHE_DOCUMENT, RUBRIQUES_PROJET, fiche_numero, is_fiche
from projects.states import EtatProjet, FormeProjet


def projects_for_pages(acteur: Acteur | None) -> QuerySet[ProjetSante]:
    """Projects `acteur` may open, with what every page of a project shows: one query."""
    return ProjetSante.objects.visible_to(acteur).select_related(
        "dossier__association", "dossier__departement_pilote", "delai", "territoire", "depose_par", "document", "lettre"
    )


def with_sections(projects: QuerySet[ProjetSante]) -> QuerySet[ProjetSante]:
    """The projects with their sections and sheets: one more query, however many."""
    return projects.prefetch_related(sections_read())


def sections_read() -> "Prefetch[Any, Any, Any]":
    """The sections and sheets as a page reads them, for a prefetch."""
    return Prefetch("sections", SectionProjet.objects.select_related("modifie_par").order_by("pk"))


def ordered_sections(projet: ProjetSante) -> list[tuple[Rubrique, Section]]:
    """Each rubrique of the project with its row, in the order of the page. No query when the sections are prefetched.

    Of a project that is the association's own document: who deposits, the territory, and the short sheet.
    """
    rows = {row.cle: row for row in projet.sections.all()}
    return [(rubrique, rows[rubrique.cle]) for rubrique in rubriques_of(projet.forme)]


def rubriques_of(forme: str) -> tuple[Rubrique, ...]:
    """The sections a project of that form is made of, in order."""
    if forme == FormeProjet.RUBRIQUES:
        return RUBRIQUES_PROJET
    first = tuple(rubrique for rubrique in RUBRIQUES_PROJET if rubrique.cle in ("identite", "territoire"))
    return (*first, Rubrique(FICHE_DOCUMENT, "La fiche de synthèse", "Deux pages au plus. Environ 15 minutes."))


def sheets_of(projet: ProjetSante) -> list[Section]:
    """The fiches-actions, in the order of their numbers. No query when the sections are prefetched."""
    if projet.forme != FormeProjet.RUBRIQUES:
        return []
    found = [row for row in projet.sections.all() if is_fiche(row.cle)]
    return sorted(found, key=lambda row: fiche_numero(row.cle))


def sheet_title(sheet: Section) -> str:
    """The title of an action, else the first line of its objective."""
    objective = str(sheet.contenu.get("objectif") or "").strip().split("\n")[0][:80]
    return str(sheet.contenu.get("intitule") or "").strip() or objective or "sans titre"


def last_version(projet: ProjetSante) -> VersionProjet | None:
    """What was last deposited; None for a draft. One query the first time, none after on the same object."""
    if "derniere_version" not in projet.__dict__:
        projet.__dict__["derniere_version"] = projet.versions.order_by("-numero").first()
    found: VersionProjet | None = projet.__dict__["derniere_version"]
    return found


def version_days(projet: ProjetSante) -> list[tuple[int, datetime]]:
    """The number and the instant of each version, the last first. One query; none when the last was read and is the
    first.
    """
    last: VersionProjet | None = projet.__dict__.get("derniere_version")
    if last is not None and last.numero == 1:
        return [(last.numero, last.created_at)]
    return list(projet.versions.order_by("-numero").values_list("numero", "created_at"))


def project_in_progress(dossier: Dossier) -> ProjetSante | None:
    """The file's project neither ended nor refused: in progress, or validated; None otherwise."""
    found = ProjetSante.objects.filter(dossier=dossier, etat__in=[*EN_COURS, *VALIDES])
    return found.order_by("-pk").first()


def own_projects(acteur: Acteur) -> QuerySet[ProjetSante]:
    """The projects of the association, as `with_arrival`; drafts first, newest first."""
    return with_arrival(projects_for_pages(acteur)).order_by(F("depose_at").desc(nulls_first=True), "-pk")


def if_not_required(delai: Delai) -> Echeance:
    """The dates the period would have if no text required what is still asked, shown beside when it is contested: what
    was asked and sent before counts. One query.
    """
    lines = ledger_read(delai)
    ended = {line.piece_id for line in lines if line.nature in (NatureMouvement.REPONSE, NatureMouvement.RENONCIATION)}
    given_up = [
        MouvementDelai(nature=NatureMouvement.RENONCIATION, le=line.le, piece_id=line.piece_id)
        for line in lines
        if line.nature == NatureMouvement.DEMANDE and line.piece_id not in ended
    ]
    return echeance_of(delai, lines=lines, plus=given_up)


def answered_not_sent() -> QuerySet[ProjetSante]:
    """The incomplete projects whose every required piece has its answer, which the association has not sent: once it
    does, the two months count from the last arrival.
    """
    required = _required_of_project()
    return ProjetSante.objects.filter(
        ~Exists(required.exclude(etat=EtatPieceDemandee.REPONDUE)), etat=EtatProjet.INCOMPLET, delai__clos_at=None
    )


def _required_of_project() -> QuerySet[PieceDemandee]:
    """What a text requires among what is still asked about the project of the outer query."""
    return PieceDemandee.objects.filter(
        demande__dossier=OuterRef("dossier"),
        demande__etape=EtapePieces.PROJET,
        demande__close_at=None,
        requise_par_un_texte=True,
    )


# --- Desks ----------------------------------------------------------------------------------------


def projects_to_decide(acteur: Acteur) -> QuerySet[ProjetSante]:
    """Deposited and not decided, the nearest last day first; those whose period has not begun at the end. `arrivee_le`
    is the day the last required piece came where all have come and were not sent, else None.
    """
    found = with_arrival(projects_for_pages(acteur).filter(etat__in=ENTRE_LES_MAINS_DE_L_ARS))
    return found.order_by(known_last_day().asc(nulls_last=True), "depose_at", "pk")


def known_last_day() -> Coalesce:
    """For rows `with_arrival`: the last day of what came, else that of the period."""
    return Coalesce("dernier_jour_arrive", "delai__dernier_jour")


def with_arrival(projects: QuerySet[ProjetSante]) -> QuerySet[Any]:
    """With `arrivee_le`: the day the last required piece came where all have come and were not sent, else None;
    `dernier_jour_arrive`, the last day it gives; `repondu_at`, when one of them was last answered.
    """
    required = _required_of_project()
    last = Subquery(required.order_by("-recue_le").values("recue_le")[:1])
    waits = Exists(required.exclude(etat=EtatPieceDemandee.REPONDUE))
    running = Q(etat=EtatProjet.INCOMPLET) & ~Q(waits)
    arrived = Case(When(running, then=last), default=None, output_field=DateField())
    later = Func(arrived, template="(%(expressions)s + interval '2 months')::date", output_field=DateField())
    said = Subquery(required.order_by(F("repondu_at").desc(nulls_last=True)).values("repondu_at")[:1])
    return projects.annotate(arrivee_le=arrived, dernier_jour_arrive=later, repondu_at=said)


def projects_to_verify(acteur: Acteur) -> QuerySet[ProjetSante]:
    """A decision signed in time was notified too late: the file is "à vérifier"."""
    return projects_for_pages(acteur).filter(a_verifier_at__isnull=False).order_by("-a_verifier_at", "pk")


def contestations() -> QuerySet[EvenementProjet]:
    """Each time an association said that no text requires what is asked, unless the project was complete since."""
    complete = EvenementProjet.objects.filter(
        projet=OuterRef("projet"), cible=EtatProjet.DEPOSE, recorded_at__gt=OuterRef("recorded_at")
    )
    return EvenementProjet.objects.filter(~Exists(complete), action="contester_exigence")


def projects_contested(acteur: Acteur) -> QuerySet[ProjetSante]:
    """The association says that no text requires what was asked, and the pieces are still awaited; oldest first."""
    contested = contestations().filter(projet=OuterRef("pk"))
    found = projects_for_pages(acteur).filter(Exists(contested), etat=EtatProjet.INCOMPLET)
    return found.order_by("depose_at", "pk")


def projects_listed(acteur: Acteur) -> QuerySet[ProjetSante]:
    """The deposited projects `acteur` may open."""
    return ProjetSante.objects.visible_to(acteur).filter(depose_at__isnull=False)


LIGNE = (
    "etat",
    "depose_at",
    "a_verifier_at",
    "dossier__nom",
    "dossier__reference",
    "dossier__association__nom",
    "dossier__departement_pilote__nom",
    "territoire__population",
    "territoire__taille",
    "delai__dernier_jour",
    "delai__clos_at",
)


def projects_joined(projects: QuerySet[ProjetSante]) -> QuerySet[ProjetSante]:
    """The projects with what a line of a list says, as `with_arrival`, and nothing else."""
    joined = with_arrival(projects).select_related(
        "dossier__association", "dossier__departement_pilote", "territoire", "delai"
    )
    return joined.only(*LIGNE)


def ending(projects: QuerySet[ProjetSante], *, within: int, on: date) -> QuerySet[ProjetSante]:
    """Those whose running period ends within that many days, or is over already (silence not recorded yet); what came
    and was not sent counts until its last day: after it, nothing is left to the ARS.
    """
    end = on + timedelta(days=within)
    came = with_arrival(ProjetSante.objects.filter(etat=EtatProjet.INCOMPLET, delai__clos_at=None))
    came = came.filter(dernier_jour_arrive__range=(on, end))
    return projects.filter(Q(delai__clos_at=None, delai__dernier_jour__lte=end) | Q(pk__in=came.values("pk")))


def last_days_near(acteur: Acteur, *, on: date, within: int, limit: int) -> list[date]:
    """The last days of the running periods that end within so many days, or are over; at most `limit`. One query."""
    rows = ProjetSante.objects.visible_to(acteur).filter(etat__in=ENTRE_LES_MAINS_DE_L_ARS)
    near = with_arrival(ending(rows, within=within, on=on)).annotate(connu=known_last_day())
    found = near.order_by("connu", "pk").values_list("connu", flat=True)
    return [day for day in found[:limit] if day]


def files_waiting_for_a_project(acteur: Acteur, words: str) -> QuerySet[Dossier]:
    """The files the ARS reads, without a project deposited and not ended; by name. `words` narrows them."""
    held = ProjetSante.objects.filter(dossier=OuterRef("pk"), etat__in=[*ENTRE_LES_MAINS_DE_L_ARS, *VALIDES])
    found = Dossier.objects.visible_to(acteur).filter(~Exists(held), etat=EtatDossier.OUVERT)
    return matching(found.select_related("association"), words).order_by("nom_normalise", "pk")


def completion(rows: Iterable[tuple[Rubrique, Section]]) -> tuple[int, int]:
    """How many sections are complete, of how many."""
    found: list[Any] = list(rows)
    return sum(1 for _, section in found if section.etat == EtatSection.COMPLET), len(found)
