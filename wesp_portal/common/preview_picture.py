"""The picture that stands beside a link to a page where people share it: a name on our colours, as a PNG."""

from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

# What social networks show whole.
SIZE = (1200, 630)
MARGIN, LARGEST, SMALLEST, MOST_LINES = 80, 88, 36, 4
PAPER, TEAL, INK = "#ffffff", "#00524f", "#0b0c0c"
FONTS = Path(__file__).parents[2] / "static" / "built" / "print-fonts"


def preview_picture(name: str, below: str) -> bytes:
    """A name as large as fits in four lines, and a line below; some 15 KB and 40 ms."""
    picture = Image.new("RGB", SIZE, PAPER)
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 0, 24, SIZE[1]), fill=TEAL)
    room = SIZE[0] - 2 * MARGIN
    size, lines = LARGEST, [name]
    while size >= SMALLEST:
        lines = _wrapped(name, _font("Bold", size), room)
        if len(lines) <= MOST_LINES:
            break
        size -= 4
    pen.multiline_text((MARGIN, MARGIN), "\n".join(lines[:MOST_LINES]), fill=INK, font=_font("Bold", size), spacing=12)
    small = _font("Regular", 38)
    last = _wrapped(below, small, room)[:1]
    pen.text((MARGIN, SIZE[1] - MARGIN - 38), "".join(last), fill=TEAL, font=small)
    held = BytesIO()
    picture.save(held, "PNG", optimize=True)
    return held.getvalue()


def _font(style: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FONTS / f"SourceSans3-{style}.ttf"), size)


def _wrapped(text: str, font: ImageFont.FreeTypeFont, room: int) -> list[str]:
    """Words in lines that fit; a word that is longer than a line is cut."""
    lines = [""]
    for word in text.split():
        while font.getlength(word) > room:
            word = word[:-1]
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and font.getlength(longer) > room:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines
