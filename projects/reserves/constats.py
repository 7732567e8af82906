"""What each rule on a projet de santé finds lacking in it: small predicates, one a rule. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from dossiers.questions import is_filled
from dossiers.states import GenrePiece
from projects import rubriques_projet as r
from projects.models import Mission
from projects.questions.contenu import RECOURS
from projects.questions.projet.acteurs import ETABLISSEMENT, GHT, MEDICO_SOCIAL
from projects.questions.projet.budget import CHARGES
from projects.questions.projet.fiches import RESULTAT
from projects.questions.projet.gouvernance import CRITERES, GOUVERNANCE, OUI
from projects.questions.projet.identite import ASSOCIATION, DROIT_LOCAL
from projects.questions.projet.missions import RETENUE

Contenu = Mapping[str, Any]
Constat = tuple[str, str, str]
"""Sentence, section key, field id."""

POINT_VIRGULE = "\u00a0; "


@dataclass(frozen=True)
class Projet:
    """All that the rules read. `document`: the project is a document, told by its short fiche."""

    contenus: Mapping[str, Contenu]
    fiches: Sequence[tuple[str, Contenu]]
    pieces: frozenset[str]
    missions: Sequence[Mission]
    chevauchements: Sequence[str]
    document: bool

    def section(self, cle: str) -> Contenu:
        return self.contenus.get(cle) or {}

    @property
    def choix(self) -> tuple[str, Contenu]:
        """Where the missions and what the project is not are told: the short fiche of a document, else the section."""
        cle = r.FICHE_DOCUMENT if self.document else r.MISSIONS
        return cle, self.section(cle)


def association(projet: Projet) -> Iterator[Constat]:
    if projet.section(r.IDENTITE).get("forme") not in (ASSOCIATION, DROIT_LOCAL):
        yield "La CPTS n’est pas, ou pas encore, une association déclarée.", r.IDENTITE, "id_forme"


def chevauchements(projet: Projet) -> Iterator[Constat]:
    for phrase in projet.chevauchements:
        yield phrase, r.TERRITOIRE, ""


def acces(projet: Projet) -> Iterator[Constat]:
    places = {row.get("recours") for row in _rows(projet.section(r.DIAGNOSTIC), "lieux", "structure")}
    missing = [label for cle, label in RECOURS[:-1] if cle not in places]
    if missing:
        told = POINT_VIRGULE.join(missing)
        yield f"Aucun lieu n’est cité pour\u00a0: {told}.", r.DIAGNOSTIC, "id_lieux"


def criteres(projet: Projet) -> Iterator[Constat]:
    rows = projet.section(r.GOUVERNANCE).get("criteres") or []
    met = {row.get("critere") for row in rows if row.get("reponse") == OUI}
    missing = [_minuscule(label) for cle, label in CRITERES if cle not in met]
    if missing:
        told = POINT_VIRGULE.join(missing)
        phrase = f"Des critères sur les statuts ne sont pas remplis, ou pas encore\u00a0: {told}."
        yield phrase, r.GOUVERNANCE, "id_criteres"


def gouvernance(projet: Projet) -> Iterator[Constat]:
    contenu = projet.section(r.GOUVERNANCE)
    missing = [cle for cle in GOUVERNANCE if not _text(contenu, cle)]
    if missing:
        told = ", ".join(GOUVERNANCE[cle] for cle in missing)
        yield f"La gouvernance ne dit pas\u00a0: {told}.", r.GOUVERNANCE, f"id_{missing[0]}"


def hopitaux(projet: Projet) -> Iterator[Constat]:
    if not _has_partner(projet, {ETABLISSEMENT, GHT}):
        yield "Aucun établissement de santé n’est partenaire du projet.", r.PARTENAIRES, "id_partenaires"


def medico_social(projet: Projet) -> Iterator[Constat]:
    if not _has_partner(projet, {MEDICO_SOCIAL}):
        yield "Aucun établissement ou service médico-social n’est partenaire.", r.PARTENAIRES, "id_partenaires"


def thematiques(projet: Projet) -> Iterator[Constat]:
    count = len(_rows(projet.section(r.MISSIONS), "thematiques", "theme"))
    if count < 2:
        phrase = "Le projet ne cite qu’un thème." if count else "Le projet ne cite aucun thème."
        yield phrase, r.MISSIONS, "id_thematiques"


def numerique(projet: Projet) -> Iterator[Constat]:
    yield from _declared(
        projet,
        "numerique",
        oui="Le projet repose seulement sur un outil numérique ou sur la télémédecine.",
        tu="Vous n’avez pas dit si le projet repose seulement sur un outil numérique ou sur la télémédecine.",
    )


def filiere(projet: Projet) -> Iterator[Constat]:
    yield from _declared(
        projet,
        "filiere",
        oui="Le projet se limite à une seule spécialité ou à un seul public.",
        tu="Vous n’avez pas dit si le projet se limite à une seule spécialité ou à un seul public.",
    )


def modalites(projet: Projet) -> Iterator[Constat]:
    cle, contenu = projet.choix
    if not _text(contenu, "modalites"):
        yield "Le projet ne dit pas comment les professionnels travaillent ensemble.", cle, "id_modalites"


def missions_socles(projet: Projet) -> Iterator[Constat]:
    cle, contenu = projet.choix
    written = {fiche.get("mission") for _, fiche in projet.fiches}
    for mission in projet.missions:
        name = f"mission_{mission.code}"
        treated = contenu.get(name) is True if projet.document else mission.code in written
        if mission.socle and not treated:
            what = "n’est pas traitée" if projet.document else "n’a pas encore de fiche-action"
            yield f"La mission socle «\u00a0{mission.nom}\u00a0» {what}.", cle, f"id_{name}"


def missions_retenues(projet: Projet) -> Iterator[Constat]:
    contenu = projet.section(r.MISSIONS)
    written = {fiche.get("mission") for _, fiche in projet.fiches}
    for mission in projet.missions:
        name = f"mission_{mission.code}"
        if not mission.socle and contenu.get(name) == RETENUE and mission.code not in written:
            phrase = f"Vous retenez la mission «\u00a0{mission.nom}\u00a0»\u00a0: elle n’a pas encore de fiche-action."
            yield phrase, r.MISSIONS, f"id_{name}"


def lien_mission(projet: Projet) -> Iterator[Constat]:
    codes = {mission.code for mission in projet.missions}
    for cle, fiche in projet.fiches:
        if fiche.get("mission") not in codes:
            yield f"{_action(cle, fiche)} ne relève d’aucune mission en vigueur.", cle, "id_mission"


def indicateur(projet: Projet) -> Iterator[Constat]:
    for cle, fiche in projet.fiches:
        if not _indicateurs(fiche):
            yield f"{_action(cle, fiche)} n’a pas d’indicateur.", cle, "id_indicateurs"


def mesurable(projet: Projet) -> Iterator[Constat]:
    for cle, row in _tous_indicateurs(projet):
        lacks = [
            words for name, words in (("base", "valeur de départ"), ("cible", "cible")) if not is_filled(row.get(name))
        ]
        if lacks:
            phrase = f"L’indicateur «\u00a0{row['libelle']}\u00a0» n’a pas de {' ni de '.join(lacks)}."
            yield phrase, cle, "id_indicateurs"


def progression(projet: Projet) -> Iterator[Constat]:
    for cle, row in _tous_indicateurs(projet):
        base, cible = _number(row.get("base")), _number(row.get("cible"))
        if base is not None and base == cible:
            phrase = f"L’indicateur «\u00a0{row['libelle']}\u00a0» a la même valeur au départ et pour cible."
            yield phrase, cle, "id_indicateurs"


def resultats(projet: Projet) -> Iterator[Constat]:
    found = list(_tous_indicateurs(projet))
    if found and not any(row.get("nature") == RESULTAT for _, row in found):
        yield "Aucun indicateur ne mesure un résultat.", found[0][0], "id_indicateurs"


def logiciels(projet: Projet) -> Iterator[Constat]:
    contenu = projet.section(r.SYSTEME_INFORMATION)
    if not _rows(contenu, "logiciels", "logiciel") and not _text(contenu, "commentaire"):
        yield "Le projet ne dit pas quels logiciels sont déjà utilisés.", r.SYSTEME_INFORMATION, "id_logiciels"


def usagers(projet: Projet) -> Iterator[Constat]:
    if not _text(projet.section(r.USAGERS), "usagers"):
        yield "Le projet ne dit pas comment les usagers sont associés.", r.USAGERS, "id_usagers"


def elus(projet: Projet) -> Iterator[Constat]:
    if not _text(projet.section(r.USAGERS), "elus"):
        yield "Le projet ne dit pas comment les élus sont associés.", r.USAGERS, "id_elus"


def reunions(projet: Projet) -> Iterator[Constat]:
    if (projet.section(r.EVALUATION).get("reunions_par_an") or 0) < 2:
        phrase = "Le projet ne prévoit pas deux réunions de suivi des indicateurs par an."
        yield phrase, r.EVALUATION, "id_reunions_par_an"


def budget(projet: Projet) -> Iterator[Constat]:
    contenu = projet.section(r.BUDGET)
    missing = [cle for cle in CHARGES if not any(is_filled(row.get("montant")) for row in contenu.get(cle) or [])]
    if missing:
        told = ", ".join(_minuscule(CHARGES[cle]) for cle in missing)
        yield f"Le budget prévisionnel ne chiffre pas\u00a0: {told}.", r.BUDGET, f"id_{missing[0]}"


def budget_total(projet: Projet) -> Iterator[Constat]:
    if not is_filled(projet.choix[1].get("budget_total")):
        yield "La fiche ne donne pas le budget.", r.FICHE_DOCUMENT, "id_budget_total"


def evaluation(projet: Projet) -> Iterator[Constat]:
    if not _text(projet.choix[1], "evaluation"):
        yield "La fiche ne dit pas comment le projet sera évalué.", r.FICHE_DOCUMENT, "id_evaluation"


def statuts(projet: Projet) -> Iterator[Constat]:
    if GenrePiece.STATUTS not in projet.pieces:
        yield "Les statuts ne sont pas joints.", r.PIECES, ""


# --- Reading the answers ------------------------------------------------------------------------------


def _text(contenu: Contenu, name: str) -> str:
    return str(contenu.get(name) or "").strip()


def _rows(contenu: Contenu, name: str, column: str) -> list[Contenu]:
    """The rows where `column` was filled."""
    return [row for row in contenu.get(name) or [] if _text(row, column)]


def _has_partner(projet: Projet, genres: set[str]) -> bool:
    return any(row.get("genre") in genres for row in _rows(projet.section(r.PARTENAIRES), "partenaires", "nom"))


def _declared(projet: Projet, name: str, *, oui: str, tu: str) -> Iterator[Constat]:
    cle, contenu = projet.choix
    if contenu.get(name) != "non":
        yield (oui if contenu.get(name) == "oui" else tu), cle, f"id_{name}"


def _indicateurs(fiche: Contenu) -> list[Contenu]:
    return _rows(fiche, "indicateurs", "libelle")


def _tous_indicateurs(projet: Projet) -> Iterator[tuple[str, Contenu]]:
    for cle, fiche in projet.fiches:
        for row in _indicateurs(fiche):
            yield cle, row


def _action(cle: str, fiche: Contenu) -> str:
    title = _text(fiche, "intitule")
    return f"L’action «\u00a0{title}\u00a0»" if title else f"L’action n°\u00a0{r.fiche_numero(cle)}"


def _number(value: Any) -> Decimal | None:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None


def _minuscule(text: str) -> str:
    return f"{text[:1].lower()}{text[1:]}"
