"""Addresses of the projets de santé, under /projets-de-sante/."""

from django.urls import path

from projects.views.projets import lecture

urlpatterns = [
    path("projets-de-sante/<int:pk>/", lecture.ProjetView.as_view(), name="projet"),
]
