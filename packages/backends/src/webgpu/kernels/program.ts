import { util } from '@tensorflow/tfjs-core';

interface Elementwise {
  shaderKey: string;
  outputShape: number[];
  variableNames: string[];
  workgroupSize: [number, number, number];
  dispatch: [number, number, number];
  dispatchLayout: { x: number[] };
  size: boolean;
  getUserCode: () => string;
}

/** A program in the form that the backend wants, with one thread per element of the output. */
export function elementwise(
  shaderKey: string,
  outputShape: number[],
  variableNames: string[],
  code: string,
): Elementwise {
  const workgroupSize: [number, number, number] = [64, 1, 1];
  const dispatch: [number, number, number] = [Math.ceil(util.sizeFromShape(outputShape) / 64), 1, 1];
  return {
    shaderKey: `scalpel_${shaderKey}`,
    outputShape,
    variableNames,
    workgroupSize,
    dispatch,
    dispatchLayout: { x: [...outputShape.keys()] },
    size: true,
    getUserCode: () => `fn main(index : i32) { if (index < uniforms.size) { ${code} } }`,
  };
}
