/**
 * The part of v that is perpendicular to a vector u of length one, v − ⟨v, u⟩ u. It is computed in Lagrange's
 * form Σⱼ (vᵢ uⱼ − vⱼ uᵢ) uⱼ. If v is a multiple of u, as where losses and preferences are equal, rounding
 * leaves nothing.
 */
export function perpendicular(v: readonly number[], u: readonly number[]): number[] {
  return v.map((own, i) => v.reduce((sum, other, j) => sum + (own * u[j]! - other * u[i]!) * u[j]!, 0));
}
