"""What a paper is made of: the contract of its frozen context, checked before anything is drawn.

A context is a JSON object of strings, written once when the event happens and never recomputed: the
paper of a day can be drawn again years later without asking the database anything. The whole contract,
key by key, is in `templates/pdf/README.md`. Here it is enforced: a key the contract does not know, a
missing one, a row of the wrong length or an unknown kind of block raises ValueError with its path
("sections[2].blocs[0].genre"), so that a mistake is found when the context is built and tested.

`prepared()` returns what the templates read: the same content with every optional key present.
Text is normalised (NFC, narrow spaces turned into U+00A0, control characters dropped) and never
interpreted: escaping is left to the template engine.
"""

import re
import unicodedata
from collections.abc import Callable
from itertools import zip_longest
from typing import Any

TEMPLATES = {
    "lettre": "pdf/papier.html",
    "formulaire": "pdf/papier.html",
    "courrier": "pdf/papier.html",
    "cerfa": "pdf/cerfa.html",
}
LONG_WORD = 24
SHORT_ROWS = 9
SHORT_CHARACTERS = 1200
NARROW_SPACES = dict.fromkeys(map(ord, "\u202f\u2007\u2008\u2009"), "\u00a0")
DIGEST = re.compile(r"[0-9a-f]{64}")
BEFORE_MARK = re.compile(r" (?=[;:?!%€»])|(?<=«) ")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b\u2060\ufeff]")

Json = dict[str, Any]


def clean(text: str) -> str:
    """The text as it is drawn: NFC, no control character, a non-breaking space where French asks for one."""
    text = BEFORE_MARK.sub("\u00a0", text.replace("\r\n", "\n").translate(NARROW_SPACES))
    return CONTROL.sub("", unicodedata.normalize("NFC", text))


def prepared(contexte: Json) -> Json:
    """The context with every optional key present; ValueError, with its path, if it breaks the contract."""
    paper = _fields(
        contexte,
        "contexte",
        required={"presentation": _text, "titre": _text, "sections": _each(_section)},
        optional={
            "sous_titre": (_text, ""),
            "reference": (_text, ""),
            "lieu": (_text, ""),
            "date": (_text, ""),
            "objet": (_text, ""),
            "emetteur": (_party, None),
            "destinataire": (_party, None),
            "reperes": (_each(_pair), []),
            "signature": (_signature, None),
            "mentions": (_each(_text), []),
        },
    )
    if paper["presentation"] not in TEMPLATES:
        raise ValueError(f"contexte.presentation: inconnue ({paper['presentation']})")
    return paper


# --- Pieces of a paper ----------------------------------------------------------------------------


def _party(value: Any, path: str) -> Json:
    return _fields(value, path, required={"nom": _text}, optional={"lignes": (_each(_text), [])})


def _signature(value: Any, path: str) -> Json:
    return _fields(
        value,
        path,
        required={"nom": _text},
        optional={"qualite": (_text, ""), "mention": (_text, ""), "lignes": (_each(_text), [])},
    )


def _section(value: Any, path: str) -> Json:
    return _fields(
        value,
        path,
        required={"blocs": _each(_bloc)},
        optional={"numero": (_text, ""), "titre": (_text, ""), "nouvelle_page": (_yes_or_no, False)},
    )


def _bloc(value: Any, path: str) -> Json:
    if not isinstance(value, dict):
        raise ValueError(f"{path}: un objet est attendu")
    genre = value.get("genre")
    if genre not in BLOCS:
        raise ValueError(f"{path}.genre: inconnu ({genre})")
    bloc = BLOCS[genre](value, path)
    return {**bloc, "modele": f"pdf/blocs/{genre}.html"}


def _texte(value: Json, path: str) -> Json:
    return _fields(value, path, required={"genre": _text, "paragraphes": _each(_text)}, optional=TITLE)


def _encadre(value: Json, path: str) -> Json:
    return _fields(value, path, required={"genre": _text, "paragraphes": _each(_text)}, optional=TITLE)


def _liste(value: Json, path: str) -> Json:
    return _fields(value, path, required={"genre": _text, "elements": _each(_text)}, optional=TITLE)


def _definitions(value: Json, path: str) -> Json:
    bloc = _fields(value, path, required={"genre": _text, "lignes": _each(_pair)}, optional=TITLE)
    return {**bloc, "court": _short(bloc["lignes"])}


def _cases(value: Json, path: str) -> Json:
    bloc = _fields(
        value,
        path,
        required={"genre": _text, "lignes": _each(_tick)},
        optional={**TITLE, "legende": (_text, ""), "disposition": (_text, "colonne")},
    )
    if bloc["disposition"] not in ("colonne", "ligne"):
        raise ValueError(f"{path}.disposition: inconnue ({bloc['disposition']})")
    return bloc


def _peigne(value: Json, path: str) -> Json:
    """One box a character, in groups, as on paper forms."""
    bloc = _fields(
        value,
        path,
        required={"genre": _text, "libelle": _text, "valeur": _text, "groupes": _each(_count)},
        optional={"vide": (_text, "Non renseigné")},
    )
    characters = bloc["valeur"].replace(" ", "").replace("\u00a0", "")
    groups, start = [], 0
    for size in bloc["groupes"]:
        groups.append(list(characters[start : start + size].ljust(size)))
        start += size
    if characters[start:]:
        raise ValueError(f"{path}.valeur: {len(characters)} caractères pour {start} cases")
    return {**bloc, "groupes": groups}


def _tableau(value: Json, path: str) -> Json:
    bloc = _fields(
        value,
        path,
        required={"genre": _text, "entetes": _each(_text), "lignes": _each(_each(_text))},
        optional={
            **TITLE,
            "legende": (_text, ""),
            "pied": (_each(_text), []),
            "numeriques": (_each(_count), []),
            "largeurs": (_each(_count), []),
        },
    )
    width = len(bloc["entetes"])
    for number, row in enumerate([*bloc["lignes"], *([bloc["pied"]] if bloc["pied"] else [])]):
        if len(row) != width:
            raise ValueError(f"{path}.lignes[{number}]: {len(row)} cellules pour {width} colonnes")
    widths = bloc["largeurs"]
    if widths and (len(widths) != width or sum(widths) != 100 or any(share % 5 or not share for share in widths)):
        raise ValueError(f"{path}.largeurs: une par colonne, 100 au total, par pas de 5")
    cells = [[_cell(text, column in bloc["numeriques"]) for column, text in enumerate(row)] for row in bloc["lignes"]]
    foot = [_cell(text, column in bloc["numeriques"]) for column, text in enumerate(bloc["pied"])]
    heads = [_cell(text, column in bloc["numeriques"]) for column, text in enumerate(bloc["entetes"])]
    return {**bloc, "court": _short(bloc["lignes"]), "entetes": heads, "lignes": cells, "pied": foot}


def _short(rows: list[list[str]]) -> bool:
    """Small enough to be kept on one page."""
    return len(rows) <= SHORT_ROWS and sum(len(text) for row in rows for text in row) <= SHORT_CHARACTERS


def _cell(text: str, numeric: bool) -> Json:
    """A long word may be cut anywhere; a figure never; a digest is set smaller."""
    if numeric:
        kind = "nombre"
    elif DIGEST.fullmatch(text):
        kind = "empreinte"
    else:
        kind = "long" if any(len(word) > LONG_WORD for word in text.split()) else ""
    return {"texte": text, "classe": kind}


# --- Budget ---------------------------------------------------------------------------------------


def _budget(value: Json, path: str) -> Json:
    """Charges beside produits; both columns reach their total, then their grand total, on one line."""
    bloc = _fields(
        value,
        path,
        required={
            "genre": _text,
            "charges": _each(_account),
            "produits": _each(_account),
            "total_charges": _text,
            "total_produits": _text,
        },
        optional={
            **TITLE,
            "legende": (_text, ""),
            "contributions_charges": (_each(_account), []),
            "contributions_produits": (_each(_account), []),
            "total_general_charges": (_text, ""),
            "total_general_produits": (_text, ""),
            "notes": (_each(_text), []),
        },
    )
    return {
        **bloc,
        "lignes": _facing(bloc["charges"], bloc["produits"]),
        "contributions": _facing(bloc["contributions_charges"], bloc["contributions_produits"]),
    }


def _account(value: Any, path: str) -> Json:
    return _fields(
        value,
        path,
        required={"libelle": _text, "total": _text},
        optional={"compte": (_text, ""), "lignes": (_each(_pair), []), "demande": (_yes_or_no, False)},
    )


def _facing(left: list[Json], right: list[Json]) -> list[list[Json]]:
    blank = {"libelle": "", "montant": "", "classe": "vide"}
    return [list(pair) for pair in zip_longest(_account_rows(left), _account_rows(right), fillvalue=blank)]


def _account_rows(accounts: list[Json]) -> list[Json]:
    rows = []
    for account in accounts:
        label = f"{account['compte']}\u00a0– {account['libelle']}" if account["compte"] else account["libelle"]
        kind = "compte demande" if account["demande"] else "compte"
        rows.append({"libelle": label, "montant": account["total"], "classe": kind})
        rows += [{"libelle": label, "montant": sum_, "classe": "detail"} for label, sum_ in account["lignes"]]
    return rows


# --- Readers of values -----------------------------------------------------------------------------

Reader = Callable[[Any, str], Any]


def _fields(value: Any, path: str, *, required: dict[str, Reader], optional: dict[str, tuple[Reader, Any]]) -> Json:
    if not isinstance(value, dict):
        raise ValueError(f"{path}: un objet est attendu")
    for key in required:
        if key not in value:
            raise ValueError(f"{path}.{key}: manquant")
    for key in value:
        if key not in required and key not in optional:
            raise ValueError(f"{path}.{key}: inconnu")
    found = {key: read(value[key], f"{path}.{key}") for key, read in required.items()}
    for key, (read, default) in optional.items():
        found[key] = read(value[key], f"{path}.{key}") if value.get(key) is not None else default
    return found


def _text(value: Any, path: str) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{path}: un texte est attendu")
    return clean(value)


def _count(value: Any, path: str) -> int:
    if type(value) is not int or value < 0:
        raise ValueError(f"{path}: un entier est attendu")
    return value


def _yes_or_no(value: Any, path: str) -> bool:
    if value not in ("oui", "non"):
        raise ValueError(f"{path}: « oui » ou « non » est attendu")
    return bool(value == "oui")


def _pair(value: Any, path: str) -> list[str]:
    if not isinstance(value, list) or len(value) != 2:
        raise ValueError(f"{path}: deux textes sont attendus")
    return [_text(item, f"{path}[{index}]") for index, item in enumerate(value)]


def _tick(value: Any, path: str) -> Json:
    ticked, label = _pair(value, path)
    return {"cochee": _yes_or_no(ticked, f"{path}[0]"), "libelle": label}


def _each(read: Reader) -> Reader:
    def read_all(value: Any, path: str) -> list[Any]:
        if not isinstance(value, list):
            raise ValueError(f"{path}: une liste est attendue")
        return [read(item, f"{path}[{index}]") for index, item in enumerate(value)]

    return read_all


TITLE: dict[str, tuple[Reader, Any]] = {"titre": (_text, "")}
BLOCS: dict[str, Callable[[Json, str], Json]] = {
    "texte": _texte,
    "definitions": _definitions,
    "tableau": _tableau,
    "cases": _cases,
    "encadre": _encadre,
    "liste": _liste,
    "peigne": _peigne,
    "budget": _budget,
}
