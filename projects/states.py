"""Stored values of the steps' states, never their labels."""

from django.db import models


class EtatLettre(models.TextChoices):
    BROUILLON = "brouillon", "Brouillon"
    DEPOSEE = "deposee", "Déposée"
    INCOMPLETE = "incomplete", "Incomplète"
    EN_CONSULTATION = "en_consultation", "En consultation"
    AVIS_RENDU = "avis_rendu", "Avis rendu"
    TRANSMISE = "transmise", "Transmise à l’ARS"
    VALIDEE = "validee", "Validée"
    REFUSEE = "refusee", "Refusée"
    RETIREE = "retiree", "Retirée"
