"""The words stored in the columns of accounts: kinds of organisation, rights, states of a mail."""

from django.db.models import TextChoices


class Genre(TextChoices):
    """What an organisation is. CPAM stands for the CCSS too, in the departements that have one."""

    ASSOCIATION = "association", "Association"
    GUICHET = "guichet", "Guichet CPTS"
    URPS = "urps", "URPS"
    ARS = "ars", "Agence régionale de santé"
    DD_ARS = "dd_ars", "Délégation départementale de l’ARS"
    CPAM = "cpam", "Caisse d’assurance maladie"
    MSA = "msa", "MSA"
    ELSM = "elsm", "Échelon local du service médical"


class Droit(TextChoices):
    """What a member may do in the name of its organisation; a right grants nothing outside it."""

    REDIGER = "rediger", "Rédiger"
    DEPOSER = "deposer", "Déposer"
    GERER = "gerer", "Gérer les personnes"
    INSTRUIRE = "instruire", "Instruire"
    DECIDER = "decider", "Décider"
    SIGNER = "signer", "Signer"
    ADMINISTRER = "administrer", "Administrer le portail"


DROITS_ASSOCIATION = (Droit.REDIGER, Droit.DEPOSER, Droit.GERER)
DROITS_BODY = (Droit.REDIGER, Droit.INSTRUIRE, Droit.DECIDER, Droit.SIGNER, Droit.GERER)

DROITS_BY_GENRE: dict[str, tuple[Droit, ...]] = {
    **dict.fromkeys(Genre.values, DROITS_BODY),
    Genre.ASSOCIATION: DROITS_ASSOCIATION,
    Genre.GUICHET: (Droit.REDIGER, Droit.INSTRUIRE, Droit.GERER, Droit.ADMINISTRER),
}
"""The rights that have a meaning in each kind of organisation."""


class CategorieProfession(TextChoices):
    """The families of the public health code, as a presentation of the CPTS lists them."""

    MEDICALE = "medicale", "Professions médicales"
    PHARMACIE = "pharmacie", "Professions de la pharmacie"
    AUXILIAIRE = "auxiliaire", "Auxiliaires médicaux"
    AUTRE = "autre", "Autres professionnels"


class QualiteMandat(TextChoices):
    TITULAIRE = "titulaire", "Titulaire"
    SUPPLEANT = "suppleant", "Suppléant"


class EtatEnvoi(TextChoices):
    ATTENDU = "attendu", "À envoyer"
    ENVOYE = "envoye", "Envoyé"
    ECHEC = "echec", "En échec"
    GROUPE = "groupe", "Pour le récapitulatif"
    PORTAIL = "portail", "Lu sur le portail"


class CategorieEnvoi(TextChoices):
    """What a mail is about. The first two leave at once, whatever a person prefers."""

    COMPTE = "compte", "Compte et sécurité"
    LEGAL = "legal", "Décisions, accusés et délais"
    ETAPES = "etapes", "Avancement des dossiers"
    ECHANGES = "echanges", "Messages"
    RAPPELS = "rappels", "Rappels"


class RythmeEnvoi(TextChoices):
    IMMEDIAT = "immediat", "Par courriel, aussitôt"
    QUOTIDIEN = "quotidien", "Par courriel, une fois par jour"
    PORTAIL = "portail", "Sur le portail seulement"


CATEGORIES_AU_CHOIX = (CategorieEnvoi.ETAPES, CategorieEnvoi.ECHANGES, CategorieEnvoi.RAPPELS)


RECAPITULATIF = "recapitulatif"
"""The template of the daily digest."""
