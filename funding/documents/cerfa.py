"""The request as a paper: a frozen context of strings, in the order of the form Cerfa n° 12156*06."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone

from accounts.states import Genre
from dossiers.documents import Bloc, joined, pieces_bloc, section_blocs
from dossiers.questions import SectionForm
from funding.calculations import Totaux, needs, share, totals
from funding.models import DemandeFir, EvenementFir
from funding.nomenclature import CHARGE, PRODUIT, Compte, nomenclature
from funding.questions import request_form
from funding.sections import ATTESTATIONS, CHIFFRAGE, DEMANDE, MOYENS
from funding.selectors import budget_lines, natures_on
from funding.states import GenreBudget
from guichet.kernel.civil import date_heure, date_longue
from guichet.kernel.identifiers import masque_iban
from guichet.kernel.money import euros, nombre

Contenu = Mapping[str, Any]
NON_RENSEIGNE = "Non renseigné"
ENTETE = ("forme", "frequence", "objet", "periode")
ADMINISTRATION = ("agrements", "utilite_publique", "utilite_publique_le", "impots_commerciaux")
ASSOCIATIONS = ("affiliations", "personnes_morales")
OWN_PAGE = ("5", "6.1")
"""A budget is read on one page."""


def cerfa_context(demande: DemandeFir, *, lettre_contexte: dict[str, Contenu], event: EvenementFir) -> dict[str, Any]:
    """The whole request as it was deposited, by `event`. Nothing is read again afterwards.

    `lettre_contexte`: the answers of the letter by section ("association", "personnes"), and "territoire", a summary
    with `population`, `taille`, `parties`. The bank account is masked: the piece joined says it whole.
    """
    jour = timezone.localdate(event.recorded_at)
    answers = {section.cle: section.contenu for section in demande.sections.all()}
    form = nomenclature()
    dossier = demande.dossier
    return {
        "presentation": "formulaire",
        "titre": "Demande de subvention",
        "sous_titre": f"Selon le modèle du formulaire Cerfa n° {form.formulaire}, édition de {form.edition.lower()}",
        "reference": dossier.reference or "",
        "date": date_longue(jour),
        "emetteur": {"nom": dossier.association.nom, "lignes": dossier.association.adresse.splitlines()},
        "destinataire": {"nom": demande.financeur.nom, "lignes": demande.financeur.adresse.splitlines()},
        "reperes": [
            ["Dossier", dossier.reference or ""],
            ["Montant demandé", euros(demande.montant_demande)],
            ["Déposée le", _instant(event)],
        ],
        "sections": _sections(demande, answers, lettre_contexte, jour=jour),
        "signature": _signature(answers[ATTESTATIONS], event, jour=jour),
        "mentions": [form.doute, "Cette demande ne contient aucune donnée de patient."],
    }


def _sections(
    demande: DemandeFir, answers: Mapping[str, Contenu], lettre: dict[str, Contenu], *, jour: date
) -> list[dict[str, Any]]:
    asked = request_form(DEMANDE, demande=demande, jour=jour)
    means = request_form(MOYENS, demande=demande, jour=jour)
    contenu, moyens = dict(answers[DEMANDE]), dict(answers[MOYENS])
    others = tuple(name for name in means.fields if name not in (*ADMINISTRATION, *ASSOCIATIONS))
    annee = jour.year - 1
    sections = [
        ("", "La demande", [*_cases(asked, contenu), _receiver(demande)]),
        ("1", "Identification de l’association", _identity(lettre)),
        ("2", "Relations avec l’administration", _only(means, moyens, ADMINISTRATION)),
        ("3", "Relations avec d’autres associations", _only(means, moyens, ASSOCIATIONS)),
        ("4", f"Moyens humains au 31 décembre {annee}", _only(means, moyens, others)),
        ("5", "Budget de l’association", [_budget(demande, GenreBudget.ASSOCIATION)]),
        ("6", "Objet de la demande\u00a0: le projet", _project(asked, contenu, lettre)),
        ("6.1", "Budget du projet", [_budget(demande, GenreBudget.PROJET)]),
        ("7", "Attestations", _attestations(demande, answers[ATTESTATIONS], lettre, jour=jour)),
        ("8", "Pièces jointes", [pieces_bloc(joined(demande.dossier))]),
    ]
    if details := _needs(answers[CHIFFRAGE], jour=jour):
        sections.append(("9", "Annexe\u00a0: chiffrage des besoins", [details]))
    return [
        {"numero": number, "titre": title, "blocs": blocs, "nouvelle_page": "oui" if number in OWN_PAGE else "non"}
        for number, title, blocs in sections
    ]


def _cases(form: SectionForm, contenu: Contenu) -> list[Bloc]:
    """The choices at the top of the form, each drawn as boxes."""
    return [
        {
            "genre": "cases",
            "titre": str(form.fields[name].label),
            "disposition": "ligne",
            "lignes": [
                ["oui" if contenu.get(name) == value else "non", str(label)]
                for value, label in form.fields[name].choices  # type: ignore[attr-defined]
            ],
        }
        for name in ENTETE
    ]


def _receiver(demande: DemandeFir) -> Bloc:
    ars = demande.financeur.genre != Genre.URPS
    return _definitions(
        ["Destinataire", f"{demande.financeur.nom} (établissement public)" if ars else demande.financeur.nom],
        ["Objet au titre du fonds d’intervention régional" if ars else "Objet", demande.get_objet_display()],
        ["Montant demandé", euros(demande.montant_demande)],
    )


def _identity(lettre: dict[str, Contenu]) -> list[Bloc]:
    about, people = lettre.get("association", {}), lettre.get("personnes", {})
    town = f"{about.get('code_postal', '')} {about.get('ville', '')}".strip()
    address = ", ".join(filter(None, [about.get("adresse"), town]))
    in_creation = about.get("statut") == "en_creation"
    missing = "Association en cours de création" if in_creation else NON_RENSEIGNE
    return [
        _definitions(
            ["1.1 Nom – dénomination", about.get("nom")],
            ["Sigle", about.get("sigle")],
            ["Site internet", about.get("site")],
        ),
        _comb("1.2 Numéro SIRET", about.get("siret"), [3, 3, 3, 5], missing),
        _comb("1.3 Numéro RNA", about.get("rna"), [1, 9], missing),
        _definitions(
            ["1.5 Adresse du siège", address],
            ["Téléphone", about.get("telephone")],
            ["Courriel", about.get("courriel")],
            ["1.6 Représentant légal", people.get("representant_nom")],
            ["Fonction", people.get("representant_fonction")],
            ["Téléphone du représentant légal", people.get("representant_telephone")],
            ["Courriel du représentant légal", people.get("representant_courriel")],
            ["1.7 Personne chargée de la demande", people.get("referent_nom")],
            ["Téléphone de cette personne", people.get("referent_telephone")],
            ["Courriel de cette personne", people.get("referent_courriel")],
        ),
    ]


def _project(form: SectionForm, contenu: Contenu, lettre: dict[str, Contenu]) -> list[Bloc]:
    blocs = section_blocs(form, dict(contenu), sans=("montant", *ENTETE))
    territory = lettre.get("territoire") or {}
    if territory.get("population"):
        blocs.append(
            _definitions(
                ["Population du territoire", f"{nombre(territory['population'])} habitants"],
                ["Taille de la communauté", f"Taille {territory['taille']}"],
            )
        )
    return blocs


def _attestations(demande: DemandeFir, contenu: Contenu, lettre: dict[str, Contenu], *, jour: date) -> list[Bloc]:
    about = lettre.get("association", {})
    budget = demande.budgets.filter(genre=GenreBudget.PROJET).first()
    year = budget.exercice if budget else jour.year
    form = request_form(ATTESTATIONS, demande=demande, jour=jour)
    declared = [["oui" if contenu.get(code) else "non", libelle] for code, libelle in nomenclature().attestations]
    declared.append(["oui" if contenu.get("mandataire") else "non", str(form.fields["mandataire"].label)])
    iban = about.get("iban") or ""
    return [
        {"genre": "cases", "legende": "La personne qui signe déclare\u00a0:", "lignes": declared},
        {
            "genre": "texte",
            "titre": str(form.fields["aides_publiques"].label),
            "paragraphes": _paragraphs(contenu.get("aides_publiques")),
        },
        _definitions(
            ["Subvention demandée", f"{euros(demande.montant_demande)} au titre de l’année {year}"],
            ["Compte à créditer", masque_iban(iban) if iban else NON_RENSEIGNE],
            ["Titulaire du compte", about.get("titulaire_compte")],
        ),
    ]


def _signature(contenu: Contenu, event: EvenementFir, *, jour: date) -> dict[str, Any]:
    return {
        "nom": contenu.get("signataire_nom") or NON_RENSEIGNE,
        "qualite": contenu.get("signataire_qualite") or "",
        "mention": f"Fait à {contenu.get('lieu') or NON_RENSEIGNE}, le {date_longue(jour)}",
        "lignes": [f"Déposée sur le portail par {event.acteur} ({event.qualite})"],
    }


def _needs(contenu: Contenu, *, jour: date) -> Bloc | None:
    found = needs(contenu, natures_on(jour))
    if not found:
        return None
    lignes = nomenclature().lignes
    return {
        "genre": "tableau",
        "entetes": ["Besoin", "Calcul", "Compte", "Montant"],
        "lignes": [
            [besoin.libelle, besoin.calcul, lignes[besoin.ligne].compte, euros(besoin.montant)] for besoin in found
        ],
        "pied": ["Total", "", "", euros(sum((besoin.montant for besoin in found), Decimal(0)))],
        "numeriques": [3],
    }


# --- Budgets -----------------------------------------------------------------------------------------


def _budget(demande: DemandeFir, genre: GenreBudget) -> Bloc:
    exercice, montants, details = budget_lines(demande, genre)
    totaux = totals(montants, nomenclature())
    notes = []
    if genre == GenreBudget.PROJET:
        notes.append(
            f"La subvention de {euros(demande.montant_demande)} représente "
            f"{share(demande.montant_demande, totaux)} du total des produits du projet."
        )

    def side(sens: str, *, volontaire: bool) -> list[dict[str, Any]]:
        return [
            _account(compte, totaux, montants, details, financeur=demande.ligne_du_financeur)
            for compte in nomenclature().comptes
            if compte.sens == sens and compte.volontaire is volontaire
        ]

    return {
        "genre": "budget",
        "legende": f"Exercice {exercice}" if exercice else "",
        "charges": side(CHARGE, volontaire=False),
        "produits": side(PRODUIT, volontaire=False),
        "total_charges": euros(totaux.charges),
        "total_produits": euros(totaux.produits),
        "contributions_charges": side(CHARGE, volontaire=True),
        "contributions_produits": side(PRODUIT, volontaire=True),
        "total_general_charges": euros(totaux.general_charges),
        "total_general_produits": euros(totaux.general_produits),
        "notes": notes,
    }


def _account(
    compte: Compte, totaux: Totaux, montants: Mapping[str, Decimal], details: Mapping[str, str], *, financeur: str
) -> dict[str, Any]:
    """An account and its lines that hold an amount; an account of one line has no other."""
    lignes = [] if compte.lignes[0].code == compte.code else [line for line in compte.lignes if line.code in montants]
    return {
        "compte": compte.numero,
        "libelle": compte.libelle,
        "total": euros(totaux.comptes[compte.code]),
        "lignes": [
            [
                "\u00a0: ".join(filter(None, [(line.demande and financeur) or line.libelle, details.get(line.code)])),
                euros(montants[line.code]),
            ]
            for line in lignes
        ],
        "demande": "oui" if any(line.demande for line in lignes) else "non",
    }


# --- Pieces of blocks --------------------------------------------------------------------------------


def _only(form: SectionForm, contenu: dict[str, Any], names: tuple[str, ...]) -> list[Bloc]:
    return section_blocs(form, contenu, sans=tuple(name for name in form.fields if name not in names))


def _comb(label: str, value: str | None, groups: list[int], missing: str) -> Bloc:
    """One box a character."""
    return {"genre": "peigne", "libelle": label, "valeur": value or "", "groupes": groups, "vide": missing}


def _definitions(*lines: list[str | None]) -> Bloc:
    return {"genre": "definitions", "lignes": [[label or "", value or NON_RENSEIGNE] for label, value in lines]}


def _paragraphs(text: str | None) -> list[str]:
    return [line for line in (text or NON_RENSEIGNE).splitlines() if line.strip()]


def _instant(event: EvenementFir) -> str:
    return date_heure(event.recorded_at)
