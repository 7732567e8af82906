"""Addresses of the portal itself, at the root of the site."""

from django.urls import path

from portal.views import calcul, homes, public, sante
from portal.views.repetition import RepetitionView

app_name = "portal"

urlpatterns = [
    path("", public.accueil, name="accueil"),
    path("accueil/", homes.accueil_role, name="accueil_role"),
    path("administration/", homes.administration, name="administration"),
    path("administration/repetition/", RepetitionView.as_view(), name="repetition"),
    path("accessibilite/", public.accessibilite, name="accessibilite"),
    path("confidentialite/", public.confidentialite, name="confidentialite"),
    path("mentions-legales/", public.mentions_legales, name="mentions_legales"),
    path("calculer-un-delai/", calcul.calculer_un_delai, name="calculer_un_delai"),
    path("composants/", public.composants, name="composants"),
    path("sante/vivant", sante.vivant, name="vivant"),
    path("sante/pret", sante.pret, name="pret"),
    path("sante/horloge", sante.horloge, name="horloge"),
]
