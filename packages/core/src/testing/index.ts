export { type BankMatrix, matrixBank } from './matrices.ts';
