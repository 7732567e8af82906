"""Stored values of a funding request's states, never their labels."""

from django.db import models


class EtatDemandeFir(models.TextChoices):
    BROUILLON = "brouillon", "Brouillon"
    DEPOSEE = "deposee", "Déposée"
    TRANSMISE = "transmise", "Transmise"
    INCOMPLETE = "incomplete", "Incomplète"
    ACCORDEE = "accordee", "Accordée"
    REFUSEE = "refusee", "Refusée"
    REJETEE_TACITEMENT = "rejetee_tacitement", "Rejetée par silence"
    CONVENTIONNEE = "conventionnee", "Conventionnée"
    SOLDEE = "soldee", "Soldée"
    RETIREE = "retiree", "Retirée"
    RETIREE_PAR_ARS = "retiree_par_ars", "Subvention retirée"


class ObjetDemande(models.TextChoices):
    AMORCAGE = "amorcage", "Démarrage : écrire le projet de santé"
    COORDINATEUR = "coordinateur", "Aide au recrutement d’un coordinateur"
    APPEL_THEMATIQUE = "appel_thematique", "Appel à projets thématique"
    AIDE_URPS = "aide_urps", "Aide d’une URPS à l’écriture de la lettre"
    AUTRE = "autre", "Autre objet"


class Regime(models.TextChoices):
    """What silence means: a rejection for the ARS (CRPA L231-4 3°), nothing for a URPS."""

    REJET = "rejet", "Le silence vaut rejet"
    AUCUN = "aucun", "Aucun délai de la loi"


class GenreBudget(models.TextChoices):
    ASSOCIATION = "association", "Budget de l’association"
    PROJET = "projet", "Budget du projet"


class SensCompte(models.TextChoices):
    CHARGE = "charge", "Charges"
    PRODUIT = "produit", "Produits"


class StatutBareme(models.TextChoices):
    BROUILLON = "brouillon", "Brouillon"
    PUBLIE = "publie", "Publié"
