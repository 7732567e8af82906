"""Addresses of the projets de santé, under /projets-de-sante/."""

from django.urls import path

from projects.views.projets import decisions, instruction, lecture, listes, papier, sans_lettre

urlpatterns = [
    path("projets-de-sante/<int:pk>/", lecture.ProjetView.as_view(), name="projet"),
    *listes.urlpatterns,
    *instruction.urlpatterns,
    *decisions.urlpatterns,
    *papier.urlpatterns,
    *sans_lettre.urlpatterns,
]
