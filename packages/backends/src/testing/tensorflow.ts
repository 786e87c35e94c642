import { node } from '../node/definition.ts';

const { works, detail, next } = await node.probe();

/** The reason why TensorFlow's library cannot be tested here, or undefined. */
export const tensorflowMissing: string | undefined = works
  ? undefined
  : `${detail}. ${next} Or build it: tools/libtensorflow/build says how.`;
