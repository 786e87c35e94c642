import { DepthwiseConv2dNativeBackpropFilter, type TensorInfo } from '@tensorflow/tfjs-core';
import { type ConvolutionAttributes, type Geometry, geometryOf, inside } from '../convolution.ts';
import { type Correction, correction, floatsOf } from '../kernel.ts';

interface Inputs {
  /** [batch, height, width, channels] */
  readonly x: TensorInfo;
  /** [batch, outHeight, outWidth, channels · multiplier] */
  readonly dy: TensorInfo;
}

interface Attributes extends ConvolutionAttributes {
  readonly filterShape: [number, number, number, number];
}

/**
 * dw[k, c, m] = Σ over the batch and the positions p of x[p·stride + k·dilation − before, c] · dy[p, c, m].
 *
 * This is plain JavaScript, with sums in float64. The backend has no kernel that sums over positions for each
 * channel. One product and one sum per tap, which it has, take as long.
 */
export const depthwiseBackpropFilter: Correction = correction<Inputs, Attributes>(
  DepthwiseConv2dNativeBackpropFilter,
  () => (call) => {
    const { inputs, attrs, backend } = call;
    const geometry = geometryOf(
      DepthwiseConv2dNativeBackpropFilter,
      inputs.x.shape,
      attrs.filterShape,
      attrs,
      true,
    );
    const output = backend.makeOutput(attrs.filterShape, 'float32');
    const gradient = filterGradient(floatsOf(inputs.x, backend), floatsOf(inputs.dy, backend), geometry);
    floatsOf(output, backend).set(gradient);
    return output;
  },
);

function filterGradient(x: Float32Array, dy: Float32Array, geometry: Geometry): Float64Array {
  const { batch, height, width, inChannels, outChannels } = geometry;
  const gradient = new Float64Array(height.filter * width.filter * outChannels);
  const multiplier = outChannels / inChannels;
  for (let kernelRow = 0; kernelRow < height.filter; kernelRow++) {
    const [firstRow, endRow] = inside(height, kernelRow);
    for (let kernelColumn = 0; kernelColumn < width.filter; kernelColumn++) {
      const [firstColumn, endColumn] = inside(width, kernelColumn);
      const tap = (kernelRow * width.filter + kernelColumn) * outChannels;
      for (let image = 0; image < batch; image++) {
        for (let row = firstRow; row < endRow; row++) {
          const inputRow = row * height.stride + kernelRow * height.dilation - height.before;
          for (let column = firstColumn; column < endColumn; column++) {
            const inputColumn = column * width.stride + kernelColumn * width.dilation - width.before;
            let from = ((image * height.input + inputRow) * width.input + inputColumn) * inChannels;
            let upstream = ((image * height.output + row) * width.output + column) * outChannels;
            let to = tap;
            for (const end = from + inChannels; from < end; from++) {
              const value = x[from]!;
              for (const stop = to + multiplier; to < stop; to++) gradient[to]! += value * dy[upstream++]!;
            }
          }
        }
      }
    }
  }
  return gradient;
}
