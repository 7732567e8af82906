"""Addresses of the letters of intent and of the projets de santé."""

from django.urls import path

from projects.views import (
    avis,
    conseillers,
    decisions,
    dossier,
    guichet,
    journal,
    lettres,
    listes,
    papier,
    rectifications,
    seances,
    sections,
    territoire,
)
from projects.views.projets import urls as projets

app_name = "projects"

urlpatterns = [
    path("lettres/", listes.LettresView.as_view(), name="lettres"),
    path("lettres/a-venir/", listes.AVenirView.as_view(), name="a_venir"),
    path("lettres/nouvelle/", lettres.NouvelleView.as_view(), name="nouvelle"),
    path("lettres/<int:pk>/", lettres.LettreView.as_view(), name="lettre"),
    path("lettres/<int:pk>/rubriques/<slug:cle>/", sections.LettreSectionView.as_view(), name="section"),
    path("lettres/<int:pk>/verifier/", lettres.VerifierView.as_view(), name="verifier"),
    path("lettres/<int:pk>/deposer/", lettres.DeposerView.as_view(), name="deposer"),
    path("lettres/<int:pk>/retirer/", lettres.RetirerView.as_view(), name="retirer"),
    path("lettres/<int:pk>/reprendre/", lettres.ReprendreView.as_view(), name="reprendre"),
    path("lettres/<int:pk>/conseillers/", conseillers.ConseillersView.as_view(), name="conseillers"),
    path(
        "lettres/<int:pk>/conseillers/retirer/", conseillers.RetirerConseillerView.as_view(), name="retirer_conseiller"
    ),
    path("lettres/<int:pk>/dossier/", dossier.DossierView.as_view(), name="dossier"),
    path("lettres/<int:pk>/calendrier/", dossier.CalendrierView.as_view(), name="calendrier"),
    path("lettres/<int:pk>/journal/", journal.JournalView.as_view(), name="journal"),
    *territoire.urlpatterns,
    *guichet.urlpatterns,
    *avis.urlpatterns,
    *seances.urlpatterns,
    *decisions.urlpatterns,
    *papier.urlpatterns,
    *rectifications.urlpatterns,
    *projets.urlpatterns,
]
