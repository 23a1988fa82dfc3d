// QR codes: the three pictures show the same modules. (What they say is tested with a decoder where the pictures are made.)
import assert from "node:assert/strict";
import { test } from "node:test";
import { crc32, inflateSync } from "node:zlib";
import { ConfigError, Totp, qrPng, qrSvg, qrTerminal } from "mfakit";

const TEXT = new Totp("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ").uri({ issuer: "Example", account: "ada@example.org" });

/** The dark modules of an SVG, row by row, from its horizontal bars. */
function modulesOfSvg(svg) {
  const side = Number(/viewBox="0 0 (\d+) \1"/.exec(svg)[1]);
  const rows = Array.from({ length: side }, () => Array(side).fill(0));
  for (const [, x, y, width] of svg.matchAll(/M(\d+) (\d+)h(\d+)v1h-\d+z/g)) rows[y].fill(1, Number(x), Number(x) + Number(width));
  return rows;
}

/** The dark modules of a PNG, eight pixels each, by way of the file's own rules. */
function modulesOfPng(png) {
  const file = Buffer.from(png);
  assert.deepEqual(file.subarray(0, 8), Buffer.from("\x89PNG\r\n\x1a\n", "latin1"));
  const chunks = [];
  for (let at = 8; at < file.length; at += 12 + file.readUInt32BE(at)) {
    const body = file.subarray(at + 4, at + 8 + file.readUInt32BE(at));
    assert.equal(file.readUInt32BE(at + 4 + body.length), crc32?.(body) ?? file.readUInt32BE(at + 4 + body.length));
    chunks.push([body.toString("latin1", 0, 4), body.subarray(4)]);
  }
  const [[first, header]] = chunks;
  assert.equal(first, "IHDR");
  const [width, height, depth, colour] = [header.readUInt32BE(0), header.readUInt32BE(4), header[8], header[9]];
  assert.deepEqual([depth, colour, header[12], width], [1, 0, 0, height]);
  const data = inflateSync(Buffer.concat(chunks.filter(([type]) => type === "IDAT").map(([, body]) => body)));
  const bytes = Math.ceil(width / 8);
  const rows = unfiltered(data, bytes, height);
  return Array.from({ length: height / 8 }, (_, y) => {
    for (let line = 0; line < 8; line += 1) assert.deepEqual(rows[8 * y + line], rows[8 * y]);
    return rows[8 * y].map((byte) => {
      assert.ok(byte === 0 || byte === 255);
      return byte === 0 ? 1 : 0;
    });
  });
}

/** PNG section 9: each line is filtered in one of five ways. */
function unfiltered(data, bytes, height) {
  const rows = [];
  for (let y = 0; y < height; y += 1) {
    const [filter, ...line] = data.subarray(y * (bytes + 1), (y + 1) * (bytes + 1));
    const above = rows.at(-1) ?? Array(bytes).fill(0);
    for (let x = 0; x < bytes; x += 1) {
      const [a, b, c] = [line[x - 1] ?? 0, above[x], above[x - 1] ?? 0];
      const nearest = [a, b, c].reduce((best, value) => (Math.abs(a + b - c - value) < Math.abs(a + b - c - best) ? value : best));
      line[x] = (line[x] + [0, a, b, (a + b) >> 1, nearest][filter]) & 255;
    }
    rows.push(line);
  }
  return rows;
}

test("the PNG has the modules of the SVG", () => {
  const png = qrPng(TEXT);
  assert.ok(png instanceof Uint8Array && png.constructor === Uint8Array);
  assert.deepEqual(modulesOfPng(png), modulesOfSvg(qrSvg(TEXT)));
  qrPng(TEXT).fill(0); // a file of the caller's own
  assert.deepEqual(qrPng(TEXT), png);
});

test("the picture is dark on light within a quiet zone of four modules", () => {
  const rows = modulesOfSvg(qrSvg(TEXT));
  const finder = [..."1111111"].map(Number);
  assert.deepEqual(rows[4].slice(0, 12), [0, 0, 0, 0, ...finder, 0]);
  for (let edge = 0; edge < 4; edge += 1) {
    for (const row of [rows[edge], rows.at(-1 - edge), rows.map((row) => row[edge]), rows.map((row) => row.at(-1 - edge))]) {
      assert.ok(row.every((module) => module === 0));
    }
  }
});

test("a terminal shows the same, in half blocks or in spaces, with its colours set on every line", () => {
  const rows = modulesOfSvg(qrSvg(TEXT));
  const half = qrTerminal(TEXT).split("\n");
  assert.equal(half.pop(), "");
  half.forEach((line, index) => {
    const [, shown] = /^\x1b\[38;5;16;48;5;231m([ \u2580\u2584\u2588]+)\x1b\[0m$/.exec(line);
    const pairs = Array.from(shown, (symbol) => " \u2580\u2584\u2588".indexOf(symbol));
    assert.deepEqual(pairs.map((pair) => pair & 1), rows[2 * index]);
    assert.deepEqual(pairs.map((pair) => pair >> 1), rows[2 * index + 1] ?? Array(rows.length).fill(0));
  });
  const plain = qrTerminal(TEXT, { ascii: true });
  assert.match(plain, /^[\x00-\x7f]+$/);
  const lines = plain.trimEnd().split("\n");
  assert.deepEqual(lines.map((line) => {
    const modules = [];
    for (const [, colour, spaces] of line.matchAll(/\x1b\[48;5;(16|231)m( *)/g)) {
      modules.push(...Array(spaces.length / 2).fill(colour === "16" ? 1 : 0));
    }
    return modules;
  }), rows);
  assert.equal(qrTerminal(TEXT, { ascii: false }), qrTerminal(TEXT));
});

test("what is no text, or too much of it, is a ConfigError", () => {
  for (const draw of [qrSvg, qrPng, qrTerminal]) {
    for (const [text, code] of [["x".repeat(2332), "argument_value_invalid"], ["x".repeat(1_000_000), "argument_value_invalid"],
      [undefined, "argument_type_invalid"], [5, "argument_type_invalid"], ["\ud800", "argument_type_invalid"],
      [new Uint8Array(5), "argument_type_invalid"]]) {
      assert.throws(() => draw(text), (error) => error instanceof ConfigError && error.code === code);
    }
    assert.ok(draw("x".repeat(2331)).length > 0);
  }
  assert.throws(() => qrTerminal(TEXT, { ascii: 1 }), (error) => error instanceof ConfigError && error.code === "argument_type_invalid");
});
