//! QR codes.

use crate::convert::{self, Any, Flag, raise};
use mfakit::TerminalStyle;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

/// A QR code of a text, as SVG.
#[pyfunction]
pub(crate) fn qr_svg(text: Any<'_, '_>) -> PyResult<String> {
    mfakit::qr_svg(&convert::secret(text)?).map_err(raise)
}

/// A QR code of a text, as a PNG file.
#[pyfunction]
pub(crate) fn qr_png<'py>(text: Any<'_, 'py>) -> PyResult<Bound<'py, PyBytes>> {
    let file = mfakit::qr_png(&convert::secret(text)?).map_err(raise)?;
    Ok(PyBytes::new(text.py(), &file))
}

/// A QR code of a text, for a terminal.
#[pyfunction]
#[pyo3(signature = (text, *, ascii=Flag(false)), text_signature = "(text, *, ascii=False)")]
pub(crate) fn qr_terminal(text: Any<'_, '_>, ascii: Flag) -> PyResult<String> {
    let style = if ascii.0 { TerminalStyle::Ascii } else { TerminalStyle::HalfBlocks };
    mfakit::qr_terminal(&convert::secret(text)?, style).map_err(raise)
}
