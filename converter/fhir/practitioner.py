"""Authors and their institutions, never mixed up with the patient.

https://hl7.org/fhir/R4/practitioner.html, practitionerrole.html, organization.html
"""

from __future__ import annotations

from converter.fhir import evidence, text
from converter.fhir.context import Context, Element, Resource, pack, resource
from converter.model import Affiliation, Author
from converter.text import HANGUL

REPRESENTATION = "http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation"


def practitioners(ctx: Context) -> list[Resource]:
    """Build Practitioner, PractitionerRole and Organization of the publication's authors."""
    publication = ctx.facts.publication
    people = [_practitioner(ctx, author) for author in publication.authors]
    roles = [_role(ctx, author, place) for author in publication.authors for place in _places(ctx, author)]
    names = dict.fromkeys(_house(house) for house in publication.affiliations)
    houses = [_organization(ctx, name) for name in names]
    return [*people, *roles, *houses]


def authors(ctx: Context) -> list[Element]:
    """Refer to the authors, through their roles where they have one."""
    return [reference for author in ctx.facts.publication.authors for reference in _author(ctx, author)]


def first_roles(ctx: Context) -> list[Element]:
    """Refer to each author once."""
    return [_author(ctx, author)[0] for author in ctx.facts.publication.authors]


def _author(ctx: Context, author: Author) -> list[Element]:
    places = _places(ctx, author)
    if not places:
        return [_reference(ctx, "Practitioner", _key(author))]
    return [_reference(ctx, "PractitionerRole", _key(author), str(place)) for place in places]


def _places(ctx: Context, author: Author) -> tuple[int, ...]:
    known = range(len(ctx.facts.publication.affiliations))
    return tuple(dict.fromkeys(place for place in author.affiliations if place in known))


def _key(author: Author) -> str:
    return author.orcid or author.name or author.name_ko


def _reference(ctx: Context, kind: str, *key: str) -> Element:
    return {"reference": f"urn:uuid:{ctx.shared(kind, *key)}"}


def _practitioner(ctx: Context, author: Author) -> Resource:
    orcid = [{"system": "https://orcid.org", "value": author.orcid}] if author.orcid else []
    return resource(
        ctx,
        "Practitioner",
        ctx.shared("Practitioner", _key(author)),
        extension=evidence.naming(ctx, author.spans),
        identifier=orcid,
        name=[*_name(author.name, "ABC", author.degrees), *_name(author.name_ko, "IDE")],
    )


def _name(printed: str, representation: str, degrees: tuple[str, ...] = ()) -> list[Element]:
    """Make a HumanName; family and given where the writing system tells them apart."""
    if not printed:
        return []
    parts = printed.split()
    if HANGUL.search(printed):
        joined = printed.replace(" ", "")
        family, given = joined[:1], joined[1:]
        representation = "IDE"
    else:
        family, given = (parts[-1], " ".join(parts[:-1])) if len(parts) > 1 else (printed, "")
    return [
        pack(
            extension=[{"url": REPRESENTATION, "valueCode": representation}],
            text=printed,
            family=family,
            given=[given] if given else None,
            suffix=list(degrees),
        )
    ]


def _role(ctx: Context, author: Author, place: int) -> Resource:
    if author.contributor:
        label = text.label("Contributor", "기고자")
    elif author.corresponding:
        label = text.label("Corresponding author", "교신저자")
    else:
        label = text.label("Author", "저자")
    house = ctx.facts.publication.affiliations[place]
    return resource(
        ctx,
        "PractitionerRole",
        ctx.shared("PractitionerRole", _key(author), str(place)),
        practitioner={**_reference(ctx, "Practitioner", _key(author)), **pack(display=author.name)},
        organization=_reference(ctx, "Organization", _house(house)),
        code=[label],
        specialty=[text.label(house.department, house.department_ko)] if house.department else None,
    )


def _house(house: Affiliation) -> str:
    return house.name or house.name_ko


def _organization(ctx: Context, name: str) -> Resource:
    """Build the institution of one name; its departments stand in the roles as specialties."""
    same = [house for house in ctx.facts.publication.affiliations if _house(house) == name]
    korean = next((house.name_ko for house in same if house.name_ko and house.name_ko != name), "")
    return resource(
        ctx,
        "Organization",
        ctx.shared("Organization", name),
        extension=evidence.naming(ctx, *(house.spans for house in same)),
        **text.primitive("name", name, [text.translation(korean)] if korean else []),
    )
