"""Measure the comparison of two versions: `python -m bench.compare` prints JSON.

A project of 150 pages (75 000 words in each version, 15 sections), compared and drawn as the page shows it, in several
states: what people do (a few words, a section rewritten) and what costs most (everything changed, one paragraph of
75 000 words, a table of 3 000 rows, the same few words everywhere). Target: 2 s of processor, drawing included;
`montre_s` is what the watch says, others on the machine included.
"""

import json
import os
import random
import resource
import sys
import time
from collections.abc import Callable
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guichet.settings.local")

TARGET_SECONDS = 2.0
PAGES = 150
WORDS_A_PAGE = 500
SECTIONS = 15
WORDS_A_PARAGRAPH = 100
VOCABULARY = 6_000
COMMON = ["de", "la", "le", "les", "des", "et", "à", "en", "un", "une", "du", "dans", "pour", "par", "avec", "est"]

Version = list[dict[str, Any]]


def main() -> None:
    import django

    django.setup()
    cases = {name: _measure(*make()) for name, make in CASES.items()}
    kept = all(case["total_s"] <= TARGET_SECONDS for case in cases.values())
    memory = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    figures = {"pages": PAGES, "cas": cases, "memoire_mo": memory, "objectif_s": TARGET_SECONDS, "objectif_tenu": kept}
    json.dump(figures, sys.stdout, ensure_ascii=False, indent=2)
    print()


def _measure(before: Version, after: Version) -> dict[str, Any]:
    from django.template.loader import render_to_string

    from guichet.kernel.comparison import compare

    watch, started = time.perf_counter(), time.process_time()
    comparaison = compare(before, after)
    compared = time.process_time()
    names = {"avant": "Version 1", "apres": "Version 2", "court_avant": "Version 1", "court_apres": "Version 2"}
    text = render_to_string("components/comparison_versions.html", {"comparaison": comparaison, **names})
    drawn, seen = time.process_time(), time.perf_counter()
    return {
        "mots": sum(section.words for section in comparaison.sections),
        "mots_retires": comparaison.words_out,
        "mots_ajoutes": comparaison.words_in,
        "comparaison_s": round(compared - started, 3),
        "dessin_s": round(drawn - compared, 3),
        "total_s": round(drawn - started, 3),
        "montre_s": round(seen - watch, 3),
        "page_ko": len(text.encode()) // 1024,
    }


# --- Versions ---------------------------------------------------------------------------------------


def _version(seed: int) -> Version:
    """Sections of paragraphs, as people write: half of the words are articles."""
    source = random.Random(seed)
    count = PAGES * WORDS_A_PAGE // SECTIONS // WORDS_A_PARAGRAPH
    return [
        {
            "cle": f"section-{n}",
            "titre": f"Section {n}",
            "blocs": [
                {"genre": "texte", "titre": f"Question {q}", "paragraphes": [_words(source) for _ in range(count // 5)]}
                for q in range(5)
            ],
        }
        for n in range(SECTIONS)
    ]


def _words(source: random.Random, count: int = WORDS_A_PARAGRAPH) -> str:
    words = [
        source.choice(COMMON) if source.random() < 0.5 else f"mot{int(source.paretovariate(0.6)) % VOCABULARY}"
        for _ in range(count)
    ]
    return "\u00a0; ".join(" ".join(words[n : n + 12]) for n in range(0, count, 12)) + "."


def _edited(version: Version, every: int) -> Version:
    """One word in `every` is another."""
    source = random.Random(every)

    def edit(text: str) -> str:
        return " ".join("autrement" if source.randrange(every) == 0 else word for word in text.split(" "))

    return [
        {
            **part,
            "blocs": [{**bloc, "paragraphes": [edit(text) for text in bloc["paragraphes"]]} for bloc in part["blocs"]],
        }
        for part in version
    ]


def _one_paragraph(version: Version) -> Version:
    whole = " ".join(text for part in version for bloc in part["blocs"] for text in bloc["paragraphes"])
    return [{"cle": "tout", "titre": "Tout", "blocs": [{"genre": "texte", "paragraphes": [whole]}]}]


def _shuffled(version: Version) -> Version:
    """Every paragraph of a section elsewhere in its question, one word in twenty changed."""
    source = random.Random(7)
    edited = _edited(version, 20)
    for part in edited:
        for bloc in part["blocs"]:
            source.shuffle(bloc["paragraphes"])
    return edited


def _table(every: int) -> Version:
    """3 000 rows of 25 words; one in `every` changed, one in ten gone."""
    source = random.Random(3)
    heads = ["Intitulé", "Porteur", "Montant", "Description"]
    rows = [
        [f"Action {n}", f"Professionnel {source.randrange(40)}", f"{n}\u00a0000\u00a0€", _words(source, 20)]
        for n in range(3000)
    ]
    if every:
        rows = [[*row[:2], "1\u00a0€", row[3]] if n % every == 0 else row for n, row in enumerate(rows) if n % 10 != 5]
    return [{"cle": "actions", "titre": "Actions", "blocs": [{"genre": "tableau", "entetes": heads, "lignes": rows}]}]


def _few_words(seed: int) -> Version:
    """Ten words, everywhere, in one order or another."""
    source = random.Random(seed)
    return [
        {**part, "blocs": [{**bloc, "paragraphes": [
            " ".join(source.choice(COMMON[:10]) for _ in range(WORDS_A_PARAGRAPH)) for _ in bloc["paragraphes"]
        ]} for bloc in part["blocs"]]}
        for part in _version(seed)
    ]  # fmt: skip


CASES: dict[str, Callable[[], tuple[Version, Version]]] = {
    "identiques": lambda: (_version(1), _version(1)),
    "un_mot_sur_200": lambda: (_version(1), _edited(_version(1), 200)),
    "un_mot_sur_10": lambda: (_version(1), _edited(_version(1), 10)),
    "tout_change": lambda: (_version(1), _version(2)),
    "paragraphes_melanges": lambda: (_version(1), _shuffled(_version(1))),
    "un_seul_paragraphe_un_mot_sur_50": lambda: (
        _one_paragraph(_version(1)),
        _one_paragraph(_edited(_version(1), 50)),
    ),
    "un_seul_paragraphe_tout_change": lambda: (_one_paragraph(_version(1)), _one_paragraph(_version(2))),
    "memes_mots_partout": lambda: (_few_words(1), _few_words(2)),
    "tableau_de_3000_lignes": lambda: (_table(0), _table(4)),
    "tout_ajoute": lambda: ([], _version(1)),
}


if __name__ == "__main__":
    main()
