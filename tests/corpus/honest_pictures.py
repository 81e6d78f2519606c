"""Pictures as cameras, telephones, scanners and programs make them."""

import struct
from io import BytesIO
from typing import Any

from PIL import Image
from PIL.ImageCms import ImageCmsProfile, createProfile
from PIL.PngImagePlugin import PngInfo
from PIL.TiffImagePlugin import IFDRational

from tests.corpus import Honest
from tests.corpus.pictures import after_its_head, exif, iptc, metadata, segment, words
from tests.files import image

_PLAIN_XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><a xmlns:photoshop="p" xmlns:exif="e" xmlns:Iptc4xmpCore="i"'
    b' photoshop:City="" exif:GPSVersionID="2.3.0.0" Iptc4xmpCore:CiAdrCity="Can Tho" dc:title="GPS"/></x:xmpmeta>'
)


def saved(mode: str, kind: str, **options: Any) -> bytes:
    """Make a picture of a mode."""
    written = BytesIO()
    Image.effect_noise((64, 48), 40).convert(mode).save(written, kind, **options)
    return written.getvalue()


def camera(gps: dict[int, Any]) -> bytes:
    """Make a camera's JPEG whose GPS block holds these tags."""
    return image("JPEG", exif=exif(gps=gps))


def of_two() -> bytes:
    """Make a telephone's JPEG, whose head announces a second picture."""
    written = BytesIO()
    Image.open(BytesIO(image("JPEG"))).save(
        written, "MPO", save_all=True, append_images=[Image.open(BytesIO(image("JPEG")))]
    )
    return written.getvalue()


def of_samsung() -> bytes:
    """Make a JPEG with the notes that telephones of Samsung write after it."""
    note = b"\0\0\x01\x0a\x0e\0\0\0Image_UTC_Data1606752000000"
    head = b"SEFH" + struct.pack("<IIHHII", 106, 1, 0, 0x0A01, len(note), len(note))
    return image("JPEG") + note + head + struct.pack("<I", len(head)) + b"SEFT"


def with_metadata(standard: str, block: bytes) -> bytes:
    """Make a JPEG with a block of metadata that names no place."""
    return after_its_head(image("JPEG"), metadata(standard, block))


def titled() -> PngInfo:
    """Return words for a PNG, compressed and not."""
    info = PngInfo()
    info.add_text("Title", "Hội nghị", zip=True)
    info.add_itxt("XML:com.adobe.xmp", _PLAIN_XMP.decode(), zip=True)
    return info


def honest() -> Honest:
    """Make every one."""
    profile = ImageCmsProfile(createProfile("sRGB")).tobytes()
    jpegs = {
        "in colour": image("JPEG"),
        "in grey": saved("L", "JPEG"),
        "for the press": saved("CMYK", "JPEG"),
        "that comes bit by bit": image("JPEG", progressive=True),
        "of a camera, large": image("JPEG", size=(4000, 3000), quality=90),
        "with a profile": image("JPEG", icc_profile=profile),
        "turned round": image("JPEG", exif=b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0"),
        "with Exif": image("JPEG", exif=exif()),
        "whose GPS block has only its version": camera({0: b"\x02\x03\x00\x00"}),
        "whose GPS block has only a time": camera({0: b"\x02\x03\x00\x00", 7: (3.0, 4.0, 5.0), 29: "2026:11:24"}),
        "whose GPS has empty numbers": camera({1: "N", 2: (IFDRational(0, 0),) * 3, 4: (IFDRational(0, 0),) * 3}),
        "with what looks like the head of a block": image("JPEG", comment=b"II*\0\x08\0\0\0\x09\0\x25\x88"),
        "whose GPS had no fix": camera({0: b"\x02\x03\x00\x00", 9: "V", 18: "WGS-84"}),
        "with XMP that names no place": with_metadata("xmp", _PLAIN_XMP),
        "with an IPTC headline": with_metadata("iptc", iptc(0x69, "Hội nghị")),
        "with an IPTC city that is empty": with_metadata("iptc", iptc(0x5A, "   ")),
        "with a comment": image("JPEG", comment=b"GPS is off; City hall"),
        "of a telephone, with a second picture announced": of_two(),
        "of a telephone, with its notes": of_samsung(),
        "with padding after it": image("JPEG") + bytes(512),
        "with a preview": after_its_head(image("JPEG"), segment(0xE2, b"PREVIEW\0" + bytes(90))),
    }
    pngs = {
        "in colour": image("PNG"),
        "in black and white": saved("1", "PNG"),
        "in grey": saved("L", "PNG"),
        "in grey of 16 bits": saved("I;16", "PNG"),
        "with a palette": saved("P", "PNG"),
        "with transparency": saved("RGBA", "PNG"),
        "of a screen, large": image("PNG", size=(2560, 1440)),
        "with a profile": image("PNG", icc_profile=profile),
        "with words": image("PNG", pnginfo=titled()),
        "with a software's name": words("Software", "GNOME Screenshot"),
        "with Exif": image("PNG", exif=exif()),
        "with a resolution": image("PNG", dpi=(300, 300)),
    }
    return {
        **{f"a JPEG {name}": ("jpeg", content) for name, content in jpegs.items()},
        **{f"a PNG {name}": ("png", content) for name, content in pngs.items()},
    }
