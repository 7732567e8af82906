"""The blocks of a home, as plain values: a title, a few rows nearest first, what is said when there is none."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

import rules
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.acteur import Acteur
from accounts.selectors import inbox
from accounts.states import Genre
from dossiers.models import Decision, Dossier, Fil
from dossiers.selectors.echanges import fils_visible_to, side_of
from dossiers.views.clock import tone_of
from funding.models import DemandeFir
from guichet.kernel.civil import civil_day, date_longue
from guichet.kernel.deadlines import RUNGS_BEFORE_LAST_DAY
from guichet.kernel.money import euros, nombre
from projects.models import Avis
from projects.selectors import desks
from projects.selectors.paper import to_confirm
from projects.states import EtatAvis
from projects.views.grille import tag_of

SEP = "\u00a0· "
"""Between two facts of a line: the dot stays at the end of the line it closes."""

ROWS = 10
"""How many rows a block shows; one more is read, to know whether there are others."""


@dataclass(frozen=True)
class Ligne:
    """One thing to do: `titre` leads to it; `note` says what it is, `etat` and its `ton` how near it is. `ailleurs`: it
    waits for somebody else.
    """

    titre: str
    url: str
    note: str = ""
    quand: str = ""
    etat: str = ""
    ton: str = ""
    ailleurs: bool = False


@dataclass(frozen=True)
class Bloc:
    """`vide`: what would be here and how it gets here. `tout`: where the rest is, "" for nowhere else. `geste`: what is
    done with a row, in a few words, so that the first one can be the next step; `bouton`: its button.
    """

    cle: str
    titre: str
    lignes: list[Ligne]
    vide: str
    tout: str = ""
    autres: bool = False
    discret: bool = False
    geste: str = ""
    bouton: str = ""

    @property
    def compte(self) -> str:
        return f"plus de {ROWS}" if self.autres else str(len(self.lignes))


@dataclass(frozen=True)
class Chiffre:
    """A figure of the head of a home, and where its rows are."""

    libelle: str
    valeur: str
    url: str
    ton: str = ""


@dataclass(frozen=True)
class Etape:
    """The values of components/next_step.html."""

    phrase: str
    detail: str
    url: str
    bouton: str
    echeance: str


LIENS = (
    ("dossier.affecter", "Dossiers sans personne", "dossiers:sans_personne"),
    ("lettres.a_venir", "Bientôt transmis", "projects:a_venir"),
    ("lettres.enregistrer", "Enregistrer une lettre reçue sur papier", "projects:papier"),
    ("projets.enregistrer", "Enregistrer un projet de santé reçu sur papier", "projects:projet_papier_choisir"),
    ("projets.ouvrir_sans_lettre", "Ouvrir un projet de santé sans lettre", "projects:projet_sans_lettre"),
)
"""Beside the blocks: who may go there, and where."""


def page(
    request: HttpRequest,
    main: list[Bloc],
    aside: list[Bloc],
    *,
    chiffres: Sequence[Chiffre] = (),
    avis: str = "",
    agit: bool = True,
) -> HttpResponse:
    """The home of an agent: figures, the next step (none for who may not act), the blocks, what is beside."""
    context = {
        "blocs": main,
        "marge": aside,
        "chiffres": chiffres,
        "liens": [
            {"libelle": label, "url": reverse(name)}
            for rule, label, name in LIENS
            if rules.test_rule(rule, request.acteur)
        ],
        "avis": avis,
        "etape": next_of(main) if agit else None,
        "messages_recents": inbox(request.user)[:5],
    }
    return render(request, "portal/accueil_agent.html", context)


def next_of(blocs: list[Bloc]) -> Etape | None:
    """The first row, of the first block that has one, that waits for nobody else."""
    for block in blocs:
        mine = next((row for row in block.lignes if not row.ailleurs), None) if block.geste else None
        if mine:
            phrase = f"Prochaine étape\u00a0: {block.geste} «\u00a0{mine.titre}\u00a0»"
            return Etape(phrase, mine.note, mine.url, block.bouton, mine.quand)
    return None


def bloc(rows: Iterable[Any], line: Callable[[Any], Ligne], **values: Any) -> Bloc:
    """A block of the first rows; `rows` is a queryset, or a list already cut one row further than what is shown."""
    found = list(islice(rows[: ROWS + 1] if hasattr(rows, "query") else rows, ROWS + 1))
    return Bloc(lignes=[line(row) for row in found[:ROWS]], autres=len(found) > ROWS, **values)


def capped(count: int) -> str:
    """A count that stopped: "plus de 1 000"."""
    return f"plus de {nombre(desks.PLAFOND)}" if count > desks.PLAFOND else nombre(count)


def identity(dossier: Dossier) -> str:
    """What tells a file from another, under its name."""
    parts = [dossier.reference or "", dossier.association.nom]
    if dossier.departement_pilote:
        parts.append(dossier.departement_pilote.nom)
    return SEP.join(part for part in parts if part)


def left(day: date, today: date) -> str:
    """ "dans 12 jours", "demain", "aujourd’hui", "depuis 3 jours"."""
    days = (day - today).days
    if days in NEAR:
        return NEAR[days]
    return f"dans {days} jours" if days > 0 else f"depuis {-days} jours"


NEAR = {-1: "depuis hier", 0: "aujourd’hui", 1: "demain"}


def since(moment: datetime | None, today: date) -> str:
    """ "il y a 3 jours", "hier", "aujourd’hui"."""
    if moment is None:
        return ""
    days = (today - civil_day(moment)).days
    return {0: "aujourd’hui", 1: "hier"}.get(days, f"il y a {days} jours")


def due_tone(day: date, today: date) -> str:
    """The tone of a due date nothing of the law hangs on: red once passed, amber in its last week."""
    if day < today:
        return "alert"
    return "warn" if day < today + timedelta(days=7) else ""


def clock_near(demande: DemandeFir | None, today: date) -> tuple[str, str]:
    """What the row of a letter says of the period of its request once the first warning is due, and its tone."""
    delai = demande.delai if demande else None
    last = delai.dernier_jour if delai and delai.clos_at is None else None
    if last is None or (last - today).days > RUNGS_BEFORE_LAST_DAY[0]:
        return "", ""
    words = f"dernier jour {left(last, today)}" if last >= today else "dernier jour passé"
    return f"Subvention\u00a0: {words}", legal_tone(last, today)


def legal_tone(day: date, today: date) -> str:
    """The tone of a legal period, in the words of the tags: solid alert is alert here."""
    tone = tone_of((day - today).days)
    return {"solide": "alert", "neutre": ""}.get(tone, tone)


def threads_awaiting(acteur: Acteur, *, today: date) -> Bloc:
    """The threads in which the side of this person owes an answer, the oldest first."""
    side = side_of(acteur)
    threads = fils_visible_to(acteur).filter(attend_reponse_de=side).exclude(attend_reponse_de="")
    return bloc(
        threads.select_related("dossier").order_by("dernier_at", "pk"),
        lambda fil: _thread(fil, today),
        cle="reponses",
        titre="On attend votre réponse",
        vide="Les messages qui demandent une réponse apparaîtront ici, le plus ancien d’abord.",
        discret=True,
    )


def _thread(fil: Fil, today: date) -> Ligne:
    return Ligne(
        titre=fil.sujet,
        url=reverse("dossiers:fil", args=[fil.pk]),
        note=fil.dossier.nom,
        quand=since(fil.dernier_at, today),
    )


def opinion(avis: Avis, *, today: date) -> Ligne:
    """An opinion to give: the file, its due date, the days left."""
    limit = avis.consultation.limite_le
    about = avis.consultation.lettre or avis.consultation.projet
    territoire = about.territoire if about else None
    note = identity(avis.dossier)
    if territoire:
        note = f"{note}{SEP}{nombre(territoire.population)}\u00a0habitants"
    return Ligne(
        titre=avis.dossier.nom,
        url=reverse("projects:avis", args=[avis.pk]),
        note=f"Projet de santé{SEP}{note}" if avis.consultation.projet_id else note,
        quand=f"Pour le {date_longue(limit)}, {left(limit, today)}"
        if limit >= today
        else f"Attendu pour le {date_longue(limit)}",
        etat=_opinion_state(avis, today),
        ton=due_tone(limit, today),
    )


def _opinion_state(avis: Avis, today: date) -> str:
    days = (avis.consultation.limite_le - today).days
    if days < 0:
        return "Date passée, avis encore possible"
    if avis.etat == EtatAvis.BROUILLON:
        return "Commencé"
    return "À donner"


def opinion_given(avis: Avis) -> Ligne:
    """An opinion of one's own body: what it said, and when."""
    tag = tag_of(avis)
    return Ligne(
        titre=avis.dossier.nom,
        url=reverse("projects:avis", args=[avis.pk]),
        note=f"Projet de santé{SEP}{identity(avis.dossier)}" if avis.consultation.projet_id else identity(avis.dossier),
        quand=f"Le {date_longue(civil_day(avis.rendu_at))}" if avis.rendu_at else "",
        etat=tag["libelle"],
        ton=tag["ton"],
    )


def opinions_asked(acteur: Acteur, *, today: date) -> Bloc:
    return bloc(
        desks.opinions_to_give(acteur),
        lambda avis: opinion(avis, today=today),
        cle="avis",
        titre="Avis à donner",
        vide="Les lettres sur lesquelles votre organisme est consulté apparaîtront ici, la plus proche d’abord."
        if acteur.genre == Genre.URPS
        else "Les lettres et les projets sur lesquels votre organisme est consulté apparaîtront ici.",
        geste="donner l’avis sur",
        bouton="Donner l’avis",
    )


def opinions_done(acteur: Acteur) -> Bloc:
    return bloc(
        desks.opinions_given(acteur),
        opinion_given,
        cle="avis-donnes",
        titre="Avis donnés",
        vide="Les avis de votre organisme resteront ici, du plus récent au plus ancien.",
        discret=True,
    )


def requests_asked(acteur: Acteur, *, today: date) -> Bloc:
    """The requests asked of a body whose silence has no effect."""
    return bloc(
        desks.requests_without_clock(acteur),
        lambda demande: Ligne(
            titre=demande.dossier.nom,
            url=reverse("funding:demande", args=[demande.pk]),
            note=f"{euros(demande.montant_demande)} demandés{SEP}{identity(demande.dossier)}",
            quand=f"Reçue {since(demande.transmise_at, today)}",
            etat=demande.get_etat_display(),
        ),
        cle="demandes",
        titre="Demandes de subvention à instruire",
        vide="Les demandes adressées à votre organisme apparaîtront ici.",
        tout=reverse("funding:demandes"),
    )


def papers_to_confirm(acteur: Acteur, *, today: date) -> Bloc:
    """Decisions typed from paper that wait for their second person, who is never the one who typed."""

    def mine(decision: Decision) -> bool:
        return decision.saisie_par_id == acteur.user.pk

    return bloc(
        to_confirm(acteur),
        lambda decision: Ligne(
            titre=decision.dossier.nom,
            url=reverse("projects:papier_confirmer", args=[decision.pk]),
            note=f"{decision.get_nature_display()}, signée le {date_longue(decision.signee_le)}",
            quand=f"Saisie {since(decision.saisie_at, today)} par {decision.saisie_par}",
            etat="Attend une autre personne" if mine(decision) else "À confirmer",
            ton="" if mine(decision) else "warn",
            ailleurs=mine(decision),
        ),
        cle="papier",
        titre="Décisions sur papier à confirmer",
        vide="Les décisions signées hors du portail attendront ici une seconde personne.",
        tout=reverse("projects:papier_a_confirmer"),
        geste="confirmer la décision sur",
        bouton="Relire et confirmer",
    )
