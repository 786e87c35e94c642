import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import {
  Abs,
  ArgMax,
  ArgMin,
  BatchMatMul,
  buffer,
  ClipByValue,
  Conv3DBackpropFilterV2,
  Conv3DBackpropInputV2,
  Cumprod,
  Cumsum,
  type DataType,
  Dilation2D,
  Dilation2DBackpropFilter,
  Dilation2DBackpropInput,
  Exp,
  GatherV2,
  getKernel,
  IsFinite,
  IsInf,
  IsNan,
  LeakyRelu,
  MaxPool3D,
  MaxPool3DGrad,
  MaxPoolWithArgmax,
  type NamedAttrMap,
  type NamedTensorInfoMap,
  Neg,
  Relu,
  Relu6,
  ResizeNearestNeighbor,
  Reverse,
  Round,
  Select,
  Sign,
  Square,
  Step,
  StridedSlice,
  type TensorInfo,
  type TypedArray,
  util,
} from '@tensorflow/tfjs-core';
import { type Mending, mending } from '../kernel.ts';

interface Call {
  readonly inputs: NamedTensorInfoMap;
  readonly attrs: NamedAttrMap;
  readonly backend: BackendWasm;
}

/**
 * Kernels that the stock wasm backend computes wrongly, and that are too rare to be written anew: the cpu backend's are
 * run on wasm's tensors. Slow, and right.
 */
export const borrowed: readonly Mending[] = [
  // Agree with finite differences on the cpu backend, and not on wasm.
  borrow(Conv3DBackpropFilterV2),
  borrow(Conv3DBackpropInputV2),
  borrow(Dilation2D),
  borrow(Dilation2DBackpropFilter),
  borrow(Dilation2DBackpropInput),
  // The stock kernels take a window's maximum to be above zero.
  borrow(MaxPool3D),
  borrow(MaxPool3DGrad),
  borrow(MaxPoolWithArgmax),
];

const FLOATS: readonly DataType[] = ['float32'];
const NUMBERS: readonly DataType[] = ['float32', 'int32'];
const ALL: readonly DataType[] = ['float32', 'int32', 'bool'];

/** The types that the stock kernels are right for: others they take for these, and answer with what lies in memory, or trap and spoil later kernels. */
const types: Readonly<Record<string, readonly DataType[]>> = {
  [Abs]: NUMBERS,
  [ArgMax]: ALL,
  [ArgMin]: ALL,
  [BatchMatMul]: FLOATS,
  [ClipByValue]: FLOATS,
  [Cumprod]: NUMBERS,
  [Cumsum]: NUMBERS,
  [Exp]: NUMBERS,
  [GatherV2]: NUMBERS,
  [IsFinite]: FLOATS,
  [IsInf]: FLOATS,
  [IsNan]: FLOATS,
  [LeakyRelu]: NUMBERS,
  [Neg]: NUMBERS,
  [Relu]: NUMBERS,
  [Relu6]: FLOATS,
  [ResizeNearestNeighbor]: FLOATS,
  [Reverse]: NUMBERS,
  [Round]: FLOATS,
  [Select]: NUMBERS,
  [Sign]: NUMBERS,
  [Square]: NUMBERS,
  [Step]: FLOATS,
  [StridedSlice]: FLOATS,
};

/** Kernels that are right for some types: the cpu backend's are run for the others, and where there are no elements. */
export const lent: readonly Mending[] = Object.entries(types).map(([kernelName, right]) =>
  mending<NamedTensorInfoMap, NamedAttrMap>(kernelName, (stock) => (call) => {
    const { condition: _, ...tensors } = call.inputs as Record<string, TensorInfo>;
    const fits = Object.values(tensors).every(
      ({ dtype, shape }) => right.includes(dtype) && !shape.includes(0),
    );
    return fits ? stock(call) : lend(kernelName, call);
  }),
);

function borrow(kernelName: string): Mending {
  return mending<NamedTensorInfoMap, NamedAttrMap>(kernelName, () => (call) => lend(kernelName, call));
}

function lend(kernelName: string, { inputs, attrs, backend }: Call): TensorInfo {
  const lender = getKernel(kernelName, 'cpu');
  if (lender === undefined)
    throw new Error(
      `${kernelName} on the wasm backend needs the cpu backend's kernel for this input. Import '@tensorflow/tfjs' first.`,
    );
  return lender.kernelFunc({ inputs, attrs, backend: asCpu(backend) }) as TensorInfo;
}

/** As much of the cpu backend as its kernels use, over wasm's memory: values are read as copies, results copied in. */
function asCpu(backend: BackendWasm): object {
  const valuesOf = ({ dataId }: Pick<TensorInfo, 'dataId'>) => backend.readSync(dataId) as TypedArray;
  // The cpu backend's kernels take floats for whole numbers now and then, and no harm comes of it there.
  const write = (values: TypedArray, shape: number[], dtype: DataType) => {
    const typed = util.getTypedArrayFromDType(dtype as 'float32', values.length);
    typed.set(values);
    return backend.write(typed, shape, dtype);
  };
  const makeTensorInfo = (shape: number[], dtype: DataType, values: TypedArray) => ({
    dataId: write(values, shape, dtype),
    shape,
    dtype,
  });
  const disposeData = (dataId: object) => backend.disposeData(dataId);
  return {
    // Of a block in which matrices are multiplied.
    blockSize: 48,
    data: { get: (dataId: object) => ({ values: valuesOf({ dataId }) }) },
    readSync: (dataId: object) => valuesOf({ dataId }),
    bufferSync: (tensor: TensorInfo) => buffer(tensor.shape as [], tensor.dtype, valuesOf(tensor) as never),
    makeTensorInfo,
    makeOutput: (values: TypedArray, shape: number[], dtype: DataType) =>
      makeTensorInfo(shape, dtype, values),
    write,
    incRef: (dataId: object) => backend.incRef(dataId),
    disposeData,
    disposeIntermediateTensorInfo: ({ dataId }: TensorInfo) => disposeData(dataId),
  };
}
