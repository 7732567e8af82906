"""Addresses of the application, under /comptes/ beside allauth's."""

from django.urls import URLPattern, path

from accounts.views.absences import AbsencesView, AnnulerAbsenceView
from accounts.views.envois import EnvoisView, ReessayerView
from accounts.views.invitations import InvitationView
from accounts.views.membres import (
    InvitationActionView,
    MembresView,
    MembreView,
    OrganisationsView,
    RetirerView,
)
from accounts.views.pouvoirs import FinPouvoirView, PouvoirsView
from accounts.views.preferences import PreferencesView
from accounts.views.profil import MessagerieView, MessageView, ProfilView, QualiteView
from accounts.views.reprise import RepriseView

app_name = "accounts"

MEMBRES = "organisations/<slug:code>/membres/"

urlpatterns: list[URLPattern] = [
    path("profil/", ProfilView.as_view(), name="profil"),
    path("qualite/", QualiteView.as_view(), name="choisir_qualite"),
    path("messagerie/", MessagerieView.as_view(), name="messagerie"),
    path("messagerie/<int:pk>/", MessageView.as_view(), name="message"),
    path("notifications/", PreferencesView.as_view(), name="preferences"),
    path("absences/", AbsencesView.as_view(), name="absences"),
    path("absences/<int:pk>/annuler/", AnnulerAbsenceView.as_view(), name="annuler_absence"),
    path("organisations/<slug:code>/pouvoirs/", PouvoirsView.as_view(), name="pouvoirs"),
    path("organisations/<slug:code>/pouvoirs/<int:pk>/fin/", FinPouvoirView.as_view(), name="fin_pouvoir"),
    path("organisations/<slug:code>/reprise/", RepriseView.as_view(), name="reprise"),
    path("organisations/", OrganisationsView.as_view(), name="organisations"),
    path(MEMBRES, MembresView.as_view(), name="membres"),
    path(f"{MEMBRES}<int:pk>/", MembreView.as_view(), name="membre"),
    path(f"{MEMBRES}<int:pk>/retirer/", RetirerView.as_view(), name="retirer"),
    path(
        f"{MEMBRES}invitations/<int:pk>/renvoyer/",
        InvitationActionView.as_view(action="renvoyer"),
        name="renvoyer_invitation",
    ),
    path(
        f"{MEMBRES}invitations/<int:pk>/annuler/",
        InvitationActionView.as_view(action="annuler"),
        name="annuler_invitation",
    ),
    path("invitations/<str:token>/", InvitationView.as_view(), name="invitation"),
    path("envois/", EnvoisView.as_view(), name="envois"),
    path("envois/<int:pk>/reessayer/", ReessayerView.as_view(), name="reessayer"),
]
