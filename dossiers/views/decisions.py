"""A decision as it is read: what, why, by whom, from when; its first reading by the association is kept."""

from datetime import date
from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views import View

from dossiers.documents import remedies
from dossiers.models import Decision
from dossiers.parcours import ground_of
from dossiers.selectors.decisions import decisions_visible_to
from dossiers.selectors.documents import documents_visible_to
from dossiers.selectors.reglages import reglage
from dossiers.services.decisions import record_opening
from dossiers.states import EtatDocument, NatureDecision
from dossiers.views.recours import appeals
from guichet.kernel.civil import date_longue
from guichet.kernel.money import euros

ETAPES = {
    NatureDecision.VALIDATION_LETTRE: ("projects:lettre", "Lettre d’intention"),
    NatureDecision.REFUS_LETTRE: ("projects:lettre", "Lettre d’intention"),
    NatureDecision.ACCORD_FIR: ("funding:demande", "Demande de subvention"),
    NatureDecision.REFUS_FIR: ("funding:demande", "Demande de subvention"),
    NatureDecision.VALIDATION_PROJET: ("projects:projet", "Projet de santé"),
    NatureDecision.OPPOSITION_PROJET: ("projects:projet", "Projet de santé"),
    NatureDecision.DEMANDE_PIECES_PROJET: ("projects:projet", "Projet de santé"),
    NatureDecision.RETRAIT_PROJET: ("projects:projet", "Projet de santé"),
    NatureDecision.RAPPORT_PROJET: ("projects:projet", "Projet de santé"),
}
"""The page of the step a decision is about, by its name: what a file holds does not know its steps."""

NOTIFIEE = {
    "mise_a_disposition": "Tenue pour notifiée dès sa mise à disposition sur le portail",
    "premiere_consultation": "Tenue pour notifiée à sa première ouverture par l’association ou, sans ouverture pendant "
    "plus de quinze jours, à sa mise à disposition",
}
DEFAVORABLES = {
    NatureDecision.REFUS_LETTRE: "Refus",
    NatureDecision.REFUS_FIR: "Refus",
    NatureDecision.OPPOSITION_PROJET: "Opposition",
    NatureDecision.RETRAIT_PROJET: "Validation retirée",
}
FAVORABLES = {NatureDecision.VALIDATION_PROJET: "Validé", NatureDecision.RAPPORT_PROJET: "Validé"}


class DecisionView(LoginRequiredMixin, View):
    """Read by a person of the association, it is opened: who and when are kept for ever."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        found = decisions_visible_to(request.acteur).select_related("dossier__association", "preuve")  # type: ignore[attr-defined]
        decision = get_object_or_404(found, pk=pk)
        record_opening(decision=decision, by=request.acteur, now=request.now)  # type: ignore[attr-defined]
        name, label = ETAPES[NatureDecision(decision.nature)]
        context = {
            "decision": decision,
            "etape": {"url": reverse(name, args=[decision.etape_id]), "libelle": label},
            "etat": _tag(decision),
            "lignes": _lines(decision),
            "dates": self._dates(request, decision),
            "notification": _notification(decision, agent=request.acteur.est_agent),  # type: ignore[attr-defined]
            "recours": remedies(on=decision.signee_le),
            "formes": appeals(request, decision),
            "document": self._paper(request, decision),
        }
        return render(request, "dossiers/decision.html", context)

    def _dates(self, request: HttpRequest, decision: Decision) -> list[dict[str, Any]]:
        """The three instants: signed, made available, opened. Who opened is told to agents, and to oneself."""
        acteur = request.acteur  # type: ignore[attr-defined]
        openings = list(decision.ouvertures.select_related("user").order_by("ouverte_at", "pk"))
        rows = [_event(date_longue(decision.signee_le), "Signée", decision.signataire)]
        if decision.notifiee_le:
            rows.append(_event(date_longue(decision.notifiee_le), "Notifiée hors du portail", ""))
        if decision.disponible_at:
            rows.append(_event(_instant(decision.disponible_at), "Mise à disposition sur le portail", ""))
        for opening in openings:
            if acteur.est_agent or opening.user_id == acteur.user.pk:
                who = ", ".join(part for part in (str(opening.user), opening.qualite) if part)
                rows.append(_event(_instant(opening.ouverte_at), "Ouverte", who))
        if acteur.est_agent and not openings:
            rows.append({"quand": "Pas encore", "titre": "Ouverte par l’association", "moment": "to-come"})
        return rows

    def _paper(self, request: HttpRequest, decision: Decision) -> dict[str, str] | None:
        """The PDF of the decision, or the scan of the one signed elsewhere; None while it is being drawn."""
        if decision.preuve:
            return {
                "url": reverse("dossiers:piece", args=[decision.preuve.pk]),
                "libelle": "La décision signée (numérisée)",
            }
        papers = documents_visible_to(request.acteur).filter(evenement=decision.evenement, etat=EtatDocument.RENDU)  # type: ignore[attr-defined]
        paper = papers.defer("contexte").order_by("pk").first()
        return paper and {"url": reverse("dossiers:document", args=[paper.pk]), "libelle": f"{paper.titre} (PDF)"}


def _event(quand: str, titre: str, acteur: str) -> dict[str, Any]:
    return {"quand": quand, "titre": titre, "moment": "done", "acteur": acteur}


def _instant(moment: Any) -> str:
    local = timezone.localtime(moment)
    return f"{date_longue(local.date())} à {local.hour}\u00a0h\u00a0{local.minute:02d}"


def _tag(decision: Decision) -> dict[str, str]:
    nature = NatureDecision(decision.nature)
    if refused := DEFAVORABLES.get(nature):
        return {"libelle": refused, "ton": "alert"}
    return {"libelle": FAVORABLES.get(nature, "Accord"), "ton": "ok"}


def _lines(decision: Decision) -> list[list[str]]:
    """What was decided, for whom, by whom, in virtue of what."""
    lines = [["CPTS", decision.dossier.nom], ["Association", decision.dossier.association.nom]]
    if decision.montant is not None:
        lines.append(["Montant accordé", euros(decision.montant)])
    if comite := decision.donnees.get("comite_le"):
        lines.append(["Comité du", date_longue(date.fromisoformat(comite))])
    lines += ground_of(decision)
    lines += [["Signée par", decision.signataire], ["Qualité", decision.qualite]]
    if decision.acte:
        lines.append(["En vertu de", decision.acte])
    if decision.consolidation_le:
        lines.append(["Retirable, si elle est illégale, jusqu’au", date_longue(decision.consolidation_le)])
    return lines


def _notification(decision: Decision, *, agent: bool) -> dict[str, str] | None:
    """From when the decision counts as notified: the setting of the region and, to an agent, its doubt."""
    found = reglage("notification_portail", on=decision.signee_le)
    if found is None:
        return None
    return {
        "texte": NOTIFIEE.get(str(found.valeur), ""),
        "source": found.source,
        "doute": found.doute if agent else "",
    }


urlpatterns: list[URLPattern] = [path("decisions/<int:pk>/", DecisionView.as_view(), name="decision")]
