import '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { digitInCorner } from './digit-in-corner.ts';
import { fashionMnistScale } from './images.ts';
import { paint, pictured, placements, UNMOVED } from './pictures.ts';

/** Three images whose pixels all differ, as far as bytes allow. */
const images = Uint8Array.from({ length: 3 * 784 }, (_, at) => (at * 37 + 11) % 251);
const painted = (index: number, right: number, down: number, mirrored: boolean) => {
  const picture = new Uint8Array(784);
  paint(images, index, { right, down, mirrored }, picture);
  return picture;
};

test.each([
  [0, 0],
  [2, 0],
  [-2, 1],
  [1, -2],
])('moved by %i to the right and %i down, mirrored or not', (right, down) => {
  for (const mirrored of [false, true]) {
    const picture = painted(1, right, down, mirrored);
    for (let y = 0; y < 28; y++) {
      for (let x = 0; x < 28; x++) {
        const column = mirrored ? 27 - (x - right) : x - right;
        const inside = column >= 0 && column < 28 && y - down >= 0 && y - down < 28;
        expect(picture[28 * y + x]).toBe(inside ? images[784 + 28 * (y - down) + column] : 0);
      }
    }
  }
});

test('placements: all 25 moves, half of them mirrored, the same for the same seeds', () => {
  const drawn = placements(5000, 1, 2);
  expect(placements(5000, 1, 2)).toEqual(drawn);
  expect(placements(5000, 1, 3)).not.toEqual(drawn);
  const counts = new Map<string, number>();
  for (const { right, down } of drawn) {
    expect(Math.max(Math.abs(right), Math.abs(down))).toBeLessThanOrEqual(2);
    counts.set(`${right},${down}`, (counts.get(`${right},${down}`) ?? 0) + 1);
  }
  expect(counts.size).toBe(25);
  // Six deviations of a binomial distribution.
  for (const count of counts.values()) expect(Math.abs(count - 200)).toBeLessThan(6 * Math.sqrt(192));
  const mirrored = drawn.filter((placement) => placement.mirrored).length;
  expect(Math.abs(mirrored - 2500)).toBeLessThan(6 * Math.sqrt(1250));
});

test('pictures are the chosen images, normalised', () => {
  const moved = { right: 1, down: 0, mirrored: true };
  const tensor = pictured(images, fashionMnistScale, [2, 0], [UNMOVED, moved]);
  expect(tensor.shape).toEqual([2, 28, 28, 1]);
  const bytes = Uint8Array.from(tensor.dataSync(), (pixel) => Math.round((pixel * 0.3529 + 0.2861) * 255));
  expect([...bytes]).toEqual([...images.subarray(2 * 784), ...painted(0, 1, 0, true)]);
  tensor.dispose();
});

test('a digit in the corner: means of four pixels, the brighter of both', () => {
  const picture = painted(0, 0, 0, false);
  const before = picture.slice();
  digitInCorner(images, 1, picture);
  for (let y = 0; y < 28; y++) {
    for (let x = 0; x < 28; x++) {
      const at = 28 * y + x;
      if (x >= 14 || y >= 14) expect(picture[at]).toBe(before[at]);
      else {
        let sum = 0;
        for (const dy of [0, 1])
          for (const dx of [0, 1]) sum += images[784 + 28 * (2 * y + dy) + 2 * x + dx]!;
        expect(picture[at]).toBe(Math.max(before[at]!, Math.round(sum / 4)));
      }
    }
  }
});
