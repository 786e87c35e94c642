import * as tf from '@tensorflow/tfjs-core';
import type { GradientRow, GramianCombiner } from '../combiner.ts';
import type { Forward } from '../forward/forward.ts';
import { weightedPass } from './backward.ts';
import type { Answer, DirectionComputation, DirectionOptions, KeptCoefficients } from './direction.ts';
import { checkFinite } from './finite-direction.ts';
import { privateShares } from './private-shares.ts';

/**
 * The same computation, whose coefficients are kept for `every` steps. It answers in the steps 0, every,
 * 2·every, … In the steps between, the latest coefficients weigh the losses, in one backward pass. A step with
 * a row that had no coefficient computes them anew.
 */
export function keepCoefficients(
  computation: DirectionComputation,
  options: Pick<DirectionOptions<GramianCombiner>, 'roles' | 'variables'>,
  every: number,
): DirectionComputation {
  const { variables } = options;
  let latest: KeptCoefficients | null = null;

  async function answerAnew(forward: Forward): Promise<Answer> {
    const answer = await computation.answer(forward);
    const [{ coefficients }] = answer.groups as [Answer['groups'][0]];
    // A later step may have other weights.
    const rows = forward.rows.map(({ objective, batch }, index) => {
      return { objective, batch, coefficient: coefficients[index]! / forward.weights[index]! };
    });
    return {
      ...answer,
      commit() {
        answer.commit();
        latest = { step: forward.step, rows };
      },
    };
  }

  /** The sums of losses for the direction, and the number of the sum that each variable follows. */
  function sumsOf(rows: readonly GradientRow[], list: readonly number[]) {
    const { combined } = options.roles(rows, []);
    const isPrivate = variables.map(({ trainable }, v) => trainable && !combined[v]);
    const lists = isPrivate.includes(true) ? [list, privateShares(rows)] : [list];
    return { lists, followed: isPrivate.map(Number) };
  }

  async function answerAgain(forward: Forward, list: readonly number[], from: number): Promise<Answer> {
    const { lists, followed } = sumsOf(forward.rows, list);
    const sums: (tf.Tensor | null)[][] = [];
    try {
      for (const one of lists) sums.push(weightedPass(forward, one));
      const direction = followed.map((index, v) => sums[index]![v]!);
      const losses = await checkFinite(options, forward, direction, null);
      const chosen = new Set<tf.Tensor | null>(direction);
      tf.dispose(sums.flat().filter((tensor) => !chosen.has(tensor)) as tf.Tensor[]);
      return {
        direction,
        losses,
        diagnostics: null,
        groups: [{ coefficients: list.map((c, row) => c * forward.weights[row]!), certificate: null }],
        coefficientsFrom: from,
        examplePasses: [],
        commit: () => {},
        discard: () => tf.dispose(direction as tf.Tensor[]),
      };
    } catch (error) {
      tf.dispose(sums as tf.Tensor[][]);
      throw error;
    }
  }

  return {
    answer(forward) {
      const list = forward.step % every === 0 ? null : listOf(forward.rows, latest);
      return list ? answerAgain(forward, list, latest!.step) : answerAnew(forward);
    },
    firstSums(rows, step) {
      const list = step % every === 0 ? null : listOf(rows, latest);
      return list ? sumsOf(rows, list).lists : computation.firstSums(rows, step);
    },
    state: () => ({ ...computation.state(), coefficients: latest }),
    restore(state) {
      computation.restore(state);
      latest = state.coefficients ?? null;
    },
    dispose: () => computation.dispose(),
  };
}

/** The coefficients of these rows, or null if one of them has none. */
function listOf(rows: readonly GradientRow[], latest: KeptCoefficients | null): readonly number[] | null {
  const found = rows.map(({ objective, batch }) =>
    latest?.rows.find((one) => one.objective === objective && one.batch === batch),
  );
  return found.includes(undefined) ? null : found.map((one) => one!.coefficient);
}
