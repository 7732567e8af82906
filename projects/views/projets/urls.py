"""Addresses of the projets de santé, under /projets-de-sante/."""

from django.urls import path

from projects.views import conseillers, dossier, etapes, journal
from projects.views.projets import (
    decisions,
    depot,
    instruction,
    lecture,
    listes,
    ouverture,
    papier,
    redaction,
    sans_lettre,
    sections,
    versions,
)
from projects.views.territoire import addresses_of

UN = "projets-de-sante/<int:pk>/"

urlpatterns = [
    path(UN, lecture.ProjetView.as_view(), name="projet"),
    path("projets-de-sante/ouvrir/<int:pk>/", ouverture.OuvrirView.as_view(), name="projet_ouvrir"),
    path(f"{UN}reprendre/", ouverture.ReprendreView.as_view(), name="projet_reprendre"),
    path(f"{UN}forme/", redaction.FormeView.as_view(), name="projet_forme"),
    path(f"{UN}document/", redaction.DocumentView.as_view(), name="projet_document"),
    path(f"{UN}rubriques/<slug:cle>/", sections.ProjetSectionView.as_view(), name="projet_section"),
    *addresses_of(etapes.PROJET, f"{UN}territoire/"),
    path(f"{UN}fiches/", redaction.FichesView.as_view(), name="projet_fiches"),
    path(f"{UN}fiches/<slug:cle>/retirer/", redaction.RetirerFicheView.as_view(), name="projet_fiche_retirer"),
    path(f"{UN}verifier/", depot.VerifierView.as_view(), name="projet_verifier"),
    path(f"{UN}deposer/", depot.DeposerView.as_view(), name="projet_deposer"),
    path(f"{UN}completer/", depot.CompleterView.as_view(), name="projet_completer"),
    path(f"{UN}pieces-utiles/", depot.EnvoyerUtilesView.as_view(), name="projet_pieces_utiles"),
    path(f"{UN}contester/", depot.ContesterView.as_view(), name="projet_contester"),
    path(f"{UN}retirer/", depot.RetirerView.as_view(), name="projet_retirer"),
    path(f"{UN}conseillers/", conseillers.ConseillersView.as_view(kind=etapes.PROJET), name="projet_conseillers"),
    path(
        f"{UN}conseillers/retirer/",
        conseillers.RetirerConseillerView.as_view(kind=etapes.PROJET),
        name="projet_retirer_conseiller",
    ),
    path(f"{UN}versions/", versions.VersionsView.as_view(), name="projet_versions"),
    path(f"{UN}versions/<int:numero>/", versions.VersionView.as_view(), name="projet_version"),
    path(f"{UN}comparer/", versions.ComparerView.as_view(), name="projet_comparer"),
    path(f"{UN}dossier/", dossier.DossierView.as_view(etape=etapes.PROJET), name="projet_dossier"),
    path(f"{UN}calendrier/", dossier.CalendrierView.as_view(etape=etapes.PROJET), name="projet_calendrier"),
    path(f"{UN}journal/", journal.JournalView.as_view(etape=etapes.PROJET), name="projet_journal"),
    *listes.urlpatterns,
    *instruction.urlpatterns,
    *decisions.urlpatterns,
    *papier.urlpatterns,
    *sans_lettre.urlpatterns,
]
