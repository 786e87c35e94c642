import {
  add,
  avgPool,
  concat,
  conv2d,
  conv2dTranspose,
  depthwiseConv2d,
  fused,
  image,
  localResponseNormalization,
  maxPool,
  mirrorPad,
  separableConv2d,
  type Tensor4D,
} from '@tensorflow/tfjs-core';
import type { Draw } from '../kernels/draw.ts';
import { FUSED, type Kind, weightsOf } from './layer.ts';
import { activation, batchNormalization, dropping, slopes } from './rows.ts';

interface Window {
  readonly filter: [number, number];
  readonly strides: [number, number];
  readonly pad: 'same' | 'valid';
  /** The output's height and width. */
  readonly size: [number, number];
}

function drawWindow(draw: Draw, [, height, width]: readonly number[]): Window {
  const filter = [height!, width!].map((length) => draw.integer(1, Math.min(3, length) + 1));
  const strides = [draw.integer(1, 3), draw.integer(1, 3)];
  const pad = draw.pick(['same', 'valid'] as const);
  const size = [height!, width!].map((length, i) =>
    Math.ceil((pad === 'same' ? length : length - filter[i]! + 1) / strides[i]!),
  );
  return { filter, strides, pad, size } as Window;
}

const convolution: Kind = (shape, draw) => {
  const [batch, , , channels] = shape as [number, number, number, number];
  const { filter, strides, pad, size } = drawWindow(draw, shape);
  const out = draw.integer(1, 9);
  const name = draw.pick(FUSED);
  const isFused = draw.chance();
  const incoming = filter[0] * filter[1] * channels;
  return {
    title: `conv2d ${filter}, ${out}, ${strides}, ${pad}${isFused ? ` ${name}` : ''}`,
    weights: [
      weightsOf(draw, [...filter, channels, out], incoming),
      ...(isFused ? [draw.tensor([out], 'float32', -0.5, 0.5)] : []),
    ],
    shape: [batch, ...size, out],
    apply: (input, [kernel, bias]) => {
      const [x, w] = [input as Tensor4D, kernel as Tensor4D];
      if (!isFused) return conv2d(x, w, strides, pad);
      const act = { activation: name as 'linear', leakyreluAlpha: 0.3 };
      return fused.conv2d({ x, filter: w, strides, pad, bias: bias!, ...act });
    },
  };
};

const depthwise: Kind = (shape, draw) => {
  const [batch, , , channels] = shape as [number, number, number, number];
  const { filter, strides, pad, size } = drawWindow(draw, shape);
  const times = draw.integer(1, 3);
  return {
    title: `depthwise ${filter}, ${times}, ${strides}, ${pad}`,
    weights: [weightsOf(draw, [...filter, channels, times], filter[0] * filter[1])],
    shape: [batch, ...size, channels * times],
    apply: (x, [w]) => depthwiseConv2d(x as Tensor4D, w as Tensor4D, strides, pad),
  };
};

const separable: Kind = (shape, draw) => {
  const [batch, , , channels] = shape as [number, number, number, number];
  const { filter, pad, size } = drawWindow(draw, shape);
  const [out, height, width] = [draw.integer(1, 6), ...shape.slice(1)] as [number, number, number];
  const spatial = pad === 'same' ? [height, width] : [height - filter[0] + 1, width - filter[1] + 1];
  return {
    title: `separable ${filter}, ${out}, ${pad} ${size.length}`,
    weights: [
      weightsOf(draw, [...filter, channels, 2], filter[0] * filter[1]),
      weightsOf(draw, [1, 1, 2 * channels, out], 2 * channels),
    ],
    shape: [batch, ...spatial, out],
    apply: (x, [d, p]) => separableConv2d(x as Tensor4D, d as Tensor4D, p as Tensor4D, 1, pad),
  };
};

const dilated: Kind = (shape, draw) => {
  const [batch, height, width, channels] = shape as [number, number, number, number];
  const out = draw.integer(1, 5);
  return {
    title: `dilated ${out}`,
    weights: [weightsOf(draw, [2, 3, channels, out], 6 * channels)],
    shape: [batch, height, width, out],
    apply: (x, [w]) => conv2d(x as Tensor4D, w as Tensor4D, 1, 'same', 'NHWC', 2),
  };
};

const transposed: Kind = ([batch, height, width, channels], draw) => {
  if (height! * width! > 30) return null;
  const out = draw.integer(1, 4);
  const shape: [number, number, number, number] = [batch!, 2 * height!, 2 * width!, out];
  return {
    title: `transposed ${out}`,
    weights: [weightsOf(draw, [3, 2, out, channels!], 6 * channels!)],
    shape,
    apply: (x, [w]) => conv2dTranspose(x as Tensor4D, w as Tensor4D, shape, 2, 'same'),
  };
};

function pooling(title: string, pool: typeof maxPool): Kind {
  return (shape, draw) => {
    const { filter, strides, pad, size } = drawWindow(draw, shape);
    return {
      title: `${title} ${filter}, ${strides}, ${pad}`,
      weights: [],
      shape: [shape[0]!, ...size, shape[3]!],
      apply: (x) => pool(x as Tensor4D, filter, strides, pad),
    };
  };
}

const resizing: Kind = ([batch, , , channels], draw) => {
  const size: [number, number] = [draw.integer(1, 8), draw.integer(1, 8)];
  const resize = draw.pick(['resizeBilinear', 'resizeNearestNeighbor'] as const);
  const half = draw.chance();
  return {
    title: `${resize} ${size}${half ? ', half pixels' : ''}`,
    weights: [],
    shape: [batch!, ...size, channels!],
    apply: (x) => image[resize](x as Tensor4D, size, false, half),
  };
};

/** A layer whose output is added to its input, or concatenated with it. */
const shortcut: Kind = (shape, draw) => {
  const channels = shape[3]!;
  const isDense = draw.chance();
  return {
    title: isDense ? 'dense block' : 'residual',
    weights: [weightsOf(draw, [3, 3, channels, channels], 9 * channels)],
    shape: isDense ? [...shape.slice(0, 3), 2 * channels] : shape,
    apply: (x, [w]) => {
      const y = conv2d(x as Tensor4D, w as Tensor4D, 1, 'same');
      return isDense ? concat([x as Tensor4D, y], 3) : add(x, y);
    },
  };
};

const mirrored: Kind = (shape) => {
  const [batch, height, width, channels] = shape as [number, number, number, number];
  if (height < 2 || width < 2) return null;
  const edges: [number, number][] = [
    [0, 0],
    [1, 0],
    [1, 1],
    [0, 0],
  ];
  return {
    title: 'mirrored edges',
    weights: [],
    shape: [batch, height + 1, width + 2, channels],
    apply: (x) => mirrorPad(x, edges, 'reflect'),
  };
};

const localNormalization: Kind = (shape) => ({
  title: 'local response normalization',
  weights: [],
  shape,
  apply: (x) => localResponseNormalization(x as Tensor4D, 2),
});

/** Layers for inputs of shape [batch, height, width, channels]. */
export const imageKinds: readonly Kind[] = [
  convolution,
  convolution,
  depthwise,
  separable,
  dilated,
  transposed,
  pooling('max pooling', maxPool),
  pooling('average pooling', avgPool),
  resizing,
  shortcut,
  mirrored,
  localNormalization,
  activation,
  batchNormalization,
  dropping,
  slopes,
];
