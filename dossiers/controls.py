"""The controls of a table of rows, written without a template each: such a page holds hundreds of them."""

from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString


def control(widget: forms.Widget, name: str, value: Any, attrs: dict[str, Any]) -> SafeString:
    """What `widget.render` gives, for one line of text or a flat list of choices; any other widget draws itself."""
    if isinstance(widget, forms.Select) and not widget.allow_multiple_selected and _is_flat(widget):
        return _select(widget, name, value, attrs)
    if isinstance(widget, forms.TextInput):
        return _input(widget, name, value, attrs)
    return widget.render(name, value, attrs)


def _input(widget: forms.TextInput, name: str, value: Any, attrs: dict[str, Any]) -> SafeString:
    told = widget.get_context(name, value, attrs)["widget"]
    text = "" if told["value"] is None else format_html(' value="{}"', told["value"])
    return format_html('<input type="{}" name="{}"{}{}>', told["type"], name, text, flatatt(told["attrs"]))


def _select(widget: forms.Select, name: str, value: Any, attrs: dict[str, Any]) -> SafeString:
    chosen = widget.format_value(value)
    options = format_html_join(
        "\n",
        '<option value="{}"{}>{}</option>',
        ((code, SafeString(" selected") if str(code) in chosen else "", label) for code, label in widget.choices),
    )
    return format_html(
        '<select name="{}"{}>{}</select>', name, flatatt(widget.build_attrs(widget.attrs, attrs)), options
    )


def _is_flat(widget: forms.Select) -> bool:
    return not any(isinstance(label, list | tuple) for _, label in widget.choices)
