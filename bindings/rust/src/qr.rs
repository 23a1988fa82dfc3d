//! QR codes as SVG: dark on light, quiet zone of four modules, scalable, with an accessible title.

use mfakit_core::Error;
use qrcodegen::{QrCode, QrCodeEcc};

/// Light modules around the symbol (ISO/IEC 18004 §6.3.8).
const QUIET_ZONE: i32 = 4;

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
    let code =
        QrCode::encode_text(text, QrCodeEcc::Medium).map_err(|_| Error::ArgumentValueInvalid)?;
    let side = code.size() + 2 * QUIET_ZONE;
    let mut path = String::new();
    for y in 0..code.size() {
        let mut x = 0;
        while x < code.size() {
            let start = x;
            while x < code.size() && code.get_module(x, y) {
                x += 1;
            }
            if x > start {
                // One horizontal bar a run of dark modules.
                path.push_str(&format!(
                    "M{} {}h{}v1h-{}z",
                    start + QUIET_ZONE,
                    y + QUIET_ZONE,
                    x - start,
                    x - start
                ));
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
        assert_eq!(qr_svg(&"x".repeat(3000)), Err(Error::ArgumentValueInvalid));
        Ok(())
    }
}
