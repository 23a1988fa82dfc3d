// Reads a QR code from a screenshot, as a phone's camera would, but for error correction: a screen has no dust, so the
// picture must be right in every module. Written from ISO/IEC 18004 and independent of the encoder that it tests.

// Per version 1…12: [error-correction codewords in a block, number of blocks].
const BLOCKS = {
  L: [[7, 1], [10, 1], [15, 1], [20, 1], [26, 1], [18, 2], [20, 2], [24, 2], [30, 2], [18, 4], [20, 4], [24, 4]],
  M: [[10, 1], [16, 1], [26, 1], [18, 2], [24, 2], [16, 4], [18, 4], [22, 4], [22, 5], [26, 5], [30, 5], [22, 8]],
  Q: [[13, 1], [22, 1], [18, 2], [26, 2], [18, 4], [24, 4], [18, 6], [22, 6], [20, 8], [24, 8], [28, 8], [26, 10]],
  H: [[17, 1], [28, 1], [22, 2], [16, 4], [22, 4], [28, 4], [26, 5], [26, 6], [24, 8], [28, 8], [24, 11], [28, 11]],
};
const LEVELS = ["M", "L", "H", "Q"]; // by the two bits that name them
const MASKS = [
  (x, y) => (x + y) % 2,
  (x, y) => y % 2,
  (x) => x % 3,
  (x, y) => (x + y) % 3,
  (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2,
  (x, y) => ((x * y) % 2) + ((x * y) % 3),
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2,
  (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2,
];

/** @param {{width: number, height: number, data: ArrayLike<number>}} image RGBA pixels with a light border */
export function readQr(image) {
  const { size, dark } = modules(image);
  const version = (size - 17) / 4;
  if (!(version >= 1 && version <= 12)) throw new Error(`no QR code of ${size} modules`);

  let format = 0;
  for (const [x, y] of FORMAT_PLACES) format = (format << 1) | dark(x, y);
  format ^= 0x5412;
  const level = LEVELS[format >> 13];
  const mask = MASKS[(format >> 10) & 7];

  const codewords = [];
  let bits = 0, count = 0;
  const taken = functionModules(size, version);
  for (let right = size - 1, upward = true; right > 0; right -= 2, upward = !upward) {
    if (right === 6) right--; // the vertical timing pattern
    for (let step = 0; step < size; step++) {
      const y = upward ? size - 1 - step : step;
      for (const x of [right, right - 1]) {
        if (taken(x, y)) continue;
        bits = (bits << 1) | (dark(x, y) ^ (mask(x, y) === 0 ? 1 : 0));
        if (++count % 8 === 0) {
          codewords.push(bits & 255);
          bits = 0;
        }
      }
    }
  }
  return text(dataOf(codewords, BLOCKS[level][version - 1]), version);
}

/** The grid: the corner of the first finder pattern is seven dark modules long. */
function modules({ width, height, data }) {
  const isDark = (x, y) => data[(y * width + x) * 4] < 128;
  let left = width, right = 0, top = height;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (!isDark(x, y)) continue;
      left = Math.min(left, x); right = Math.max(right, x); top = Math.min(top, y);
    }
  }
  let run = 0;
  while (isDark(left + run, top)) run++;
  const about = (right - left + 1) / (run / 7); // off by a module if the run is off by a pixel; sizes are four apart
  const size = 17 + 4 * Math.round((about - 17) / 4);
  const pitch = (right - left + 1) / size;
  const at = (start, n) => Math.floor(start + (n + 0.5) * pitch);
  return { size, dark: (x, y) => (isDark(at(left, x), at(top, y)) ? 1 : 0) };
}

// Around the first finder pattern, most significant bit first.
const FORMAT_PLACES = [
  [0, 8], [1, 8], [2, 8], [3, 8], [4, 8], [5, 8], [7, 8], [8, 8], [8, 7], [8, 5], [8, 4], [8, 3], [8, 2], [8, 1], [8, 0],
];

function functionModules(size, version) {
  const align = alignments(size, version);
  const finder = (x, y) => (x < 9 && y < 9) || (x >= size - 8 && y < 9) || (x < 9 && y >= size - 8);
  const versionInfo = (x, y) => version >= 7 && ((x >= size - 11 && y < 6) || (y >= size - 11 && x < 6));
  const alignment = (x, y) =>
    align.some((cx) => align.some((cy) => Math.abs(x - cx) <= 2 && Math.abs(y - cy) <= 2 && !finder(cx, cy)));
  return (x, y) => finder(x, y) || x === 6 || y === 6 || versionInfo(x, y) || alignment(x, y);
}

function alignments(size, version) {
  if (version === 1) return [];
  const count = Math.floor(version / 7) + 2;
  const step = Math.ceil((version * 4 + 4) / (count * 2 - 2)) * 2;
  return [6, ...Array.from({ length: count - 1 }, (_, n) => size - 7 - n * step)];
}

/** Undoes the interleaving and drops the error correction: later blocks may hold one data codeword more. */
function dataOf(codewords, [correction, blocks]) {
  const total = codewords.length - correction * blocks;
  const short = Math.floor(total / blocks);
  const longBlocks = total % blocks;
  const data = Array.from({ length: blocks }, () => []);
  let next = 0;
  for (let i = 0; i <= short; i++) {
    for (let block = 0; block < blocks; block++) {
      if (i < short || block >= blocks - longBlocks) data[block].push(codewords[next++]);
    }
  }
  return data.flat();
}

function text(bytes, version) {
  let position = 0;
  const take = (n) => {
    let value = 0;
    for (; n > 0; n--, position++) value = (value << 1) | ((bytes[position >> 3] >> (7 - (position & 7))) & 1);
    return value;
  };
  const ALPHANUMERIC = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
  let out = "";
  while (position + 4 <= bytes.length * 8) {
    const mode = take(4);
    if (mode === 0) break;
    if (mode === 4) {
      const length = take(version < 10 ? 8 : 16);
      out += Buffer.from(Array.from({ length }, () => take(8))).toString("utf8");
    } else if (mode === 2) {
      for (let left = take(version < 10 ? 9 : 11); left > 0; left -= 2) {
        const value = take(left > 1 ? 11 : 6);
        out += left > 1 ? ALPHANUMERIC[Math.floor(value / 45)] + ALPHANUMERIC[value % 45] : ALPHANUMERIC[value];
      }
    } else if (mode === 1) {
      for (let left = take(version < 10 ? 10 : 12); left > 0; left -= 3) {
        const digits = Math.min(left, 3);
        out += String(take([0, 4, 7, 10][digits])).padStart(digits, "0");
      }
    } else throw new Error(`QR mode ${mode} is not for a text`);
  }
  return out;
}
