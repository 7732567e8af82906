"""What every form of the portal is made of."""

from datetime import date
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms


class DayInput(forms.DateInput):
    """A day in the browser's own calendar, not before `first` nor after `last`."""

    input_type = "date"

    def __init__(self, *, first: date | None = None, last: date | None = None) -> None:
        bounds = {"min": first, "max": last}
        super().__init__({name: day.isoformat() for name, day in bounds.items() if day}, format="%Y-%m-%d")


class LongText(forms.Textarea):
    """A text area whose line breaks count for one character each, as in the browser that counts them."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        typed = super().value_from_datadict(data, files, name)
        return typed.replace("\r\n", "\n") if isinstance(typed, str) else typed


class FieldsForm(forms.Form):
    """A form drawn as its fields alone: the page writes the form around them."""

    @property
    def helper(self) -> Any:
        helper = FormHelper()
        helper.form_tag = False
        helper.disable_csrf = True
        return helper
