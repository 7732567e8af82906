"""Stored values of a file's states, never their labels."""

from django.db import models


class EtatDossier(models.TextChoices):
    OUVERT = "ouvert", "Ouvert"
    SANS_SUITE = "sans_suite", "Sans suite"


class Visibilite(models.TextChoices):
    """Who reads the file, beyond the association and the advisers it invited."""

    PORTEUR = "porteur", "L’association et ses conseillers invités"
    GUICHET = "guichet", "Le Guichet aussi"
    ARS = "ars", "Le Guichet, l’ARS et l’Assurance Maladie"


class EtatSection(models.TextChoices):
    A_COMMENCER = "a_commencer", "À commencer"
    EN_COURS = "en_cours", "En cours"
    COMPLET = "complet", "Complet"


class EtatDocument(models.TextChoices):
    ATTENDU = "attendu", "En préparation"
    RENDU = "rendu", "Disponible"
    ECHEC = "echec", "En échec"


class GenrePiece(models.TextChoices):
    STATUTS = "statuts", "Statuts de l’association"
    DIRIGEANTS = "dirigeants", "Liste des dirigeants"
    RIB = "rib", "Relevé d’identité bancaire"
    POUVOIR = "pouvoir", "Pouvoir du représentant légal"
    COMPTES = "comptes", "Comptes approuvés du dernier exercice"
    RAPPORT = "rapport", "Rapport d’activité"
    SOUTIEN = "soutien", "Lettre de soutien ou d’engagement"
    DIAGNOSTIC = "diagnostic", "Élément de diagnostic"
    AUTRE = "autre", "Autre document"
