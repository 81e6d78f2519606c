"""Documents that must be refused for what they are related to: every kind of relationship by every way to write it."""

from collections.abc import Callable, Mapping

from app.inspection.reasons import Reason
from tests.corpus import Hostile
from tests.corpus.packages import Related, package, relationships

WEB = "https://example.org/a"
FETCHED: Mapping[str, tuple[Related, Reason]] = {
    "a template": (("attachedTemplate", WEB, "External"), Reason.OUTSIDE),
    "a template on a share": (("attachedTemplate", "\\\\server\\a.dotm", "External"), Reason.OUTSIDE),
    "a picture": (("image", WEB, "External"), Reason.OUTSIDE),
    "a picture on this machine": (("image", "file:///c:/a.png", "External"), Reason.OUTSIDE),
    "a frame": (("frame", WEB, "External"), Reason.OUTSIDE),
    "an object": (("oleObject", WEB, "External"), Reason.EMBEDDED),
    "a part of the document": (("subDocument", WEB, "External"), Reason.EMBEDDED),
    "a list of recipients": (("mailMergeSource", "file:///c:/a.xlsx", "External"), Reason.OUTSIDE),
    "a transformation": (("transform", WEB, "External"), Reason.OUTSIDE),
    "a film": (("video", WEB, "External"), Reason.EMBEDDED),
    "a sound": (("audio", WEB, "External"), Reason.EMBEDDED),
    "a sheet of the web": (("externalLinkPath", WEB, "External"), Reason.OUTSIDE),
    "a sheet on a share": (("externalLinkPath", "\\\\server\\a.xlsx", "External"), Reason.OUTSIDE),
    "a sheet on this machine": (("externalLinkPath", "file:///C:\\a.xlsx", "External"), Reason.OUTSIDE),
    "a table": (("queryTable", WEB, "External"), Reason.OUTSIDE),
    "something of no known kind": (("https://example.org/kind", WEB, "External"), Reason.OUTSIDE),
    "a link to a file": (("hyperlink", "file:///c:/a.exe", "External"), Reason.OUTSIDE),
    "a link to a share": (("hyperlink", "\\\\server\\a", "External"), Reason.OUTSIDE),
    "a link to a share, escaped": (("hyperlink", "%5C%5Cserver\\a", "External"), Reason.OUTSIDE),
    "a link to a script": (("hyperlink", "java&#10;script:alert(1)", "External"), Reason.OUTSIDE),
    "a link to a program": (("hyperlink", "ms-excel:ofe|u|https://example.org", "External"), Reason.OUTSIDE),
    "a link without a scheme": (("hyperlink", "//server/a", "External"), Reason.OUTSIDE),
    "a link that says it leads inside": (("hyperlink", "file:///c:/a.exe", "Internal"), Reason.OUTSIDE),
    "macros": (
        ("http://schemas.microsoft.com/office/2006/relationships/vbaProject", "x.bin", "Internal"),
        Reason.MACRO,
    ),
    "a control": (("control", "x.xml", "Internal"), Reason.MACRO),
    "a ribbon": (
        ("http://schemas.microsoft.com/office/2006/relationships/ui/extensibility", "x.xml", "Internal"),
        Reason.MACRO,
    ),
    "an add-in": (
        ("http://schemas.microsoft.com/office/2011/relationships/webextensiontaskpanes", "x.xml", "Internal"),
        Reason.MACRO,
    ),
    "macros of a sheet": (
        ("http://schemas.microsoft.com/office/2006/relationships/xlMacrosheet", "x.xml", "Internal"),
        Reason.MACRO,
    ),
    "a web page": (("aFChunk", "x.htm", "Internal"), Reason.EMBEDDED),
}
Named = Callable[[str, Related], bytes]


def _of_settings(rels: str = "_rels/{}.rels") -> Named:
    settings = b"<settings/>"
    return lambda kind, one: package(
        kind, parts={"word/settings.xml": settings}, related={"word/settings.xml": (one,)}, rels=rels
    )


def _strict(kind: str, one: Related) -> bytes:
    return package(
        kind, related={"word/document.xml": ((f"http://purl.oclc.org/ooxml/x/{one[0].rpartition('/')[2]}", *one[1:]),)}
    )


NAMED: Mapping[str, Named] = {
    "of the main part": lambda kind, one: package(kind, related={"word/document.xml": (one,)}),
    "of a main part in binary": lambda kind, one: package(
        kind, main="word/document.bin", related={"word/document.bin": (one,)}
    ),
    "of a main part in capitals": lambda kind, one: package(
        kind, main="word/document.XML", related={"word/document.XML": (one,)}
    ),
    "of the settings": _of_settings(),
    "of the settings, in capitals": _of_settings("_RELS/{}.RELS"),
    "of the settings, half in capitals": _of_settings("_rels/{}.RELS"),
    "of the settings, escaped": _of_settings("_rels/{}%2Erels"),
    "of the whole package": lambda kind, one: package(kind, parts={"_rels/.rels": with_main(one)}),
    "by the strict standard": _strict,
    "in another case": lambda kind, one: package(
        kind, related={"word/document.xml": ((one[0], one[1], one[2].upper()),)}
    ),
}


def with_main(one: Related) -> bytes:
    """Write the relationships of a package: its main part, and one more."""
    return relationships(("officeDocument", "word/document.xml", "Internal"), one)


def hostile() -> Hostile:
    """Make every one."""
    return {
        f"a document with {kind} {name}": ("docx", make("docx", related), reason)
        for kind, (related, reason) in FETCHED.items()
        for name, make in NAMED.items()
    }
