"""Addresses of what belongs to a dossier: its pieces, its papers."""

from django.urls import path

from dossiers.views import (
    agenda,
    decisions,
    documents,
    echanges,
    echecs,
    liens,
    pieces,
    pieces_demandees,
    recours,
    suivi,
    verification,
)

app_name = "dossiers"

urlpatterns = [
    path("dossiers/<int:pk>/pieces/", pieces.PiecesView.as_view(), name="pieces"),
    path("pieces/<int:pk>/", pieces.PieceView.as_view(), name="piece"),
    path("pieces/<int:pk>/retirer/", pieces.RetirerPieceView.as_view(), name="retirer_piece"),
    path("documents/<int:pk>/", documents.DocumentView.as_view(), name="document"),
    path("documents/en-echec/", echecs.EchecsView.as_view(), name="echecs"),
    path("documents/<int:pk>/refaire/", echecs.RefaireView.as_view(), name="refaire"),
    path("verifier/", verification.VerifierView.as_view(), name="verifier"),
    path("verifier/<slug:code>/", verification.VerifierView.as_view(), name="verifier"),
    *agenda.urlpatterns,
    *decisions.urlpatterns,
    *echanges.urlpatterns,
    *liens.urlpatterns,
    *pieces_demandees.urlpatterns,
    *recours.urlpatterns,
    *suivi.urlpatterns,
]
