"""QR codes: the three pictures have the same modules, dark on light, with a quiet zone of four."""

import re
import struct
import zlib

import pytest

from mfakit import ConfigError, Totp, qr_png, qr_svg, qr_terminal

SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
TEXTS = [
    "0",
    Totp(SECRET).uri(issuer="Example", account="alice@example.com"),
    "é" * 1000,
    "x" * 2331,
]


def of_svg(svg):
    side = int(re.search(r'viewBox="0 0 (\d+) \1"', svg)[1])
    dark = [[False] * side for _ in range(side)]
    for x, y, width in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\3z", svg):
        dark[int(y)][int(x) : int(x) + int(width)] = [True] * int(width)
    return dark


def of_png(png):
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    chunks, at = {}, 8
    while at < len(png):
        (length,) = struct.unpack_from(">I", png, at)
        name, data = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        assert struct.unpack_from(">I", png, at + 8 + length) == (zlib.crc32(name + data),)
        chunks[name] = chunks.get(name, b"") + data
        at += 12 + length
    width, height, depth, colour = struct.unpack_from(">IIBB", chunks[b"IHDR"])
    assert (width, depth, colour) == (height, 1, 0) and width % 8 == 0
    stride, raw = width // 8, zlib.decompress(chunks[b"IDAT"])
    rows, above = [], bytes(stride)
    for y in range(height):
        line = raw[y * (stride + 1) : (y + 1) * (stride + 1)]
        above = unfiltered(line[0], line[1:], above)
        rows.append(above)
    # Eight pixels to a module, each way.
    for y, row in enumerate(rows):
        assert row == rows[y // 8 * 8] and set(row) <= {0, 255}
    return [[byte == 0 for byte in row] for row in rows[::8]]


def unfiltered(kind, line, above):
    """A line of a PNG without its filter (PNG, section 9); a pixel is less than a byte, so the byte before stands in for it."""
    out = bytearray()
    for x, byte in enumerate(line):
        left, up, corner = (out[x - 1] if x else 0), above[x], (above[x - 1] if x else 0)
        nearest = min((left, up, corner), key=lambda value: abs(left + up - corner - value))
        out.append((byte + [0, left, up, (left + up) // 2, nearest][kind]) & 255)
    return bytes(out)


def of_half_blocks(text):
    dark = []
    for line in text.splitlines():
        blocks = re.fullmatch("\x1b\\[38;5;16;48;5;231m([ ▀▄█]+)\x1b\\[0m", line)[1]
        dark += [[block in "▀█" for block in blocks], [block in "▄█" for block in blocks]]
    return dark


def of_ascii(text):
    assert text.isascii()
    dark = []
    for line in text.splitlines():
        assert line.endswith("\x1b[0m")
        runs = re.findall("\x1b\\[48;5;(16|231)m((?:  )+)", line)
        dark.append([colour == "16" for colour, spaces in runs for _ in range(len(spaces) // 2)])
    return dark


@pytest.mark.parametrize("text", TEXTS, ids=["shortest", "uri", "not-ascii", "longest"])
def test_every_picture_has_the_same_modules(text):
    dark = of_svg(qr_svg(text))
    side = len(dark)
    assert side % 4 == 1 and side >= 21 + 8
    # The quiet zone, and the corner of the finder pattern next to it.
    for at in (*range(4), *range(side - 4, side)):
        assert not any(dark[at]) and not any(row[at] for row in dark)
    assert dark[4][4:12] == [True] * 7 + [False]
    assert of_png(qr_png(text)) == dark
    assert of_ascii(qr_terminal(text, ascii=True)) == dark
    half = of_half_blocks(qr_terminal(text))
    assert half[:side] == dark and not any(half[side])


def test_svg_is_scalable_and_says_what_it_is():
    svg = qr_svg("x")
    assert 'role="img"' in svg and "<title>QR code</title>" in svg
    assert not re.search(r"<svg[^>]* (width|height)=", svg)


@pytest.mark.parametrize("draw", [qr_svg, qr_png, qr_terminal])
def test_the_hosts_mistakes_are_config_errors(draw):
    for text, code in (("x" * 2332, "argument_value_invalid"), (b"x", "argument_type_invalid"), (None, "argument_type_invalid")):
        with pytest.raises(ConfigError) as caught:
            draw(text)
        assert caught.value.code == code
    with pytest.raises(ConfigError):
        qr_terminal("x", ascii=1)
