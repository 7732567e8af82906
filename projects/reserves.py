from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Reserve:
    code: str
    phrase: str
    rubrique: str = ""


def reserves(**kw: Any) -> list[Reserve]:
    return []
