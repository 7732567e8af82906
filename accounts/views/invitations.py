"""Answering an invitation: the page its mail leads to."""

from typing import Any

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache

from accounts.middleware import SESSION_KEY
from accounts.services import invitations
from guichet.kernel.lifecycle import Refused


@method_decorator(never_cache, name="dispatch")
class InvitationView(View):
    """Public: the token is the proof. A token we never made is a 404, one that has served a 410.

    Holding the token proves the mailbox: an account made from this page needs no second verification.
    """

    def get(self, request: Any, token: str) -> HttpResponse:
        invitation = _found(token)
        if refusal := invitations.refusal(invitation, now=request.now):
            return self._page(request, invitation, refusal, status=410)
        if not request.user.is_authenticated:
            get_adapter(request).stash_verified_email(request, invitation.email)
        return self._page(request, invitation, "")

    def post(self, request: Any, token: str) -> HttpResponse:
        invitation = _found(token)
        if not request.user.is_authenticated:
            return redirect("accounts:invitation", token=token)
        try:
            membership = invitations.accept(invitation=invitation, user=request.user, now=request.now)
        except Refused as refusal:
            return self._page(request, invitation, str(refusal), status=409)
        request.session[SESSION_KEY] = membership.organisation_id
        messages.success(request, f"Vous êtes membre de : {membership.organisation.nom}.")
        return redirect("portal:accueil_role")

    def _page(self, request: Any, invitation: Any, refus: str, status: int = 200) -> HttpResponse:
        context = {"invitation": invitation, "refus": refus, "ici": request.path}
        return render(request, "accounts/invitation.html", context, status=status)


def _found(token: str) -> Any:
    invitation = invitations.find(token)
    if invitation is None:
        raise Http404
    return invitation
