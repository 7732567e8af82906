"""Two versions side by side: nothing is lost on either side, and only what changed is said to have."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guichet.kernel import words as words_module
from guichet.kernel.comparison import Comparison, Row, compare
from guichet.kernel.papers import BLOCS
from guichet.kernel.passages import READERS, passages
from guichet.kernel.words import Segment, Wording, common, compare_words, count_words, tokens

TEXTS = st.text(alphabet="abc .,;:'’\u00a0\n-é\u0301019€%«»", max_size=60)
WORDS = st.lists(st.sampled_from(["les", "soins", "1\u00a0000\u00a0€", "l’accès", ";", "Muret", "de"]), max_size=40)


def joined(segments: tuple[Segment, ...], *kinds: str) -> str:
    return "".join(segment.text for segment in segments if segment.kind in kinds)


def changes(found: Wording) -> tuple[list[str], list[str]]:
    return [s.text for s in found.left if s.kind == "out"], [s.text for s in found.right if s.kind == "in"]


def part(cle: str, *blocs: dict[str, Any], titre: str = "") -> dict[str, Any]:
    return {"cle": cle, "titre": titre or cle.capitalize(), "blocs": list(blocs)}


def texte(*paragraphes: str, titre: str = "Besoins") -> dict[str, Any]:
    return {"genre": "texte", "titre": titre, "paragraphes": list(paragraphes)}


def tableau(*lignes: list[str]) -> dict[str, Any]:
    return {"genre": "tableau", "titre": "Équipe", "entetes": ["Nom", "Profession", "Temps"], "lignes": list(lignes)}


def definitions(*lignes: list[str]) -> dict[str, Any]:
    return {"genre": "definitions", "lignes": list(lignes)}


def rows(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    """Status and both texts of every row."""
    return [
        (row.status, joined(row.left, "same", "out"), joined(row.right, "same", "in"))
        for section in compare(before, after).sections
        for row in section.rows
    ]


# --- Words ------------------------------------------------------------------------------------------


@given(TEXTS, TEXTS)
@settings(max_examples=300)
def test_each_side_joined_is_the_text_it_came_from(before: str, after: str) -> None:
    found = compare_words(before, after)
    assert joined(found.left, "same", "out") == before
    assert joined(found.right, "same", "in") == after
    assert {s.kind for s in found.left} <= {"same", "out"}
    assert {s.kind for s in found.right} <= {"same", "in"}


@given(WORDS, WORDS)
def test_what_is_the_same_on_the_left_is_the_same_on_the_right(before: list[str], after: list[str]) -> None:
    found = compare_words(" ".join(before), " ".join(after))
    assert tokens(joined(found.left, "same").strip())[0] == tokens(joined(found.right, "same").strip())[0]


@given(WORDS, WORDS)
def test_a_very_long_text_is_compared_by_its_sentences_and_loses_nothing(before: list[str], after: list[str]) -> None:
    long, words_module.LONG = words_module.LONG, 4
    try:
        found = compare_words(" ".join(before), " ".join(after))
    finally:
        words_module.LONG = long
    assert joined(found.left, "same", "out") == " ".join(before)
    assert joined(found.right, "same", "in") == " ".join(after)


@given(TEXTS)
def test_a_text_and_itself_differ_in_nothing(text: str) -> None:
    found = compare_words(text, text)
    assert (found.left, found.words_out, found.words_in, found.changed) == (found.right, 0, 0, False)


@given(st.lists(st.integers(0, 4), max_size=30), st.lists(st.integers(0, 4), max_size=30))
@settings(max_examples=300)
def test_what_is_in_common_is_as_long_as_can_be(left: list[int], right: list[int]) -> None:
    lengths = [[0] * (len(right) + 1) for _ in range(len(left) + 1)]
    for i, a in enumerate(left):
        for j, b in enumerate(right):
            lengths[i + 1][j + 1] = lengths[i][j] + 1 if a == b else max(lengths[i][j + 1], lengths[i + 1][j])
    pairs = common(left, right)
    assert len(pairs) == lengths[-1][-1]
    assert [left[i] for i, _ in pairs] == [right[j] for _, j in pairs]
    assert pairs == sorted(pairs)
    assert len({i for i, _ in pairs}) == len({j for _, j in pairs}) == len(pairs)


def test_the_rows_that_were_forgotten_are_found_again_on_the_way_back(monkeypatch: pytest.MonkeyPatch) -> None:
    left, right = [n * n % 37 for n in range(400)], [n * 5 % 37 for n in range(400)]
    whole = common(left, right)
    monkeypatch.setattr(words_module, "MEMORY", 0)
    monkeypatch.setattr(words_module, "LONG", 10)
    assert common(left, right) == whole


@pytest.mark.parametrize(
    ("before", "after", "out", "into"),
    [
        ("1\u00a0000\u00a0€ par an", "2\u00a0000\u00a0€ par an", ["1\u00a0000\u00a0€"], ["2\u00a0000\u00a0€"]),
        ("Budget de 12 500,50 € TTC", "Budget de 12 500,75 € TTC", ["12 500,50 €"], ["12 500,75 €"]),
        ("Avant le 8/10/2026 ?", "Avant le 9/10/2026 ?", ["8/10/2026"], ["9/10/2026"]),
        ("En 2026 100 patients", "En 2027 100 patients", ["2026"], ["2027"]),
        ("Un rendez-vous proche", "Un rendez-vous rapide", ["proche"], ["rapide"]),
        ("l’accès aux soins", "l’offre de soins", ["accès aux"], ["offre de"]),
        ("Oui\u00a0; et non.", "Oui, et non.", ["\u00a0;"], [","]),
        ("«\u00a0Oui\u00a0», dit-il", "«\u00a0Non\u00a0», dit-il", ["Oui"], ["Non"]),
        ("Les 1er et 2e cycles", "Les 1er et 3e cycles", ["2e"], ["3e"]),
        ("", "Tout est neuf.", [], ["Tout est neuf."]),
    ],
)  # fmt: skip
def test_figures_dates_and_french_marks_change_as_a_whole(
    before: str, after: str, out: list[str], into: list[str]
) -> None:
    found = changes(compare_words(before, after))
    assert ([text.strip() for text in found[0]], [text.strip() for text in found[1]]) == (
        [text.strip() for text in out],
        into,
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("1 000 € l’an", "1\u00a0000\u202f€ l’an"),
        ("l'accès", "l’accès"),
        ("e\u0301quipe", "équipe"),
        ("deux  mots ", "deux mots"),
        ("Pourquoi ?", "Pourquoi\u00a0?"),
    ],
)
def test_spaces_apostrophes_and_the_code_of_an_accent_are_kept_but_are_no_change(before: str, after: str) -> None:
    found = compare_words(before, after)
    assert not found.changed
    assert (joined(found.left, "same"), joined(found.right, "same")) == (before, after)


def test_a_rewritten_sentence_is_read_as_a_whole_not_by_the_articles_it_kept() -> None:
    out, into = changes(
        compare_words(
            "Le secteur de Muret manque de médecins le soir.",
            "Le bassin de Cazères ouvre de nouvelles plages le matin.",
        )
    )
    assert out == ["secteur de Muret manque de médecins le soir"]
    assert into == ["bassin de Cazères ouvre de nouvelles plages le matin"]


def test_words_are_counted_without_the_punctuation() -> None:
    assert count_words("«\u00a0L’aide\u00a0» passe à 1\u00a0000\u00a0€\u00a0!") == 5
    found = compare_words("Trois médecins, le soir.", "Deux médecins et une sage-femme le soir.")
    assert (found.words_out, found.words_in) == (1, 4)


# --- Versions ---------------------------------------------------------------------------------------

TYPED = st.sampled_from(["Peu de médecins le soir ici.", "Oui", "", "Trois sites au sud.", "Rien"])
ANSWERED = st.tuples(st.sampled_from(["RNA", "Siège"]), st.sampled_from(["Oui", "Non", ""])).map(list)
PARTS = st.lists(
    st.builds(
        lambda cle, paragraphs, lines: part(cle, definitions(*lines), texte(*paragraphs)),
        st.sampled_from("abcdef"),
        st.lists(TYPED, max_size=5),
        st.lists(ANSWERED, max_size=3),
    ),
    max_size=5,
)


@given(PARTS, PARTS)
def test_every_passage_of_both_versions_is_in_one_row(
    before: list[dict[str, Any]], after: list[dict[str, Any]]
) -> None:
    found = compare(before, after)
    every = [row for section in found.sections for row in section.rows]
    olds = [joined(row.left, "same", "out") for row in every if row.status != "in"]
    news = [joined(row.right, "same", "in") for row in every if row.status != "out"]
    assert sorted(olds) == sorted(p.text for one in before for p in passages(one["blocs"]))
    assert news == [p.text for one in after for p in passages(one["blocs"])]
    assert [s.cle for s in found.sections if s.status != "out"] == [one["cle"] for one in after]


@given(PARTS)
def test_a_version_and_itself_differ_in_nothing(version: list[dict[str, Any]]) -> None:
    found = compare(version, version)
    assert (found.told, found.words_out, found.words_in) == ((), 0, 0)
    assert {segment.kind for section in found.sections for row in section.rows for segment in row.left} <= {"same"}


def statuses(found: Comparison) -> list[tuple[str, str, bool]]:
    return [(section.cle, section.status, section.moved) for section in found.sections]


def test_a_section_is_met_by_its_key_wherever_it_stands() -> None:
    first, second, third = (part(cle, texte(f"Voici {cle}.")) for cle in ("territoire", "besoins", "equipe"))
    found = compare([first, second, third], [third, first, second])
    assert statuses(found) == [("equipe", "same", True), ("territoire", "same", False), ("besoins", "same", False)]
    assert (found.words_out, found.words_in) == (0, 0)
    assert found.count == {"same": 2, "changed": 0, "out": 0, "in": 0, "moved": 1}


def test_a_section_added_and_a_section_removed_stand_where_they_are_or_were() -> None:
    before = [part("a", texte("Un.")), part("b", texte("Deux mots.")), part("c", texte("Trois."))]
    after = [part("a", texte("Un.")), part("c", texte("Trois.")), part("d", texte("Quatre mots en plus."))]
    found = compare(before, after)
    assert statuses(found) == [("a", "same", False), ("b", "out", False), ("c", "same", False), ("d", "in", False)]
    assert (found.words_out, found.words_in) == (2, 4)
    assert [section.cle for section in found.told] == ["b", "d"]


def test_a_title_that_changed_is_said_without_a_word_counted() -> None:
    found = compare([part("a", texte("Un."), titre="Besoins")], [part("a", texte("Un."), titre="Les besoins")])
    (section,) = found.sections
    assert (section.status, section.title, section.title_before) == ("changed", "Les besoins", "Besoins")
    assert (section.words_out, section.words_in) == (0, 0)


def test_an_answer_is_met_by_its_label_whatever_its_place() -> None:
    before = [part("a", definitions(["RNA", "Non renseigné"], ["Siège", "Muret"], ["Forme", "Association"]))]
    after = [part("a", definitions(["Siège", "Cazères"], ["SIRET", "Non renseigné"], ["Forme", "Association"]))]
    assert rows(before, after) == [
        ("out", "Non renseigné", ""),
        ("changed", "Muret", "Cazères"),
        ("in", "", "Non renseigné"),
        ("same", "Association", "Association"),
    ]


def test_rows_of_a_table_are_met_by_their_first_cell() -> None:
    anne, jean = ["Anne", "Médecin", "0,5"], ["Jean", "Infirmier", "1"]
    lea, noe = ["Léa", "Sage-femme", "0,2"], ["Noé", "Dentiste", "0,8"]
    found = rows([part("a", tableau(anne, jean, lea))], [part("a", tableau(anne, ["Léa", "Sage-femme", "0,4"], noe))])
    assert [status for status, _, _ in found] == ["same", "out", "changed", "in"]
    assert found[1] == ("out", "Nom\u00a0: Jean\nProfession\u00a0: Infirmier\nTemps\u00a0: 1", "")
    (section,) = compare([part("a", tableau(lea))], [part("a", tableau(["Léa", "Sage-femme", "0,4"]))]).sections
    (row,) = section.rows
    assert [(s.kind, s.text) for s in row.right if s.kind == "in"] == [("in", "0,4")]
    assert (row.words_out, row.words_in) == (1, 1)


def test_rows_that_share_their_first_cell_are_not_mixed_up() -> None:
    first, second, third = (["Médecin", place, time] for place, time in (("Muret", "1"), ("Auch", "2"), ("Foix", "3")))
    found = rows([part("a", tableau(first, second, third))], [part("a", tableau(second, third))])
    assert [status for status, _, _ in found] == ["out", "same", "same"]


def test_a_row_whose_first_cell_was_corrected_is_the_same_row() -> None:
    found = rows(
        [part("a", tableau(["Anne Martin", "Médecin généraliste", "0,5"], ["Jean", "Infirmier", "1"]))],
        [part("a", tableau(["Anne Martin-Durand", "Médecin généraliste", "0,5"], ["Jean", "Infirmier", "1"]))],
    )
    assert [status for status, _, _ in found] == ["changed", "same"]


def test_a_paragraph_that_moved_is_not_said_removed_and_added() -> None:
    soir, sud, nord = "Les soins du soir manquent de bras.", "Le sud vieillit vite.", "Le nord se peuple."
    (section,) = compare([part("a", texte(soir, sud, nord))], [part("a", texte(sud, nord, soir))]).sections
    assert [(row.status, row.moved) for row in section.rows] == [("same", False), ("same", False), ("same", True)]
    assert (section.status, section.words_out, section.words_in) == ("changed", 0, 0)


def test_a_paragraph_slipped_between_two_does_not_shift_those_that_follow() -> None:
    olds = ["Les soins du soir manquent de bras.", "Le sud du territoire vieillit très vite."]
    news = [olds[0], "Une maison de santé ouvrira en 2027.", "Le sud du territoire vieillit plus vite."]
    found = rows([part("a", texte(*olds))], [part("a", texte(*news))])
    assert [status for status, _, _ in found] == ["same", "in", "changed"]


def test_a_label_that_changed_keeps_its_answer_when_the_answer_tells_enough() -> None:
    long = "Les gardes de nuit reposent sur trois médecins seulement."
    before = [part("a", texte(long, titre="Besoins"))]
    after = [part("a", texte(long, titre="Besoins de santé"))]
    (row,) = compare(before, after).sections[0].rows
    assert (row.status, row.label, row.label_before) == ("changed", "Besoins de santé", "Besoins")


def test_what_did_not_change_is_folded_and_counted() -> None:
    olds = [f"Un paragraphe assez long numéro {n}." for n in range(6)]
    news = [*olds[:5], "Tout autre chose ici."]
    (section,) = compare([part("a", texte(*olds))], [part("a", texte(*news))]).sections
    assert [(run.folded, len(run.rows)) for run in section.runs] == [(True, 5), (False, 1)]
    assert section.runs[0].words == 30
    first = compare([part("a", texte(olds[0], olds[1]))], [part("a", texte(olds[0], "Rien."))]).sections[0]
    last = compare([part("a", texte(olds[1], olds[0]))], [part("a", texte("Rien.", olds[0]))]).sections[0]
    assert [(run.folded, len(run.rows)) for run in (*first.runs, *last.runs)] == [(False, 2), (False, 2)]


def test_every_block_a_paper_knows_can_be_compared() -> None:
    assert set(READERS) == set(BLOCS)
    with pytest.raises(ValueError, match="image"):
        passages([{"genre": "image"}])


def test_a_budget_is_met_line_by_line() -> None:
    def budget(amount: str, total: str) -> dict[str, Any]:
        lines = [["Salaires", amount], ["Formation", "1\u00a0000\u00a0€"]]
        account = {"compte": "64", "libelle": "Personnel", "total": total, "lignes": lines}
        totals = {"total_charges": total, "total_produits": "0\u00a0€"}
        return {"genre": "budget", "titre": "2027", "charges": [account], "produits": [], **totals}

    found = compare(
        [part("a", budget("9\u00a0000\u00a0€", "10\u00a0000\u00a0€"))],
        [part("a", budget("8\u00a0000\u00a0€", "9\u00a0000\u00a0€"))],
    )
    shown: list[Row] = [row for row in found.sections[0].rows if row.status == "changed"]
    assert [(row.label, joined(row.right, "in")) for row in shown] == [
        ("2027\u00a0: Charges, 64\u00a0– Personnel", "9\u00a0000\u00a0€"),
        ("2027\u00a0: Charges, 64\u00a0– Personnel", "8\u00a0000\u00a0€"),
        ("2027\u00a0: Total des charges", "9\u00a0000\u00a0€"),
    ]
    assert (found.words_out, found.words_in) == (3, 3)
