import { expect, test } from 'vitest';
import { texts } from './texts.ts';

const decode = (bytes: Uint8Array) => new TextDecoder('utf-8').decode(bytes);

test('the speeches are whole and in order of time, and their last twentieth is held out', () => {
  const { train, test: heldOut } = texts().speeches;
  // 233 addresses, each with a line break of ours after it.
  expect(train.length + heldOut.length).toBe(10_761_413 + 233);
  expect(train.length).toBe(Math.floor(0.95 * (10_761_413 + 233)));
  expect(decode(train.subarray(0, 59))).toBe('Fellow-Citizens of the Senate and House of Representatives:');
  expect(decode(heldOut.subarray(-42))).toBe('Thank you for your patience. (Applause.)\n\n');
  // Of 2021.
  const words = 'American Rescue Plan';
  expect([decode(train).includes(words), decode(heldOut).includes(words)]).toEqual([false, true]);
  expect(new Set([...train, ...heldOut]).size).toBe(102);
});

test('of the novel the first 64 KiB are trained on', () => {
  const { train, test: heldOut } = texts().novel;
  expect([train.length, train.length + heldOut.length]).toEqual([65_536, 1_204_997]);
  expect(decode(train.subarray(0, 40))).toBe('CHAPTER 1. Loomings.\n\nCall me Ishmael. S');
  const words = 'shroud of the sea';
  expect([decode(train).includes(words), decode(heldOut).includes(words)]).toEqual([false, true]);
  expect(new Set([...train, ...heldOut]).size).toBe(85);
});

test('they are read once', () => {
  expect(texts()).toBe(texts());
});
