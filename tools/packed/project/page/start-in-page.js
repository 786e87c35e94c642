import { startWasm } from '@scalpel/backends';
import binary from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';

export const startInPage = () => startWasm({ binary });
