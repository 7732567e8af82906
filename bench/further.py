"""What becomes of a file after its deposit, act after act, through the services: the kinds that go to their end.

Every act is done at a fixed number of days after the deposit, so that a cast is the mould moved by as many days.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.utils import timezone

from accounts.acteur import Acteur
from accounts.models import Organisation
from bench.people import acting, bodies_of, urps_of
from dossiers.models import Dossier, Fil
from dossiers.services.affectations import assign
from dossiers.services.echanges import Ecrit, open_thread, post_message
from dossiers.services.pieces_demandees import Item
from dossiers.states import AudienceFil, RoleAffectation
from funding.models import DemandeFir
from funding.services.instruction import ask_pieces as ask_funder_pieces
from funding.services.instruction import record_rejection
from projects.models import Avis, LettreIntention
from projects.services.checking import ask_pieces
from projects.services.consulting import open_consultation
from projects.services.deciding import refuse, validate
from projects.services.opinions import abstain, close_unanswered, give, recuse, save_draft
from projects.services.synthesis import give_synthesis
from projects.services.transmitting import transmit
from projects.states import NatureConsultation

SENT_BACK, CONSULTED, OPINION, SENT, PIECES, GRANTED, REFUSED, SILENT, DUE = (
    "précisions demandées",
    "en consultation",
    "avis du Guichet rendu",
    "transmise à l’ARS",
    "pièces demandées par l’ARS",
    "validée, subvention accordée",
    "refusée",
    "rejetée par silence",
    "transmise sans consultation",
)
"""The last one is for the measure of the clock alone."""
GUICHET = "guichet-occitanie"
CRITERES = ("territoire", "besoins", "mobilisation", "projet")
LAST_DAY = 66
"""Days from the deposit to the last act of any kind."""


@dataclass(frozen=True)
class Scene:
    """A deposited file, who acts on it, and the instant of its deposit. `lead` is its département pilote."""

    lettre_id: int
    porteur: Acteur
    lead: str
    region: str
    depot: datetime

    def after(self, days: int, minutes: int = 0) -> datetime:
        return self.depot + timedelta(days=days, minutes=minutes)

    @property
    def lettre(self) -> LettreIntention:
        """As a page loads it, each time."""
        found = LettreIntention.objects.select_related("dossier__association", "demande__financeur", "demande__delai")
        return found.get(pk=self.lettre_id)

    @property
    def dossier(self) -> Dossier:
        return self.lettre.dossier

    @property
    def demande(self) -> DemandeFir:
        return DemandeFir.objects.select_related("dossier", "financeur", "delai").get(lettre=self.lettre_id)

    @property
    def guichet(self) -> Acteur:
        return acting(GUICHET)

    @property
    def decideur(self) -> Acteur:
        return acting(f"dd-ars-{self.lead}", "decider")


def go_further(kind: str, scene: Scene) -> datetime:
    """Take the file to that kind; return when its mails have left and its papers are drawn."""
    end = scene.depot
    for act, last in WAYS[kind]:
        act(scene)
        end = scene.after(last, 30)
    return end


def _sent_back(scene: Scene) -> None:
    """Two questions of the Guichet, the first with its own thread."""
    limite = timezone.localdate(scene.after(16))
    items = (
        Item(intitule="Les communes limitrophes", precision="Pourquoi ne sont-elles pas incluses ?", limite_le=limite),
        Item(intitule="La mobilisation des pharmaciens", limite_le=limite),
    )
    ask_pieces(lettre=scene.lettre, items=items, by=scene.guichet, now=scene.after(6))
    _talk(scene, AudienceFil.PORTEUR_GUICHET, (scene.porteur, scene.guichet), day=6)


def _consult(scene: Scene) -> None:
    codes = [*urps_of(scene.region), *bodies_of(scene.lead)]
    open_consultation(
        lettre=scene.lettre,
        organisations=list(Organisation.objects.filter(code__in=codes)),
        limite_le=timezone.localdate(scene.after(40)),
        quorum=6,
        by=scene.guichet,
        now=scene.after(4),
    )


def _answers(scene: Scene) -> None:
    """Six URPS and the caisse give their opinion, one abstains, one steps aside, one has begun; others are silent."""
    codes = urps_of(scene.region)
    turned = codes if scene.lead == "31" else codes[5:] + codes[:5]
    for rank, code in enumerate([*turned[:6], f"cpam-{scene.lead}"]):
        by, mixed = acting(code), rank % 3 == 2
        sens = "favorable_avec_reserves" if mixed else "favorable"
        give(avis=_avis(scene, by), sens=sens, criteres=_grades(mixed), by=by, now=scene.after(12, rank))
    by = acting(turned[6])
    abstain(avis=_avis(scene, by), motif="Peu de confrères exercent là.", by=by, now=scene.after(13))
    by = acting(turned[7])
    recuse(avis=_avis(scene, by), conflit="J’exerce sur ce territoire.", by=by, now=scene.after(13, 1))
    by = acting(turned[8])
    save_draft(
        avis=_avis(scene, by),
        sens="favorable",
        criteres={"territoire": {"note": "satisfaisant", "commentaire": ""}},
        commentaire="",
        version=0,
        by=by,
        now=scene.after(13, 2),
    )
    _talk(scene, AudienceFil.ORGANISME, (acting("urps-infirmiers-occitanie"),), day=13)


def _conclude(scene: Scene) -> None:
    """The opinion of the Guichet, by whoever is in charge of the file."""
    _entrust(scene, scene.guichet, day=20)
    synthese = {
        "territoire": "Cohérent avec les parcours des patients.",
        "mobilisation": "À élargir au second recours.",
        "conclusion": "Le Guichet est favorable au projet.",
    }
    give_synthesis(lettre=scene.lettre, sens="favorable", synthese=synthese, by=scene.guichet, now=scene.after(22))


def _transmit(scene: Scene) -> None:
    transmit(lettre=scene.lettre, by=scene.guichet, now=scene.after(24))
    _talk(scene, AudienceFil.PORTEUR_ARS, (scene.porteur, scene.decideur), day=25)
    _talk(scene, AudienceFil.ARS_AM, (scene.decideur, acting(f"cpam-{scene.lead}")), day=25)


def _caisse_answers(scene: Scene) -> None:
    """The caisse gives the opinion the transmission asked for; the délégation puts somebody in charge."""
    by = acting(f"cpam-{scene.lead}")
    avis = _avis(scene, by, NatureConsultation.AM)
    give(avis=avis, sens="favorable", criteres=_grades(mixed=False), by=by, now=scene.after(26))
    _entrust(scene, scene.decideur, day=26)


def _ask_pieces(scene: Scene) -> None:
    """A piece that a text requires: the period is suspended until it comes, or until its limit."""
    item = Item(
        intitule="Statuts signés de l’association",
        requise=True,
        fondement="Cerfa n° 12156*06, pièces à joindre",
        limite_le=timezone.localdate(scene.after(45)),
    )
    ask_funder_pieces(demande=scene.demande, items=[item], by=scene.decideur, now=scene.after(27))


def _grant(scene: Scene) -> None:
    validate(
        lettre=scene.lettre,
        accorde=Decimal(10_000),
        motivation="Projet cohérent.",
        by=scene.decideur,
        now=scene.after(40),
    )


def _refuse(scene: Scene) -> None:
    refuse(
        lettre=scene.lettre,
        motivation="Le territoire recouvre celui d’une communauté déjà constituée.",
        motivation_demande="La lettre d’intention qu’elle accompagne est refusée.",
        by=scene.decideur,
        now=scene.after(40),
    )


def _silence(scene: Scene) -> None:
    """Nobody answered: the clock closes the opinion of the caisse, then records the rejection."""
    close_unanswered(avis=_avis(scene, acting(f"cpam-{scene.lead}"), NatureConsultation.AM), now=scene.after(46))
    record_rejection(demande=scene.demande, now=scene.after(LAST_DAY))


Way = tuple[tuple[Callable[[Scene], None], int], ...]
"""Acts in their order, each with the days from the deposit to its end."""
_TO_OPINION: Way = ((_consult, 4), (_answers, 13), (_conclude, 22))
_TO_ARS: Way = (*_TO_OPINION, (_transmit, 25))
WAYS: dict[str, Way] = {
    SENT_BACK: ((_sent_back, 6),),
    CONSULTED: _TO_OPINION[:2],
    OPINION: _TO_OPINION,
    SENT: _TO_ARS,
    PIECES: (*_TO_ARS, (_caisse_answers, 26), (_ask_pieces, 27)),
    GRANTED: (*_TO_ARS, (_caisse_answers, 26), (_grant, 40)),
    REFUSED: (*_TO_ARS, (_caisse_answers, 26), (_refuse, 40)),
    SILENT: ((_transmit, 25), (_silence, LAST_DAY)),
    DUE: ((_transmit, 25),),
}


def _avis(scene: Scene, by: Acteur, nature: NatureConsultation = NatureConsultation.GUICHET) -> Avis:
    found = Avis.objects.select_related("consultation__lettre__dossier", "organisation", "dossier")
    return found.get(consultation__lettre=scene.lettre_id, consultation__nature=nature, organisation=by.organisation_id)


def _grades(mixed: bool) -> dict[str, dict[str, str]]:
    grades = {code: {"note": "satisfaisant", "commentaire": ""} for code in CRITERES}
    if mixed:
        grades["mobilisation"] = {"note": "a_completer", "commentaire": "Associer le second recours."}
    return grades


def _talk(scene: Scene, audience: AudienceFil, people: tuple[Acteur, ...], *, day: int) -> None:
    """A thread: its opening, which waits for an answer, and the answer of the second person if there is one."""
    opening = Ecrit(texte="Le calendrier tient-il ?", jeton=uuid.uuid4(), attend_reponse=len(people) > 1)
    fil: Fil = open_thread(
        dossier=scene.dossier,
        audience=audience,
        sujet="Le calendrier",
        ecrit=opening,
        by=people[0],
        now=scene.after(day, 10),
    )
    for by in people[1:]:
        answer = Ecrit(texte="Oui, nous le confirmons.", jeton=uuid.uuid4())
        post_message(fil=fil, ecrit=answer, by=by, now=scene.after(day, 20))


def _entrust(scene: Scene, by: Acteur, *, day: int) -> None:
    """`by` takes the file in its own body."""
    vacant: dict[str, int | None] = dict.fromkeys(RoleAffectation.values)
    wanted = {RoleAffectation.TITULAIRE.value: by.user}
    assign(dossier=scene.dossier, wanted=wanted, seen=vacant, by=by, now=scene.after(day))
