/** QR codes, for the otpauth:// text of an enrolment. */
import { ask } from "./backend.js";
import { text as textOf } from "./host-value.js";

/** An SVG image of a QR code that says `text`. */
export function qrSvg(text: string): string {
  return ask("qr_svg", { text: textOf(text, "text") }).svg;
}
