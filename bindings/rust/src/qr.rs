//! QR codes as SVG, PNG and text for terminals: dark on light, quiet zone of four modules.

use mfakit_core::Error;
use qrcodegen::{QrCode, QrCodeEcc};

/// Light modules around the symbol (ISO/IEC 18004 §6.3.8).
const QUIET_ZONE: i32 = 4;

/// The modules, the quiet zone among them.
struct Picture {
    code: QrCode,
}

impl Picture {
    fn of(text: &str) -> Result<Self, Error> {
        let code = QrCode::encode_text(text, QrCodeEcc::Medium);
        code.map(|code| Self { code }).map_err(|_| Error::ArgumentValueInvalid)
    }

    fn side(&self) -> i32 {
        self.code.size() + 2 * QUIET_ZONE
    }

    fn is_dark(&self, x: i32, y: i32) -> bool {
        self.code.get_module(x - QUIET_ZONE, y - QUIET_ZONE)
    }
}

/// A QR code of a text, such as an otpauth URI, as an SVG document without size: it fills what it is put in.
///
/// # Errors
///
/// [`Error::ArgumentValueInvalid`] if the text is too long for a QR code (2 331 bytes).
///
/// # Leakage
///
/// The picture *is* the text: whoever sees the code of an otpauth URI can make codes.
pub fn qr_svg(text: &str) -> Result<String, Error> {
    let picture = Picture::of(text)?;
    let side = picture.side();
    let mut path = String::new();
    for y in 0..side {
        let mut x = 0;
        while x < side {
            let start = x;
            while picture.is_dark(x, y) {
                x += 1;
            }
            if x > start {
                // One horizontal bar a run of dark modules.
                path.push_str(&format!("M{start} {y}h{}v1h-{}z", x - start, x - start));
            }
            x += 1;
        }
    }
    Ok(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" role=\"img\" \
         shape-rendering=\"crispEdges\"><title>QR code</title>\
         <path fill=\"#fff\" d=\"M0 0h{side}v{side}H0z\"/><path fill=\"#000\" d=\"{path}\"/></svg>"
    ))
}

/// A QR code of a text as a PNG file: black and white, eight pixels to a module.
///
/// # Errors
///
/// As [`qr_svg`].
///
/// # Leakage
///
/// As [`qr_svg`].
pub fn qr_png(text: &str) -> Result<Vec<u8>, Error> {
    let picture = Picture::of(text)?;
    // One bit a pixel, a module a byte: eight pixels to a module. The first line of a module stands as it is, the
    // seven below it as no difference to the line above (filter types 0 and 2).
    let mut lines = Vec::new();
    for y in 0..picture.side() {
        lines.push(0);
        lines.extend((0..picture.side()).map(|x| if picture.is_dark(x, y) { 0x00 } else { 0xff }));
        for _ in 1..8 {
            lines.push(2);
            lines.extend((0..picture.side()).map(|_| 0));
        }
    }
    let side = u32::try_from(picture.side() * 8).map_err(|_| Error::ArgumentValueInvalid)?;
    let [a, b, c, d] = side.to_be_bytes();
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    // Width, height, one bit a pixel, shades of grey; the only methods of compression and of filters; not interlaced.
    chunk(&mut file, *b"IHDR", &[a, b, c, d, a, b, c, d, 1, 0, 0, 0, 0])?;
    chunk(&mut file, *b"IDAT", &fdeflate::compress_to_vec(&lines))?;
    chunk(&mut file, *b"IEND", &[])?;
    Ok(file)
}

/// PNG section 5.3: length, type, data, and the CRC-32 of the latter two.
fn chunk(file: &mut Vec<u8>, kind: [u8; 4], data: &[u8]) -> Result<(), Error> {
    let length = u32::try_from(data.len()).map_err(|_| Error::ArgumentValueInvalid)?;
    let crc = kind.iter().chain(data).fold(u32::MAX, |crc, byte| {
        // No table: a file has a few hundred bytes, a table would add thousands to the program.
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg())
        })
    });
    file.extend(length.to_be_bytes());
    file.extend(kind);
    file.extend(data);
    file.extend((!crc).to_be_bytes());
    Ok(())
}

/// How [`qr_terminal`] draws.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum TerminalStyle {
    /// Two modules in a character, by half blocks.
    #[default]
    HalfBlocks,
    /// Two spaces to a module: for terminals without Unicode.
    Ascii,
}

/// A QR code of a text for a terminal, with a line break after each line. Both colours are set on every line, so that it is dark on light
/// whatever the terminal's own are.
///
/// # Errors
///
/// As [`qr_svg`].
///
/// # Leakage
///
/// As [`qr_svg`]; and what a terminal shows, its scroll-back keeps.
pub fn qr_terminal(text: &str, style: TerminalStyle) -> Result<String, Error> {
    /// Black and white of the 256-colour palette: the sixteen below them are the user's to change.
    const BLACK_ON_WHITE: &str = "\x1b[38;5;16;48;5;231m";
    const ON_WHITE: &str = "\x1b[48;5;231m";
    const ON_BLACK: &str = "\x1b[48;5;16m";
    const RESET: &str = "\x1b[0m";
    let picture = Picture::of(text)?;
    let mut out = String::new();
    match style {
        TerminalStyle::HalfBlocks => {
            for y in (0..picture.side()).step_by(2) {
                out.push_str(BLACK_ON_WHITE);
                for x in 0..picture.side() {
                    // Below the last row it is light: that is more quiet zone.
                    out.push(match (picture.is_dark(x, y), picture.is_dark(x, y + 1)) {
                        (true, true) => '█',
                        (true, false) => '▀',
                        (false, true) => '▄',
                        (false, false) => ' ',
                    });
                }
                out.push_str(RESET);
                out.push('\n');
            }
        }
        TerminalStyle::Ascii => {
            for y in 0..picture.side() {
                let mut colour = "";
                for x in 0..picture.side() {
                    let wanted = if picture.is_dark(x, y) { ON_BLACK } else { ON_WHITE };
                    if colour != wanted {
                        out.push_str(wanted);
                        colour = wanted;
                    }
                    out.push_str("  ");
                }
                out.push_str(RESET);
                out.push('\n');
            }
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_picture_has_the_symbols_modules() -> Result<(), Error> {
        let svg = qr_svg(
            "otpauth://totp/Example:alice?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Example",
        )?;
        assert!(
            svg.starts_with("<svg ")
                && svg.ends_with("</svg>")
                && svg.contains("<title>QR code</title>")
        );
        // The finder pattern's top row: seven dark modules, four away from the corner.
        assert!(svg.contains("M4 4h7v1h-7z"));
        let long = "x".repeat(3000);
        assert_eq!(qr_svg(&long), Err(Error::ArgumentValueInvalid));
        assert_eq!(qr_png(&long), Err(Error::ArgumentValueInvalid));
        assert_eq!(qr_terminal(&long, TerminalStyle::Ascii), Err(Error::ArgumentValueInvalid));
        Ok(())
    }
}
