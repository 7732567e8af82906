"""What the pages of accounts share."""

from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.views.generic.edit import FormMixin

from accounts.models import Organisation
from accounts.rules import administre, voit_les_membres


class UnprocessableMixin(FormMixin):  # type: ignore[type-arg]
    """A form with errors is shown again with status 422."""

    def form_invalid(self, form: BaseForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)  # type: ignore[attr-defined,no-any-return]


class AdministratorMixin(LoginRequiredMixin):
    """For the administrators of the portal; the page does not exist for others."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated and not administre.test(request.acteur):  # type: ignore[attr-defined]
            raise Http404
        return super().dispatch(request, *args, **kwargs)  # type: ignore[return-value]


def organisation_of(request: Any, code: str) -> Organisation:
    """The organisation in whose name one acts, or any for an administrator; else it does not exist."""
    organisation = request.acteur.membership.organisation if request.acteur.membership else None
    if organisation is None or organisation.code != code:
        organisation = Organisation.objects.filter(code=code).first()
    if organisation is None or not voit_les_membres.test(request.acteur, organisation):
        raise Http404
    return organisation
