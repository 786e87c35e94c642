import * as tf from '@tensorflow/tfjs-core';
import type { Kernels } from './draw.ts';

export const rearranging: Kernels = {
  Transpose: (draw) => {
    const shape = draw.shape(0, 6);
    const perm = draw.shuffled([...shape.keys()]);
    return {
      inputs: [draw.tensor(shape, draw.type())],
      compute: (x) => tf.transpose(x!, perm),
      options: { perm },
    };
  },
  Reshape: (draw) => {
    const shape = draw.shape(0, 5);
    const to = draw.shuffled(shape);
    return {
      inputs: [draw.tensor(shape, draw.type())],
      compute: (x) => tf.neg(tf.cast(tf.reshape(x!, to), 'float32')),
      options: { to },
    };
  },
  Reverse: (draw) => {
    const shape = draw.shape(0, 6);
    const axes = shape.length === 0 ? [] : draw.axes(shape.length);
    return {
      inputs: [draw.tensor(shape, draw.type())],
      compute: (x) => tf.reverse(x!, axes),
      options: { axes },
    };
  },
  Slice: (draw) => {
    const shape = draw.shape(1, 6);
    const begin = shape.map((length) => draw.integer(0, length + 1));
    const size = shape.map((length, axis) =>
      draw.chance(0.2)
        ? -1
        : draw.integer(draw.chance(0.1) ? 0 : Math.min(1, length - begin[axis]!), length - begin[axis]! + 1),
    );
    return {
      inputs: [draw.tensor(shape, draw.type())],
      compute: (x) => tf.slice(x!, begin, size),
      options: { begin, size },
    };
  },
  StridedSlice: (draw) => {
    const shape = draw.shape(1, 5);
    const strides = shape.map(() => draw.pick([1, 1, 2, 3, -1, -2]));
    const begin = shape.map((length) => draw.integer(-length, length));
    const end = shape.map((length) => draw.integer(-length, length + 1));
    const masks = [0, 1].map(() => draw.integer(0, 2 ** shape.length)) as [number, number];
    const shrink = draw.chance(0.3) ? 1 : 0;
    return {
      inputs: [draw.tensor(shape, draw.type())],
      compute: (x) =>
        tf.stridedSlice(
          x!,
          begin,
          end,
          shrink === 1 ? strides.map(Math.abs) : strides,
          ...masks,
          0,
          0,
          shrink,
        ),
      options: { begin, end, strides, masks, shrink },
    };
  },
  Tile: (draw) => {
    const shape = draw.shape(1, 6);
    const times = shape.map(() => (draw.chance() ? 1 : draw.integer(2, 4)));
    return {
      inputs: [draw.tensor(shape, draw.type())],
      compute: (x) => tf.tile(x!, times),
      options: { times },
    };
  },
  BroadcastTo: (draw) => {
    const shape = draw.shape(1, 4);
    const to = [...(draw.chance() ? [2] : []), ...shape];
    const from = shape.map((length) => (draw.chance(0.4) ? 1 : length));
    return {
      inputs: [draw.tensor(from, draw.type())],
      compute: (x) => tf.broadcastTo(x!, to),
      options: { to },
    };
  },
  PadV2: (draw) => {
    const shape = draw.shape(1, 6);
    const paddings = shape.map((): [number, number] => [draw.integer(0, 3), draw.integer(0, 3)]);
    const value = draw.pick([0, 1]);
    return {
      inputs: [draw.tensor(shape, draw.type())],
      compute: (x) => tf.pad(x!, paddings, value),
      options: { paddings, value },
    };
  },
  MirrorPad: (draw) => {
    const shape = draw.shape(1, 4).map((length) => Math.max(1, length));
    const mode = draw.pick(['reflect', 'symmetric'] as const);
    const most = (length: number): number => Math.min(3, length + (mode === 'symmetric' ? 1 : 0));
    const paddings = shape.map((length): [number, number] => [
      draw.integer(0, most(length)),
      draw.integer(0, most(length)),
    ]);
    return {
      inputs: [draw.tensor(shape, draw.type(['float32', 'int32']))],
      compute: (x) => tf.mirrorPad(x!, paddings, mode),
      options: { paddings, mode },
    };
  },
  Concat: (draw) => {
    const shape = draw.shape(1, 6);
    const axis = draw.axis(shape.length);
    const place = axis < 0 ? axis + shape.length : axis;
    const dtype = draw.type();
    const inputs = Array.from({ length: draw.integer(1, 11) }, () =>
      draw.tensor(
        shape.map((length, i) => (i === place ? draw.integer(draw.chance(0.1) ? 0 : 1, 5) : length)),
        dtype,
      ),
    );
    return { inputs, compute: (...parts) => tf.concat(parts, axis), options: { axis } };
  },
  Pack: (draw) => {
    const shape = draw.shape(0, 5);
    const axis = draw.integer(0, shape.length + 1);
    const dtype = draw.type();
    const inputs = Array.from({ length: draw.integer(1, 5) }, () => draw.tensor(shape, dtype));
    return { inputs, compute: (...parts) => tf.stack(parts, axis), options: { axis } };
  },
  Unpack: (draw) => {
    const shape = draw.shape(1, 6).map((length) => Math.min(5, length));
    const axis = draw.axis(shape.length);
    return {
      inputs: [draw.tensor(shape, draw.type())],
      compute: (x) => tf.unstack(x!, axis),
      options: { axis },
    };
  },
  SplitV: (draw) => {
    const shape = draw.shape(1, 6);
    const axis = draw.axis(shape.length);
    const length = shape.at(axis)!;
    const first = draw.integer(0, length + 1);
    const sizes = draw.chance() ? [first, length - first] : [first, -1];
    return {
      inputs: [draw.tensor(shape, draw.type())],
      compute: (x) => tf.split(x!, sizes, axis),
      options: { sizes, axis },
    };
  },
  ExpandDims: (draw) => {
    const shape = draw.shape(0, 5);
    const axis = draw.integer(-shape.length - 1, shape.length + 1);
    return {
      inputs: [draw.tensor(shape, draw.type())],
      compute: (x) => tf.expandDims(x!, axis),
      options: { axis },
    };
  },
  SpaceToBatchND: (draw) => {
    const block = [draw.integer(1, 3), draw.integer(1, 4)];
    const paddings = block.map((size) => [0, draw.integer(0, 2) * size]);
    const shape = [
      draw.integer(1, 3),
      ...block.map((size) => size * draw.integer(1, 4)),
      ...(draw.chance() ? [3] : []),
    ];
    return {
      inputs: [draw.tensor(shape, draw.type(['float32', 'int32']))],
      compute: (x) => tf.spaceToBatchND(x!, block, paddings),
      options: { block, paddings },
    };
  },
  BatchToSpaceND: (draw) => {
    const block = [draw.integer(1, 3), draw.integer(1, 4)];
    const spatial = [draw.integer(1, 4), draw.integer(1, 4)];
    const crops = block
      .map(() => [draw.integer(0, 2), 0])
      .map((crop, i) => (spatial[i]! * block[i]! > 1 ? crop : [0, 0]));
    const shape = [block[0]! * block[1]! * draw.integer(1, 3), ...spatial, ...(draw.chance() ? [3] : [])];
    return {
      inputs: [draw.tensor(shape, draw.type(['float32', 'int32']))],
      compute: (x) => tf.batchToSpaceND(x!, block, crops),
      options: { block, crops },
    };
  },
  DepthToSpace: (draw) => {
    const block = draw.integer(2, 4);
    const shape = [
      draw.integer(1, 3),
      draw.integer(1, 4),
      draw.integer(1, 4),
      block * block * draw.integer(1, 3),
    ];
    return {
      inputs: [draw.tensor(shape)],
      compute: (x) => tf.depthToSpace(x as tf.Tensor4D, block, 'NHWC'),
      options: { block },
    };
  },
  Diag: (draw) => ({
    inputs: [
      draw.tensor(
        draw.chance() ? [draw.integer(1, 9)] : [draw.integer(1, 4), draw.integer(1, 4)],
        draw.type(['float32', 'int32']),
      ),
    ],
    compute: (x) => tf.diag(x!),
  }),
};
