"""Measure the papers: `python -m bench.papers` prints JSON.

A four-page form like the request for a grant (two budgets, tables, ticks, combs), drawn in one process
as the worker does: the first (fonts and style sheet read), then warm ones (median), and the memory.
Targets on two cores: warm at most 0.6 s, resident memory at most 120 MB. `--out=FILE` keeps the PDF.
"""

import argparse
import json
import os
import resource
import statistics
import time
from datetime import UTC, datetime
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guichet.settings.local")

TARGET_WARM_SECONDS = 0.6
TARGET_MEMORY_MB = 120
REPEATS = 5


def main() -> None:
    arguments = _arguments()
    paper = form()
    started = time.perf_counter()
    content = draw(paper)
    first = time.perf_counter() - started
    warm = [_timed(paper) for _ in range(REPEATS)]
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    if arguments.out:
        Path(arguments.out).write_bytes(content)
    median = statistics.median(warm)
    figures = {
        "papier": "demande de subvention",
        "pages": _pages(content),
        "octets": len(content),
        "premier_s": round(first, 3),
        "chaud_median_s": round(median, 3),
        "chaud_max_s": round(max(warm), 3),
        "memoire_mo": round(memory, 1),
        "objectifs_tenus": median <= TARGET_WARM_SECONDS and memory <= TARGET_MEMORY_MB,
    }
    print(json.dumps(figures, ensure_ascii=False, indent=2))


def draw(paper: dict) -> bytes:
    from guichet.kernel import pdf

    return pdf.render(
        "pdf/cerfa.html",
        paper,
        reference=paper["reference"],
        titre=paper["titre"],
        code="7K4MR9TXQ2",
        url="https://guichet-cpts.example/verifier/7K4MR9TXQ2/",
        created_at=datetime(2027, 3, 15, 9, 30, tzinfo=UTC),
    )


def form() -> dict:
    """Four pages of invented content."""
    return {
        "presentation": "cerfa",
        "titre": "Demande de subvention",
        "sous_titre": "selon le modèle du formulaire Cerfa n°\u00a012156*06",
        "reference": "CPTS-31-0042-FIR-1",
        "date": "15\u00a0mars\u00a02027",
        "emetteur": {
            "nom": "Association CPTS des Trois Rivières",
            "lignes": ["31999\u00a0Valmont"],
        },
        "destinataire": {"nom": "Agence régionale de santé", "lignes": ["Établissement public"]},
        "sections": [
            {"titre": "Nature de la demande", "blocs": [_ticks(index) for index in range(4)]},
            {"numero": "1", "titre": "Identification de l’association", "blocs": [_comb(), _details(8)]},
            {"numero": "4", "titre": "Moyens humains", "blocs": [_table(8)]},
            {"numero": "5", "titre": "Budget de l’association", "nouvelle_page": "oui", "blocs": [_budget("2027")]},
            {"numero": "6", "titre": "Budget du projet", "nouvelle_page": "oui", "blocs": [_budget("projet")]},
            {"numero": "7", "titre": "Attestations", "nouvelle_page": "oui", "blocs": [_prose(5)]},
        ],
        "signature": {"nom": "Camille Exemple", "qualite": "Présidente"},
    }


def _ticks(index: int) -> dict:
    rows = [["oui" if index % 2 else "non", "Première demande"], ["non", "Renouvellement"]]
    return {"genre": "cases", "disposition": "ligne", "legende": "Fréquence", "lignes": rows}


def _comb() -> dict:
    return {"genre": "peigne", "libelle": "N° SIRET", "valeur": "12345678900012", "groupes": [3, 3, 3, 5]}


def _details(count: int) -> dict:
    return {"genre": "definitions", "lignes": [[f"Libellé {n}", f"Valeur inventée numéro {n}"] for n in range(count)]}


def _table(count: int) -> dict:
    rows = [[f"Ligne {n}", "médecins généralistes", str(n), f"{n}\u00a0000\u00a0€"] for n in range(count)]
    heads = ["Intitulé", "Profession", "Nombre", "Montant"]
    return {"genre": "tableau", "entetes": heads, "lignes": rows, "numeriques": [2, 3]}


def _prose(count: int) -> dict:
    sentence = "Les professionnels du territoire souhaitent organiser ensemble l’accès aux soins. "
    return {"genre": "texte", "paragraphes": [sentence * 4 for _ in range(count)]}


def _budget(exercise: str) -> dict:
    accounts = [
        {"compte": str(number), "libelle": f"Compte {number}", "total": "1\u00a0000", "lignes": [["Détail", "500"]] * 3}
        for number in range(60, 69)
    ]
    return {
        "genre": "budget",
        "legende": f"Exercice {exercise}",
        "charges": accounts,
        "produits": [{**account, "compte": str(int(account["compte"]) + 10)} for account in accounts],
        "total_charges": "9\u00a0000",
        "total_produits": "9\u00a0000",
    }


def _timed(paper: dict) -> float:
    started = time.perf_counter()
    draw(paper)
    return time.perf_counter() - started


def _pages(content: bytes) -> int:
    from io import BytesIO

    from pypdf import PdfReader

    return len(PdfReader(BytesIO(content)).pages)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", help="where to keep the PDF drawn")
    return parser.parse_args()


if __name__ == "__main__":
    main()
