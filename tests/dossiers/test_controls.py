"""A control of a table of rows is the one Django would draw, attribute for attribute."""

from html.parser import HTMLParser

import pytest
from django import forms

from dossiers.controls import control

CHOICES = [("", "Choisir…"), ("a&b", "L’un <b>"), ("2", "Deux")]


class Parts(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[object] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.parts.append((tag, sorted(attrs, key=str)))

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.parts.append(data.strip())


def parts(html: str) -> list[object]:
    parser = Parts()
    parser.feed(html)
    return parser.parts


@pytest.mark.parametrize("value", [None, "", "a&b", "2", 2, '"><script>'])
@pytest.mark.parametrize(
    "widget",
    [
        forms.TextInput(attrs={"inputmode": "numeric"}),
        forms.NumberInput(),
        forms.DateInput(attrs={"type": "date"}),
        forms.Select(choices=CHOICES),
        forms.Select(choices=[("Groupe", CHOICES)]),
        forms.Textarea(),
        forms.CheckboxInput(),
    ],
    ids=lambda widget: type(widget).__name__,
)
def test_a_control_is_what_django_draws(widget: forms.Widget, value: object) -> None:
    attrs = {"id": "id_lignes-0-nom", "class": "form-control", "required": True, "maxlength": "200"}

    assert parts(control(widget, "lignes-0-nom", value, attrs)) == parts(widget.render("lignes-0-nom", value, attrs))
