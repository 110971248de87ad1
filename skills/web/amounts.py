"""Amounts of money in bodies of the JSON API: `cents: Annotated[int, Cents(SUM)]`, in whole 分, each fault by its own code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from skills.kernel.errors import Refusal
from skills.kernel.money import Amount
from skills.web import i18n

FAULT = "amount."


@dataclass(frozen=True)
class Cents:
    """Says of a field that it is an amount that this door takes."""

    amount: Amount

    def read(self, value: object) -> int:
        """The amount, or an error of the body whose type is the refusal's code."""
        try:
            return self.amount.of_cents(value)
        except Refusal as no:
            said = i18n.tell_refusal(no, "en")
            raise PydanticCustomError(no.code, "{said}", {"said": said.text, **no.facts}) from no

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self.read, core_schema.int_schema())

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"type": "integer", "minimum": 0 if self.amount.zero else 1, "maximum": self.amount.most}
