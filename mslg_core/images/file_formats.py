"""The image formats that are read, and the right names of others. Importable without torch.

HEIC is read where the plug-in pillow-heif is installed, which `pip install "mslg[heic]"` does.
"""

from PIL import Image

from mslg_core.errors import BadImageError

# Pillow's other plug-ins are for documents and scientific data; some of them run external programs.
_ALWAYS = ("JPEG", "PNG", "GIF", "BMP", "WEBP", "TIFF", "PPM", "AVIF")

# How files begin that people take for images.
_OTHER_FILES = (
    (b"%PDF", "a PDF document"),
    (b"8BPS", "a Photoshop document"),
    (b"\x00\x00\x00\x0cjP  ", "a JPEG 2000 image"),
    (b"\xff\x4f\xff\x51", "a JPEG 2000 image"),
    (b"\x00\x00\x00\x0cJXL ", "a JPEG XL image"),
    (b"\xff\x0a", "a JPEG XL image"),
    (b"version https://git-lfs", "a Git LFS pointer, not the image itself: run git lfs pull"),
    (b"<!DOCTYPE html", "a web page"),
    (b"<!doctype html", "a web page"),
    (b"<html", "a web page"),
    (b"<svg", "an SVG drawing"),
    (b"<?xml", "an XML or SVG document"),
    (b"PK\x03\x04", "a zip archive"),
    (b"\x89HDF", "an HDF5 file"),
    (b"\x93NUMPY", "a NumPy array"),
)
_HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")


def _find_formats() -> tuple[str, ...]:
    """Pillow's names of the formats that are read; `Image.open(formats=...)` needs all plug-ins loaded."""
    Image.init()
    try:
        from pillow_heif import register_heif_opener
    except ImportError:
        return _ALWAYS
    register_heif_opener()
    return (*_ALWAYS, "HEIF")


FORMATS = _find_formats()


def refuse(data: bytes) -> BadImageError:
    """The error for a file that none of `FORMATS` reads; its sentence names the format where it is known."""
    if data[4:8] == b"ftyp" and data[8:12] in _HEIC_BRANDS and "HEIF" not in FORMATS:
        return BadImageError(
            "The file is a HEIC image, which needs a plug-in: save it as JPEG, or run "
            'pip install "mslg[heic]" where MSLG runs.'
        )
    if data[4:8] == b"ftyp":
        return BadImageError("The file is a video, or a HEIC or AVIF image that is damaged.")
    if not data.strip(b"\0"):
        return BadImageError("The file is empty.")
    for start, name in _OTHER_FILES:
        if data.startswith(start):
            return BadImageError(f"The file is {name}. Images are read in the formats {', '.join(FORMATS)}.")
    return BadImageError("The file is not an image in a supported format.")
