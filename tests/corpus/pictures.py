"""Pictures that must be refused: every standard for saying where, in every container, in every document."""

import struct
import zlib
from collections.abc import Callable, Mapping
from io import BytesIO

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from app.inspection.reasons import Reason
from tests.corpus import Hostile
from tests.corpus.pdfs import with_photograph
from tests.files import image, office, packed

GPS = 0x8825


def exif(**tags: object) -> bytes:
    """Make an Exif block; `gps` are the tags of its GPS block."""
    block = Image.Exif()
    block[0x010E] = "Hoi nghi"
    gps = tags.get("gps")
    if isinstance(gps, dict):
        block.get_ifd(GPS).update(gps)
    return bytes(block.tobytes())


HERE = {1: "N", 2: (10.0, 2.0, 0.0), 3: "E", 4: (105.0, 47.0, 0.0)}
_PACKET = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    "<rdf:Description %s/></rdf:RDF></x:xmpmeta>"
)
COORDINATES = _PACKET % 'xmlns:q="http://ns.adobe.com/exif/1.0/" q:GPSLatitude="10,2.0N"'
CITY = _PACKET % 'xmlns:p="http://ns.adobe.com/photoshop/1.0/" p:City="Can Tho"'


def iptc(dataset: int, value: str) -> bytes:
    """Make a block of Photoshop's that holds one dataset of IIM."""
    told = value.encode()
    data = b"\x1c\x02\0\0\x02\0\x04" + b"\x1c\x02" + struct.pack(">BH", dataset, len(told)) + told
    return b"8BIM\x04\x04\0\0" + struct.pack(">I", len(data)) + data + b"\0" * (len(data) % 2)


STANDARDS: Mapping[str, tuple[str, bytes]] = {
    "Exif": ("exif", exif(gps=HERE)),
    "Exif by its height alone": ("exif", exif(gps={6: 12.0})),
    "Exif by its destination": ("exif", exif(gps={20: (10.0, 2.0, 0.0)})),
    "coordinates in XMP": ("xmp", COORDINATES.encode()),
    "a city in XMP": ("xmp", CITY.encode()),
    "coordinates in XMP in UTF-16": ("xmp", COORDINATES.encode("utf-16")),
    "coordinates in XMP in UTF-16, big end first": ("xmp", COORDINATES.encode("utf-16-be")),
    "a city in XMP in UTF-32": ("xmp", CITY.encode("utf-32")),
    "an IPTC city": ("iptc", iptc(0x5A, "Cần Thơ")),
    "an IPTC sublocation": ("iptc", iptc(0x5C, "Ninh Kiều")),
    "an IPTC province": ("iptc", iptc(0x5F, "Cần Thơ")),
}


def segment(marker: int, content: bytes) -> bytes:
    """Make a segment of a JPEG."""
    return b"\xff" + bytes([marker]) + struct.pack(">H", len(content) + 2) + content


def metadata(standard: str, block: bytes) -> bytes:
    """Make the segment of a JPEG that holds a block of metadata."""
    heads = {"exif": b"", "xmp": b"http://ns.adobe.com/xap/1.0/\0", "iptc": b"Photoshop 3.0\0"}
    return segment(0xED if standard == "iptc" else 0xE1, heads[standard] + block)


def after_its_head(picture: bytes, added: bytes) -> bytes:
    """Put something after the head of a JPEG."""
    return picture[:2] + added + picture[2:]


def jpeg(standard: str, block: bytes) -> bytes:
    """Make a JPEG that holds a block of metadata."""
    return after_its_head(image("JPEG"), metadata(standard, block))


def chunk(kind: bytes, content: bytes) -> bytes:
    """Make a chunk of a PNG."""
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png(added: bytes, *, last: bool = False) -> bytes:
    """Make a PNG with one more chunk, after its head or before its end."""
    plain = image("PNG")
    at = -12 if last else 33
    return plain[:at] + added + plain[at:]


def png_with(standard: str, block: bytes) -> bytes:
    """Make a PNG that holds a block of metadata where its standard puts it."""
    if standard == "exif":
        return png(chunk(b"eXIf", block.removeprefix(b"Exif\0\0")))
    if standard == "xmp":
        return png(chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + block))
    return png_by_magick(standard, block)


def png_compressed(standard: str, block: bytes) -> bytes:
    """Make a PNG that holds a block of metadata compressed, after its pixels."""
    if standard == "xmp":
        return png(chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + zlib.compress(block)), last=True)
    return png_by_magick(standard, block, last=True)


def png_by_magick(standard: str, block: bytes, *, last: bool = False) -> bytes:
    """Make a PNG that holds a block of metadata as ImageMagick writes it."""
    spelled = f"\n{standard}\n{len(block):8}\n{block.hex()}\n".encode()
    return png(chunk(b"zTXt", f"Raw profile type {standard}\0\0".encode() + zlib.compress(spelled)), last=last)


def second(standard: str, block: bytes) -> bytes:
    """Make a JPEG whose head announces a second picture, which holds the metadata."""
    written = BytesIO()
    plain, more = (Image.open(BytesIO(one)) for one in (image("JPEG"), image("JPEG")))
    plain.save(written, "MPO", save_all=True, append_images=[more])
    content = written.getvalue()
    at = content.rindex(b"\xff\xd8\xff") + 2
    return content[:at] + metadata(standard, block) + content[at:]


CONTAINERS: Mapping[str, tuple[str, Callable[[str, bytes], bytes]]] = {
    "a JPEG": ("jpeg", jpeg),
    "the second picture of a JPEG": ("jpeg", second),
    "a PNG": ("png", png_with),
    "a PNG, compressed": ("png", png_compressed),
    "a PNG by ImageMagick": ("png", png_by_magick),
    "a photograph in a document": ("docx", lambda s, b: office(parts={"word/media/image1.jpeg": jpeg(s, b)})),
    "a picture in a sheet, under another name": (
        "xlsx",
        lambda s, b: office("xlsx", parts={"xl/x.bin": png_with(s, b)}),
    ),
    "the thumbnail of a document": ("docx", lambda s, b: office(parts={"docProps/thumbnail.jpeg": jpeg(s, b)})),
    "a photograph in a PDF": ("pdf", lambda s, b: with_photograph(jpeg(s, b))),
    "a photograph in a PDF, compressed": (
        "pdf",
        lambda s, b: with_photograph(zlib.compress(jpeg(s, b)), b"[/FlateDecode /DCTDecode]"),
    ),
}


def long_xmp() -> bytes:
    """Make a JPEG whose XMP goes on in another segment, in the midst of the name that matters."""
    plain, packet = image("JPEG"), COORDINATES.encode()
    cut = packet.index(b"GPSLat") + 5
    head = b"http://ns.adobe.com/xmp/extension/\0" + b"0" * 32
    pieces = (
        head + struct.pack(">II", len(packet), at) + piece for at, piece in ((0, packet[:cut]), (cut, packet[cut:]))
    )
    return plain[:2] + b"".join(segment(0xE1, piece) for piece in pieces) + plain[2:]


def words(key: str, value: str) -> bytes:
    """Make a PNG with a text."""
    info = PngInfo()
    info.add_text(key, value)
    return image("PNG", pnginfo=info)


_OTHERS: Mapping[str, tuple[str, bytes, Reason]] = {
    "a second JPEG after the first": ("jpeg", image("JPEG") + image("JPEG"), Reason.TRAILING),
    "a second JPEG after the first, with a place": ("jpeg", image("JPEG") + jpeg(*STANDARDS["Exif"]), Reason.TRAILING),
    "a PNG after a JPEG": ("jpeg", image("JPEG") + image("PNG"), Reason.TRAILING),
    "a film after a JPEG": ("jpeg", image("JPEG") + b"\0\0\0\x18ftypmp42" + bytes(64), Reason.TRAILING),
    "a web page after a JPEG": ("jpeg", image("JPEG") + b"<script>alert(1)</script>", Reason.TRAILING),
    "a program after a PNG": ("png", image("PNG") + b"MZ" + bytes(64), Reason.TRAILING),
    "a PNG after a PNG": ("png", image("PNG") + image("PNG"), Reason.TRAILING),
    "an archive before the end of a PNG": ("png", png(chunk(b"teSt", packed({"a": b"b"})), last=True), Reason.ARCHIVE),
    "an archive in the comment of a JPEG": (
        "jpeg",
        after_its_head(image("JPEG"), segment(0xFE, b"7z\xbc\xaf\x27\x1c" + bytes(20))),
        Reason.ARCHIVE,
    ),
    "a JPEG with XMP in two pieces": ("jpeg", long_xmp(), Reason.LOCATION),
    "a JPEG with two blocks of Exif": (
        "jpeg",
        after_its_head(jpeg(*STANDARDS["Exif"]), segment(0xE1, exif())),
        Reason.LOCATION,
    ),
    "a JPEG of too many pixels": ("jpeg", image("JPEG", size=(20_001, 2)), Reason.PIXELS),
    "a PNG with a place among its words": ("png", words("GPSLatitude", "10.03"), Reason.LOCATION),
    "a PNG with a city among its words": ("png", words("City", "Can Tho"), Reason.LOCATION),
    "a text in a PNG that inflates to a wall": (
        "png",
        png(chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(20 * 1024 * 1024)))),
        Reason.UNREADABLE,
    ),
    "a TIFF in a document, with a place": (
        "docx",
        office(parts={"word/media/a.tif": image("TIFF", tiffinfo={GPS: {2: (10.0, 2.0, 0.0)}})}),
        Reason.LOCATION,
    ),
    "a WebP in a document, with a place": (
        "docx",
        office(parts={"word/media/a.webp": image("WEBP", exif=exif(gps=HERE))}),
        Reason.LOCATION,
    ),
    "a picture of too many pixels in a document": (
        "docx",
        office(parts={"word/media/a.png": image("PNG", size=(20_001, 2))}),
        Reason.PIXELS,
    ),
    "a second picture after one in a document": (
        "docx",
        office(parts={"word/media/a.jpg": image("JPEG") * 2}),
        Reason.TRAILING,
    ),
}


def hostile() -> Hostile:
    """Make every one."""
    made = dict(_OTHERS)
    for standard, (kind, block) in STANDARDS.items():
        for container, (extension, make) in CONTAINERS.items():
            made[f"{standard} in {container}"] = (extension, make(kind, block), Reason.LOCATION)
    return made
