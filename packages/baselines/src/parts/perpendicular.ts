/**
 * v − ⟨v, u⟩ u for a vector u of length one, in Lagrange's form Σⱼ (vᵢ uⱼ − vⱼ uᵢ) uⱼ: a v whose entries are
 * all the same multiple of those of u, as where losses and preferences are equal, has no part left by
 * rounding.
 */
export function perpendicular(v: readonly number[], u: readonly number[]): number[] {
  return v.map((own, i) => v.reduce((sum, other, j) => sum + (own * u[j]! - other * u[i]!) * u[j]!, 0));
}
