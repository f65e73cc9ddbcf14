// What stands in a picture's place until it is there: its light and colours, without any detail, from 27 bytes.

/** How many waves each channel has: those with u + v up to this. */
const reaches = [6, 3, 3];

/** The cosines of each wave along a side; every tile has the same side, so they are made once. */
const cosines = new Map();
function waves(count) {
  if (!cosines.has(count)) {
    cosines.set(count, Array.from({ length: 7 }, (_, u) => Float32Array.from({ length: count },
      (_, x) => Math.cos((Math.PI * u * (x + 0.5)) / count))));
  }
  return cosines.get(count);
}

/**
 * Pixels (RGBA) of a placeholder. Bytes 0 to 2 are the means of Y, Cb and Cr; byte 3 says how strong the strongest wave is, 2 · 1.35ⁿ, for Y
 * in its upper half and for Cb and Cr in its lower; then a half byte for each wave, lower half first, (q − 8) / 7 of the strongest; the last
 * half byte is the alpha of all.
 */
export function pixels(bytes, width, height) {
  const half = (index) => (bytes[4 + (index >> 1)] >> (index % 2 ? 4 : 0)) & 15;
  const [across, down] = [waves(width), waves(height)];
  let next = 0;
  const [light, blue, red] = reaches.map((reach, channel) => {
    const plane = new Float32Array(width * height).fill(bytes[channel] - (channel ? 128 : 0));
    const strongest = 2 * 1.35 ** (channel ? bytes[3] & 15 : bytes[3] >> 4);
    for (let v = 0; v <= reach; v += 1) {
      for (let u = v ? 0 : 1; u + v <= reach; u += 1) {
        const wave = ((half(next) - 8) / 7) * strongest;
        next += 1;
        for (let i = 0; wave && i < plane.length; i += 1) plane[i] += wave * across[u][i % width] * down[v][Math.floor(i / width)];
      }
    }
    return plane;
  });
  const alpha = half(next) * 17;
  const result = new Uint8ClampedArray(width * height * 4);
  for (let i = 0; i < light.length; i += 1) {
    result.set([light[i] + 1.402 * red[i], light[i] - 0.344136 * blue[i] - 0.714136 * red[i], light[i] + 1.772 * blue[i], alpha], i * 4);
  }
  return result;
}

/** Draws a placeholder, as the server writes it (base64), on a canvas of a few pixels, which the style sheet enlarges. False when it is none. */
export function paint(canvas, text) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  if (bytes.length !== 27) return false;
  canvas.getContext('2d').putImageData(new ImageData(pixels(bytes, canvas.width, canvas.height), canvas.width), 0, 0);
  return true;
}
