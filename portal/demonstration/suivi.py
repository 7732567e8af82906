"""The demonstration files that went further: one in each state, and the hard cases of time.

Every act is done through the services, at the day it would have been done.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from io import BytesIO

from django.core.files.base import ContentFile
from django.utils import timezone
from pypdf import PdfWriter

from accounts.acteur import Acteur
from accounts.models import Absence, Organisation
from dossiers.models import Affectation
from dossiers.services.pieces_demandees import Item
from dossiers.states import NatureDecision, RoleAffectation
from funding.services.instruction import ask_pieces as ask_funder_pieces
from guichet.kernel.deadlines import Depart, Ledger, Regime, compute
from portal.demonstration.comptes import AUTRES_PORTEURS, create_elected, create_porteur, days_ago
from portal.demonstration.ecriture import write_letter
from projects.models import Avis, LettreIntention
from projects.services.checking import ask_pieces
from projects.services.consulting import open_consultation
from projects.services.deciding import refuse, validate
from projects.services.depositing import deposit
from projects.services.opinions import abstain, give, recuse
from projects.services.paper import record_paper_decision, register_outside_deposit
from projects.services.silence import passage
from projects.services.synthesis import give_synthesis
from projects.services.transmitting import transmit
from territories.models import Commune, Epci

URPS_DEJA = ("urps-infirmiers-occitanie", "urps-medecins-occitanie")
"""The two URPS somebody signs in for: they stay silent, so that their opinions can be tried."""
AUTRES = ("dd-ars-31", "cpam-31", "msa-midi-pyrenees-sud", "elsm-31")


def scan(name: str) -> ContentFile:
    """One blank page: what would have come by post."""
    writer, content = PdfWriter(), BytesIO()
    writer.add_blank_page(595, 842)
    writer.add_metadata({"/Title": name})
    writer.write(content)
    return ContentFile(content.getvalue(), name=name)


@dataclass(frozen=True)
class Scene:
    """Who acts, and the instant the demonstration is seen from."""

    porteur: Acteur
    guichet: Acteur
    ars: Acteur
    decideur: Acteur
    cpam: Acteur
    elus: tuple[Acteur, ...]
    region: str
    now: datetime

    def ago(self, days: int) -> datetime:
        return days_ago(self.now, days)


def build(*, agents: Mapping[str, Acteur], region: str, now: datetime) -> Scene:
    """Write the files, the latest state last; give who acted, for those that go further."""
    urps = Organisation.objects.filter(genre="urps", region=region).exclude(code__in=URPS_DEJA).order_by("code")
    scene = Scene(
        porteur=create_porteur(AUTRES_PORTEURS[5], region=region, now=days_ago(now, 120)),
        guichet=agents["guichet@demo.example"],
        ars=agents["ars@demo.example"],
        decideur=agents["decision@demo.example"],
        cpam=agents["cpam@demo.example"],
        elus=tuple(create_elected(body, rank, now=days_ago(now, 120)) for rank, body in enumerate(urps, 1)),
        region=region,
        now=now,
    )
    _sent_back(scene)
    _consulted(scene)
    _opinion_given(scene)
    _about_to_be_silent(scene)
    _pieces_awaited(scene)
    _validated(scene)
    _refused(scene)
    _rejected_by_silence(scene)
    _on_paper(scene)
    _people(scene)
    return scene


def _letter(scene: Scene, nom: str, rank: int, *, days: int, demande: bool = True) -> LettreIntention:
    """A letter on the communes of one intercommunality of Haute-Garonne, deposited that many days ago."""
    lettre = write_letter(
        by=scene.porteur,
        region=scene.region,
        nom=nom,
        communes=communes(rank),
        now=scene.ago(days + 10),
        demande=demande,
    )
    deposit(lettre=lettre, by=scene.porteur, now=scene.ago(days))
    return lettre


def communes(rank: int, departement: str = "31") -> list[str]:
    """Up to eight communes of the intercommunality of that rank, in the order of their names."""
    groups = Epci.objects.filter(communes__departement=departement).distinct().order_by("nom_normalise", "pk")
    epci = groups[rank % max(groups.count(), 1)]
    found = Commune.objects.filter(epci=epci, departement=departement).order_by("nom_normalise", "code")
    return list(found.values_list("code", flat=True)[:8])


def _consult(scene: Scene, lettre: LettreIntention, *, days: int, left: int) -> None:
    codes = [*Organisation.objects.filter(genre="urps", region=scene.region).values_list("code", flat=True), *AUTRES]
    open_consultation(
        lettre=lettre,
        organisations=list(Organisation.objects.filter(code__in=codes)),
        limite_le=timezone.localdate(scene.now) + timedelta(days=left),
        quorum=6,
        by=scene.guichet,
        now=scene.ago(days),
    )


def _answer(scene: Scene, lettre: LettreIntention, elus: Iterable[Acteur], *, days: int) -> None:
    """An opinion of each: the senses and the comments differ, so that the synthesis has something to say."""
    for rank, by in enumerate(elus):
        mixed = rank % 3 == 2
        criteres = {
            "territoire": {"note": "satisfaisant", "commentaire": ""},
            "besoins": {"note": "satisfaisant", "commentaire": "Diagnostic clair, à chiffrer."},
            "mobilisation": {
                "note": "a_completer" if mixed else "satisfaisant",
                "commentaire": "Associer davantage les professionnels de second recours." if mixed else "",
            },
            "projet": {"note": "satisfaisant", "commentaire": ""},
        }
        sens = "favorable_avec_reserves" if mixed else "favorable"
        give(avis=_avis(lettre, by), sens=sens, criteres=criteres, by=by, now=scene.ago(days))


def _avis(lettre: LettreIntention, by: Acteur) -> Avis:
    found = Avis.objects.select_related("consultation__lettre__dossier", "organisation", "dossier")
    return found.get(consultation__lettre=lettre, organisation=by.organisation_id)


def _sent_back(scene: Scene) -> None:
    """Sent back with three questions, one of them about the request for funds."""
    lettre = _letter(scene, "CPTS du Frontonnais", 0, days=20)
    limite = timezone.localdate(scene.now) + timedelta(days=9)
    items = (
        Item(
            intitule="Les communes limitrophes",
            precision="Dites pourquoi elles ne sont pas incluses.",
            limite_le=limite,
        ),
        Item(intitule="La mobilisation des pharmaciens", precision="Aucun n’est compté.", limite_le=limite),
        Item(intitule="Le devis du consultant", limite_le=limite, concerne="demande"),
    )
    ask_pieces(lettre=lettre, items=items, by=scene.guichet, now=scene.ago(6))


def _consulted(scene: Scene) -> None:
    """Five opinions, an abstention, a déport; two URPS and four bodies still silent."""
    lettre = _letter(scene, "CPTS du Comminges", 1, days=24)
    _consult(scene, lettre, days=18, left=12)
    _answer(scene, lettre, scene.elus[:5], days=7)
    abstain(
        avis=_avis(lettre, scene.elus[5]), motif="Peu de confrères exercent là.", by=scene.elus[5], now=scene.ago(6)
    )
    recuse(avis=_avis(lettre, scene.elus[6]), conflit="J’exerce sur ce territoire.", by=scene.elus[6], now=scene.ago(5))


def _opinion_given(scene: Scene) -> None:
    """The Guichet gave its opinion: the letter is to be sent to the ARS."""
    lettre = _letter(scene, "CPTS du Volvestre", 2, days=38)
    _consult(scene, lettre, days=34, left=3)
    _answer(scene, lettre, scene.elus[:7], days=12)
    _conclude(scene, lettre, days=4)


def _conclude(scene: Scene, lettre: LettreIntention, *, days: int) -> None:
    synthese = {
        "territoire": "Cohérent avec les parcours des patients.",
        "mobilisation": "À élargir au second recours.",
        "conclusion": "Le Guichet est favorable au projet et accompagnera l’équipe sur la mobilisation.",
    }
    give_synthesis(lettre=lettre, sens="favorable", synthese=synthese, by=scene.guichet, now=scene.ago(days))


def _about_to_be_silent(scene: Scene) -> None:
    """A request whose last day is in two days: the ladder of warnings has spoken."""
    lettre = _letter(scene, "CPTS des Terres d’Autan", 3, days=days_before_silence(scene.now, left=2))
    transmit(lettre=lettre, by=scene.guichet, now=scene.ago(40))
    passage(now=scene.now)


def days_before_silence(now: datetime, *, left: int, regime: Regime = Regime.REJET) -> int:
    """How many days ago a request, or a project, was deposited whose last day comes in `left` days, or a little
    later.
    """
    today = timezone.localdate(now)
    for days in range(70, 40, -1):
        last = compute(Ledger(regime=regime, recu_le=today - timedelta(days=days), depart=Depart.DEPOT)).dernier_jour
        if last is not None and last >= today + timedelta(days=left):
            return days
    raise ValueError("no such day")


def _pieces_awaited(scene: Scene) -> None:
    """At the ARS: a piece a text requires is awaited, the period is suspended; the caisse gave its opinion."""
    lettre = _letter(scene, "CPTS du Lauragais", 4, days=45)
    _consult(scene, lettre, days=42, left=0)
    _answer(scene, lettre, scene.elus, days=25)
    _conclude(scene, lettre, days=22)
    transmit(lettre=lettre, by=scene.guichet, now=scene.ago(20))
    lettre.refresh_from_db()
    avis = Avis.objects.select_related("consultation__lettre__dossier", "organisation", "dossier").get(
        consultation__lettre=lettre, consultation__nature="am"
    )
    criteres = {
        code: {"note": "satisfaisant", "commentaire": ""}
        for code in ("territoire", "besoins", "mobilisation", "projet")
    }
    give(avis=avis, sens="favorable", criteres=criteres, by=scene.cpam, now=scene.ago(9))
    items = [
        Item(
            intitule="Statuts signés de l’association",
            precision="L’exemplaire joint n’est pas signé.",
            requise=True,
            fondement="Cerfa n° 12156*06, pièces à joindre",
            limite_le=timezone.localdate(scene.now) + timedelta(days=12),
        )
    ]
    assert lettre.demande is not None
    ask_funder_pieces(demande=lettre.demande, items=items, by=scene.ars, now=scene.ago(5))


def _validated(scene: Scene) -> None:
    """Validated and funded."""
    lettre = _letter(scene, "CPTS de la Save", 5, days=50)
    transmit(lettre=lettre, by=scene.guichet, now=scene.ago(40))
    validate(
        lettre=lettre,
        accorde=Decimal(20_000),
        motivation="Projet cohérent, équipe réunie.",
        by=scene.decideur,
        now=scene.ago(15),
    )


def _refused(scene: Scene) -> None:
    """Refused, its request with it."""
    lettre = _letter(scene, "CPTS du Savès", 6, days=52)
    transmit(lettre=lettre, by=scene.guichet, now=scene.ago(44))
    refuse(
        lettre=lettre,
        motivation="Le territoire recouvre celui d’une communauté déjà constituée, sans projet commun.",
        motivation_demande="La lettre d’intention qu’elle accompagne est refusée.",
        by=scene.decideur,
        now=scene.ago(20),
    )


def _rejected_by_silence(scene: Scene) -> None:
    """Nobody answered: the clock recorded the rejection, the letter is validated since, the request may be granted."""
    lettre = _letter(scene, "CPTS de la Lèze", 7, days=80)
    transmit(lettre=lettre, by=scene.guichet, now=scene.ago(65))
    passage(now=scene.ago(14))
    validate(lettre=lettre, by=scene.decideur, now=scene.ago(8))
    assert lettre.demande is not None
    lettre.demande.refresh_from_db()


def _on_paper(scene: Scene) -> None:
    """A letter that came by post, sent on, and refused by a letter typed late that a second person is to confirm."""
    event = register_outside_deposit(
        nom_cpts="CPTS du Canal",
        nom_association="Association Santé du Canal",
        communes=communes(8),
        pilote="31",
        recu_le=timezone.localdate(scene.ago(33)),
        scan=scan("lettre-recue.pdf"),
        montant_demande=Decimal(12_000),
        by=scene.guichet,
        now=scene.ago(31),
    )
    lettre = LettreIntention.objects.select_related("dossier").get(pk=event.lettre_id)
    transmit(lettre=lettre, by=scene.guichet, now=scene.ago(28))
    record_paper_decision(
        step=lettre,
        nature=NatureDecision.REFUS_LETTRE,
        signataire=scene.decideur.user,
        signee_le=timezone.localdate(scene.ago(7)),
        notifiee_le=timezone.localdate(scene.ago(4)),
        scan=scan("decision-signee.pdf"),
        motivation="Le territoire n’est pas pertinent au regard des parcours de soins.",
        by=scene.ars,
        now=scene.ago(1),
    )


def _people(scene: Scene) -> None:
    """Who is in charge of some files, and somebody away."""
    for nom, by in (("CPTS du Comminges", scene.guichet), ("CPTS du Lauragais", scene.ars)):
        lettre = LettreIntention.objects.select_related("dossier").get(dossier__nom=nom)
        Affectation.objects.create(
            dossier=lettre.dossier,
            organisation_id=by.organisation_id,
            user=by.user,
            role=RoleAffectation.TITULAIRE,
            debut_le=timezone.localdate(scene.ago(15)),
            affecte_par=by.user,
        )
    today: date = timezone.localdate(scene.now)
    Absence.objects.create(
        user=scene.ars.user,
        du_le=today + timedelta(days=3),
        au_le=today + timedelta(days=17),
        remplacant=scene.decideur.user,
    )
