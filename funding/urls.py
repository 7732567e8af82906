"""Addresses of the application."""

from django.urls import URLPattern, path

from funding.views import demandes_seules, instruction, listes
from funding.views.requests import DemandeSectionView, DemandeView, ReporterView

app_name = "funding"

urlpatterns: list[URLPattern] = [
    path("demandes/<int:pk>/", DemandeView.as_view(), name="demande"),
    path("demandes/<int:pk>/rubriques/<slug:cle>/", DemandeSectionView.as_view(), name="section"),
    path("demandes/<int:pk>/reporter-le-chiffrage/", ReporterView.as_view(), name="reporter"),
    *listes.urlpatterns,
    *instruction.urlpatterns,
    *demandes_seules.urlpatterns,
]
