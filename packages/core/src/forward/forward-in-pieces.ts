import * as tf from '@tensorflow/tfjs-core';
import type { Objective } from '../objective.ts';
import type { Row } from '../rows/kernels.ts';
import type { WeightedSum } from '../tape/tape.ts';
import { evaluate } from './evaluate.ts';
import { type FirstSums, firstPass } from './first-pass.ts';
import { contextOf, type Forward, type StepFacts } from './forward.ts';
import { changedPresence } from './losses-again.ts';
import { MeanLosses } from './mean-losses.ts';
import { GradientSums, type Pieces, recordedPieces } from './recorded-pieces.ts';

interface Options<Batch> extends Pick<Pieces<Batch>, 'objectives' | 'pieces' | 'variables' | 'setup'> {
  readonly facts: StepFacts;
  readonly wanted: FirstSums;
  /** Gives variables that the losses have changed the values back that they had before the step. */
  readonly undo: () => void;
}

/**
 * Evaluates every objective on batches in pieces. A loss is its mean over the pieces of its batch that have it,
 * weighted by their sizes. Gradients are added up piece by piece, in the first pass if its guess was right, and
 * otherwise in another.
 */
export function forwardInPieces<Batch>(options: Options<Batch>): Forward {
  const given = piecesFor(options);
  const { objectives, pieces, variables, setup } = given;
  const first = firstPass(given, options.wanted);
  let made = [...first.made];
  const all = first.losses;
  const rowsOf = (isWanted: (row: number) => boolean) => {
    const positions = [...all.keys()].filter((row) => all[row] !== null && isWanted(row));
    const losses = positions.map((row) => all[row]!);
    return { positions, rows: positions.map((row) => setup.rows[row]!), losses };
  };
  const { positions, rows, losses } = rowsOf((row) => first.reached.has(row));
  const unreached = rowsOf((row) => !first.reached.has(row));
  const weights = positions.map((row) => given.weights[row]!);

  function sumsAnew(lists: readonly (readonly number[])[]): readonly (Row | null)[] {
    options.undo();
    const sums = new GradientSums(lists);
    try {
      for (const one of recordedPieces(given)) {
        tf.dispose(one.evaluated.map(({ outputs }) => outputs));
        checkPresent(
          objectives,
          one.evaluated.map(({ loss }) => loss),
          first.present[one.position]!,
        );
        sums.add(one, first.sizes);
      }
      return sums.take();
    } finally {
      sums.dispose();
    }
  }

  /** Sums of the first pass with these coefficients. Null if one of them was not made there. */
  function takeMade(lists: readonly (readonly number[])[]): (Row | null)[] | null {
    const left = [...made];
    const taken: (Row | null)[] = [];
    for (const list of lists) {
      const index = left.findIndex((one) => String(one.list) === String(list));
      if (index < 0) return null;
      taken.push(left.splice(index, 1)[0]!.sum);
    }
    made = left;
    return taken;
  }

  function passes(wanted: readonly WeightedSum[]): readonly Row[] {
    const lists = wanted.map((sum) => {
      const weightOf = new Map(sum.map(([loss, weight]) => [loss, [weight].flat()[0]!]));
      return all.map((loss) => (loss && weightOf.get(loss)) ?? 0);
    });
    const sums = takeMade(lists) ?? sumsAnew(lists);
    return sums.map((row) => row ?? variables.map(() => null));
  }

  return {
    step: options.facts.step,
    rows,
    weights,
    losses,
    tape: { passes, backward: (sum) => [...passes([sum])[0]!], stream: refuseToStream },
    unreached,
    outputs: first.outputs,
    context: contextOf(options.facts, setup, rows, weights),
    evaluateAgain() {
      const means = new MeanLosses(given.totals);
      try {
        for (const [position, piece] of pieces.entries()) {
          tf.tidy(() => {
            const again = evaluate(objectives, [piece.value]).map(({ loss }) => loss);
            checkPresent(objectives, again, first.present[position]!);
            for (const [k, loss] of again.entries())
              if (loss) means.add(piece.batch * objectives.length + k, loss as tf.Scalar, piece);
          });
        }
        return means.take();
      } finally {
        means.dispose();
      }
    },
    dispose() {
      tf.dispose([...losses, ...unreached.losses, ...made.map(({ sum }) => sum)] as tf.Tensor[]);
      made = [];
    },
  };
}

function piecesFor<Batch>(options: Options<Batch>): Pieces<Batch> {
  const { objectives, pieces, variables, setup } = options;
  const separate = setup.rows.find(({ example }) => example !== undefined);
  if (separate) {
    throw new Error(
      `Objective "${separate.objective}" is perExample: each of its examples has a gradient, and pieces would save no memory. Give whole batches.`,
    );
  }
  return {
    objectives,
    pieces,
    variables,
    setup,
    weights: setup.rows.map((_, row) => objectives[row % objectives.length]!.weight ?? 1),
    totals: setup.rows.map(({ batch }) => pieces.find((piece) => piece.batch === batch)!.total),
  };
}

function refuseToStream(): never {
  throw new Error(
    "A trainer with gradients: 'streamed' takes no batch in pieces, because it needs the backward passes of all pieces at once. " +
      'Leave the option out, or give whole batches.',
  );
}

/** Throws unless the same objectives have a loss on a piece as before. */
function checkPresent<Batch>(
  objectives: readonly Objective<Batch>[],
  losses: readonly (tf.Tensor | null)[],
  before: readonly boolean[],
): void {
  const changed = objectives.find((_, k) => (losses[k] !== null) !== before[k]);
  if (changed) throw changedPresence(changed.name);
}
