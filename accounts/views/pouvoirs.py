"""The mandates of a URPS, the delegations of signature of other bodies: read by members, given by who manages them."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.generic import FormView

from accounts import selectors
from accounts.forms.pouvoirs import DelegationForm, FinForm, MandatForm
from accounts.models import Delegation, Mandat, Organisation
from accounts.services import pouvoirs
from accounts.states import Genre
from accounts.views.base import UnprocessableMixin
from accounts.views.membres import OrganisationMixin
from guichet.kernel.lifecycle import Refused


class PouvoirsMixin(OrganisationMixin, UnprocessableMixin):
    """An organisation that has neither mandates nor delegations has no such page."""

    def has_page(self, organisation: Organisation) -> bool:
        return pouvoirs.has_powers(organisation)

    @property
    def mandats(self) -> bool:
        return self.organisation.genre == Genre.URPS

    @property
    def rows(self) -> Any:
        find = selectors.mandates_of if self.mandats else selectors.delegations_of
        return find(self.organisation)

    @property
    def page(self) -> str:
        return reverse("accounts:pouvoirs", args=[self.organisation.code])


class PouvoirsView(PouvoirsMixin, FormView):  # type: ignore[type-arg]
    template_name = "accounts/pouvoirs.html"

    def get_form_class(self) -> Any:
        return MandatForm if self.mandats else DelegationForm

    def get_form_kwargs(self) -> dict[str, Any]:
        on = timezone.localdate(self.request.now)  # type: ignore[attr-defined]
        people = [row.user for row in selectors.members_of(self.organisation, on=on)] if self.peut_gerer else []
        return {**super().get_form_kwargs(), "people": people}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        on = timezone.localdate(self.request.now)  # type: ignore[attr-defined]
        rows = list(self.rows)
        return super().get_context_data(
            **kwargs,
            mandats=self.mandats,
            en_vigueur=[(row, row.debut_le > on) for row in rows if not _over(row, on)],
            passes=[row for row in rows if _over(row, on)],
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.peut_gerer:
            raise Http404
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        request: Any = self.request
        give = pouvoirs.give_mandate if self.mandats else pouvoirs.give_delegation
        try:
            given = give(organisation=self.organisation, **form.cleaned_data, by=request.acteur, now=request.now)
        except Refused as refusal:
            form.add_error("debut_le", str(refusal))
            return self.form_invalid(form)
        what = "Le mandat" if self.mandats else "La délégation"
        messages.success(request, f"{what} de {given.user} est enregistré{'' if self.mandats else 'e'}.")
        return redirect(self.page)


def _over(row: Mandat | Delegation, on: date) -> bool:
    return row.fin_le is not None and row.fin_le < on


class FinPouvoirView(PouvoirsMixin, FormView):  # type: ignore[type-arg]
    """The last day of a mandate or of a delegation."""

    template_name = "accounts/pouvoir_fin.html"
    form_class = FinForm
    manages_only = True

    def get_initial(self) -> dict[str, Any]:
        return {"fin_le": timezone.localdate(self.request.now)}  # type: ignore[attr-defined]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, pouvoir=self._row(), mandats=self.mandats, retour=self.page)

    def form_valid(self, form: FinForm) -> HttpResponse:
        request: Any = self.request
        row = self._row()
        try:
            pouvoirs.end(pouvoir=row, fin_le=form.cleaned_data["fin_le"], by=request.acteur, now=request.now)
        except Refused as refusal:
            form.add_error("fin_le", str(refusal))
            return self.form_invalid(form)
        messages.success(request, f"La fin est enregistrée pour {row.user}.")
        return redirect(self.page)

    def _row(self) -> Any:
        return get_object_or_404(self.rows, pk=self.kwargs["pk"])
