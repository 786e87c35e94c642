import { SymmetricMatrix } from '@scalpel/core';
import { expect, test } from 'vitest';
import { settled } from './settled.ts';

const certificate = { solved: true, residual: 0 };

function settle(rows: readonly (readonly number[])[], coefficients: readonly number[], precision = 1e-16) {
  return settled(SymmetricMatrix.gramian(rows), { coefficients, certificate }, precision);
}

test('opposed rows, and rows that are opposed to rounding, leave no direction', () => {
  for (const height of [0, 1e-9, 1e-12]) {
    const rows = [
      [1, height],
      [-1, height],
    ];
    expect(settle(rows, [0.5, 0.5])).toEqual({
      coefficients: [0, 0],
      certificate: { solved: false, residual: 0, note: expect.stringMatching(/^No direction/) },
    });
  }
});

test('what is longer than rounding stays as it is, the more so the more precise the Gramian is', () => {
  const opposed = (height: number) => [
    [1, height],
    [-1, height],
  ];
  for (const [height, precision] of [
    [1e-7, 1e-16],
    [1e-3, 1e-7],
  ] as const) {
    const kept = settle(opposed(height), [0.5, 0.5], precision);
    expect(kept).toEqual({ coefficients: [0.5, 0.5], certificate });
  }
  expect(settle(opposed(1e-4), [0.5, 0.5], 1e-7).coefficients).toEqual([0, 0]);
});

test('a short row proves its part of the direction beside long ones that cancel', () => {
  const rows = [
    [1e8, 0],
    [-1e8, 0],
    [0, 1],
  ];
  expect(settle(rows, [1 / 3, 1 / 3, 1 / 3])).toEqual({ coefficients: [1 / 3, 1 / 3, 1 / 3], certificate });
});

test('zero rows, and no coefficients at all, are settled', () => {
  expect(settle([[0], [0]], [0.5, 0.5])).toEqual({ coefficients: [0.5, 0.5], certificate });
  expect(settle([[1], [0]], [0, 1])).toEqual({ coefficients: [0, 1], certificate });
});

test('a direction that conflicts by more than rounding has no length that excuses it', () => {
  expect(
    settle(
      [
        [1, 0],
        [-1, 1e-3],
      ],
      [1, 0],
    ).coefficients,
  ).toEqual([0, 0]);
});
