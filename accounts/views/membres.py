"""The people of an organisation, and inviting others."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.generic import FormView, ListView, TemplateView, View

from accounts import selectors
from accounts.forms.membres import InvitationForm, MembreForm
from accounts.models import Invitation, Membership, Organisation
from accounts.rules import gere_les_membres
from accounts.services import invitations, memberships
from accounts.services.pouvoirs import has_powers
from accounts.views.base import AdministratorMixin, UnprocessableMixin, organisation_of
from guichet.kernel.lifecycle import Refused


class OrganisationMixin(LoginRequiredMixin):
    """Finds the organisation of the address, its member when there is one, and whether one may change anything."""

    manages_only = False
    of_one_member = False

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        self.organisation = organisation_of(request, kwargs["code"])
        if not self.has_page(self.organisation):
            raise Http404
        self.peut_gerer = gere_les_membres.test(request.acteur, self.organisation)
        if self.manages_only and not self.peut_gerer:
            raise Http404
        if self.of_one_member:
            self.membre = member_or_404(self.organisation, kwargs["pk"], request)
        return super().dispatch(request, *args, **kwargs)  # type: ignore[return-value]

    def has_page(self, organisation: Organisation) -> bool:
        """Whether an organisation of that kind has such a page."""
        return True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, organisation=self.organisation, peut_gerer=self.peut_gerer)  # type: ignore[misc,no-any-return]

    @property
    def page(self) -> str:
        return reverse("accounts:membres", args=[self.organisation.code])


class MembresView(OrganisationMixin, UnprocessableMixin, FormView):  # type: ignore[type-arg]
    """The members; for those who manage them, the pending invitations and the form to invite."""

    template_name = "accounts/membres.html"
    form_class = InvitationForm

    def get_form_kwargs(self) -> dict[str, Any]:
        by = self.request.acteur  # type: ignore[attr-defined]
        return {**super().get_form_kwargs(), "organisation": self.organisation, "by": by}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now = self.request.now  # type: ignore[attr-defined]
        pending = list(selectors.pending_invitations(self.organisation)) if self.peut_gerer else []
        members = selectors.members_of(self.organisation, on=timezone.localdate(now))
        return super().get_context_data(
            **kwargs,
            membres=Paginator(members, 50).get_page(self.request.GET.get("page")),
            invitations=[(invitation, invitation.expired(now=now)) for invitation in pending],
            pouvoirs=has_powers(self.organisation),
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.peut_gerer:
            raise Http404
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: InvitationForm) -> HttpResponse:
        request: Any = self.request
        try:
            invitations.invite(organisation=self.organisation, by=request.acteur, now=request.now, **form.cleaned_data)
        except Refused as refusal:
            form.add_error("email", str(refusal))
            return self.form_invalid(form)
        messages.success(request, f"L’invitation est envoyée à {form.cleaned_data['email']}.")
        return redirect(self.page)


class MembreView(OrganisationMixin, UnprocessableMixin, FormView):  # type: ignore[type-arg]
    """What one member may do."""

    template_name = "accounts/membre.html"
    form_class = MembreForm
    manages_only = of_one_member = True

    def get_form_kwargs(self) -> dict[str, Any]:
        initial = {
            "fonction": self.membre.fonction,
            "droits": self.membre.droits,
            "representant_legal": self.membre.representant_legal,
        }
        held = frozenset(self.membre.droits)
        by = self.request.acteur  # type: ignore[attr-defined]
        return {
            **super().get_form_kwargs(),
            "organisation": self.organisation,
            "by": by,
            "held": held,
            "initial": initial,
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, membre=self.membre)

    def form_valid(self, form: MembreForm) -> HttpResponse:
        request: Any = self.request
        try:
            memberships.change_rights(membership=self.membre, by=request.acteur, now=request.now, **form.cleaned_data)
        except Refused as refusal:
            form.add_error("droits", str(refusal))
            return self.form_invalid(form)
        messages.success(request, f"Les droits de {self.membre.user.get_full_name()} sont enregistrés.")
        return redirect(self.page)


class RetirerView(OrganisationMixin, TemplateView):
    """Say what will be lost, then end the membership."""

    template_name = "accounts/retirer.html"
    manages_only = of_one_member = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, membre=self.membre)

    def post(self, request: Any, code: str, pk: int) -> HttpResponse:
        memberships.remove(membership=self.membre, by=request.acteur, now=request.now)
        messages.success(request, f"{self.membre.user.get_full_name()} n’est plus membre.")
        return redirect("portal:accueil_role" if self.membre.user == request.user else self.page)


class InvitationActionView(OrganisationMixin, View):
    """Send an invitation again, or cancel it."""

    http_method_names = ["post"]
    manages_only = True
    action = ""

    def post(self, request: Any, code: str, pk: int) -> HttpResponse:
        invitation = get_object_or_404(Invitation, pk=pk, organisation=self.organisation)
        if self.action == "renvoyer":
            invitations.resend(invitation=invitation, by=request.acteur, now=request.now)
            messages.success(request, f"L’invitation est renvoyée à {invitation.email}.")
        else:
            invitations.revoke(invitation=invitation, by=request.acteur, now=request.now)
            messages.success(request, f"L’invitation de {invitation.email} est annulée.")
        return redirect(self.page)


class OrganisationsView(AdministratorMixin, ListView):  # type: ignore[type-arg]
    """All organisations of the region, for its administrators, who name the first people of each body."""

    template_name = "accounts/organisations.html"
    context_object_name = "organisations"
    paginate_by = 50

    def get_queryset(self) -> Any:
        return Organisation.objects.filter(region=self.request.acteur.region).order_by("genre", "code")  # type: ignore[attr-defined]


def member_or_404(organisation: Organisation, pk: int, request: Any) -> Membership:
    """A present member of that organisation; anybody else does not exist."""
    return get_object_or_404(selectors.members_of(organisation, on=timezone.localdate(request.now)), pk=pk)
