"""The controls of a table of rows, written without a template each: such a page holds hundreds of them."""

from functools import lru_cache
from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.utils.html import escape, format_html
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
    written = _options(tuple((str(code), str(label)) for code, label in widget.choices))
    options = "".join(f"{start}{' selected' if code in chosen else ''}{end}" for code, start, end in written)
    told = flatatt(widget.build_attrs(widget.attrs, attrs))
    return format_html('<select name="{}"{}>{}</select>', name, told, SafeString(options))


@lru_cache(maxsize=64)
def _options(choices: tuple[tuple[str, str], ...]) -> list[tuple[str, str, str]]:
    """Each code with its option, escaped once for every row: what comes before "selected", and after."""
    return [(code, f'<option value="{escape(code)}"', f">{escape(label)}</option>\n") for code, label in choices]


def _is_flat(widget: forms.Select) -> bool:
    return not any(isinstance(label, list | tuple) for _, label in widget.choices)
