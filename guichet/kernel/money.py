"""Amounts in euros, as they are counted, written and typed in France. Decimal only, never a float."""

import re
from decimal import ROUND_HALF_UP, Decimal

NBSP = "\u00a0"
CENT = Decimal("0.01")
TENTH = Decimal("0.1")
PLUS_GRAND_MONTANT = Decimal("999999999.99")

_SPACES = re.compile(r"\s+")
_CURRENCY = re.compile(r" ?(?:€|euros?|eur)$", re.IGNORECASE)
_TYPED = re.compile(r"(?P<whole>[0-9]{1,3}(?: [0-9]{3})+|[0-9]+)(?:[.,](?P<cents>[0-9]{1,2}))?")
_THOUSANDS_MARK = re.compile(r"[0-9]{1,3}(?:[.,'][0-9]{3})+(?:[.,][0-9]{1,2})?")


def centimes(montant: Decimal | int) -> Decimal:
    """The amount to the cent, half a cent away from zero. A float is refused: it has already lost cents."""
    if isinstance(montant, bool) or not isinstance(montant, Decimal | int):
        raise TypeError(f"an amount is a Decimal or an int, not {type(montant).__name__}")
    return Decimal(montant).quantize(CENT, rounding=ROUND_HALF_UP)


def euros(montant: Decimal | int) -> str:
    """`47 000 €`, `12 500,50 €`: non-breaking spaces, cents only if there are any."""
    exact = centimes(montant)
    whole = exact == exact.to_integral_value()
    return f"{nombre(exact.to_integral_value() if whole else exact)}{NBSP}€"


def nombre(valeur: Decimal | int) -> str:
    """`40 000`, `1 234,5`: thousands apart by a non-breaking space, a decimal comma, a true minus."""
    text = f"{valeur:,f}" if isinstance(valeur, Decimal) else f"{valeur:,d}"
    if not valeur:
        text = text.lstrip("-")
    return text.replace(",", NBSP).replace(".", ",").replace("-", "−")


def pourcentage(part: Decimal | int, total: Decimal | int) -> str:
    """The share of `total` that `part` is: `42 %`, `33,3 %`, to a tenth. `sans objet` when the total is zero."""
    if not total:
        return "sans objet"
    tenths = (Decimal(part) * 100 / Decimal(total)).quantize(TENTH, rounding=ROUND_HALF_UP)
    whole = tenths == tenths.to_integral_value()
    return f"{nombre(tenths.to_integral_value() if whole else tenths)}{NBSP}%"


def parse_euros(texte: str) -> Decimal:
    """The amount a person typed: `12 500,50 €`, `12500.5`, `47000 euros`. Two decimals, zero or more.

    Raises ValueError with a French sentence: nothing typed, not an amount, negative, a dot or a
    comma used between thousands (`12.500` could be read in two ways), or above 999 999 999,99 €.
    """
    text = _CURRENCY.sub("", _SPACES.sub(" ", texte).strip())
    if not text:
        raise ValueError("Indiquez un montant en euros.")
    if text[0] in "-−–":
        raise ValueError("Un montant ne peut pas être négatif.")
    typed = _TYPED.fullmatch(text)
    if typed is None:
        raise ValueError(_why_not(text))
    amount = Decimal(f"{typed['whole'].replace(' ', '')}.{typed['cents'] or '0'}")
    if amount > PLUS_GRAND_MONTANT:
        raise ValueError(f"Ce montant dépasse {euros(PLUS_GRAND_MONTANT)}.")
    return centimes(amount)


def _why_not(text: str) -> str:
    if _THOUSANDS_MARK.fullmatch(text):
        return "Séparez les milliers par une espace, et les centimes par une virgule, par exemple 12 500,50."
    return "Ce montant n’est pas lisible. Écrivez par exemple 12 500 ou 12 500,50."
