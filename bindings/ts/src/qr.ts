/**
 * QR codes, for the otpauth:// text of an enrolment.
 *
 * The picture is the text: whoever sees the code of an enrolment can make codes.
 */
import { ask } from "./backend.js";
import { bytesOfBase64url } from "./bytes.js";
import { flag, maybe, options, text as textOf } from "./host-value.js";

/** An SVG image of a QR code that says `text`, at most 2331 bytes. It has no size: it fills what it is put in. */
export function qrSvg(text: string): string {
  return ask("qr_svg", { text: textOf(text, "text") }).svg;
}

/** The same as a PNG file in black and white, eight pixels to a module. */
export function qrPng(text: string): Uint8Array<ArrayBuffer> {
  return bytesOfBase64url(ask("qr_png", { text: textOf(text, "text") }).png);
}

/**
 * The same for a terminal, dark on light whatever the terminal's own colours are. With `ascii` it is made of coloured spaces, for
 * terminals without Unicode. What a terminal shows, its scroll-back keeps.
 */
export function qrTerminal(text: string, options?: { ascii?: boolean }): string;
export function qrTerminal(text: unknown, given?: unknown): string {
  return ask("qr_terminal", { ...options(given, "qrTerminal", { ascii: maybe(flag) }), text: textOf(text, "text") }).text;
}
