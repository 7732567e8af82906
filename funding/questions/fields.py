"""Amounts and quantities as people type them in France."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django import forms

from guichet.kernel import money


class EurosField(forms.Field):
    """An amount: `12 500,50 €`. Empty or zero gives None; `entiers` refuses cents, as the form does."""

    def __init__(self, label: str, *, aide: str = "", entiers: bool = True) -> None:
        self.entiers = entiers
        mode = "numeric" if entiers else "decimal"
        widget = forms.TextInput(attrs={"inputmode": mode, "autocomplete": "off", "maxlength": "24"})
        super().__init__(label=label, help_text=aide, required=False, widget=widget)

    def clean(self, value: Any) -> Decimal | None:
        text = str(value or "").strip()
        if not text:
            return None
        try:
            amount = money.parse_euros(text)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error
        if not self.entiers:
            return amount or None
        if amount != amount.to_integral_value():
            raise forms.ValidationError("Donnez un montant en euros entiers, sans centimes.")
        return amount.quantize(Decimal(1)) or None

    def shown(self, value: Any) -> str:
        """A kept amount in the words of a paper: `25 000 €`."""
        return money.euros(Decimal(str(value)))

    def prepare_value(self, value: Any) -> Any:
        """An amount as kept becomes an amount as read; what a person typed wrong stays as typed."""
        return _readable(value)


class IdentifierField(forms.CharField):
    """A number checked by its own rule; kept normalised. The rule raises ValueError with a French sentence."""

    def __init__(self, *, check: Callable[[str], str], required: bool = False, **kwargs: Any) -> None:
        self.check = check
        super().__init__(required=required, max_length=50, **kwargs)

    def clean(self, value: Any) -> str:
        text = str(super().clean(value))
        if not text:
            return ""
        try:
            return self.check(text)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error


class QuantiteField(forms.Field):
    """Hours or days, with a comma if need be; zero or more, two decimals."""

    def __init__(self, label: str, *, aide: str = "", maximum: int = 100_000) -> None:
        self.maximum = maximum
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "maxlength": "12"})
        super().__init__(label=label, help_text=aide, required=False, widget=widget)

    def clean(self, value: Any) -> Decimal | None:
        text = _SPACES.sub("", str(value or "")).replace(",", ".")
        if not text:
            return None
        if not _QUANTITY.fullmatch(text):
            raise forms.ValidationError("Donnez un nombre, par exemple 12 ou 1,5.")
        quantity = Decimal(text)
        if quantity > self.maximum or quantity != round(quantity, 2):
            limit = money.nombre(self.maximum)
            raise forms.ValidationError(f"Donnez un nombre de 0 à {limit}, deux décimales au plus.")
        return quantity

    def shown(self, value: Any) -> str:
        return str(_readable(value))

    def prepare_value(self, value: Any) -> Any:
        return _readable(value)


def _readable(value: Any) -> Any:
    if not _KEPT.fullmatch(str(value)):
        return "" if value is None else value
    number = Decimal(str(value))
    return money.nombre(number.to_integral_value() if number == number.to_integral_value() else number)


_SPACES = re.compile(r"\s+")
_QUANTITY = re.compile(r"[0-9]{1,12}(\.[0-9]{1,12})?")
"""Figures and a point: `Decimal` alone would also read 1e3, 1_000 or the figures of another script."""

_KEPT = re.compile(r"[0-9]{1,12}(\.[0-9]{1,2})?")
"""An amount as it is kept; what was typed in another way is shown as typed."""
