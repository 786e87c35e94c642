import { env } from '@tensorflow/tfjs';

// Silences the pure-JavaScript backend's banner, and makes the engine check every kernel for leaked buffers.
env().set('IS_TEST', true);
