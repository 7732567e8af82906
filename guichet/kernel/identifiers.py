"""Identifiers people type: SIRET, RNA, IBAN.

Each function returns the normalised value (capitals, no separator) or raises ValueError with a French sentence.
The form and the checksum are verified, never that the thing exists.
"""

import re

from stdnum import iban as stdnum_iban
from stdnum.exceptions import InvalidChecksum, ValidationError
from stdnum.fr import siret as stdnum_siret

_SEPARATORS = re.compile(r"[\s.\-]+")
_SIRET = re.compile(r"[0-9]{14}")
_RNA = re.compile(r"W[0-9]{9}")
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")


def siret(texte: str) -> str:
    """The 14 digits of a SIRET, checked by the Luhn key (for La Poste, the sum of the digits)."""
    number = _compact(texte)
    if not _SIRET.fullmatch(number):
        raise ValueError("Un numéro SIRET compte 14 chiffres.")
    if number.startswith("0" * 9) or not stdnum_siret.is_valid(number):
        raise ValueError("Ce numéro SIRET n’existe pas\u00a0: vérifiez les chiffres.")
    return number


def rna(texte: str) -> str:
    """The number of an association in the répertoire national: W and nine digits."""
    number = _compact(texte)
    if not _RNA.fullmatch(number):
        raise ValueError("Un numéro RNA commence par W, suivi de 9 chiffres.")
    return number


def iban(texte: str) -> str:
    """An IBAN of any country, checked by its key (mod 97) and by the form its country gives it.

    The lists of banks that some countries publish are left aside: they age, and would refuse a good account.
    """
    number = _compact(texte)
    if not _IBAN.fullmatch(number):
        raise ValueError("Un IBAN commence par deux lettres et deux chiffres (FR76 pour un compte en France).")
    try:
        return stdnum_iban.validate(number, check_country=False)
    except InvalidChecksum as error:
        raise ValueError("Cet IBAN n’est pas valable\u00a0: vérifiez les caractères.") from error
    except ValidationError as error:
        raise ValueError("Cet IBAN n’a pas la forme attendue pour son pays.") from error


def masque_iban(normalise: str) -> str:
    """What may be shown of an IBAN: country, key and last four characters. Anything too short shows nothing."""
    if not _IBAN.fullmatch(normalise):
        return "••••" if normalise else ""
    return f"{normalise[:4]}\u00a0••••\u00a0{normalise[-4:]}"


def _compact(texte: str) -> str:
    return _SEPARATORS.sub("", texte).upper()
