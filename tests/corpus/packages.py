"""Packages of parts as an attacker writes them: any part under any name, related and typed as one likes."""

from collections.abc import Mapping
from types import MappingProxyType

from tests.files import OFFICE, PACKAGE, RELATIONS, WORD, declared_endings, packed

SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RID = f'xmlns:r="{RELATIONS}"'
PLAIN = {
    "docx": f'<w:document xmlns:w="{WORD}" {RID}><w:body>%s</w:body></w:document>',
    "xlsx": f'<workbook xmlns="{SHEET}" {RID}>%s</workbook>',
}
MAIN_TYPE = {
    "docx": f"{OFFICE}.wordprocessingml.document.main+xml",
    "xlsx": f"{OFFICE}.spreadsheetml.sheet.main+xml",
}
Related = tuple[str, str, str]
"""A type, or the last word of one, a target, and a mode."""


def relationships(*related: Related) -> bytes:
    """Write the relationships of a part."""
    inside = "".join(
        f'<Relationship Id="r{number}" Type="{kind if ":" in kind else f"{RELATIONS}/{kind}"}" Target="{target}"'
        f' TargetMode="{mode}"/>'
        for number, (kind, target, mode) in enumerate(related)
    )
    return f'<Relationships xmlns="{PACKAGE}/relationships">{inside}</Relationships>'.encode()


def package(
    kind: str = "docx",
    body: str = "",
    *,
    main: str = "word/document.xml",
    types: Mapping[str, str] = MappingProxyType({}),
    parts: Mapping[str, bytes] = MappingProxyType({}),
    related: Mapping[str, tuple[Related, ...]] = MappingProxyType({}),
    rels: str = "_rels/{}.rels",
    encoding: str = "utf-8",
) -> bytes:
    """Make a package: `types` of parts by name, `related` by the name of the source, `rels` how they are called."""
    overrides = {main: MAIN_TYPE[kind], **types}
    declared = "".join(f'<Override PartName="/{name}" ContentType="{of}"/>' for name, of in overrides.items())
    typed = f'<Types xmlns="{PACKAGE}/content-types">{declared_endings()}{declared}</Types>'
    written = {
        "[Content_Types].xml": typed.encode(),
        "_rels/.rels": relationships(("officeDocument", main, "Internal")),
        main: (PLAIN[kind] % body).encode(encoding),
    }
    for source, told in related.items():
        folder, _, name = source.rpartition("/")
        written[f"{folder}/{rels.format(name)}"] = relationships(*told)
    return packed({**written, **parts})
