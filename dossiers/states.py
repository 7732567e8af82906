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


class MotifAcces(models.TextChoices):
    """Why a body that is neither the Guichet nor the ARS opens a file."""

    CONSULTATION = "consultation", "Consulté pour avis"
    FINANCEUR = "financeur", "Financeur d’une demande"


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
    LETTRE = "lettre", "Lettre d’intention reçue sur papier"
    PROJET = "projet", "Projet de santé"
    COURRIER = "courrier", "Courrier reçu ou envoyé sur papier"
    PREUVE = "preuve", "Preuve de réception ou d’envoi"
    AUTRE = "autre", "Autre document"


class AudienceDocument(models.TextChoices):
    """Who reads a paper, within those who open the file."""

    DEPOT = "depot", "Porteur, Guichet, organismes consultés ; ARS et Assurance Maladie dès la transmission"
    PARTIES = "parties", "Porteur, Guichet ; ARS et Assurance Maladie dès la transmission"
    GUICHET = "guichet", "Le Guichet seul"
    FINANCEUR = "financeur", "Porteur, Guichet et financeur de la demande"


class NatureMouvement(models.TextChoices):
    """What moves, or ends, a legal period."""

    DEPOT = "depot", "Dépôt"
    RECEPTION = "reception", "Réception constatée par l’ARS"
    TRANSMISSION = "transmission", "Transmission"
    DEMANDE = "demande", "Pièce demandée"
    REPONSE = "reponse", "Pièce reçue"
    RENONCIATION = "renonciation", "Pièce abandonnée"
    REOUVERTURE = "reouverture", "Demande rouverte"
    DECISION = "decision", "Décision"
    RETRAIT = "retrait", "Retrait"
    SILENCE = "silence", "Silence constaté"


class EtapePieces(models.TextChoices):
    """The step a request for pieces is about."""

    LETTRE = "lettre", "Lettre d’intention"
    DEMANDE_FIR = "demande_fir", "Demande de subvention"
    PROJET = "projet", "Projet de santé"


class EtatPieceDemandee(models.TextChoices):
    ATTENDUE = "attendue", "Attendue"
    REPONDUE = "repondue", "Reçue"
    NON_CONFORME = "non_conforme", "Reçue, non conforme"


class NatureDecision(models.TextChoices):
    VALIDATION_LETTRE = "validation_lettre", "Validation de la lettre d’intention"
    REFUS_LETTRE = "refus_lettre", "Refus de la lettre d’intention"
    ACCORD_FIR = "accord_fir", "Accord de la subvention"
    REFUS_FIR = "refus_fir", "Refus de la subvention"
    VALIDATION_PROJET = "validation_projet", "Validation du projet de santé"
    OPPOSITION_PROJET = "opposition_projet", "Opposition au projet de santé"
    DEMANDE_PIECES_PROJET = "pieces_projet", "Demande de pièces sur le projet de santé"
    RETRAIT_PROJET = "retrait_projet", "Retrait de la validation du projet de santé"
    RAPPORT_PROJET = "rapport_projet", "Opposition rapportée\u00a0: projet de santé validé"


SUR_UNE_LETTRE = (NatureDecision.VALIDATION_LETTRE, NatureDecision.REFUS_LETTRE)
SUR_UNE_DEMANDE = (NatureDecision.ACCORD_FIR, NatureDecision.REFUS_FIR)


class EtatDecision(models.TextChoices):
    """A decision taken outside the portal waits for a second person."""

    A_CONFIRMER = "a_confirmer", "À confirmer par une seconde personne"
    PRISE = "prise", "Prise"
    ECARTEE = "ecartee", "Écartée"
    A_VERIFIER = "a_verifier", "Signée à temps, notifiée trop tard\u00a0: à vérifier"


class GenreRecours(models.TextChoices):
    """An appeal against a decision."""

    GRACIEUX = "gracieux", "Recours gracieux"
    HIERARCHIQUE = "hierarchique", "Recours hiérarchique"
    CONTENTIEUX = "contentieux", "Recours devant le tribunal administratif"


class RoleAffectation(models.TextChoices):
    TITULAIRE = "titulaire", "Titulaire"
    SUPPLEANT = "suppleant", "Suppléant"


class NatureLien(models.TextChoices):
    """How a file stands to another; read from the first to the second."""

    CONCURRENT = "concurrent", "Concurrent de"
    FUSIONNE_DANS = "fusionne_dans", "Fusionné dans"
    SCINDE_DE = "scinde_de", "Scindé de"
    ISSU_DE = "issu_de", "Issu de"


class AudienceFil(models.TextChoices):
    """Who reads a thread. Nobody else learns that it exists."""

    PORTEUR_GUICHET = "porteur_guichet", "L’association et le Guichet"
    PORTEUR_ARS = "porteur_ars", "L’association et l’ARS"
    ARS_AM = "ars_am", "L’ARS et l’Assurance Maladie"
    ORGANISME = "organisme", "Notes de mon organisme"
