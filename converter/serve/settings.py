"""What a service may be told: its limits, its token, its tables."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """Limits are whole numbers of what their names say."""

    token: str = ""
    """Asked of every report and bundle; "" asks none, for loopback alone."""
    max_size: int = 20_000_000
    """Bytes of a request's body."""
    seconds: int = 60
    """A conversion may take, and a request may wait for its turn."""
    body_seconds: int = 30
    """A client may take to send its body."""
    workers: int = 2
    """Processes that convert."""
    queue: int = 16
    """Requests that may wait for a worker."""
    per_client: int = 16
    """Requests of one address at once, waiting or not."""
    memory: int = 2_000_000_000
    """Bytes of address space of one worker."""
    hosts: frozenset[str] = frozenset()
    """Names that a request may call this host by; empty for any."""
    tls: bool = False
    mappings: str = ""
    terms: str = ""
