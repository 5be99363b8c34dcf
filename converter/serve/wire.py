"""HTTP/1.1 that is no HTTP is refused in FHIR too; uvicorn would answer in plain text."""

from __future__ import annotations

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from converter.serve.guard import HEADERS
from converter.serve.outcome import FHIR, RefusalError, refused


class Wire(H11Protocol):
    """uvicorn's protocol, with our words for requests that never reach the application."""

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002
        """Answer what cannot be read, and hang up; ``msg`` may quote the request and is left out."""
        body = refused(RefusalError(400, "this is no HTTP/1.1 request")).body
        headers = {**HEADERS, "Content-Type": FHIR, "Content-Length": str(len(body)), "Connection": "close"}
        head = h11.Response(status_code=400, headers=list(headers.items()), reason=b"Bad Request")
        for event in (head, h11.Data(data=body), h11.EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()
