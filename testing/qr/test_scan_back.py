"""What mfakit draws is read back by programs that share no code with it, wherever it is shown."""

import re
import xml.etree.ElementTree

import pytest
from pictures import BLACK, THEMES, WHITE, from_png, from_screen, from_svg, halves, modules, scan, screen_of

import mfakit

QUIET_ZONE = 4
SVG = "{http://www.w3.org/2000/svg}"

TEXTS = {
    "one letter": "a",
    "digits": "0123456789" * 5,
    "capitals": "OTPAUTH://TOTP/ACME:ALICE",
    "a TOTP enrolment": mfakit.Totp("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ").uri(issuer="Example", account="alice@example.com"),
    "a HOTP enrolment": mfakit.Hotp("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ").uri(issuer="Große Bank & Co", account="ålice", counter=2**64 - 1),
    "UTF-8": "Größe, 漢字, ελληνικά, 🔑",
    "markup": "<script>\"'&</script>",
    "2 000 bytes": "".join(f"line {number:03} of a text without end, " for number in range(100))[:2000],
    "as much as fits": "x" * 2331,
}


@pytest.fixture(params=TEXTS.values(), ids=TEXTS)
def text(request):
    return request.param


def side_of(svg):
    """Modules to a side, the quiet zone among them: the drawing's unit is one module."""
    x, y, width, height = map(int, xml.etree.ElementTree.fromstring(svg).get("viewBox").split())
    assert (x, y) == (0, 0) and width == height
    # ISO/IEC 18004: versions 1 to 40 have 21 to 177 modules, four apart.
    assert (width - 2 * QUIET_ZONE - 17) % 4 == 0 and 21 <= width - 2 * QUIET_ZONE <= 177
    return width


def test_svg(text):
    svg = mfakit.qr_svg(text)
    side = side_of(svg)
    for pixels in (side * 4, side * 4 + 137, 1000):
        assert scan(from_svg(svg, pixels)) == text


def test_svg_is_an_image_with_a_name_and_without_a_size():
    svg = mfakit.qr_svg(TEXTS["markup"])
    root = xml.etree.ElementTree.fromstring(svg)
    assert root.tag == f"{SVG}svg" and root.get("role") == "img"
    # A title is an image's name only as its first child.
    assert root[0].tag == f"{SVG}title" and root[0].text.strip()
    assert {child.tag for child in root} == {f"{SVG}title", f"{SVG}path"}
    assert root.get("width") is None and root.get("height") is None
    assert "script" not in svg


def test_png(text):
    picture = from_png(mfakit.qr_png(text))
    assert picture.format == "PNG"
    assert scan(picture) == text


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("ascii", [False, True], ids=["half blocks", "ascii"])
def test_terminal(text, ascii, theme):
    drawn = mfakit.qr_terminal(text, ascii=ascii)
    assert scan(from_screen(screen_of(drawn), theme)) == text


def test_every_form_has_the_same_modules_and_a_quiet_zone(text):
    svg = mfakit.qr_svg(text)
    side = side_of(svg)
    rows = modules(from_svg(svg, side * 2), side)
    assert modules(from_png(mfakit.qr_png(text)), side) == rows
    for ascii in (False, True):
        screen = screen_of(mfakit.qr_terminal(text, ascii=ascii), margin=0)
        # The line after the last line break is empty.
        assert (screen.columns, screen.lines - 1) == ((2 * side, side) if ascii else (side, (side + 1) // 2))
        assert terminal_rows(screen, side, ascii) == rows
    for y in range(side):
        for x in range(side):
            inside = all(QUIET_ZONE <= place < side - QUIET_ZONE for place in (x, y))
            assert inside or not rows[y][x], "the quiet zone is light"
    # The three finder patterns touch it.
    end = side - QUIET_ZONE - 1
    assert rows[QUIET_ZONE][QUIET_ZONE] and rows[QUIET_ZONE][end] and rows[end][QUIET_ZONE]


def terminal_rows(screen, side, ascii):
    """The modules of a screen: in each theme every cell is black, white or half of each."""
    rows = {}
    for theme in THEMES:
        for y in range(side):
            line = screen.buffer[y if ascii else y // 2]
            cells = [line[2 * x if ascii else x] for x in range(side)]
            halfway = [halves(cell, theme)[0 if ascii else y % 2] for cell in cells]
            assert set(halfway) <= {BLACK, WHITE}, theme
            rows.setdefault(theme, []).append([half == BLACK for half in halfway])
            if ascii:
                assert [halves(line[2 * x + 1], theme) for x in range(side)] == [halves(cell, theme) for cell in cells]
    # There is half a line more than modules, which is light.
    if not ascii:
        assert {halves(screen.buffer[side // 2][x], "dark")[1] for x in range(side)} == {WHITE}
    assert rows["dark"] == rows["light"]
    return rows["dark"]


@pytest.mark.parametrize("ascii", [False, True], ids=["half blocks", "ascii"])
def test_each_line_sets_its_colours_and_ends_them(ascii):
    drawn = mfakit.qr_terminal(TEXTS["a TOTP enrolment"], ascii=ascii)
    assert drawn.endswith("\n")
    whole = screen_of(drawn)
    for number, line in enumerate(drawn.splitlines()):
        # A pager, or a log with a time before each line, shows a line by itself, and goes on after it.
        alone = screen_of(line + "!")
        *cells, after = (alone.buffer[0][x] for x in range(alone.columns - 3))
        assert cells == [whole.buffer[number][x] for x in range(len(cells))]
        assert (after.data, after.fg, after.bg, after.reverse) == ("!", "default", "default", False)
        for cell in cells:
            assert cell.bg != "default" and (ascii or cell.fg != "default")


def test_the_ascii_form_is_ascii():
    drawn = mfakit.qr_terminal(TEXTS["UTF-8"], ascii=True)
    assert drawn.isascii()
    # Colours, spaces and line breaks: nothing that a terminal without Unicode draws otherwise.
    assert set(re.sub(r"\x1b\[[0-9;]*m", "", drawn)) == {" ", "\n"}
    assert not mfakit.qr_terminal(TEXTS["UTF-8"]).isascii()


@pytest.mark.parametrize("theme, side", [("dark", "light"), ("light", "dark")])
def test_without_its_colours_a_terminals_form_depends_on_the_theme(theme, side):
    """The control: an emulator that did not see colours would let the tests above pass."""
    drawn = re.sub(r"\x1b\[[0-9;]*m", "", mfakit.qr_terminal("a"))
    screen = screen_of(drawn)
    assert halves(screen.buffer[0][0], theme) != halves(screen.buffer[0][0], side)
    with pytest.raises(AssertionError):
        terminal_rows(screen, side_of(mfakit.qr_svg("a")), ascii=False)
