"""Reads of letters for more than one caller."""

from datetime import date

from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet

from accounts.acteur import Acteur
from dossiers.models import Dossier, Section
from dossiers.questions import Rubrique
from dossiers.states import EtatSection
from funding.models import SectionFir
from funding.sections import RUBRIQUES as RUBRIQUES_FIR
from projects.models import LettreIntention, Mission, ProjetSante, Rectification, SectionLettre
from projects.models.lettre import EN_COURS
from projects.models.projet import EN_COURS as PROJETS_EN_COURS
from projects.models.projet import VALIDES
from projects.sections import RUBRIQUES
from projects.states import EtatLettre, EtatRectification


def letter_in_progress(dossier: Dossier) -> LettreIntention | None:
    """The file's letter neither refused, withdrawn nor validated; None otherwise."""
    return LettreIntention.objects.filter(dossier=dossier, etat__in=EN_COURS).first()


def files_alive() -> QuerySet[Dossier]:
    """The files whose territory counts for a neighbour: a letter, or a project, in progress or validated; not one that
    was refused, opposed or withdrawn.
    """
    letters = LettreIntention.objects.filter(dossier=OuterRef("pk"), etat__in=[*EN_COURS, EtatLettre.VALIDEE])
    projects = ProjetSante.objects.filter(dossier=OuterRef("pk"), etat__in=[*PROJETS_EN_COURS, *VALIDES])
    return Dossier.objects.filter(Q(Exists(letters)) | Q(Exists(projects)))


def letters_for_pages(acteur: Acteur | None) -> QuerySet[LettreIntention]:
    """Letters `acteur` may open, with what every page of a letter shows: one query and one for the sections."""
    return LettreIntention.objects.visible_to(acteur).select_related(
        "dossier__association", "dossier__departement_pilote", "demande__delai", "territoire", "deposee_par"
    )


def with_sections(letters: QuerySet[LettreIntention]) -> QuerySet[LettreIntention]:
    """The letters with their sections and those of their requests: three more queries, however many letters."""
    of_request = Prefetch("demande__sections", SectionFir.objects.select_related("modifie_par").order_by("pk"))
    return with_own_sections(letters).prefetch_related(of_request)


def with_own_sections(letters: QuerySet[LettreIntention]) -> QuerySet[LettreIntention]:
    """The letters with their sections alone and the corrections proposed: two more queries."""
    return letters.prefetch_related(
        Prefetch("sections", SectionLettre.objects.select_related("modifie_par").order_by("pk")),
        Prefetch("rectifications", Rectification.objects.order_by("pk")),
    )


def ordered_sections(lettre: LettreIntention) -> list[tuple[Rubrique, Section]]:
    """Each rubrique of the letter with its row, in the order of the page, read with the corrections accepted since."""
    rows = {row.cle: row for row in lettre.sections.all()}
    for cle, changed in corrections(lettre).items():
        rows[cle].contenu = {**rows[cle].contenu, **changed}
    return [(rubrique, rows[rubrique.cle]) for rubrique in RUBRIQUES]


def accepted_rectifications(lettre: LettreIntention) -> list[Rectification]:
    """The corrections accepted since the letter was deposited, in the order they were: one query, or none prefetched.

    Deposited again, the letter carries the earlier ones in its answers.
    """
    if lettre.deposee_at is None:
        return []
    rows = [
        (row.traitee_at, row.pk, row)
        for row in lettre.rectifications.all()
        if row.etat == EtatRectification.ACCEPTEE and row.traitee_at and row.traitee_at >= lettre.deposee_at
    ]
    return [row for _, _, row in sorted(rows, key=lambda each: each[:2])]


def corrections(lettre: LettreIntention) -> dict[str, dict[str, str]]:
    """The corrected answers, by section and field. None while the letter is written again: its answers carry them."""
    written = lettre.etat in (EtatLettre.BROUILLON, EtatLettre.INCOMPLETE)
    return {} if written else by_answer(accepted_rectifications(lettre))


def by_answer(rows: list[Rectification]) -> dict[str, dict[str, str]]:
    """The last text of each corrected answer, by section and field."""
    found: dict[str, dict[str, str]] = {}
    for row in rows:
        found.setdefault(row.section, {})[row.champ] = row.apres
    return found


def ordered_request_sections(lettre: LettreIntention) -> list[tuple[Rubrique, Section]]:
    """The same for the request that goes with the letter; empty when there is none."""
    if lettre.demande is None or lettre.sans_demande:
        return []
    rows = {row.cle: row for row in lettre.demande.sections.all()}
    return [(rubrique, rows[rubrique.cle]) for rubrique in RUBRIQUES_FIR]


def missions_on(day: date) -> list[Mission]:
    """The missions in force on that day, in their order."""
    found = Mission.objects.filter(applicable_du__lte=day).filter(Q(applicable_au=None) | Q(applicable_au__gte=day))
    return list(found.order_by("ordre"))


def own_letters(acteur: Acteur) -> QuerySet[LettreIntention]:
    """The letters of the association, drafts and those in progress first, newest first."""
    return letters_for_pages(acteur).order_by(F("deposee_at").desc(nulls_first=True), "-pk")


def completion(sections: list[tuple[Rubrique, Section]]) -> tuple[int, int]:
    """How many sections are complete, of how many."""
    return sum(1 for _, section in sections if section.etat == EtatSection.COMPLET), len(sections)
