/**
 * Gives `node:util` back a function that the JavaScript of tfjs-node 4.22 calls, and that Node 23 removed.
 * Import it before tfjs-node.
 */
import util from 'node:util';

if (!('isNullOrUndefined' in util))
  Object.assign(util, { isNullOrUndefined: (value: unknown) => value === null || value === undefined });
