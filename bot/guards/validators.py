"""Our checks as guardrails-ai validators: no hub, no metrics, nothing kept between two values.

A validator is called directly; a shared ``Guard`` would keep every text it saw.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, Generic, TypeVar

Value = TypeVar("Value")
Found = TypeVar("Found")


@cache
def _checked_class() -> Any:
    from guardrails.classes.validation.validation_result import FailResult, PassResult
    from guardrails.validator_base import Validator, register_validator

    @register_validator(name="zhiyin/checked", data_type="all")
    class Checked(Validator):  # type: ignore[misc, unused-ignore]
        """Passes where the check finds nothing."""

        def __init__(self, check: Callable[[Any], Any]) -> None:
            super().__init__(on_fail="noop", use_local=True)
            self._disable_telemetry = True
            self._check = check

        def _validate(self, value: Any, metadata: dict[str, Any]) -> Any:
            found = self._check(value)
            if not found:
                return PassResult()
            return FailResult(error_message="found", metadata={"found": found})

    return Checked


class Checked(Generic[Value, Found]):
    """One check behind a guardrails-ai validator; loads the library at first use."""

    def __init__(self, name: str, check: Callable[[Value], Found]) -> None:
        self.name, self._check = name, check
        self._validator: Any = None

    def found(self, value: Value) -> Found | None:
        """What the check found, or None. Whatever the check raises is raised: the chain fails closed."""
        if self._validator is None:
            self._validator = _checked_class()(self._check)
        result = self._validator.validate(value, {})
        found: Found | None = (result.metadata or {}).get("found") if result.outcome == "fail" else None
        return found
