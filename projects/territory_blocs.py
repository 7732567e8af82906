"""A territory in words: for the paper of the letter, for the page, for the request that goes with it."""

from typing import Any

from dossiers.models import Territoire
from guichet.kernel.money import nombre


def territory_summary(territoire: Territoire) -> dict[str, Any]:
    """The territory in a few values, for the request that goes with the letter."""
    parts = list(territoire.parts.select_related("commune").order_by("commune__nom_normalise", "nom"))
    return {
        "population": territoire.population,
        "taille": territoire.taille,
        "parties": [f"{part.commune.nom} ({part.nom})" if part.nom else part.commune.nom for part in parts],
        "departements": territoire.departements,
    }


def territory_blocs(territoire: Territoire | None, *, limit: int | None = None) -> list[dict[str, Any]]:
    """Population, size, départements, then the parts; past `limit` parts only the number of the others."""
    if territoire is None or territoire.taille == 0:
        return [{"genre": "texte", "paragraphes": ["Non renseigné"]}]
    parts = list(territoire.parts.select_related("commune__departement").order_by("commune__nom_normalise", "nom"))
    rows = [
        [
            f"{part.commune.nom} – {part.nom}" if part.nom else part.commune.nom,
            part.commune.departement_id,
            nombre(part.population),
        ]
        for part in parts[:limit]
    ]
    if len(rows) < len(parts):
        rows.append([f"et {len(parts) - len(rows)} autres communes ou quartiers", "", ""])
    quarters = [
        f"{p.commune.nom}, {p.nom}\u00a0: {p.motif} Source de la population\u00a0: {p.source}." for p in parts if p.nom
    ]
    vintages = sorted({part.millesime for part in parts})
    blocs: list[dict[str, Any]] = [
        {
            "genre": "definitions",
            "lignes": [
                ["Population", f"{nombre(territoire.population)} habitants"],
                ["Taille de la communauté", f"Taille {territoire.taille}"],
                ["Départements", ", ".join(territoire.departements)],
                ["Millésime de la population", ", ".join(vintages)],
            ],
        },
        {
            "genre": "tableau",
            "titre": "Communes et parties de communes",
            "entetes": ["Commune ou quartier", "Département", "Population"],
            "lignes": rows,
            "pied": ["Total", "", nombre(territoire.population)],
            "numeriques": [2],
        },
    ]
    if quarters:
        blocs.append({"genre": "liste", "titre": "Quartiers\u00a0: raison du découpage", "elements": quarters})
    return blocs
