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


class EtatProjet(models.TextChoices):
    """Where one attempt of the projet de santé stands."""

    BROUILLON = "brouillon", "Brouillon"
    DEPOSE = "depose", "Déposé"
    INCOMPLET = "incomplet", "Incomplet"
    VALIDE = "valide", "Validé"
    VALIDE_TACITEMENT = "valide_tacitement", "Réputé validé"
    OPPOSE = "oppose", "Opposition"
    RETIRE = "retire", "Retiré"
    RETRAIT_PRONONCE = "retrait_prononce", "Validation retirée"


class FormeProjet(models.TextChoices):
    """How a project is written: no form is imposed (« aucun formalisme n’est imposé »)."""

    RUBRIQUES = "rubriques", "Rédigé dans le portail, partie par partie"
    DOCUMENT = "document", "Votre propre document, avec une fiche de synthèse"


class MotifOpposition(models.TextChoices):
    """The only two grounds on which the ARS may oppose (CSP L1434-12)."""

    PRS = "prs", "Le projet ne respecte pas les objectifs du projet régional de santé"
    TERRITOIRE = "territoire", "Le territoire d’action n’est pas pertinent"


class EtatAvis(models.TextChoices):
    """Where the opinion of one body stands. An abstention and a déport are answers, not senses."""

    ATTENDU = "attendu", "Attendu"
    BROUILLON = "brouillon", "En rédaction"
    RENDU = "rendu", "Rendu"
    ABSTENTION = "abstention", "Abstention"
    DEPORT = "deport", "Déport"
    SANS_REPONSE = "sans_reponse", "Sans réponse"


class SensAvis(models.TextChoices):
    FAVORABLE = "favorable", "Favorable"
    FAVORABLE_AVEC_RESERVES = "favorable_avec_reserves", "Favorable avec réserves"
    DEFAVORABLE = "defavorable", "Défavorable"


class NoteCritere(models.TextChoices):
    SATISFAISANT = "satisfaisant", "Satisfaisant"
    A_COMPLETER = "a_completer", "À compléter"
    INSUFFISANT = "insuffisant", "Insuffisant"


class NatureConsultation(models.TextChoices):
    GUICHET = "guichet", "Consultation du Guichet"
    AM = "am", "Avis de l’Assurance Maladie"
    PROJET = "projet", "Avis sur le projet de santé"


class EtatRectification(models.TextChoices):
    PROPOSEE = "proposee", "Proposée"
    ACCEPTEE = "acceptee", "Acceptée"
    ECARTEE = "ecartee", "Écartée"


class ModeValidation(models.TextChoices):
    """Who decides on a letter: a setting of the region, `mode_validation_lettre`."""

    ARS = "ars", "L’ARS seule"
    CONJOINTE = "conjointe", "L’ARS, après confirmation de l’Assurance Maladie"
    COMITE = "comite", "L’ARS, après un comité"
