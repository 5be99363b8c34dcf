"""Who made the bundle out of what: this software, from the authors' document.

https://hl7.org/fhir/R4/provenance.html
"""

from __future__ import annotations

from converter.fhir import codes
from converter.fhir.context import Context, Resource, pack, resource
from converter.fhir.practitioner import first_roles

AGENT = f"{codes.TERMINOLOGY}provenance-participant-type"


def provenance(ctx: Context, targets: list[str]) -> Resource:
    """Build the Provenance of all clinical resources."""
    made = [{"type": codes.concept(AGENT, "assembler", "Assembler"), "who": ctx.reference("Device")}]
    wrote = [{"type": codes.concept(AGENT, "author", "Author"), "who": who} for who in first_roles(ctx)]
    return resource(
        ctx,
        "Provenance",
        ctx.single("Provenance"),
        target=[{"reference": target} for target in targets],
        recorded=ctx.timestamp,
        agent=[*made, *wrote],
        entity=[{"role": "source", "what": ctx.reference("DocumentReference")}],
    )


def device(ctx: Context) -> Resource:
    """Build the Device that this software is."""
    version = ctx.options.version
    return resource(
        ctx,
        "Device",
        ctx.single("Device"),
        deviceName=[{"name": "casefhir", "type": "other"}],
        version=[pack(value=version)] if version else None,
    )
