import { describeLayers } from '../testing/layers.ts';
import { startWasm } from './start.ts';

describeLayers(startWasm);
