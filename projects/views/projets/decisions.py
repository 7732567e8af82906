"""What the ARS prepares and decides on a project: validate, oppose, withdraw an illegal validation, give up an
opposition. Each page says what will happen, until when, and in virtue of what one signs.
"""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.urls import URLPattern, path

from dossiers.selectors.reglages import reglage
from dossiers.selectors.territoires import overlaps
from dossiers.states import NatureDecision
from dossiers.views.actes import today
from guichet.kernel.civil import date_longue
from guichet.kernel.deadlines import consolidation
from guichet.kernel.lifecycle import Refused
from projects.forms.decisions_projet import (
    OpposerForm,
    PreparerForm,
    RapporterForm,
    RetraitForm,
    ValiderProjetForm,
    prepared,
)
from projects.lifecycles import ENTRE_LES_MAINS_DE_L_ARS
from projects.models import PreparationDecision, ProjetSante
from projects.models.projet import JOURS_SANS_OUVERTURE, NOTIFICATION
from projects.selectors import files_alive
from projects.selectors.avis import reponses_on_project
from projects.selectors.paper import SUR_UN_PROJET
from projects.services.projets.deciding import (
    awaited_am,
    oppose,
    prepare,
    report_opposition,
    validate,
    withdraw_validation,
)
from projects.views.grille import line_of
from projects.views.projets.desk import DeskActe, doubt, last_day, signature

OBJECTIFS = "prs_objectifs"
"""Dated setting: the objectives of the PRS an opposition may name, each in its words."""
NATURES = (
    NatureDecision.VALIDATION_PROJET,
    NatureDecision.OPPOSITION_PROJET,
    NatureDecision.RETRAIT_PROJET,
    NatureDecision.RAPPORT_PROJET,
)
"""What is decided on a project; asking for pieces is none."""


def preparation_of(projet: ProjetSante) -> PreparationDecision | None:
    """The decision as it is prepared, with who prepared it. One query."""
    return PreparationDecision.objects.select_related("prepare_par").filter(projet=projet).first()


class GroundActe(DeskActe):
    """An act whose form has the ground of an opposition: the objectives of the region, the files that overlap."""

    form_type: Any = None

    def make_form(self, request: HttpRequest, step: ProjetSante, **given: Any) -> forms.Form:
        found = reglage(OBJECTIFS, on=today(request))
        self.objectifs = [str(text) for text in (found.valeur if found else [])]
        self.doute_prs = found.doute if found and not self.objectifs else ""
        self.conflits = conflicts_of(request, step)
        if not given:
            given["initial"] = self.initial_values(step)
        form: forms.Form = self.form_type(objectifs=self.objectifs, conflits=self.conflits, **given)
        return form

    def initial_values(self, step: ProjetSante) -> dict[str, Any]:
        return {}

    def page(self, request: HttpRequest, step: ProjetSante) -> dict[str, Any]:
        return {
            "doute": doubt("projet_sante", request),
            "doute_prs": self.doute_prs,
            "avis": opinions(request, step),
            "dernier_jour": last_day(step),
        }


def conflicts_of(request: HttpRequest, projet: ProjetSante) -> list[tuple[str, str]]:
    """The files whose territory overlaps, as (the words the decision keeps, the label of the choice)."""
    if projet.territoire is None:
        return []
    found = overlaps(projet.territoire, acteur=request.acteur, parmi=files_alive())  # type: ignore[attr-defined]
    return [
        (named, f"{named}, {_shared(len(other.communes), len(other.a_verifier))}")
        for other in found
        if (named := f"{other.dossier.nom} ({other.dossier.reference})" if other.dossier.reference else "")
    ]


def _shared(communes: int, doubtful: int) -> str:
    if communes:
        return f"{communes} commune{'s' if communes > 1 else ''} en commun"
    return f"{doubtful} commune{'s' if doubtful > 1 else ''} à vérifier par quartiers"


def opinions(request: HttpRequest, projet: ProjetSante) -> list[dict[str, Any]]:
    """Each opinion asked, in whatever state. Two queries."""
    return [line_of(answer) for answer in reponses_on_project(projet, acteur=request.acteur)]  # type: ignore[attr-defined]


class PreparerView(GroundActe):
    """The délégation prepares the decision; the last one written stands. Nobody outside the ARS reads it."""

    action = "demander_piece_utile"  # whoever instructs, while the project is to be decided
    template_name = "projects/projets/bureau/preparer.html"
    form_type = PreparerForm
    titre = "Préparer la décision"
    bouton = "Enregistrer la préparation"
    fait = "La préparation est enregistrée. La personne qui signe la trouve sur la page du projet."

    def refuse_early(self, request: HttpRequest, step: Any) -> None:
        if step.etat not in ENTRE_LES_MAINS_DE_L_ARS:
            raise Refused(f"Le projet est «\u00a0{step.get_etat_display()}\u00a0»\u00a0: il n’y a plus à décider.")

    def initial_values(self, step: ProjetSante) -> dict[str, Any]:
        kept = preparation_of(step)
        if kept is None:
            return {}
        told = {"nature": kept.nature, "motivation": kept.motivation, "remarques": kept.remarques}
        return prepared(kept.donnees, self.objectifs) | told

    def consequences(self, request: HttpRequest, step: ProjetSante) -> list[str]:
        last = last_day(step)
        return [
            "Rien n’est décidé ni envoyé. Seule l’ARS lit cette préparation.",
            "La personne qui a délégation relit, corrige si besoin, puis signe"
            + (f", au plus tard le {last}." if last else "."),
        ]

    def act(self, request: HttpRequest, step: ProjetSante, values: dict[str, Any]) -> None:
        prepare(
            projet=step,
            nature=values["nature"],
            donnees=self.form.donnees(),  # type: ignore[union-attr]
            motivation=values["motivation"],
            remarques=values["remarques"],
            by=request.acteur,
            now=request.now,
        )


class ValiderView(DeskActe):
    """Validate, the opinion of the Assurance Maladie shown in whatever state; not awaited, for a reason kept."""

    action = "valider"
    decide = SUR_UN_PROJET
    template_name = "projects/projets/bureau/valider.html"
    titre = "Valider le projet de santé"
    bouton = "Signer la validation"
    fait = "La décision est signée, et mise à disposition de l’association."

    def make_form(self, request: HttpRequest, step: ProjetSante, **given: Any) -> forms.Form:
        self.attendu = awaited_am(step)
        self.preparee = preparation_of(step)
        ready = self.preparee
        if not given and ready and ready.nature == NatureDecision.VALIDATION_PROJET:
            told = {"motivation": ready.motivation, "sans_attendre": ready.donnees.get("sans_attendre", "")}
            given["initial"] = told
        return ValiderProjetForm(**given, attendu=self.attendu)

    def page(self, request: HttpRequest, step: ProjetSante) -> dict[str, Any]:
        return {
            "avis": opinions(request, step),
            "attendu": self.attendu,
            "preparation": _remarks(self.preparee),
            "dernier_jour": last_day(step),
        }

    def consequences(self, request: HttpRequest, step: ProjetSante) -> list[str]:
        until = date_longue(consolidation(today(request)))
        return [
            "La décision est imprimée et mise à disposition de l’association, qui en est prévenue.",
            "Le délai prend fin aujourd’hui. La communauté peut préparer son contrat.",
            f"Cette décision crée des droits\u00a0: elle ne pourra être retirée que si elle est illégale, et jusqu’au "
            f"{until} (CRPA, art. L242-1).",
            signature(request),
        ]

    def act(self, request: HttpRequest, step: ProjetSante, values: dict[str, Any]) -> None:
        validate(
            projet=step,
            motivation=values["motivation"],
            sans_attendre=values.get("sans_attendre", ""),
            by=request.acteur,
            now=request.now,
        )


def _remarks(ready: PreparationDecision | None) -> dict[str, str] | None:
    """What the délégation says to whoever signs."""
    if ready is None:
        return None
    proposes = "la validation" if ready.nature == NatureDecision.VALIDATION_PROJET else "une opposition"
    return {"propose": proposes, "par": f"{ready.prepare_par}, {ready.qualite}", "remarques": ready.remarques}


class OpposerView(GroundActe):
    """Oppose on one of the two lawful grounds, with reasons."""

    action = "opposer"
    decide = SUR_UN_PROJET
    template_name = "projects/projets/bureau/opposer.html"
    form_type = OpposerForm
    titre = "S’opposer au projet de santé"
    bouton = "Signer l’opposition"
    danger = True
    fait = "L’opposition est signée, et mise à disposition de l’association."

    def initial_values(self, step: ProjetSante) -> dict[str, Any]:
        self.preparee = preparation_of(step)
        ready = self.preparee
        if ready is None or ready.nature != NatureDecision.OPPOSITION_PROJET:
            return {}
        return prepared(ready.donnees, self.objectifs) | {"motivation": ready.motivation}

    def page(self, request: HttpRequest, step: ProjetSante) -> dict[str, Any]:
        return {**super().page(request, step), "preparation": _remarks(getattr(self, "preparee", None))}

    def consequences(self, request: HttpRequest, step: ProjetSante) -> list[str]:
        return [
            "La décision est imprimée avec son motif, ses raisons et les voies de recours, et mise à disposition de "
            "l’association, qui en est prévenue.",
            _when_notified(request, step),
            "L’association pourra déposer un nouveau projet, qui reprend ce qu’elle a écrit, ou former un recours.",
            signature(request),
        ]

    def act(self, request: HttpRequest, step: ProjetSante, values: dict[str, Any]) -> None:
        oppose(
            projet=step,
            opposition=self.form.opposition(),  # type: ignore[union-attr]
            motivation=values["motivation"],
            by=request.acteur,
            now=request.now,
        )


def _when_notified(request: HttpRequest, projet: ProjetSante) -> str:
    """From when an opposition stops the silence: the setting of the region, with its doubt."""
    found = reglage(NOTIFICATION, on=today(request))
    doubt_told = f" {found.doute}" if found and found.doute else ""
    last = last_day(projet)
    if found and found.valeur == "premiere_consultation":
        until = f"à la fin du {last}" if last else "à la fin du délai"
        return (
            "Elle arrête le délai à sa première ouverture par l’association\u00a0; sans ouverture pendant plus de "
            f"{JOURS_SANS_OUVERTURE} jours, à la date de sa mise à disposition (CRPA, art. R112-20). Si ce n’est pas "
            f"acquis {until}, le silence est inscrit et le projet est «\u00a0à vérifier\u00a0».{doubt_told}"
        )
    return f"Elle est tenue pour notifiée dès sa mise à disposition, aujourd’hui\u00a0: le délai prend fin.{doubt_told}"


class RetraitView(DeskActe):
    """Withdraw an illegal validation, while the law still lets it: the CPTS heard first."""

    action = "prononcer_retrait"
    template_name = "projects/projets/bureau/acte.html"
    titre = "Retirer la validation"
    bouton = "Signer le retrait"
    danger = True
    fait = "Le retrait est signé, et mis à disposition de l’association."

    def make_form(self, request: HttpRequest, step: ProjetSante, **given: Any) -> forms.Form:
        return RetraitForm(**given, jour=today(request))

    def page(self, request: HttpRequest, step: ProjetSante) -> dict[str, Any]:
        return {"doute": doubt("retrait_illegalite", request)}

    def consequences(self, request: HttpRequest, step: ProjetSante) -> list[str]:
        last = step.consolidation_le()
        until = f", au plus tard le {date_longue(last)}" if last else ""
        return [
            f"Une validation ne se retire que si elle est illégale{until} (CRPA, art. L242-1).",
            "Le projet n’est plus validé. L’association pourra déposer un nouveau projet, ou former un recours.",
            "La décision est imprimée avec ses motifs et les voies de recours.",
            signature(request),
        ]

    def act(self, request: HttpRequest, step: ProjetSante, values: dict[str, Any]) -> None:
        withdraw_validation(projet=step, **values, by=request.acteur, now=request.now)


NOUVELLE_TENTATIVE = (
    "Une nouvelle tentative de ce dossier est entre vos mains\u00a0: valider ce projet ne l’arrête pas. L’association "
    "peut la retirer\u00a0; sinon vous l’examinez, et son délai court."
)


class RapporterView(DeskActe):
    """Give up the opposition on an appeal or a judgment: the project is validated."""

    action = "rapporter_opposition"
    template_name = "projects/projets/bureau/acte.html"
    titre = "Rapporter l’opposition"
    bouton = "Signer la décision"
    fait = "L’opposition est rapportée\u00a0: le projet est validé. L’association en est prévenue."

    def make_form(self, request: HttpRequest, step: ProjetSante, **given: Any) -> forms.Form:
        return RapporterForm(**given, jour=today(request))

    def page(self, request: HttpRequest, step: ProjetSante) -> dict[str, Any]:
        return {"doute": ""}

    def consequences(self, request: HttpRequest, step: ProjetSante) -> list[str]:
        until = date_longue(consolidation(today(request)))
        attempts = ProjetSante.objects.visible_to(request.acteur).filter(
            dossier=step.dossier_id, etat__in=ENTRE_LES_MAINS_DE_L_ARS
        )
        again = [NOUVELLE_TENTATIVE] if attempts.exists() else []
        return [
            *again,
            "Le projet est validé à compter d’aujourd’hui, par une décision imprimée et mise à disposition de "
            "l’association.",
            f"Elle ne pourra être retirée que si elle est illégale, et jusqu’au {until} (CRPA, art. L242-1).",
            signature(request),
        ]

    def act(self, request: HttpRequest, step: ProjetSante, values: dict[str, Any]) -> None:
        report_opposition(projet=step, **values, by=request.acteur, now=request.now)


UN = "projets-de-sante/<int:pk>/"
urlpatterns: list[URLPattern] = [
    path(f"{UN}preparer/", PreparerView.as_view(), name="projet_preparer"),
    path(f"{UN}valider/", ValiderView.as_view(), name="projet_valider"),
    path(f"{UN}opposer/", OpposerView.as_view(), name="projet_opposer"),
    path(f"{UN}retirer-la-validation/", RetraitView.as_view(), name="projet_prononcer_retrait"),
    path(f"{UN}rapporter-l-opposition/", RapporterView.as_view(), name="projet_rapporter"),
]
