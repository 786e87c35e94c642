import * as tf from '@tensorflow/tfjs-core';
import type { Draw, Kernel, Kernels } from './draw.ts';

const ACTIVATIONS = ['linear', 'relu', 'relu6', 'elu', 'sigmoid', 'leakyrelu', 'prelu'] as const;

type Pad = 'same' | 'valid' | number;

interface Window {
  readonly image: [number, number, number, number];
  readonly filter: [number, number];
  readonly strides: [number, number];
  readonly pad: Pad;
  readonly dilations: [number, number];
}

/** From channels last to channels first. */
const FIRST = [0, 3, 1, 2];

function drawWindow(draw: Draw, most = 9): Window {
  const filter: [number, number] = [draw.integer(1, 5), draw.integer(1, 5)];
  const dilated = draw.chance(0.2);
  const dilations: [number, number] = dilated ? [draw.integer(1, 3), draw.integer(1, 3)] : [1, 1];
  const strides: [number, number] = dilated ? [1, 1] : [draw.integer(1, 4), draw.integer(1, 4)];
  const reach = filter.map((size, axis) => (size - 1) * dilations[axis]! + 1);
  const image = reach.map((size) => draw.integer(size, Math.max(size + 1, most + 1)));
  return {
    image: [draw.chance(0.03) ? 0 : draw.integer(1, 4), image[0]!, image[1]!, draw.pick([1, 2, 3, 4, 5, 8])],
    filter,
    strides,
    pad: draw.pick(['same', 'valid', 1, 'same', 'valid'] as const),
    dilations,
  };
}

/** TensorFlow.js requires a way of rounding with padding in numbers. */
const rounding = (pad: Pad): 'floor' | undefined => (typeof pad === 'number' ? 'floor' : undefined);

function pooling(pool: typeof tf.maxPool): Kernel {
  return (draw) => {
    const { image, filter, strides, pad: drawn } = drawWindow(draw);
    const pad = typeof drawn === 'number' && filter.some((size) => size <= 2 * drawn) ? 'same' : drawn;
    return {
      inputs: [draw.distinct(image)],
      compute: (x) => pool(x as tf.Tensor4D, filter, strides, pad, rounding(pad)),
      options: { filter, strides, pad },
    };
  };
}

function pooling3d(pool: typeof tf.maxPool3d | typeof tf.avgPool3d): Kernel {
  return (draw) => {
    const filter = [1, 2, 3].map(() => draw.integer(1, 4)) as [number, number, number];
    const strides = [1, 2, 3].map(() => draw.integer(1, 3)) as [number, number, number];
    const pad = draw.pick(['same', 'valid'] as const);
    const shape = [draw.integer(1, 3), ...filter.map((size) => draw.integer(size, 6)), draw.integer(1, 4)];
    return {
      inputs: [draw.distinct(shape)],
      compute: (x) => pool(x as tf.Tensor5D, filter, strides, pad),
      options: { filter, strides, pad },
    };
  };
}

type Resize = 'resizeBilinear' | 'resizeNearestNeighbor';

function resizing(resize: Resize): Kernel {
  return (draw) => {
    const image = [draw.integer(1, 4), draw.integer(1, 6), draw.integer(1, 6), draw.integer(1, 5)];
    const size: [number, number] = [draw.integer(1, 9), draw.integer(1, 9)];
    const [align, half] = draw.pick([
      [false, false],
      [true, false],
      [false, true],
    ] as const);
    return {
      inputs: [draw.tensor(image, draw.type(['float32', 'float32', 'int32']))],
      compute: (x) => tf.image[resize](x as tf.Tensor4D, size, align, half),
      options: { size, align, half },
    };
  };
}

function fused(convolution: 'conv2d' | 'depthwiseConv2d'): Kernel {
  return (draw) => {
    const { image, filter, strides, pad, dilations } = drawWindow(draw);
    const channels = image[3];
    const out = draw.pick([1, 2, 3, 4, 8]);
    const filterShape =
      convolution === 'conv2d' ? [...filter, channels, out] : [...filter, channels, draw.integer(1, 4)];
    const last = convolution === 'conv2d' ? out : channels * filterShape[3]!;
    const activation = draw.pick(ACTIVATIONS);
    const bias = draw.chance() ? [draw.tensor([last])] : [];
    const slopes = activation === 'prelu' ? [draw.tensor([1, 1, last])] : [];
    return {
      inputs: [draw.tensor(image), draw.tensor(filterShape), ...bias, ...slopes],
      compute: (x, filter, ...rest) =>
        tf.fused[convolution]({
          x: x as tf.Tensor4D,
          filter: filter as tf.Tensor4D,
          strides,
          pad,
          dilations,
          dimRoundingMode: rounding(pad)!,
          activation: activation as 'linear',
          ...(bias.length > 0 ? { bias: rest.shift()! } : {}),
          ...(slopes.length > 0 ? { preluActivationWeights: rest.shift()! } : {}),
          leakyreluAlpha: 0.3,
        }),
      options: { strides, pad, dilations, activation },
    };
  };
}

export const images: Kernels = {
  Conv2D: (draw) => {
    const { image, filter, strides, pad, dilations } = drawWindow(draw);
    const inputs = [draw.tensor(image), draw.tensor([...filter, image[3], draw.pick([1, 2, 3, 4, 8])])];
    return {
      inputs,
      compute: (x, filter) =>
        tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, strides, pad, 'NHWC', dilations, rounding(pad)),
      options: { strides, pad, dilations },
    };
  },
  Conv2DBackpropInput: (draw) => {
    const { filter, strides } = drawWindow(draw);
    const pad = draw.pick(['same', 'valid'] as const);
    const image = [draw.integer(1, 3), draw.integer(1, 5), draw.integer(1, 5), draw.integer(1, 5)];
    const out = draw.integer(1, 5);
    const sizes = [1, 2].map((axis) =>
      pad === 'same'
        ? image[axis]! * strides[axis - 1]!
        : (image[axis]! - 1) * strides[axis - 1]! + filter[axis - 1]!,
    );
    const shape = [image[0]!, ...sizes, out] as [number, number, number, number];
    return {
      inputs: [draw.tensor(image), draw.tensor([...filter, out, image[3]!])],
      compute: (x, filter) =>
        tf.conv2dTranspose(x as tf.Tensor4D, filter as tf.Tensor4D, shape, strides, pad),
      options: { shape, strides, pad },
    };
  },
  DepthwiseConv2dNative: (draw) => {
    const { image, filter, strides, pad, dilations } = drawWindow(draw);
    const inputs = [draw.tensor(image), draw.tensor([...filter, image[3], draw.integer(1, 4)])];
    return {
      inputs,
      compute: (x, filter) =>
        tf.depthwiseConv2d(
          x as tf.Tensor4D,
          filter as tf.Tensor4D,
          strides,
          pad,
          'NHWC',
          dilations,
          rounding(pad),
        ),
      options: { strides, pad, dilations },
    };
  },
  FusedConv2D: fused('conv2d'),
  FusedDepthwiseConv2D: fused('depthwiseConv2d'),
  Conv3D: (draw) => {
    const filter = [1, 2, 3].map(() => draw.integer(1, 4));
    const isDilated = draw.chance(0.3);
    const [strides, dilations] = [!isDilated, isDilated].map((varies) =>
      filter.map(() => (varies ? draw.integer(1, 3) : 1)),
    ) as [number[], number[]];
    const pad = draw.pick(['same', 'valid'] as const);
    const channels = draw.integer(1, 4);
    const reach = filter.map((size, axis) => (size - 1) * dilations[axis]! + 1);
    const image = [draw.integer(1, 3), ...reach.map((size) => draw.integer(size, size + 3)), channels];
    return {
      inputs: [draw.tensor(image), draw.tensor([...filter, channels, draw.integer(1, 4)])],
      compute: (x, filter) =>
        tf.conv3d(
          x as tf.Tensor5D,
          filter as tf.Tensor5D,
          strides as [number, number, number],
          pad,
          'NDHWC',
          dilations as [number, number, number],
        ),
      options: { strides, pad, dilations },
    };
  },
  Conv3DBackpropInputV2: (draw) => {
    const filter = [1, 2, 3].map(() => draw.integer(1, 4));
    const strides = [1, 2, 3].map(() => draw.integer(1, 3)) as [number, number, number];
    const image = [draw.integer(1, 3), ...filter.map(() => draw.integer(1, 4)), draw.integer(1, 4)];
    const out = draw.integer(1, 4);
    const sizes = strides.map((stride, axis) => (image[axis + 1]! - 1) * stride + filter[axis]!);
    const shape = [image[0]!, ...sizes, out] as [number, number, number, number, number];
    return {
      inputs: [draw.tensor(image), draw.tensor([...filter, out, image[4]!])],
      compute: (x, filter) =>
        tf.conv3dTranspose(x as tf.Tensor5D, filter as tf.Tensor5D, shape, strides, 'valid'),
      options: { shape, strides },
    };
  },
  MaxPool: pooling(tf.maxPool),
  AvgPool: pooling(tf.avgPool),
  MaxPool3D: pooling3d(tf.maxPool3d),
  AvgPool3D: pooling3d(tf.avgPool3d),
  MaxPoolWithArgmax: (draw) => {
    const { image, filter, strides } = drawWindow(draw);
    const pad = draw.pick(['same', 'valid'] as const);
    return {
      inputs: [draw.distinct(image)],
      compute: (x) => {
        const { result, indexes } = tf.maxPoolWithArgmax(x as tf.Tensor4D, filter, strides, pad);
        return [result!, indexes!];
      },
      options: { filter, strides, pad },
    };
  },
  ResizeBilinear: resizing('resizeBilinear'),
  ResizeNearestNeighbor: resizing('resizeNearestNeighbor'),
  CropAndResize: (draw) => {
    const image = [draw.integer(1, 3), draw.integer(1, 6), draw.integer(1, 6), draw.integer(1, 4)];
    const count = draw.integer(1, 4);
    const size: [number, number] = [draw.integer(1, 6), draw.integer(1, 6)];
    // With 'nearest', rounding decides which pixel is taken.
    const method = 'bilinear';
    const boxes = draw.tensor([count, 4], 'float32', -0.2, 1.2);
    return {
      inputs: [draw.tensor(image), boxes, draw.ids([count], 0, image[0]!)],
      compute: (x, boxes, ids) =>
        tf.image.cropAndResize(x as tf.Tensor4D, boxes as tf.Tensor2D, ids as tf.Tensor1D, size, method, 0.5),
      options: { size, method },
    };
  },
  RotateWithOffset: (draw) => {
    const shape = [draw.integer(1, 3), draw.integer(1, 6), draw.integer(1, 6), draw.integer(1, 4)];
    const radians = draw.pick([0.3, -1.1, 2.2, 4]);
    return {
      inputs: [draw.tensor(shape)],
      compute: (x) => tf.image.rotateWithOffset(x as tf.Tensor4D, radians, 0.25, 0.6),
      options: { radians },
    };
  },
  FlipLeftRight: (draw) => ({
    inputs: [draw.tensor([draw.integer(1, 3), draw.integer(1, 6), draw.integer(1, 6), draw.integer(1, 4)])],
    compute: (x) => tf.image.flipLeftRight(x as tf.Tensor4D),
  }),
  FusedBatchNorm: (draw) => {
    const shape = draw.shape(2, 4);
    const parameters = draw.chance() ? [shape.at(-1)!] : shape;
    const [hasOffset, hasScale] = [draw.chance(0.7), draw.chance(0.7)];
    const count = 2 + Number(hasOffset) + Number(hasScale);
    return {
      inputs: [shape, ...Array<number[]>(count).fill(parameters)].map((shape, i) =>
        draw.tensor(shape, 'float32', i === 2 ? 0.5 : -2, 2),
      ),
      compute: (x, mean, variance, ...rest) =>
        tf.batchNorm(
          x!,
          mean as tf.Tensor1D,
          variance as tf.Tensor1D,
          (hasOffset ? rest.shift() : undefined) as tf.Tensor1D | undefined,
          (hasScale ? rest.shift() : undefined) as tf.Tensor1D | undefined,
        ),
      options: { hasOffset, hasScale },
    };
  },
  LRN: (draw) => {
    const shape = [draw.integer(1, 3), draw.integer(1, 4), draw.integer(1, 4), draw.pick([1, 2, 3, 4, 5, 8])];
    const radius = draw.integer(1, 6);
    return {
      inputs: [draw.tensor(shape)],
      compute: (x) => tf.localResponseNormalization(x as tf.Tensor4D, radius, 1.5, 0.7, 0.6),
      options: { radius },
    };
  },
  Dilation2D: (draw) => {
    const { image, filter, strides } = drawWindow(draw);
    const pad = draw.pick(['same', 'valid'] as const);
    return {
      inputs: [draw.distinct(image), draw.tensor([...filter, image[3]])],
      compute: (x, filter) => tf.dilation2d(x as tf.Tensor4D, filter as tf.Tensor3D, strides, pad),
      options: { strides, pad },
    };
  },
};

/** With channels first, which the wasm backend refuses with an error. */
export const channelsFirst: Kernels = {
  Conv2D: (draw) => {
    const { image, filter, strides, pad, dilations } = drawWindow(draw);
    const x = draw.tensor(FIRST.map((axis) => image[axis]!));
    return {
      inputs: [x, draw.tensor([...filter, image[3], draw.pick([1, 2, 3, 4, 8])])],
      compute: (x, filter) =>
        tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, strides, pad, 'NCHW', dilations, rounding(pad)),
      options: { strides, pad, dilations },
    };
  },
  FusedConv2D: (draw) => {
    const { image, filter, strides, pad } = drawWindow(draw);
    const out = draw.pick([1, 2, 3, 4, 8]);
    const activation = draw.pick(['linear', 'relu', 'elu', 'sigmoid'] as const);
    return {
      inputs: [
        draw.tensor(FIRST.map((axis) => image[axis]!)),
        draw.tensor([...filter, image[3], out]),
        draw.tensor([out]),
      ],
      compute: (x, filter, bias) =>
        tf.fused.conv2d({
          x: x as tf.Tensor4D,
          filter: filter as tf.Tensor4D,
          strides,
          pad,
          dataFormat: 'NCHW',
          dimRoundingMode: rounding(pad)!,
          bias: bias!,
          activation,
        }),
      options: { strides, pad, activation },
    };
  },
};
