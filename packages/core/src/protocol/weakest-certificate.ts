import type { Certificate } from '../combiner.ts';

/**
 * The weakest of several answers that are used together: one that is not solved, otherwise the one with the
 * largest residual.
 */
export function weakest(certificates: readonly (Certificate | null | undefined)[]): Certificate | null {
  const given = certificates.filter((certificate) => certificate != null);
  return given.reduce<Certificate | null>((worst, certificate) => {
    if (worst === null) return certificate;
    if (worst.solved !== certificate.solved) return worst.solved ? certificate : worst;
    return certificate.residual > worst.residual ? certificate : worst;
  }, null);
}
