"""The public page "Calculer un délai": what `manage.py echeance` answers, for anyone, from a link."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dossiers.views.clock import bar, days_left, jour, tone_of
from guichet.kernel.civil import civil_day, date_longue
from guichet.kernel.deadlines import Echeance, Etat, Regime, compute
from guichet.kernel.explanations import explain
from portal.forms.calcul import CalculForm

PAGE = "portal/calculer_un_delai.html"
ETATS = {
    Etat.NON_COMMENCE: "Délai non commencé",
    Etat.EN_COURS: "Délai en cours",
    Etat.SUSPENDU: "Délai suspendu",
    Etat.EXPIRE: "Délai expiré",
}


@require_safe
def calculer_un_delai(request: HttpRequest) -> HttpResponse:
    """Nothing is asked of the database, nothing is kept: the facts are in the address."""
    form = CalculForm(request.GET, today=civil_day(request.now))  # type: ignore[attr-defined]
    if not form.is_bound:
        return render(request, PAGE, {"form": form})
    if not form.is_valid():
        return render(request, PAGE, {"form": form}, status=422)
    echeance = compute(form.ledger)
    answer = {"form": form, "echeance": echeance, "etat": ETATS[echeance.etat(form.au_le)], "au": form.au_le}
    return render(request, PAGE, {**answer, "horloge": _clock(echeance, form.au_le)})


def _clock(echeance: Echeance, au: date) -> dict[str, Any]:
    """The values of components/clock.html, the explanation open: here it is what one came for."""
    shown = {
        "titre": f"Le {date_longue(au)}",
        "dernier_jour": jour(echeance.dernier_jour) if echeance.dernier_jour else "",
        "registre": explain(echeance, au=au),
        "ouvert": True,
        **bar(echeance, au=au),
        **_state(echeance, au),
    }
    if echeance.dernier_jour is None:
        shown["fin"] |= {"libelle": "jour où l’on se place"}
    return shown


def _state(echeance: Echeance, au: date) -> dict[str, Any]:
    """Where the period stands, in words and in a tone; the days left while it runs."""
    etat, last = echeance.etat(au), echeance.dernier_jour
    said = {"ton": "neutre", "chiffre": "", "mots": ETATS[etat], "phrase": _phrase(echeance, etat)}
    if etat is Etat.SUSPENDU:
        return said | {"ton": "info"}
    if etat is not Etat.EN_COURS or last is None:
        return said
    days = (last - au).days
    if days == 0:
        return said | {"ton": tone_of(days), "mots": "C’est le dernier jour"}
    return said | {"ton": tone_of(days), "chiffre": days, "mots": days_left(days)}


def _phrase(echeance: Echeance, etat: Etat) -> str:
    """What silence does, or what is still awaited."""
    if echeance.origine is None:
        return "Une pièce exigée par un texte manque\u00a0: les deux mois courront en entier à partir de sa réception."
    if echeance.echeance_le is None:
        return "Une pièce est demandée sans date limite\u00a0: le dernier jour n’est pas encore connu."
    since = f"{'depuis le' if etat is Etat.EXPIRE else 'le'} {date_longue(echeance.echeance_le)}"
    if echeance.ledger.regime is Regime.ACCEPTATION:
        return f"Sans opposition notifiée à temps, le projet est réputé validé {since}."
    return f"Sans réponse à temps, la demande est réputée rejetée {since}."
