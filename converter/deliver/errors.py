"""What can go wrong between us and a server."""

from __future__ import annotations

from typing import Any

from converter.issues import ConverterError


class RefusedError(ConverterError):
    """A bundle that cannot stand there as it is: by our own rules, or by the server's word."""

    def __init__(self, message: str, outcome: Any = None) -> None:
        super().__init__(message)
        self.outcome = outcome
        """The server's OperationOutcome, whole."""


class BusyError(ConverterError):
    """An answer, or none, that another try may better."""

    def __init__(self, message: str, after: float = 0, outcome: Any = None, unsure: bool = True) -> None:
        super().__init__(message)
        self.after = after
        """Seconds that the server asks us to wait."""
        self.outcome = outcome
        self.unsure = unsure
        """What was sent may have been done all the same; not so at 409, 412 (others wrote there) and 429."""


class DeniedError(ConverterError):
    """No access: no later bundle would fare better."""

    def __init__(self, message: str, outcome: Any = None) -> None:
        super().__init__(message)
        self.outcome = outcome
