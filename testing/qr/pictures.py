"""QR codes as others see them: rendered by a program that mfakit has no part in, and read back by another.

SVG is drawn by resvg, PNG decoded by Pillow, a terminal's output interpreted by the emulator pyte and drawn cell by cell.
All become a picture of grey pixels; zxing reads the text in it.
"""

import io
import re

import pyte
import resvg_py
import zxingcpp
from PIL import Image, ImageDraw

BLACK, WHITE = (0, 0, 0), (255, 255, 255)
# A terminal's cell is twice as high as wide.
CELL = (4, 8)
# Default foreground and background, and what stands for the sixteen colours that a person may change: none of them may show.
THEMES = {
    "dark": {"foreground": (204, 204, 204), "background": (12, 12, 12)},
    "light": {"foreground": (51, 51, 51), "background": (253, 246, 227)},
}
CHANGED = (255, 0, 255)


def scan(picture):
    """The text of the one QR code in a picture."""
    (found,) = zxingcpp.read_barcodes(picture.convert("L"))
    assert found.format == zxingcpp.BarcodeFormat.QRCode
    return found.bytes.decode("utf-8")


def from_svg(svg, side):
    """As a page shows it, `side` pixels wide."""
    return Image.open(io.BytesIO(bytes(resvg_py.svg_to_bytes(svg_string=svg, width=side, height=side))))


def from_png(png):
    picture = Image.open(io.BytesIO(png))
    picture.load()
    return picture


def screen_of(text, margin=3):
    """What an emulator has on its screen, with some of it left over at the right and below."""
    lines = text.split("\n")
    columns = max(len(re.sub(r"\x1b\[[0-9;]*m", "", line)) for line in lines)
    screen = pyte.Screen(columns + margin, len(lines) + margin)
    # A terminal's driver turns a line feed into both.
    pyte.Stream(screen).feed(text.replace("\n", "\r\n"))
    return screen


def from_screen(screen, theme, left=3, above=2):
    """A screen's pixels in a theme, with a border of its background."""
    width, height = CELL
    size = ((screen.columns + left) * width, (screen.lines + above) * height)
    picture = Image.new("RGB", size, THEMES[theme]["background"])
    draw = ImageDraw.Draw(picture)
    for row in range(screen.lines):
        for column in range(screen.columns):
            cell = screen.buffer[row][column]
            x, y = (column + left) * width, (row + above) * height
            upper, lower = halves(cell, theme)
            draw.rectangle((x, y, x + width - 1, y + height // 2 - 1), upper)
            draw.rectangle((x, y + height // 2, x + width - 1, y + height - 1), lower)
    return picture


def halves(cell, theme):
    """The colours of a cell's upper and lower half."""
    front = colour(cell.fg, THEMES[theme]["foreground"])
    back = colour(cell.bg, THEMES[theme]["background"])
    if cell.reverse:
        front, back = back, front
    return {" ": (back, back), "█": (front, front), "▀": (front, back), "▄": (back, front)}[cell.data]


def colour(name, default):
    if name == "default":
        return default
    if re.fullmatch(r"[0-9a-f]{6}", name):
        return tuple(bytes.fromhex(name))
    return CHANGED


def modules(picture, side):
    """The modules of a picture that is nothing but the code, as rows of 0 and 1 (dark); every pixel is black or white."""
    grey = picture.convert("L")
    width, height = grey.size
    assert width == height and width % side == 0, (grey.size, side)
    scale = width // side
    rows = [[grey.getpixel((x * scale, y * scale)) == 0 for x in range(side)] for y in range(side)]
    drawn = Image.new("L", (side, side))
    drawn.putdata([0 if dark else 255 for row in rows for dark in row])
    assert grey.tobytes() == drawn.resize(grey.size, Image.Resampling.NEAREST).tobytes()
    return rows
